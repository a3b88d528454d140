from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_models import TEXTS

from tejarat.schema import LABELS, Entity
from tejarat.tagger.decode import bio_tags
from tejarat.tagger.model import load_model
from tejarat.tagger.tagger import Tagger
from tejarat.text.words import at_edges, words

ODD = "\u200c\u200d\u200e\u200f\u202a\u202e\u2066\u2069\ufeff\u00ad\u0640\u0651\u0654\u0300آئيكۀة٪٬٫«»()[]{}%$€\n\r\t \u00a0\u2028🔹🇮🇷👩‍🌾e\u0301ﷲ①½"
ANY_TEXT = st.lists(
    st.sampled_from([*TEXTS[0].split(), *TEXTS[2].split(), "\n\n", " ", "۱۲٫۵", "57/3", "[SEP]"])
    | st.text(st.sampled_from(ODD), min_size=1, max_size=4)
    | st.text(max_size=5)
).map("".join)


@pytest.fixture(scope="module", params=["onnx", "parsbert"])
def tagger(request: pytest.FixtureRequest) -> Tagger:
    folder = request.getfixturevalue("exported" if request.param == "onnx" else "parsbert")
    return Tagger(load_model(folder))


def assert_sound(text: str, found: list[Entity]) -> None:
    at = 0
    for number, entity in enumerate(found, 1):
        assert entity.id == f"e{number}"
        assert entity.start >= at
        assert text[entity.start : entity.end] == entity.text
        assert at_edges(text, entity.start, entity.end)
        assert entity.label in LABELS
        assert 0 < entity.score <= 1
        assert entity.value is None
        at = entity.end


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=ANY_TEXT)
def test_spans_of_any_text_are_sound(tagger: Tagger, text: str) -> None:
    assert_sound(text, tagger.tag(text))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t\u00a0",
        "\ufeff",
        "\u200c\u200f",
        "\ufeffصادرات پسته",
        "e\u0301" * 500,
        "👩‍🌾" * 300,
        "«" * 1000,
        "\n" * 1000,
    ],
)
def test_odd_texts(tagger: Tagger, text: str) -> None:
    assert_sound(text, tagger.tag(text))


@pytest.mark.parametrize(
    "text",
    [
        (TEXTS[0] + " ") * 2700,
        "۱" * 200_000,
        "پ" * 200_000,
        "(" * 200_000,
        "🔹" * 200_000,
        "\u200c" * 200_000,
    ],
    ids=["news", "digits", "letters", "brackets", "emoji", "joiners"],
)
def test_200_000_characters(exported: Path, text: str) -> None:
    begin = time.perf_counter()
    assert_sound(text, Tagger(load_model(exported)).tag(text))
    assert time.perf_counter() - begin < 60  # Quadratic work takes hours.


def test_every_word_is_read_however_long_the_text(exported: Path) -> None:
    tagger = Tagger(load_model(exported))
    text = " ".join(TEXTS * 40)
    (page,) = tagger.scores([text])
    assert page.decided == words(text)
    assert np.isfinite(page.logits).all()
    assert page.logits.shape == (len(words(text)), len(bio_tags()))
    covered = [w for window in page.windows for w in range(window.first, window.last)]
    assert set(covered) == set(range(len(words(text))))


def test_the_end_of_a_long_text_is_tagged_as_if_it_stood_alone(exported: Path) -> None:
    """The last window of a long text sees the same words in the same surroundings."""
    tagger = Tagger(load_model(exported))
    text = "\n\n".join(TEXTS * 30)
    assert max(e.end for e in tagger.tag(text)) > len(text) - len(TEXTS[2])


def test_pipe_is_tag_for_each_whatever_the_batches(tagger: Tagger) -> None:
    texts = ["", *TEXTS, " ".join(TEXTS * 5), "\u200c", TEXTS[1][:9]] * 3
    alone = [tagger.tag(text) for text in texts]
    for budget in (1, 64, 333, 100_000):
        together = list(tagger.pipe(texts, batch_tokens=budget))
        for one, other in zip(alone, together, strict=True):
            assert [(e.start, e.end, e.label) for e in one] == [(e.start, e.end, e.label) for e in other]
            assert [e.score for e in one] == pytest.approx([e.score for e in other], abs=1e-4)


def test_pipe_streams(exported: Path) -> None:
    tagger = Tagger(load_model(exported))
    taken = 0

    def texts() -> object:
        nonlocal taken
        while True:
            taken += 1
            yield TEXTS[taken % 3]

    stream = tagger.pipe(texts(), batch_tokens=256)  # type: ignore[arg-type]
    first = [next(stream) for _ in range(10)]
    assert len(first) == 10
    assert taken < 1000  # Endless input, bounded look-ahead.
