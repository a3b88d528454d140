"""Numbers as Persian news writes them: digits of three scripts, words, both mixed, and ranges.

Separators in digits. A comma (`,` `٬` `،`) before groups of three digits parts thousands. A point or slash
(`.` `٫` `/`) is the decimal mark (`57/3`, `8.50`), except between groups of three digits: several of them
always part thousands (`1.250.000`); a single one does where no scale word follows (`12.500 تن` is twelve
thousand five hundred, `12.500 میلیون` is 12.5 million) and the caller does not ask for decimals, as
percentages do. `1/2770` is 2770.1, turned round as old newspapers do. Other groupings (dates, `1402/1403`) are no numbers.

`و` adds a smaller part to a larger one (`3 میلیون و 900 هزار`) and never two of a kind: `12 و 4` and
`3 میلیون و 4 میلیون` are two numbers each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import isfinite
from typing import Literal, NamedTuple

from tejarat.values.plain import LETTER, Plain, plain
from tejarat.values.tables import any_of, rows

Kind = Literal["digits", "one", "teen", "ten", "hundred", "scale", "half", "part", "point", "latin-scale"]

#: What the word of a kind leaves free below it: after `بیست` there is room for less than 10.
_ROOM = {"hundred": 100.0, "ten": 10.0}
_CARDINAL = ("one", "teen", "ten", "hundred")
_WHOLE = (*_CARDINAL, "digits")
_FRACTIONS = "سوم|چهارم|پنجم|ششم|هفتم|هشتم|نهم"
_TO = re.compile(r"\s*(?:تا|الی)\s*|\s*-\s*")
_BETWEEN = re.compile(rf"(?<!{LETTER})(?:بین|مابین|میان)\s+(?:(?:حدود|نزدیک\s+به)\s+)?$")
_YEAR = re.compile(r"1[34]\d\d|19\d\d|20\d\d")
_GROUPED = re.compile(r"(?<=\d)\s+(?=\d{3}(?!\d))")
_LEAD = re.compile(r"(?:بین|مابین|از)\s+")
_ORDINAL_TAIL = re.compile(r"\s*(?:امین|ام|مین|م)$")
_COPULA = re.compile(r"(?<=[ملت])(?:ا?یم|ا?ند|ید|ست|است)$")
_IRREGULAR = re.compile(r"(?:(?<!\w)|(?<=و))سو$")
_FIRST = frozenset(("اول", "اولین", "نخست", "نخستین", "یکم", "یکمین"))


@dataclass(frozen=True, slots=True)
class Number:
    """A number or range at ``[start, end)`` of the text as given."""

    start: int
    end: int
    amount: float
    amount_max: float | None = None


@dataclass(frozen=True, slots=True)
class _Atom:
    start: int
    end: int
    kind: Kind
    value: float
    text: str
    #: What stands between this atom and the one before: "و", " " or "" where written together.
    link: str


@dataclass(frozen=True, slots=True)
class _Part:
    """A coefficient with its scale words: `دو و نیم میلیارد`. ``after`` is the index of the next atom."""

    coefficient: float
    scale: float
    after: int

    @property
    def value(self) -> float:
        return tidy(self.coefficient * self.scale)


@dataclass(frozen=True, slots=True)
class _Single:
    """A number in plain offsets. ``scale`` is 1 where it has no scale word at all."""

    start: int
    end: int
    value: float
    scale: float
    word: bool


def read_number(text: str, *, decimal: bool = False) -> Number | None:
    """The number or range that the whole text is, or None. ``decimal``: a single point never parts thousands."""
    bare = _GROUPED.sub("", plain(text).text.strip())
    low = _LEAD.match(bare)
    at = low.end() if low else 0
    found = find_numbers(bare, decimal=decimal)
    if len(found) != 1 or found[0].start != at or found[0].end != len(bare):
        return None
    start = len(text) - len(text.lstrip())
    return Number(start, start + len(text.strip()), found[0].amount, found[0].amount_max)


def find_numbers(text: str, *, decimal: bool = False) -> list[Number]:
    """Every number and range in the text, in order; ordinals and fractions (`یک‌سوم`) are none."""
    view = plain(text)
    return [
        Number(view.start(start), view.end(end), low, high)
        for start, end, low, high in _ranges(view, decimal)
        if isfinite(low) and isfinite(high or 0)
    ]


def read_ordinal(text: str) -> int | None:
    """The position that an ordinal or cardinal states: `سی و پنجمین`, `۱۲م`, `نخست`, `46`."""
    name = _COPULA.sub("", plain(text).text.strip().strip("."))
    if name in _FIRST:
        return 1
    number = read_number(name)
    if number is None and (tail := _ORDINAL_TAIL.search(name)):
        stem = _IRREGULAR.sub("سه", name[: tail.start()].rstrip())
        number = Number(0, 0, 9.0) if stem == "نه" else read_number(stem)
    if number is None or number.amount_max is not None or number.amount != int(number.amount):
        return None
    return int(number.amount)


def _ranges(view: Plain, decimal: bool) -> Iterator[tuple[int, int, float, float | None]]:
    singles = list(_singles(view.text, decimal))
    i = 0
    while i < len(singles):
        low = singles[i]
        high = singles[i + 1] if i + 1 < len(singles) else None
        if high is not None and _is_range(view.text, low, high):
            value = low.value
            if low.scale == 1 and high.scale > 1 and tidy(low.value * high.scale) < high.value:
                value = tidy(low.value * high.scale)
            yield low.start, high.end, value, high.value
            i += 2
        else:
            yield low.start, low.end, low.value, None
            i += 1


def _is_range(text: str, low: _Single, high: _Single) -> bool:
    gap = text[low.end : high.start]
    if gap.strip() == "-":
        around = text[max(0, low.start - 1) : low.start] + text[high.end : high.end + 1]
        return not (low.word or high.word or set(around) & set("-/")) and low.value < high.value
    if _TO.fullmatch(gap):
        return True
    if gap.strip() == "و":
        return bool(_BETWEEN.search(text, max(0, low.start - 20), low.start))
    # `دو سه هزار`
    return (
        gap.isspace()
        and low.word
        and high.word
        and low.scale == 1
        and high.value == (low.value + 1) * high.scale
    )


def _singles(text: str, decimal: bool) -> Iterator[_Single]:
    for run in _runs(text, decimal):
        i = 0
        while i < len(run):
            read = _number(run, i)
            if read is None:
                i += 1
                continue
            value, scale, after = read
            words = all(a.kind in _CARDINAL for a in run[i:after] if a.kind != "scale")
            if after - i == 1 and run[i].text == "نه" and not _counted(text, run[i].end):
                i = after  # `نه` alone says no
                continue
            yield _Single(run[i].start, run[after - 1].end, value, scale, words)
            i = after


def _number(run: list[_Atom], i: int) -> tuple[float, float, int] | None:
    """Value, scale of the last part and index after the longest number that starts at atom ``i``."""
    part = _part(run, i)
    if part is None:
        return None
    total, last, room, scale = part.value, part.value, part.scale, part.scale
    after = part.after
    while room > 1 and after < len(run) and run[after].link:
        more = _part(run, after)
        if more is None or (run[after].link == " " and more.scale == 1):
            break
        if more.scale == 1 and more.coefficient == 0.5 and run[after].kind == "half":  # `سه میلیون و نیم`
            return total + room / 2, scale, more.after
        if more.scale < room and more.value < room:
            total, last, room = tidy(total + more.value), more.value, more.scale
        elif room == 1000 and more.coefficient < 1000 < more.scale:  # `2 هزار و 500 میلیارد`
            total = tidy(total - last + (last + more.coefficient) * more.scale)
            last = room = scale = more.scale
        else:
            break
        after = more.after
    return total, scale, after


def _part(run: list[_Atom], i: int) -> _Part | None:
    coefficient, after = _coefficient(run, i)
    latin = run[i].kind == "digits"
    scale = 1.0
    while (
        after < len(run)
        and (after == i or run[after].link != "و")
        and (run[after].kind == "scale" or (latin and run[after].kind == "latin-scale"))
    ):
        scale *= run[after].value
        after += 1
    return None if after == i else _Part(coefficient, scale, after)


def _coefficient(run: list[_Atom], i: int) -> tuple[float, int]:
    """What stands before a scale word, and the index after it; (1, i) where nothing does."""
    if run[i].kind == "half":
        return 0.5, i + 1
    if run[i].kind not in _WHOLE:
        return 1.0, i
    value, after = _whole(run, i)
    if _is(run, after, "part") and run[after].link != "و":
        if value * run[after].value < 1:  # `هشت دهم`
            return tidy(value * run[after].value), after + 1
        if after - 1 > i:  # `بیست و سه دهم`
            last = run[after - 1].value
            return tidy(value - last + last * run[after].value), after + 1
    if _is(run, after, "half") and run[after].link == "و":
        return value + 0.5, after + 1
    if after < len(run) and run[after].link == "و" and run[after].kind in _WHOLE:  # `دو و سه دهم`
        tenths, end = _whole(run, after)
        if _is(run, end, "part") and run[end].link != "و" and tenths * run[end].value < 1:
            return tidy(value + tenths * run[end].value), end + 1
    if _is(run, after, "point") and after + 1 < len(run) and run[after + 1].kind in _WHOLE:  # `پنج ممیز سه`
        digits, end = _whole(run, after + 1)
        named = _is(run, end, "part")
        return tidy(
            value + digits * (run[end].value if named else 10.0 ** -len(f"{digits:.0f}"))
        ), end + named
    return value, after


def _whole(run: list[_Atom], i: int) -> tuple[float, int]:
    """The sum of the cardinals that go together from atom ``i`` on, and the index after them."""
    value, room, after = run[i].value, _ROOM.get(run[i].kind, 1.0), i + 1
    while (
        after < len(run)
        and run[after].link == "و"
        and run[after].kind in _WHOLE
        and 0 < run[after].value < room
    ):
        value, room, after = value + run[after].value, _ROOM.get(run[after].kind, 1.0), after + 1
    return value, after


def _counted(text: str, at: int) -> bool:
    """Whether a counted noun follows, so that the word before can only be a number."""
    return bool(_grammar().counted.match(text, at))


def _is(run: list[_Atom], i: int, kind: Kind) -> bool:
    return i < len(run) and run[i].kind == kind


def _runs(text: str, decimal: bool) -> Iterator[list[_Atom]]:
    """Atoms that stand together, with nothing but spaces and `و` between them."""
    grammar = _grammar()
    position = 0
    while match := grammar.first.search(text, position):
        run: list[_Atom] = []
        while match:
            link = match["link"] if run else ""
            glue = "و" if "و" in link else " " if link else ""
            start, position = match.span("atom")
            if match["digits"]:
                value = _digits(match["digits"], decimal or bool(grammar.scale.match(text, position)))
                kind: str = "digits"
            else:
                kind, value = grammar.words[_squeeze(match["atom"])]
            if value is None:
                break
            run.append(_Atom(start, position, kind, value, match["atom"], glue))  # type: ignore[arg-type]
            match = grammar.following.match(text, position)
        yield run


#: Digits and separators of the longest number that is read; it keeps every amount finite.
_LONGEST_DIGITS = 40


def _digits(text: str, decimal: bool) -> float | None:
    """The value of digits with separators; see the module's docstring for the rule."""
    if "-" in text or len(text) > _LONGEST_DIGITS:  # a date, or no number that news would print
        return None
    marks = re.findall(r"\D", text)
    groups = re.split(r"\D", text)
    if not marks:
        return float(text)
    *heads, last = marks
    threes = len(groups[0]) <= 3 and groups[0].lstrip("0") != "" and all(len(g) == 3 for g in groups[1:])
    if len(set(marks)) == 1 and threes and (len(marks) > 1 or last in ",، " or not decimal):
        return float("".join(groups))
    whole, fraction = "".join(groups[:-1]), groups[-1]
    if not heads and last == "/" and len(fraction) > 3:
        return float(f"{fraction}.{whole}") if len(whole) == 1 and not _YEAR.fullmatch(fraction) else None
    if not heads:
        return float(f"{whole}.{fraction}") if last != "،" else None
    thousands = len(set(heads)) == 1 and len(groups[0]) <= 3 and all(len(g) == 3 for g in groups[1:-1])
    return float(f"{whole}.{fraction}") if thousands and last not in (heads[0], "،") else None


def _squeeze(word: str) -> str:
    return "".join(word.lower().split())


def tidy(value: float) -> float:
    """A float without the noise of binary fractions: 5.6 × 1000 is 5600."""
    return float(f"{value:.15g}")


class _Grammar(NamedTuple):
    first: re.Pattern[str]
    following: re.Pattern[str]
    scale: re.Pattern[str]
    counted: re.Pattern[str]
    words: dict[str, tuple[str, float]]


@cache
def _grammar() -> _Grammar:
    """Patterns of a run's first atom, of each further one, of a scale word; and what each word means."""
    table = rows("numbers")
    words = {_squeeze(r["word"]): (r["kind"], float(r["value"])) for r in table if r["kind"] != "follows"}
    of = {kind: any_of(r["word"] for r in table if r["kind"] == kind) for kind in {r["kind"] for r in table}}
    edge = rf"(?!{LETTER})"
    big = rf"(?:{of['scale']}|{of['hundred']}){edge}"
    more = rf"و\s*(?:{of['one']}|{of['teen']}|{of['ten']}|{of['hundred']}|{of['scale']}|{of['half']}|\d)"
    # A word ends at its edge, or before what may be written onto it: a scale, `و` and a word, a unit.
    end = rf"(?:{edge}|(?={big}|{of['part']}{edge}|{more}|(?:{of['follows']})ی?{edge}))"
    digits = (
        rf"(?<![A-Za-z\d])(?<!\d[.,/])(?P<digits>\d{{1,4}}(?:-\d{{1,4}}){{2,}}|\d{{1,3}}(?: \d{{3}}){{2,}}(?![\d.,/])"
        rf"|(?<!سال )\d{{1,3}} \d{{3}}(?=\s*(?:{of['follows']}){edge})"
        rf"|\d{{1,3}}(?:،\d{{3}})+(?!\d)|\d+(?:[.,/]\d+)*)(?!\s?(?:امین|ام|مین|م){edge})(?!\d)"
    )
    word = (
        rf"(?:{of['hundred']}){end}|(?!چهاردهم)(?:{of['one']})(?!\s*(?:{_FRACTIONS}){edge})(?!\s*شنبه){end}"
        rf"|(?:{of['teen']}|{of['ten']}|{of['scale']}|{of['half']}){end}"
        rf"|(?:{of['part']}|{of['point']}){edge}"
        rf"|(?:(?<=\d)|(?<=\d ))(?:{of['latin-scale']})(?![A-Za-z])"
    )
    first = re.compile(rf"(?P<atom>{digits}|(?<!{LETTER})(?<!در )(?:{word}))", re.IGNORECASE)
    following = re.compile(rf"(?P<link>\s*و\s*|\s*)(?P<atom>{digits}|{word})", re.IGNORECASE)
    scale = re.compile(rf"\s*(?:(?:{of['scale']}){end}|(?:{of['latin-scale']})(?![A-Za-z]))", re.IGNORECASE)
    counted = re.compile(rf"\s*(?:{of['follows']})ی?{edge}")
    return _Grammar(first, following, scale, counted, words)
