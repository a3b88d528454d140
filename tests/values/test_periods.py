"""Periods: ``cases/periods.tsv`` has the wordings, expected in the form of corpus relations (`1404-01..1404-08`).

`same` is the same stretch of another year, `open` a time without days, `none` no time at all, ``|`` parts several.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tejarat.corpus.format import resolve_period
from tejarat.values.periods import find_periods, same_period_last_year

with (Path(__file__).parent / "cases/periods.tsv").open(encoding="utf-8", newline="") as _file:
    CASES = [(r["text"], r["day"], r["expected"]) for r in csv.DictReader(_file, delimiter="\t")]
ARABIC = str.maketrans("یک0123456789۰۱۲۳۴۵۶۷۸۹", "يك" + "٠١٢٣٤٥٦٧٨٩" * 2)
DAYS = st.dates(date(2000, 1, 1), date(2030, 12, 31))


def told(text: str, day: str) -> list[str]:
    """What is found, in the words of the table."""
    found = find_periods(text, None if day == "none" else date.fromisoformat(day))
    return ["same" if p.kind == "same" else f"{p.first}..{p.last}" if p.first else "open" for p in found]


def expected(cell: str, day: str) -> list[str]:
    out = []
    for one in () if cell == "none" else cell.split("|"):
        period = None if one in ("same", "open") else resolve_period(one, day)
        out.append(f"{period.start}..{period.end}" if period else one)
    return out


@pytest.mark.parametrize(("text", "day", "cell"), CASES)
def test_cases(text: str, day: str, cell: str) -> None:
    assert told(text, day) == expected(cell, day)


@pytest.mark.parametrize(("text", "day", "cell"), CASES)
def test_letters_and_digits_of_any_script(text: str, day: str, cell: str) -> None:
    assert told(text.translate(ARABIC), day) == expected(cell, day)


@pytest.mark.parametrize(("text", "day", "cell"), [c for c in CASES if "\u200c" in c[0]])
def test_lost_half_spaces(text: str, day: str, cell: str) -> None:
    assert told(text.replace("\u200c", ""), day) == expected(cell, day)


@pytest.mark.parametrize("text", [c[0] for c in CASES if c[2] not in ("none",) and "|" not in c[2]])
def test_offsets_are_of_the_text_as_given(text: str) -> None:
    before = "گ\u200cز\u0640ا\u064bرش: "
    day = date(2025, 11, 12)
    alone, within = find_periods(text, day), find_periods(before + text + "؛ پایان خبر", day)
    spans = [(p.start + len(before), p.end + len(before)) for p in alone]
    assert [(p.start, p.end) for p in within][: len(spans)] == spans


def test_named_year_of_the_same_stretch_is_kept() -> None:
    (period,) = find_periods("مدت مشابه سال ۱۴۰۱", date(2025, 11, 12))
    assert period.anchor == "1401"
    (period,) = find_periods("مدت مشابه سال قبل", date(2025, 11, 12))
    assert period.anchor == "last-year"


@pytest.mark.parametrize(
    ("period", "before"),
    [
        ("1404-01..1404-08", "1403-01..1403-08"),
        ("1404", "1403"),
        ("1400", "1399"),  # after a leap year
        ("1403-12", "1402-12"),  # 30 days and 29
        ("2025-01..2025-06", "2024-01..2024-06"),
        ("2024-02", "2023-02"),  # 29 days and 28
        ("2024", "2023"),
        ("1404-01-01..1404-08-21", "1403-01-01..1403-08-21"),
    ],
)
def test_same_period_last_year(period: str, before: str) -> None:
    now, then = resolve_period(period, None), resolve_period(before, None)
    moved = same_period_last_year(date.fromisoformat(now.start), date.fromisoformat(now.end))
    assert tuple(d.isoformat() for d in moved) == (then.start, then.end)


@given(DAYS, st.integers(0, 400))
def test_same_period_last_year_is_a_year_earlier(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    begin, end = same_period_last_year(first, last)
    assert begin <= end
    assert 364 <= (first - begin).days <= 368
    assert 364 <= (last - end).days <= 368


WORDS = (
    "سال ماه ماهه امسال پارسال نیمه نخست اول دوم تا از پایان ابتدای مهر آبان ژوئن می ۱۴۰۳ 2024 98 9 سه مشابه مدت قبل"
    " گذشته هفته روز دهه همین و ، - . فصل بهار ۳۱ 1402/13/40 میلادی قمری رمضان \u200c"
)
PIECES = st.sampled_from(WORDS.split(" "))


@given(st.lists(PIECES | st.text(max_size=4), max_size=12).map(" ".join), st.none() | DAYS)
@example("۳۱ اسفند ۱۴۰۲", date(2024, 3, 20))
def test_any_text_gives_sound_periods(text: str, day: date | None) -> None:
    at = 0
    for period in find_periods(text, day):
        assert at <= period.start < period.end <= len(text)
        at = period.end
        assert (period.first is None) == (period.last is None)
        if period.first and period.last:
            assert period.first <= period.last
