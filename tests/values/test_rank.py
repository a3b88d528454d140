"""Ranks and their scopes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from value_cases import TEXTS, marked, pairs, variants

from tejarat.schema import RANK_SCOPES, Rank
from tejarat.values.rank import read_rank, scope_of


@pytest.mark.parametrize(("text", "expected"), pairs("rank"))
def test_read(text: str, expected: str) -> None:
    low, _, high = expected.partition("..")
    want = None if expected == "None" else Rank(int(low), int(high) if high else None)
    assert read_rank(text) == want
    for variant in variants(text):
        assert read_rank(variant) == want, variant


@pytest.mark.parametrize(("text", "expected"), pairs("scope"))
def test_scope(text: str, expected: str) -> None:
    assert scope_of(*marked(text)) == (None if expected == "None" else expected)


@given(st.integers(1, 200), st.sampled_from(["رتبه", "جایگاه", "مقام", "رده"]))
def test_digits_are_read_back(n: int, noun: str) -> None:
    assert read_rank(f"{noun} {n}") == Rank(n)


@given(TEXTS, st.integers(0, 80), st.integers(0, 80))
def test_never_raises(text: str, a: int, b: int) -> None:
    rank = read_rank(text)
    assert rank is None or rank.rank > 0
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    assert scope_of(text, start, end) in (None, *RANK_SCOPES)
