from __future__ import annotations

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


def allowed(before: int, tag: int) -> bool:
    name = TAGS[tag]
    return not name.startswith("I") or TAGS[before][2:] == name[2:]


def test_the_tags_are_bio_over_the_labels_in_order() -> None:
    assert TAGS[:5] == ["O", "B-MONEY", "I-MONEY", "B-PERCENT", "I-PERCENT"]
    assert len(TAGS) == 2 * len(LABELS) + 1


scores = hnp.arrays(
    np.float32, st.tuples(st.integers(1, 4), st.just(len(TAGS))), elements=st.integers(-6, 0).map(float)
)


@given(scores)
def test_the_path_is_the_best_of_those_that_keep_the_rule(scores: np.ndarray) -> None:
    path = best_path(scores).tolist()
    assert all(allowed(a, b) for a, b in zip([0, *path], path, strict=False))
    # Only tags near the best of their word can be on the best path; without this cut 11**4 paths take long.
    choices = [[0, *np.flatnonzero(row >= np.sort(row)[-4]).tolist()] for row in scores]
    others = [p for p in product(*choices) if all(allowed(a, b) for a, b in zip((0, *p), p, strict=False))]
    total = scores[np.arange(len(path)), path].sum()
    assert total >= max(scores[np.arange(len(p)), list(p)].sum() for p in others) - 1e-5


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
            "کره جنوبی عراق",
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
    found = decode("پسته خرما", words("پسته خرما"), sure(["B-PRODUCT", "B-PRODUCT"]))
    assert [e.id for e in found] == ["e1", "e2"]
    assert decode("", [], np.empty((0, len(TAGS)), np.float32)) == []


@given(st.data())
def test_tags_and_spans_are_two_forms_of_one_thing(data: st.DataObject) -> None:
    count = data.draw(st.integers(0, 12))
    text = " ".join("واژه" for _ in range(count))
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
