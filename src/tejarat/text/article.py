"""The head of an article: its date, where a header or dateline states it.

Only the first :data:`HEAD` characters are looked at, and only places where news pages put their date count:
the very beginning (`date 2025-11-12 …`), after a label (`تاریخ انتشار: …`), a line of its own, or a dateline
(`تهران - ایرنا - ۲۱ آبان ۱۴۰۴ - …`). A date inside a sentence is a fact of the story, not the story's date.
"""

from __future__ import annotations

import re
from datetime import date

import jdatetime

from tejarat.text.normalize import DROPPED, fold

#: How far a header may reach.
HEAD = 200

#: Years by calendar. Newspapers of the 2000s write Iranian years with two digits (`84/5/3`).
JALALI_YEARS = range(1300, 1451)
GREGORIAN_YEARS = range(1900, 2101)
SHORT_YEARS = range(60, 100)

_JALALI_MONTHS = (
    "فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد|امرداد", "شهریور",
    "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند",
)  # fmt: skip
_GREGORIAN_MONTHS = (
    "ژانویه|ژانویۀ|january|jan", "فوریه|فوریۀ|february|feb", "مارس|march|mar", "آوریل|آپریل|april|apr",
    "مه|می|may", "ژوئن|ژوین|جون|june|jun", "ژوئیه|ژوییه|جولای|july|jul", "اوت|آگوست|آگست|august|aug",
    "سپتامبر|september|sept|sep", "اکتبر|october|oct", "نوامبر|november|nov", "دسامبر|december|dec",
)  # fmt: skip
_MONTHS = {
    fold(name): number
    for names in (_JALALI_MONTHS, _GREGORIAN_MONTHS)
    for number, group in enumerate(names, 1)
    for name in group.split("|")
}
_JALALI_NAMES = frozenset(fold(name) for group in _JALALI_MONTHS for name in group.split("|"))

_GAP = r"[ \t\u200c]*"
_NAMES = "|".join(sorted(map(re.escape, _MONTHS), key=len, reverse=True))
_WEEKDAY = rf"(?:(?:یک|دو|سه|چهار|پنج){_GAP}شنبه|شنبه|جمعه|ادینه|آدینه)"
_CLOCK = r"\d{1,2}:\d\d(?::\d\d)?"
#: Year first, day first, or with the month's name; digits are folded to ASCII beforehand.
_NUMERIC = r"(?P<y>\d{4}|\d\d)(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})"
_NUMERIC_BACK = r"(?P<d2>\d{1,2})(?P<sep2>[-/.])(?P<m2>\d{1,2})(?P=sep2)(?P<y2>\d{4})"
_NAMED = rf"(?P<d3>\d{{1,2}}){_GAP}(?:ام|م)?{_GAP}(?P<n3>{_NAMES}){_GAP}(?:ماه)?{_GAP},?،?{_GAP}(?:سال{_GAP})?(?P<y3>\d{{4}})"
_NAMED_EN = r"(?P<n4>[a-z]{3,9})\.? (?P<d4>\d{1,2})(?:st|nd|rd|th)?,? (?P<y4>\d{4})"
_DATE = (
    rf"(?<![\w./-])(?:(?P<weekday>{_WEEKDAY}){_GAP}[،,]?{_GAP})?"
    rf"(?:{_NUMERIC}|{_NUMERIC_BACK}|{_NAMED}|{_NAMED_EN})"
    rf"(?:T{_CLOCK}\S*|(?:{_GAP}[-–|،,]?{_GAP}(?:ساعت{_GAP}:?{_GAP})?(?P<clock>{_CLOCK})))?(?![\w/]|[-.]\d)"
)
_LABEL = rf"(?:date|published(?: on| at)?|(?:تاریخ|زمان){_GAP}(?:انتشار|خبر|درج|ثبت|مخابره|انتشار{_GAP}خبر)?|منتشر{_GAP}شده{_GAP}در)"
_EDGE = r"[-–|/،,):؛ـ\n]|$"

_FLAGS = re.IGNORECASE
_ANY = re.compile(_DATE, _FLAGS)
_LABELLED = re.compile(
    rf"(?:^|(?<=[\s|،,\-–(\[])){_LABEL}{_GAP}(?P<colon>:)?{_GAP}(?={_DATE})", _FLAGS | re.MULTILINE
)
_AFTER = re.compile(rf"{_GAP}(?:{_EDGE})")
#: What may stand before the date of a dateline: a few names between separators, no verb-like length.
_DATELINE = re.compile(r"[^\n.!?؟;؛\d]{0,70}?[-–/|،,(:ـ]\s*$")
_DATELINE_WORDS = 9
#: Emoji, quotes, brackets may open a text before its date; only separators are left behind it.
_BEFORE = re.compile(r"\W*")
_BEHIND = re.compile(rf"[\s|\-–ـ:،.\]\[(){re.escape(DROPPED)}]*")


def read_date(text: str) -> date | None:
    """The day that the article's header or dateline states, Jalali or Gregorian; None where there is none."""
    found = _header(text)
    return found[2] if found else None


def header_end(text: str) -> int:
    """Where the body starts: behind a date header that opens the text; 0 where none does."""
    found = _header(text)
    if not found or not _opens(text, found[0]):
        return 0
    behind = _BEHIND.match(text, found[1])
    return behind.end() if behind else found[1]


def _header(text: str) -> tuple[int, int, date] | None:
    """Start (with its label), end and day of the first date that stands where headers have it."""
    head = fold(text[:HEAD])
    labels = {match.end(): match for match in _LABELLED.finditer(head)}
    for match in _ANY.finditer(head):
        day = _day(match)
        if day is None:
            continue
        label = labels.get(match.start())
        start = label.start() if label else match.start()
        if (label and (label["colon"] or _opens(head, start))) or _placed(head, match):
            return start, match.end(), day
    return None


def _placed(head: str, match: re.Match[str]) -> bool:
    """Whether an unlabelled date stands in a header's place."""
    closed = bool(match["clock"] or _AFTER.match(head, match.end()))
    if _opens(head, match.start()):
        return closed or (bool(match["y"]) and len(match["y"]) == 4)
    line = head.rfind("\n", 0, match.start()) + 1
    before = head[line : match.start()]
    if _BEFORE.fullmatch(before):
        return match.end() == len(head) or head[match.end() :].split("\n", 1)[0].strip() == ""
    short = len(before.split()) <= _DATELINE_WORDS
    return closed and short and _DATELINE.match(before) is not None


def _opens(text: str, start: int) -> bool:
    """Whether no word stands before."""
    return _BEFORE.fullmatch(text, 0, start) is not None


def _day(match: re.Match[str]) -> date | None:
    name = (match["n3"] or match["n4"] or "").lower()
    try:
        if name:
            year, day = int(match["y3"] or match["y4"]), int(match["d3"] or match["d4"])
            return _resolve(year, _MONTHS[name], day, jalali=name in _JALALI_NAMES)
        year, month, day = (int(match[g] or match[f"{g}2"]) for g in "ymd")
    except KeyError:
        return None
    if year < 100:
        if year not in SHORT_YEARS or match["sep"] != "/":
            return None
        year += 1300
    return _resolve(year, month, day, jalali=year in JALALI_YEARS)


def _resolve(year: int, month: int, day: int, *, jalali: bool) -> date | None:
    if year not in (JALALI_YEARS if jalali else GREGORIAN_YEARS):
        return None
    try:
        if jalali:
            gregorian: date = jdatetime.date(year, month, day).togregorian()
            return gregorian
        return date(year, month, day)
    except ValueError:
        return None
