"""First and last Gregorian day of years, months and runs of months in three calendars.

The Iranian calendar is jdatetime's. The lunar one is the arithmetical Islamic calendar (civil epoch), which
may differ from the sighted one by a day.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

import jdatetime

Calendar = Literal["jalali", "gregorian", "lunar"]
Days = tuple[date, date]

#: Years that are read as such in each calendar.
YEARS: dict[Calendar, tuple[int, int]] = {
    "jalali": (1300, 1450),
    "gregorian": (1800, 2100),
    "lunar": (1300, 1500),
}
_LUNAR_EPOCH = date(622, 7, 19).toordinal()


def first_day(system: Calendar, year: int, month: int = 1, day: int = 1) -> date | None:
    """The Gregorian date of a day, or None where the calendar has no such day."""
    try:
        if system == "gregorian":
            return date(year, month, day)
        if system == "jalali":
            gregorian: date = jdatetime.date(year, month, day).togregorian()
            return gregorian
        if not 1 <= month <= 12 or not 1 <= day <= 30:
            return None
        days = (year - 1) * 354 + (3 + 11 * year) // 30 + (month - 1) * 29 + month // 2 + day - 1
        return date.fromordinal(_LUNAR_EPOCH + days)
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=512)
def months(system: Calendar, year: int, first: int, last: int) -> Days | None:
    """First day of month ``first`` to the last day of month ``last`` of one year (1 to 12, ``first <= last``)."""
    begin = first_day(system, year, first)
    after = first_day(system, year + last // 12, last % 12 + 1)
    if begin is None or after is None:
        return None
    return begin, after - timedelta(days=1)


def year_days(system: Calendar, year: int) -> Days | None:
    """The whole year."""
    return months(system, year, 1, 12)


def in_calendar(system: Calendar, day: date) -> tuple[int, int, int]:
    """Year, month and day of month of a Gregorian date."""
    if system == "gregorian":
        return day.year, day.month, day.day
    if system == "jalali":
        there = jdatetime.date.fromgregorian(date=day)
        return there.year, there.month, there.day
    year = (day.toordinal() - _LUNAR_EPOCH) * 30 // 10631 + 1
    month = 12
    while month > 1 and (begin := first_day("lunar", year, month)) is not None and begin > day:
        month -= 1
    begin = first_day("lunar", year, month)
    return year, month, 1 if begin is None else (day - begin).days + 1


def back(system: Calendar, year: int, month: int, count: int) -> tuple[int, int]:
    """The month ``count`` months before (after, if negative)."""
    total = year * 12 + month - 1 - count
    return total // 12, total % 12 + 1


def same_period_last_year(first: date, last: date) -> Days:
    """The period a year earlier, in the Gregorian calendar where it starts with one of its months, else the Iranian.

    A month's last day stays its last day, whatever the length of the months.
    """
    system: Calendar = "gregorian" if first.day == 1 and in_calendar("jalali", first)[2] != 1 else "jalali"
    return _year_before(system, first), _year_before(system, last)


def _year_before(system: Calendar, day: date) -> date:
    year, month, number = in_calendar(system, day)
    there = months(system, year - 1, month, month)
    if there is None:
        return day - timedelta(days=365)
    ends = number >= month_length(system, year, month)
    return there[1] if ends else min(there[0] + timedelta(days=number - 1), there[1])


def month_length(system: Calendar, year: int, month: int) -> int:
    """Days of a month; 30 where it cannot be told."""
    if system == "gregorian":
        return calendar.monthrange(year, month)[1]
    days = months(system, year, month, month)
    return (days[1] - days[0]).days + 1 if days else 30
