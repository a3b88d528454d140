from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tejarat.schema import LABELS
from tejarat.tagger.decode import best_path, bio_tags, decode, log_softmax, tag_words
from tejarat.text.words import words

TAGS = bio_tags()


def sure(tags: list[str], gap: float = 8.0) -> np.ndarray:
    """Logits of a model that is sure of these tags."""
    out = np.zeros((len(tags), len(TAGS)), dtype=np.float32)
    out[np.arange(len(tags)), [TAGS.index(t) for t in tags]] = gap
    return out


def spans(text: str, tags: list[str]) -> list[tuple[str, str]]:
    return [(e.label, e.text) for e in decode(text, words(text), sure(tags))]


def allowed(before: int, tag: int, touching: bool) -> bool:
    (_, _, left), (kind, _, right) = TAGS[before].partition("-"), TAGS[tag].partition("-")
    if kind == "B" and touching:
        return left != right or right == "MONEY"
    return kind != "I" or left == right


def keeps_the_rules(path: Sequence[int], touching: Sequence[bool]) -> bool:
    return all(allowed(a, b, t) for a, b, t in zip((0, *path), path, touching, strict=False))


def test_the_tags_are_bio_over_the_labels_in_order() -> None:
    assert TAGS[:5] == ["O", "B-MONEY", "I-MONEY", "B-PERCENT", "I-PERCENT"]
    assert len(TAGS) == 2 * len(LABELS) + 1


scores = hnp.arrays(
    np.float32, st.tuples(st.integers(1, 4), st.just(len(TAGS))), elements=st.integers(-6, 0).map(float)
)


@given(scores, st.lists(st.booleans(), min_size=4, max_size=4))
def test_the_path_is_the_best_of_those_that_keep_the_rules(scores: np.ndarray, flags: list[bool]) -> None:
    touching = np.array([False, *flags[1:]])[: len(scores)]
    path = best_path(scores, touching).tolist()
    assert keeps_the_rules(path, touching)
    # Every tag would be 11**4 paths; the best tags of a word and O leave the comparison strict enough.
    choices = [[0, *np.flatnonzero(row >= np.sort(row)[-4]).tolist()] for row in scores]
    total = scores[np.arange(len(path)), path].sum()
    for other in product(*choices):
        if keeps_the_rules(other, touching):
            assert total >= scores[np.arange(len(other)), list(other)].sum() - 1e-5


def test_an_inside_tag_alone_begins_nothing() -> None:
    logits = sure(["O", "I-PRODUCT", "O"])
    logits[1, TAGS.index("B-PRODUCT")] = 7.0
    assert [TAGS[t] for t in best_path(log_softmax(logits))] == ["O", "B-PRODUCT", "O"]


def test_a_label_does_not_change_inside_a_span() -> None:
    logits = sure(["B-MONEY", "I-PERCENT", "I-MONEY"])
    logits[1, TAGS.index("I-MONEY")] = 6.0
    assert [TAGS[t] for t in best_path(log_softmax(logits))] == ["B-MONEY", "I-MONEY", "I-MONEY"]


@pytest.mark.parametrize(
    ("text", "tags", "expected"),
    [
        ("«پسته»", ["B-PRODUCT", "I-PRODUCT", "I-PRODUCT"], [("PRODUCT", "پسته")]),
        ("پسته، خرما", ["B-PRODUCT", "I-PRODUCT", "B-PRODUCT"], [("PRODUCT", "پسته"), ("PRODUCT", "خرما")]),
        ("12٪.", ["B-PERCENT", "I-PERCENT", "I-PERCENT"], [("PERCENT", "12٪")]),
        ("٪۲۰", ["B-PERCENT", "I-PERCENT"], [("PERCENT", "٪۲۰")]),
        ("20% پسته", ["O", "B-PRODUCT", "I-PRODUCT"], [("PRODUCT", "پسته")]),
        ("$3.9 billion", ["B-MONEY", "I-MONEY", "I-MONEY"], [("MONEY", "$3.9 billion")]),
        ("«-»", ["B-PRODUCT", "I-PRODUCT", "I-PRODUCT"], []),
        ("نفت (خام", ["B-PRODUCT", "I-PRODUCT", "I-PRODUCT"], [("PRODUCT", "نفت")]),
        ("نفت) خام", ["B-PRODUCT", "I-PRODUCT", "I-PRODUCT"], [("PRODUCT", "نفت")]),
        ("قطعات (یدکی) خودرو", ["B-PRODUCT", *["I-PRODUCT"] * 4], [("PRODUCT", "قطعات (یدکی) خودرو")]),
        ("قطعات (یدکی)", ["B-PRODUCT", *["I-PRODUCT"] * 3], [("PRODUCT", "قطعات")]),
        ("شیر\n\nخشک", ["B-PRODUCT", "B-PRODUCT"], [("PRODUCT", "شیر"), ("PRODUCT", "خشک")]),
        (
            "کره جنوبی\nعراق",
            ["B-COUNTRY", "I-COUNTRY", "B-COUNTRY"],
            [("COUNTRY", "کره جنوبی"), ("COUNTRY", "عراق")],
        ),
    ],
)
def test_edges(text: str, tags: list[str], expected: list[tuple[str, str]]) -> None:
    assert spans(text, tags) == expected


def test_no_span_crosses_an_empty_line() -> None:
    text = "شیر \r\n \n خشک"
    logits = sure(["B-PRODUCT", "I-PRODUCT"])
    logits[1, TAGS.index("B-PRODUCT")] = 7.0
    assert [e.text for e in decode(text, words(text), logits)] == ["شیر", "خشک"]


def test_words_without_logits_are_bridged_inside_a_span() -> None:
    text = "شیر \u200c خشک"
    first, _, last = words(text)
    (entity,) = decode(text, [first, last], sure(["B-PRODUCT", "I-PRODUCT"]))
    assert (entity.start, entity.end, entity.text) == (0, len(text), text)


def test_the_score_is_the_mean_probability_and_temperature_flattens_it() -> None:
    text = "شیر خشک"
    logits = sure(["B-PRODUCT", "I-PRODUCT"], gap=3.0)
    probability = np.exp(3.0) / (np.exp(3.0) + len(TAGS) - 1)
    (sharp,) = decode(text, words(text), logits)
    (flat,) = decode(text, words(text), logits, temperature=2.0)
    assert sharp.score == pytest.approx(probability, rel=1e-5)
    assert flat.score < sharp.score


def test_ids_count_the_spans() -> None:
    found = decode("پسته\nخرما", words("پسته\nخرما"), sure(["B-PRODUCT", "B-PRODUCT"]))
    assert [e.id for e in found] == ["e1", "e2"]
    assert decode("", [], np.empty((0, len(TAGS)), np.float32)) == []


def test_two_spans_of_one_label_do_not_touch() -> None:
    text = "دانه کنجد"
    logits = sure(["B-PRODUCT", "B-PRODUCT"])
    logits[1, TAGS.index("I-PRODUCT")] = 6.0
    assert [e.text for e in decode(text, words(text), logits)] == ["دانه کنجد"]
    apart = text.replace(" ", "\n")
    assert [e.text for e in decode(apart, words(apart), logits)] == ["دانه", "کنجد"]


def test_amounts_may_touch() -> None:
    text = "یک درهم ۱۲ تومان"
    assert len(spans(text, ["B-MONEY", "I-MONEY", "B-MONEY", "I-MONEY"])) == 2


@pytest.mark.parametrize(
    ("text", "tags", "expected"),
    [
        ("فرش های ما", ["B-PRODUCT", "O", "O"], "فرش های"),
        ("فرش هاي ما", ["B-PRODUCT", "O", "O"], "فرش هاي"),
        ("فرش، های", ["B-PRODUCT", "O", "O"], "فرش"),
        ("کشور های", ["B-COUNTRY", "O"], "کشور"),
        ("فرش", ["B-PRODUCT"], "فرش"),
    ],
)
def test_a_plural_ending_written_apart_stays_with_its_goods(
    text: str, tags: list[str], expected: str
) -> None:
    assert [e.text for e in decode(text, words(text), sure(tags))] == [expected]


def test_an_ending_that_is_tagged_itself_is_not_taken_twice() -> None:
    text = "فرش های خوب"
    assert [s for _, s in spans(text, ["B-PRODUCT", "B-RANK", "I-RANK"])] == ["فرش", "های خوب"]


@given(st.data())
def test_tags_and_spans_are_two_forms_of_one_thing(data: st.DataObject) -> None:
    count = data.draw(st.integers(0, 12))
    text = "\n".join("واژه" for _ in range(count))  # On lines of their own, spans may touch.
    edges = words(text)
    marked: list[tuple[int, int, str]] = []
    at = 0
    while at < count:
        size = data.draw(st.integers(1, 3))
        label = data.draw(st.sampled_from([None, *LABELS]))
        last = min(at + size, count)
        if label:
            marked.append((edges[at][0], edges[last - 1][1], label))
        at = last
    tags = [TAGS[t] for t in tag_words(edges, marked)]
    assert [(e.start, e.end, e.label) for e in decode(text, edges, sure(tags))] == marked
