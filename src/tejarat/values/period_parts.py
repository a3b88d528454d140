"""The bricks of periods: years and months as they are worded, and the days that they stand for."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from tejarat.values import period_words as w
from tejarat.values.dates import YEARS, Calendar, Days, first_day, in_calendar, months
from tejarat.values.numbers import read_ordinal
from tejarat.values.plain import plain

#: A month that would lie at most this many months ahead is still this year's, else last year's.
_AHEAD = 3


class Year(NamedTuple):
    """``year`` is None where it is told from an article's day that was not given."""

    end: int
    system: Calendar
    year: int | None
    relative: bool = False


class Month(NamedTuple):
    """``day`` is None for the whole month; ``sure``: the name stands with a word that makes it a month's."""

    end: int
    system: Calendar
    month: int
    day: int | None
    sure: bool


def usual_calendar(text: str) -> Calendar:
    """The calendar that a text counts its years in, as far as its dates and places tell."""
    form = plain(text).text
    abroad = w.GREGORIAN.search(form) and not w.IRANIAN.search(form)
    return "gregorian" if abroad else "jalali"


class Parts:
    """Reads one text with its article's day; every method with an offset reads what stands right there, or None."""

    def __init__(self, text: str, day: date | None, system: Calendar) -> None:
        self.text, self.day, self.system = text, day, system

    def today(self, system: Calendar) -> tuple[int, int, int] | None:
        return None if self.day is None else in_calendar(system, self.day)

    def year(self, at: int, system: Calendar | None = None, *, bare: bool = False) -> Year | None:
        """A year; ``bare`` lets two digits be one without `سال`."""
        match = w.YEAR_WORD.match(self.text, at)
        if match:
            era = "gregorian" if "میلادی" in match.group() else None
            there: Calendar = system or era or self.system  # type: ignore[assignment]
            offset = {"now": 0, "last": -1, "next": 1, "two": -2}[match.lastgroup or "now"]
            end = match.end()
            if match["last"] and (further := w.BEFORE_THAT.match(self.text, end)):
                offset, end = -2, further.end()
            today = self.today(there)
            return Year(end, there, today[0] + offset if today else None, True)
        match = w.YEAR_NUMBER.match(self.text, at)
        if match is None or (len(match["year"]) == 2 and not (bare or match["sal"])):
            return None
        amount = w.NOT_YEAR.match(self.text, match.end())
        if amount and not (match["sal"] and (len(match["year"]) == 4 or amount.group().strip() == "کشور")):
            return None
        number, era_word = int(match["year"]), match.group()[match.end("year") - match.start() :]
        if len(match["year"]) == 2:
            return Year(match.end(), *self.century(number, "میلادی" in era_word or system == "gregorian"))
        for there, (low, high) in YEARS.items():
            lunar = "قمری" in era_word
            if low <= number <= high and (there == "lunar") == lunar:
                return Year(match.end(), there, number)
        return None

    def century(self, number: int, gregorian: bool) -> tuple[Calendar, int]:
        """A year of two digits is the nearest such year to the article."""
        system: Calendar = "gregorian" if gregorian else "jalali"
        today = self.today(system)
        centuries = (1900, 2000) if gregorian else (1300, 1400)
        if today is None:
            return system, number + centuries[number < 30]
        return system, min((c + number for c in centuries), key=lambda year: abs(year - today[0]))

    def of_year(self, at: int, system: Calendar | None = None, *, bare: bool = False) -> Year | None:
        """The year that something is of: `امسال`, `در سال 94`, plain `سال`; ``end`` is after it."""
        link = w.OF.match(self.text, at)
        start = link.end() if link else at
        year = self.year(start, system, bare=bare)
        if year is None and (this := w.THIS_YEAR.match(self.text, start)):
            today = self.today(system or self.system)
            year = Year(this.end(), system or self.system, today[0] if today else None, True)
        return year

    def month(self, at: int) -> Month | None:
        """A month or a day of one: `مهر`, `مهرماه`, `ماه مارس`, `۲۱ آبان`, `اول مهر`."""
        grammar = w.grammar()
        lead = w.MONTHS_OF.match(self.text, at)
        match = grammar.month.match(self.text, lead.end() if lead else at)
        day: int | None = None
        if match is None and (dated := w.DAY_OF.match(self.text, at)):
            match = grammar.month.match(self.text, dated.end())
            day = int(dated["day"]) if dated["day"] else read_ordinal(dated["word"])
            if day is None or not 1 <= day <= 31:
                return None
        if match is None:
            return None
        system, number, ambiguous = grammar.named["".join(match["name"].split())]
        sure = bool(lead or match["mah"] or not ambiguous or (day and match["name"] != "می"))
        return Month(match.end(), system, number, day, sure)

    def nearest_year(self, system: Calendar, month: int) -> int | None:
        today = self.today(system)
        return None if today is None else today[0] - (month > today[1] + _AHEAD)

    def span(
        self, year: int | None, low: Month, high: Month, *, first_year: int | None = None
    ) -> Days | None:
        """From the start of one month or day to the end of another, in one year or two."""
        if year is None:
            return None
        first_year = first_year if first_year is not None else year - (low.month > high.month)
        begin = first_day(low.system, first_year, low.month, low.day or 1)
        if high.day:
            final = first_day(high.system, year, high.month, high.day)
        else:
            whole = months(high.system, year, high.month, high.month)
            final = whole[1] if whole else None
        return None if begin is None or final is None or final < begin else (begin, final)
