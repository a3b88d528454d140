from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tejarat.text.normalize import DROPPED, FOLDS, fold, key, solid


@given(st.text())
def test_folding_keeps_offsets(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


def test_the_table_is_closed() -> None:
    """No target of a fold is itself folded or dropped: one pass gives the one form."""
    assert not set(FOLDS.values()) & (set(FOLDS) | set(DROPPED))
    assert all(len(a) == len(b) == 1 for a, b in FOLDS.items())


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("كشورهاي عربي", "کشورهای عربی"),
        ("می\u200cشود", "میشود"),
        ("۱۲٬۵۰۰", "12,500"),
        ("٣٫٥٪", "3.5%"),
        ("مسئـــول", "مسئول"),
        ("  دو\u00a0 فاصله\n", "دو فاصله"),
        ("اُتاقِ", "اتاق"),
        ("US$", "us$"),
    ],
)
def test_look_up_form(written: str, form: str) -> None:
    assert key(written) == form


def test_half_space_full_space_and_none_are_one_when_solid() -> None:
    assert solid("کشور ها") == solid("کشور\u200cها") == solid("کشورها")
