from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tejarat.text.sentences import sentences
from tejarat.text.words import tokens

CASES = [
    line.replace("⏎", "\n").replace("\\u2028", "\u2028").replace("\\r", "\r")
    for line in (Path(__file__).parent / "cases" / "sentences.tsv").read_text("utf-8").split("\n")
    if line and not line.startswith("#")
]
#: Text that is dense in what the rules look at.
NEWSLIKE = st.text("ا.آب!؟…«»()\"'3۵\n\r ‌\u200f🔹-•ه ق م،؛/انتهای پیام", max_size=80)


@pytest.mark.parametrize("marked", CASES)
def test_where_sentences_begin(marked: str) -> None:
    text = marked.replace("‖", "")
    assert "‖".join(text[s:e] for s, e in sentences(text)) == marked


@given(st.one_of(st.text(), NEWSLIKE))
def test_tiles_the_text_at_token_edges(text: str) -> None:
    found = sentences(text)
    assert "".join(text[s:e] for s, e in found) == text
    assert all(a[1] == b[0] for a, b in pairwise(found))
    assert all(s < e for s, e in found)
    assert {s for s, _ in found} <= {s for s, _ in tokens(text)}


@given(NEWSLIKE)
def test_no_sentence_but_the_first_begins_with_white_space(text: str) -> None:
    assert not any(text[s].isspace() for s, _ in sentences(text)[1:])


def test_long_texts_take_time_in_proportion() -> None:
    from time import perf_counter

    def seconds(text: str) -> float:
        start = perf_counter()
        sentences(text)
        return perf_counter() - start

    for unit in ("الف ", ". ", ".»", "…", "۱.", " ", "\n ", "«(", "ا. "):
        assert seconds(unit * 100_000) < 3
