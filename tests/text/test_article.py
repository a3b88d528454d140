from __future__ import annotations

from datetime import date
from pathlib import Path

import jdatetime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tejarat.text.article import HEAD, header_end, read_date

CASES = [
    line.split("\t")
    for line in (Path(__file__).parent / "cases" / "dates.tsv").read_text("utf-8").split("\n")
    if line and not line.startswith("#")
]
PERSIAN_DIGITS = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")


@pytest.mark.parametrize(("text", "day", "body"), CASES)
def test_header(text: str, day: str, body: str) -> None:
    text = text.replace("⏎", "\n")
    found = read_date(text)
    assert (found.isoformat() if found else "none") == day
    assert text[header_end(text) :] == (text if body == "-" else body)


def test_a_date_far_down_is_not_the_articles() -> None:
    assert read_date("صادرات رشد کرد\n" * 20 + "تاریخ انتشار: ۱۴۰۴/۸/۲۱") is None


@given(st.dates(date(1950, 1, 1), date(2060, 12, 31)), st.sampled_from("-/."), st.booleans(), st.booleans())
def test_any_day_is_read(day: date, separator: str, jalali: bool, persian: bool) -> None:
    shown = jdatetime.date.fromgregorian(date=day) if jalali else day
    written = separator.join((str(shown.year), f"{shown.month:02}", f"{shown.day:02}"))
    assert read_date((written.translate(PERSIAN_DIGITS) if persian else written) + "\nمتن") == day


@given(st.text(max_size=2 * HEAD))
def test_never_raises(text: str) -> None:
    read_date(text)
    assert 0 <= header_end(text) <= len(text)


@given(st.text("۰۱۲۳۴۵۶۷۸۹0123456789/-.:، آبانمهریژوئ\n\u200c", max_size=60))
def test_never_raises_on_what_looks_like_dates(text: str) -> None:
    read_date(text)
    assert 0 <= header_end(text) <= len(text)
