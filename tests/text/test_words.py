from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tejarat.text.words import at_edges, tokens, words


@given(st.text())
def test_tokens_tile_the_text(text: str) -> None:
    spans = list(tokens(text))
    assert "".join(text[s:e] for s, e in spans) == text
    assert [s for s, _ in spans[1:]] == [e for _, e in spans[:-1]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("می\u200cشود.", ["می\u200cشود", "."]),
        ("3.5 درصد", ["3.5", "درصد"]),
        ("57/3 ميليون", ["57/3", "ميليون"]),
        ("۱۲٬۵۰۰ تن", ["۱۲٬۵۰۰", "تن"]),
        ("20% و ٪۲۰", ["20", "%", "و", "٪", "۲۰"]),
        ("$3.9", ["$", "3.9"]),
        ("2025-11-12", ["2025", "-", "11", "-", "12"]),
        ("ايران(573/3", ["ايران", "(", "573/3"]),
        ("رسید.در", ["رسید", ".", "در"]),
        ("اُتاق\u200c", ["اُتاق", "\u200c"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert [text[s:e] for s, e in words(text)] == expected


@given(st.text(alphabet="اب 1۲.,٬%\u200c\u200f\n()", max_size=40), st.data())
def test_edges_are_those_of_words(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(0, len(text)))
    spans = words(text)
    expected = start in {s for s, _ in spans} and end in {e for _, e in spans} and start < end
    assert at_edges(text, start, end) == expected


def test_edges_far_into_a_long_text() -> None:
    text = "کلمه " * 5000 + "پسته خوب"
    at = text.index("پسته")
    assert at_edges(text, at, at + 4)
    assert not at_edges(text, at, at + 3)
