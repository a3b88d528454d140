"""The plain form and the way back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tejarat.text import normalize
from tejarat.values.plain import plain

MARKS = st.sampled_from(["\u200c", "\u0640", "\u200f", "ي", "ك", "۳", "آ", "ا\u0653", "😀", " "])


@given(st.lists(MARKS | st.characters(), max_size=40).map("".join))
def test_offsets_lead_back(text: str) -> None:
    view = plain(text)
    folded = normalize.fold(text)
    for i, character in enumerate(view.text):
        assert view.end(i + 1) == view.start(i) + 1
        assert folded[view.start(i)] == character or character == "آ"
        assert view.at(view.start(i)) == i
    assert view.at(len(text)) == len(view.text)


def test_one_form() -> None:
    assert plain("سی\u200cصد").text == plain("سي\u0640صد").text == "سیصد"
    assert plain("ا\u0653سیا").text == "آسیا"
    assert plain("ن\u064eفت").text == "نفت"
