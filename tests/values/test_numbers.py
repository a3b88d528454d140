"""Numbers: the tables of cases, and that what is spelt out is read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from value_cases import TEXTS, amount, pairs, variants

from tejarat.values.numbers import find_numbers, read_number, read_ordinal

ONES = [
    "",
    "یک",
    "دو",
    "سه",
    "چهار",
    "پنج",
    "شش",
    "هفت",
    "هشت",
    "نه",
    "ده",
    "یازده",
    "دوازده",
    "سیزده",
    "چهارده",
]
ONES += ["پانزده", "شانزده", "هفده", "هجده", "نوزده"]
TENS = ["", "", "بیست", "سی", "چهل", "پنجاه", "شصت", "هفتاد", "هشتاد", "نود"]
HUNDREDS = ["", "صد", "دویست", "سیصد", "چهارصد", "پانصد", "ششصد", "هفتصد", "هشتصد", "نهصد"]
SCALES = ["", "هزار", "میلیون", "میلیارد", "تریلیون"]
PERSIAN = str.maketrans("0123456789,.", "۰۱۲۳۴۵۶۷۸۹٬٫")


def below_1000(n: int) -> list[str]:
    rest = [ONES[n % 100]] if n % 100 < 20 else [TENS[n % 100 // 10], ONES[n % 10]]
    return [w for w in (HUNDREDS[n // 100], *rest) if w]


def spell(n: int, glue: str = " و ", digits: bool = False) -> str:
    """A whole number in Persian; ``digits`` writes each part before its scale word in digits."""
    groups = [(n // 1000**i % 1000, SCALES[i]) for i in range(4, -1, -1)]
    parts = []
    for value, scale in groups:
        if value:
            words = str(value) if digits else glue.join(below_1000(value))
            parts.append(f"{words} {scale}".strip())
    return glue.join(parts)


def value(text: str) -> tuple[float, float | None] | None:
    number = read_number(text)
    return None if number is None else (number.amount, number.amount_max)


@pytest.mark.parametrize(("text", "expected"), pairs("numbers"))
def test_read(text: str, expected: str) -> None:
    want = None if expected == "None" else amount(expected)
    assert value(text) == want
    for variant in variants(text):
        assert value(variant) == want, variant


@pytest.mark.parametrize(("text", "expected"), pairs("numbers_in_text"))
def test_find(text: str, expected: str) -> None:
    want = [tuple(part.rsplit("=", 1)) for part in expected.split(" ; ")] if expected else []
    found = [(text[n.start : n.end], (n.amount, n.amount_max)) for n in find_numbers(text)]
    assert found == [(surface, amount(cell)) for surface, cell in want]


@pytest.mark.parametrize(("text", "expected"), pairs("ordinals"))
def test_ordinals(text: str, expected: str) -> None:
    for variant in (text, *variants(text)):
        assert read_ordinal(variant) == (None if expected == "None" else int(expected))


@given(st.integers(1, 10**15 - 1), st.sampled_from([" و ", "\u200cو\u200c", "و"]))
def test_words_are_read_back(n: int, glue: str) -> None:
    assert value(spell(n, glue)) == (None if n == 9 else (n, None))  # `نه` alone says no


@given(st.integers(10**6, 10**14))
def test_digits_with_scale_words_are_read_back(n: int) -> None:
    assert value(spell(n, digits=True)) == (n, None)


@given(st.integers(0, 10**13))
def test_grouped_digits_are_read_back(n: int) -> None:
    assert value(f"{n:,}") == value(f"{n:,}".translate(PERSIAN)) == (n, None)


@given(st.integers(0, 999_999), st.integers(1, 99))
def test_decimals_are_read_back(whole: int, cents: int) -> None:
    for mark in "./٫":
        assert value(f"{whole}{mark}{cents:02}") == (float(f"{whole}.{cents:02}"), None)


@given(TEXTS)
def test_any_text_gives_sound_numbers(text: str) -> None:
    at = 0
    for number in find_numbers(text):
        assert at <= number.start < number.end <= len(text)
        at = number.end
    read_number(text)
    read_ordinal(text)


@given(st.integers(1, 10**12), TEXTS)
def test_offsets_are_of_the_text_as_given(n: int, around: str) -> None:
    text = f"{around} ک\u200cـ: {n:,} دلار"
    last = find_numbers(text)[-1]
    assert text[last.start : last.end].split()[-1] == f"{n:,}"


def test_a_number_is_finite_or_none() -> None:
    assert find_numbers("9" * 400) == []
    assert find_numbers("میلیارد " * 60) == []
    assert read_ordinal("9" * 400) is None
