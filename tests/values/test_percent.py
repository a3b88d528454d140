"""Percentages and their signs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from value_cases import TEXTS, amount, marked, pairs, variants

from tejarat.schema import Percent
from tejarat.values.percent import read_percent, sign_of
from tejarat.values.tables import rows


@pytest.mark.parametrize(("text", "expected"), pairs("percent"))
def test_read(text: str, expected: str) -> None:
    want = None if expected == "None" else Percent(*amount(expected))
    assert read_percent(text) == want
    for variant in variants(text):
        assert read_percent(variant) == want, variant


@pytest.mark.parametrize(("text", "expected"), pairs("sign"))
def test_sign(text: str, expected: str) -> None:
    plain, start, end = marked(text)
    assert sign_of(plain, start, end) == int(expected)
    stretched = plain.replace("ا", "ا\u0640")
    shift = plain[:start].count("ا")
    assert sign_of(stretched, start + shift, end + shift + plain[start:end].count("ا")) == int(expected)


@pytest.mark.parametrize("row", rows("signs"), ids=lambda r: r["words"])
def test_every_word_of_the_table_tells_its_sign(row: dict[str, str]) -> None:
    text = f"آن هم ۱۲ درصد {row['words']} بود"
    assert sign_of(text, 7, 14) == int(row["sign"])


@given(st.integers(0, 99999), st.sampled_from(["درصد", "درصدی", " درصد", "%", "٪"]))
def test_percentages_are_read_back(n: int, mark: str) -> None:
    assert read_percent(f"{n / 100:.2f}{mark}") == Percent(n / 100)


@given(TEXTS, st.integers(0, 80), st.integers(0, 80))
def test_never_raises(text: str, a: int, b: int) -> None:
    read_percent(text)
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    assert sign_of(text, start, end) in (-1, 0, 1)
