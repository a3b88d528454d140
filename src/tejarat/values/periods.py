"""Periods of time as trade news words them, resolved to first and last Gregorian day.

What the words leave open is told from the article's day: `امسال` ends on that day, `پارسال` is the whole
year before, a month without a year is the nearest one not far ahead, `هشت ماهه` without a year is this year's
if that many months can have passed. `مدت مشابه سال قبل` has no days of its own: it is the period that the
sentence speaks of, a year earlier (:func:`same_period_last_year`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from tejarat.values import period_words as w
from tejarat.values.dates import (
    YEARS,
    Calendar,
    Days,
    back,
    first_day,
    in_calendar,
    months,
    same_period_last_year,
    year_days,
)
from tejarat.values.numbers import read_number, read_ordinal
from tejarat.values.period_parts import Month, Parts, Year, usual_calendar
from tejarat.values.plain import plain

__all__ = ["FoundPeriod", "find_periods", "same_period_last_year"]


@dataclass(frozen=True, slots=True)
class FoundPeriod:
    """A period at ``[start, end)``.

    ``kind`` is year, years, month, months, half, season, range, days or same. ``anchor`` tells what it was
    resolved by: None (the words say all), `day` (the article's day), or, of kind same, `last-year` or the
    year named. ``first`` and ``last`` are None where that was not given, and for kind same.
    """

    start: int
    end: int
    first: date | None
    last: date | None
    kind: str
    anchor: str | None = None


class _Read(NamedTuple):
    """What stands at a place of the plain text: where it ends, and its days."""

    end: int
    days: Days | None
    kind: str
    anchor: str | None = None


def find_periods(text: str, day: date | None, *, calendar: Calendar | None = None) -> list[FoundPeriod]:
    """Every period in the text, in order, never overlapping.

    Args:
        day: the article's day; without it whatever depends on it has no days.
        calendar: what `سال گذشته`, `ماه گذشته` and the like are counted in where no word tells; None: Gregorian
            in a text that tells its dates so and speaks of Iran nowhere, else Iranian.
    """
    return list(_find(text, day, calendar or usual_calendar(text)))


@lru_cache(maxsize=16)
def _find(text: str, day: date | None, calendar: Calendar) -> tuple[FoundPeriod, ...]:
    view = plain(text)
    reader = _Reader(view.text, day, calendar)
    trigger = w.grammar().trigger
    out: list[FoundPeriod] = []
    position = 0
    while match := trigger.search(view.text, position):
        read = reader.read(match.start())
        position = match.end() if read is None else max(read.end, match.end())
        if read is not None:
            first, last = read.days or (None, None)
            start, end = view.start(match.start()), view.end(read.end)
            out.append(FoundPeriod(start, end, first, last, read.kind, read.anchor))
    return tuple(out)


class _Reader(Parts):
    """The rules, each for one way of wording a period."""

    def read(self, at: int) -> _Read | None:
        rules = (self._numeric, self._same, self._n_months, self._from_start, self._until, self._half, self._season,
                 self._last_n, self._first_days, self._week, self._decade, self._month_before, self._dated, self._years)  # fmt: skip
        for rule in rules:
            read = rule(at)
            if read is not None:
                return read
        return None

    def _numeric(self, at: int) -> _Read | None:
        match = w.NUMERIC.match(self.text, at)
        if match is None:
            return None
        year = int(match["y"])
        for system, (low, high) in YEARS.items():
            if low <= year <= high and system != "lunar":
                day = first_day(system, year, int(match["m"]), int(match["d"]))
                return None if day is None else _Read(match.end(), (day, day), "days")
        return None

    def _same(self, at: int) -> _Read | None:
        """`مدت مشابه سال قبل`, `همین سه ماه پارسال`, `پارسال همین موقع`."""
        before = self.year(at)
        if before and before.relative and (match := w.SAME_OF.match(self.text, before.end)):
            return _Read(match.end(), None, "same", "last-year")
        match = w.SAME.match(self.text, at)
        if match is None:
            return None
        year = self.of_year(match.end())
        if match["this"] and (year is None or not self.text[match.end() : year.end].strip()):
            return None
        if year is None or year.relative or year.year is None:
            return _Read(year.end if year else match.end(), None, "same", "last-year")
        return _Read(year.end, None, "same", str(year.year))

    def _n_months(self, at: int) -> _Read | None:
        match = w.N_MONTHS.match(self.text, at)
        if match is None:
            return None
        number = read_number(match["count"])
        count = int(number.amount) if number else 9  # `نه` alone is no number to the grammar
        word = match["lead"] or match["order"] or ""
        if not 1 <= count <= 12:
            return None
        up_to = w.UP_TO.match(self.text, match.end())
        if up_to and (month := self.month(up_to.end())):
            year = self.of_year(month.end, month.system, bare=True)
            last = year.year if year else self.nearest_year(month.system, month.month)
            begin = back(month.system, last, month.month, count - 1) if last is not None else (0, 0)
            low = month._replace(month=begin[1], day=None)
            return _Read(year.end if year else month.end, self.span(last, low, month, first_year=begin[0]), "months",
                         None if year and not year.relative else "day")  # fmt: skip
        year = self.of_year(match.end(), bare=True)
        past = word in ("گذشته", "اخیر", "قبل", "پیش")
        during = (
            count > 1
            and w.DURING.search(self.text, max(0, at - 12), at)
            and not w.LATER.match(self.text, match.end())
        )
        if year is None and (not (match["ha"] or word or during) or word in ("قبل", "پیش")):
            return None
        system = year.system if year else self.system
        today = self.today(system)
        anchor = None if year and not year.relative else "day"
        end = year.end if year else match.end()
        if (
            year is None
            and word in ("گذشته", "اخیر")
            and today
            and self.day
            and today[1] - (today[2] < 28) - count not in ((0, 1) if count > 2 else (0,))
        ):
            y, m = back(system, today[0], today[1], count)
            begin_day = first_day(system, y, m, min(today[2], 28))
            return _Read(end, (begin_day, self.day) if begin_day else None, "months", anchor)
        number_of_year = year.year if year else (today[0] - (count > today[1]) if today else None)
        if number_of_year is None:
            return _Read(end, None, "months", anchor)
        part = w.order(word) if word and not past else 1
        first = 13 - count if part == 0 else (part - 1) * count + 1
        if first + count > 13:
            return None
        return _Read(end, months(system, number_of_year, first, first + count - 1), "months", anchor)

    def _from_start(self, at: int) -> _Read | None:
        """`از ابتدای سال تا پایان مهر`, `از ابتدای امسال`, `از اول مهر تاکنون`."""
        match = w.START.match(self.text, at)
        if match is None:
            return None
        year = self.of_year(match.end())
        if year is not None and self.text[match.end() : year.end].lstrip()[:1]:
            low = Month(year.end, year.system, 1, None, True)
        else:
            month = self.month(match.end())
            if month is None or not month.sure or month.day:
                return None
            of = self.of_year(month.end, month.system, bare=True)
            year = of or Year(month.end, month.system, self.nearest_year(month.system, month.month), True)
            low = month
        return self._to_end(year, low, open_end=bool(match["az"]))

    def _to_end(self, year: Year, low: Month, *, open_end: bool) -> _Read | None:
        """The rest of a period that starts with ``low`` of ``year``."""
        anchor = "day" if year.relative else None
        begin = None if year.year is None else first_day(low.system, year.year, low.month, low.day or 1)
        to_day = None if begin is None or self.day is None or self.day < begin else (begin, self.day)
        if now := w.NOW.match(self.text, year.end):
            return _Read(now.end(), to_day, "range", "day")
        until = w.UNTIL.match(self.text, year.end)
        if until:
            high = self.month(until.end())
            if high and high.system == low.system:
                of = self.of_year(high.end, high.system, bare=True)
                last_year = (
                    of.year if of else None if year.year is None else year.year + (high.month < low.month)
                )
                days = self.span(last_year, low, high, first_year=year.year)
                return _Read(of.end if of else high.end, days, "range", anchor)
            end = self.of_year(until.end(), low.system)
            if end and until["whole"]:
                whole = None if end.year is None else year_days(low.system, end.year)
                return _Read(end.end, (begin, whole[1]) if begin and whole else None, "range", anchor)
        return _Read(year.end, to_day, "range", "day") if open_end else None

    def _until(self, at: int) -> _Read | None:
        """`تا پایان مهر`, `تا پایان سال`, `تا ۲۰ آذر ۱۴۰۲`: from the start of that year on."""
        match = w.TILL.match(self.text, at)
        if match is None:
            return None
        month = self.month(match.end())
        if month and (month.sure or match["end"] or match["half"]):
            of = self.of_year(month.end, month.system, bare=True)
            year = of.year if of else self.nearest_year(month.system, month.month)
            if match["half"]:
                month = month._replace(day=15)
            days = self.span(year, month._replace(month=1, day=None), month)
            return _Read(
                of.end if of else month.end, days, "range", None if of and not of.relative else "day"
            )
        whole = self.of_year(match.end()) if match["end"] else None
        if whole is None:
            return None
        days = None if whole.year is None else year_days(whole.system, whole.year)
        return _Read(whole.end, days, "year", "day" if whole.relative else None)

    def _half(self, at: int) -> _Read | None:
        match = w.HALF.match(self.text, at) or w.QUARTER.match(self.text, at)
        if match is None:
            return None
        size, part = (
            (6, w.order(match["order"])) if "فصل" not in match.group() else (3, w.order(match["order"]))
        )
        month = self.month(
            match.end() + len(self.text[match.end() :]) - len(self.text[match.end() :].lstrip())
        )
        if size == 6 and month and month.day is None:
            of = self.of_year(month.end, month.system, bare=True)
            year = of.year if of else self.nearest_year(month.system, month.month)
            halves = (
                (month._replace(day=1), month._replace(day=15))
                if part == 1
                else (month._replace(day=16), month)
            )
            days = self.span(year, *halves)
            return _Read(of.end if of else month.end, days, "half", None if of and not of.relative else "day")
        year_found = self.of_year(match.end(), bare=True)
        system = year_found.system if year_found else self.system
        today = self.today(system)
        number = year_found.year if year_found else today[0] if today else None
        first = 13 - size if part == 0 else (part - 1) * size + 1
        days = (
            None if number is None or first + size > 13 else months(system, number, first, first + size - 1)
        )
        return _Read(year_found.end if year_found else match.end(), days, "half" if size == 6 else "season",
                     None if year_found and not year_found.relative else "day")  # fmt: skip

    def _season(self, at: int) -> _Read | None:
        match = w.SEASON.match(self.text, at)
        if match is None:
            return None
        first = w.SEASONS[match["season"]]
        of = None if match["past"] else self.of_year(match.end(), "jalali", bare=True)
        if of is None and match["season"] == "بهار" and not (match["fasl"] or match["past"]):
            return None
        today = self.today("jalali")
        year = (
            of.year
            if of
            else None
            if today is None
            else today[0] - (first + (3 if match["past"] else 0) > today[1])
        )
        days = None if year is None else months("jalali", year, first, first + 2)
        end = of.end if of else match.end("past") if match["past"] else match.end("season")
        return _Read(end, days, "season", None if of and not of.relative else "day")

    def _last_n(self, at: int) -> _Read | None:
        """`ده سال گذشته`, `دو هفته گذشته`, `۲۰ روز اخیر`; `دو سال پیش` is one year."""
        match = w.LAST_N.match(self.text, at)
        if match is None:
            return None
        number = read_number(match["count"])
        count = int(number.amount) if number else 9
        point = match["which"] in ("قبل", "پیش")
        if self.day is None or count < 1 or (point and match["unit"] != "سال"):
            return None if point else _Read(match.end(), None, "days", "day")
        if match["unit"] == "سال":
            today = in_calendar(self.system, self.day)
            begin = year_days(self.system, today[0] - count)
            final = begin if point else year_days(self.system, today[0] - 1)
            days = (begin[0], final[1]) if begin and final else None
            return _Read(match.end(), days, "year" if point or count == 1 else "years", "day")
        length = count * (7 if match["unit"] == "هفته" else 1)
        return _Read(match.end(), (self.day - timedelta(days=length - 1), self.day), "days", "day")

    def _week(self, at: int) -> _Read | None:
        if (match := w.WEEK_TO.match(self.text, at)) and (month := self.month(match.end())) and month.day:
            of = self.of_year(month.end, month.system, bare=True)
            year = of.year if of else self.nearest_year(month.system, month.month)
            last = None if year is None else first_day(month.system, year, month.month, month.day)
            days = None if last is None else (last - timedelta(days=6), last)
            return _Read(of.end if of else month.end, days, "days", None if of and not of.relative else "day")
        match = w.WEEK_BEFORE.match(self.text, at)
        if match is None:
            return None
        if self.day is None:
            return _Read(match.end(), None, "days", "day")
        friday = self.day - timedelta(
            days=(self.day.weekday() - 4) % 7 or 7
        )  # weeks run from Saturday to Friday
        return _Read(match.end(), (friday - timedelta(days=6), friday), "days", "day")

    def _first_days(self, at: int) -> _Read | None:
        """`هشت روز نخست دی‌ماه`."""
        match = w.DAYS_OF.match(self.text, at)
        month = self.month(match.end()) if match else None
        number = read_number(match["count"]) if match else None
        if match is None or month is None or month.day or number is None or not 1 <= number.amount <= 31:
            return None
        of = self.of_year(month.end, month.system, bare=True)
        year = of.year if of else self.nearest_year(month.system, month.month)
        days = self.span(year, month, month._replace(day=int(number.amount)))
        return _Read(of.end if of else month.end, days, "days", None if of and not of.relative else "day")

    def _decade(self, at: int) -> _Read | None:
        match = w.DECADE.match(self.text, at)
        if match is None:
            return None

        def start(word: str) -> tuple[Calendar, int]:
            if len(word) == 4 and word.isdigit():
                return ("gregorian" if int(word) > 1700 else "jalali"), int(word)
            return self.century(w.DECADES.get(word) or int(word), "میلادی" in match.group())

        (system, first), (_, last) = start(match["a"]), start(match["b"] or match["a"])
        begin, final = year_days(system, first), year_days(system, last + 9)
        return _Read(match.end(), (begin[0], final[1]) if begin and final else None, "years")

    def _month_before(self, at: int) -> _Read | None:
        match = w.MONTH_BEFORE.match(self.text, at)
        if match is None:
            return None
        system: Calendar = "gregorian" if "میلادی" in match.group() else self.system
        today = self.today(system)
        if today is None or self.day is None:
            return _Read(match.end(), None, "month", "day")
        away = {"جاری": 0, "آینده": -1, "بعد": -1}.get(match["which"], 1)
        year, month = back(system, today[0], today[1], away)
        days = months(system, year, month, month)
        return _Read(match.end(), (days[0], self.day) if days and not away else days, "month", "day")

    def _dated(self, at: int) -> _Read | None:
        """Months and days by name, alone, in a row (`مرداد و شهریور`) or as a range."""
        start = w.FROM.match(self.text, at)
        low = self.month(start.end() if start else at)
        if low is None:
            return self._days_of_one_month(start.end() if start else at)
        of = self.of_year(low.end, low.system, bare=True)
        until = w.UNTIL.match(self.text, of.end if of else low.end)
        also = None if until else w.LISTED.match(self.text, of.end if of else low.end)
        high = self.month((until or also).end()) if until or also else None  # type: ignore[union-attr]
        if (
            high
            and high.system == low.system
            and (until or (not (low.day or high.day) and (high.sure or low.sure)))
        ):
            end_year = self.of_year(high.end, high.system, bare=True)
            year = end_year or of
            last = year.year if year else self.nearest_year(high.system, high.month)
            if of and not end_year and last is not None:
                last += high.month < low.month
            days = self.span(last, low, high, first_year=of.year if of else None)
            sure = bool(until and (start or low.sure)) or low.sure or high.sure or bool(year)
            if days and sure and (until or high.month == low.month % 12 + 1):
                return _Read(max(high.end, end_year.end if end_year else 0), days, "range" if until else "months",
                             None if year and not year.relative else "day")  # fmt: skip
        now = w.NOW.match(self.text, of.end if of else low.end)
        during = low.system == "jalali" and w.DURING.search(self.text, max(0, at - 12), at)
        if not (low.sure or of or during or (start and now)):
            return None
        if start and low.day is None and not now:
            return None  # `از مهر` alone; the month itself is read next
        year_of = of or Year(low.end, low.system, self.nearest_year(low.system, low.month), True)
        if now or (start and low.day):
            return self._to_end(year_of, low, open_end=True)
        days = self.span(year_of.year, low, low)
        return _Read(year_of.end, days, "days" if low.day else "month", "day" if year_of.relative else None)

    def _days_of_one_month(self, at: int) -> _Read | None:
        """`۱ تا ۱۵ آبان`."""
        first = w.DAY_OF.match(self.text, at)
        until = w.UNTIL.match(self.text, first.end()) if first and (first["day"] or first["word"]) else None
        high = self.month(until.end()) if until else None
        if first is None or high is None or high.day is None:
            return None
        day = int(first["day"]) if first["day"] else read_ordinal(first["word"])
        if day is None or not 1 <= day < high.day:
            return None
        of = self.of_year(high.end, high.system, bare=True)
        year = of.year if of else self.nearest_year(high.system, high.month)
        days = self.span(year, high._replace(day=day), high)
        return _Read(of.end if of else high.end, days, "days", None if of and not of.relative else "day")

    def _years(self, at: int) -> _Read | None:
        start = w.FROM.match(self.text, at)
        year = self.year(start.end() if start else at)
        if year is None:
            return None
        if now := w.NOW.match(self.text, year.end):
            begin = None if year.year is None else year_days(year.system, year.year)
            return _Read(now.end(), (begin[0], self.day) if begin and self.day else None, "range", "day")
        until = w.UNTIL.match(self.text, year.end)
        high = self.year(until.end(), bare=True) if until else None
        if high and high.system == year.system and high.year and year.year and high.year > year.year:
            begin, final = year_days(year.system, year.year), year_days(high.system, high.year)
            return _Read(high.end, (begin[0], final[1]) if begin and final else None, "years")
        if start:
            return None  # the year itself is read next
        days = None if year.year is None else year_days(year.system, year.year)
        today = self.today(year.system)
        if year.relative and days and today and self.day and year.year == today[0]:
            days = (days[0], self.day)
        return _Read(year.end, days, "year", "day" if year.relative else None)
