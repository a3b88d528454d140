"""Weights and counts: a number with a unit of ``data/units.tsv``, converted to the units of the output.

Goods that are counted by themselves (`۸۰ هزار گوسفند`) stand in ``data/counted.tsv``; the number alone is the
span then. A number whose unit is written with another one takes it over: `56، 41 و 36 میلیون تن`,
`از ۹ میلیون تن به ۳.۱ میلیون`, `به صفر رسید`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import NamedTuple, cast

from tejarat.schema import Unit
from tejarat.values.numbers import Number, find_numbers, tidy
from tejarat.values.plain import LETTER, plain
from tejarat.values.tables import any_of, rows

_EACH = re.compile(r"(?:(?<!\w)هر|(?<!\w)(?:به|در)\s+ازای(?:\s+هر)?)\s*(?:یک\s*)?$")
_YEAR = re.compile(r"(?<!\w)(?:سال|شماره|کد|مدل)\s*(?:\d{2}|1[34]\d\d|19\d\d|20\d\d)$")
_BARE_YEAR = re.compile(r"(?<!\d)(?:1[34]\d\d|19\d\d|20\d\d)$")
_LIST = re.compile(r"\s*(?:،|و|به)\s*")
_SENTENCE_END = re.compile(r"[.!?؟؛\n](?!\d)")
_TO = re.compile(r"(?<!\w)به\s+(?:حدود\s+|نزدیک\s+به\s+|کمتر\s+از\s+|بیش\s+از\s+)?$")
_SCALED = re.compile("هزار|میلیون|میلیارد")
#: What may follow a number that takes over a unit: its verb, `در روز`, the next of a list, the end of the clause.
_BARE = re.compile(
    r"\s*(?:$|[.،؛:)(\n]|(?:در|برای)\s+(?:روز|ماه|سال|هفته)|مطلق|(?:و|به|بود|است|شد|شده|بوده|اعلام|در|رقم)(?!\w)"
    r"|رسی|برس|کاهش|افزایش|سقوط|تنزل|افت|رشد|می|خواهد|بالغ|صعود|نزول)"
)
_IS = re.compile(r"\s*(?:بود|شد|است|رسی)")
_AND = re.compile(r"\s*و\s*")

#: How many characters back in its sentence a number may look for its unit.
_REACH = 90


@dataclass(frozen=True, slots=True)
class FoundQuantity:
    """An amount in ``unit`` at ``[start, end)``. ``per``: it is what something else is counted by (`هر تن`)."""

    start: int
    end: int
    amount: float
    amount_max: float | None
    unit: Unit
    per: bool


class _UnitName(NamedTuple):
    unit: Unit
    factor: float

    @property
    def base(self) -> float:
        """The factor with tonnes told in kilograms."""
        return self.factor * (1000 if self.unit == "t" else 1)


_WithUnit = tuple[FoundQuantity, _UnitName]


class _Grammar(NamedTuple):
    after_number: re.Pattern[str]
    counted: re.Pattern[str]
    after_each: re.Pattern[str]
    units: dict[str, _UnitName]


def find_quantities(text: str) -> list[FoundQuantity]:
    """Every quantity in the text, in order; money, percentages, people and time are none."""
    return list(_find(text))


@lru_cache(maxsize=16)
def _find(text: str) -> tuple[FoundQuantity, ...]:
    view = plain(text)
    found = sorted(_in_plain(view.text), key=lambda q: (q.start, -q.end))
    out: list[FoundQuantity] = []
    for q in found:
        if not out or view.start(q.start) >= out[-1].end:
            out.append(replace(q, start=view.start(q.start), end=view.end(q.end)))
    return tuple(out)


def _in_plain(form: str) -> Iterator[FoundQuantity]:
    numbers = find_numbers(form)
    read = [
        _with_unit(form, n, numbers[i + 1] if i + 1 < len(numbers) else None) for i, n in enumerate(numbers)
    ]
    for i, number in enumerate(numbers):
        this = read[i]
        if this is not None:
            yield this[0]
            yield from _listed_before(form, numbers, read, i)
        elif (name := _unit_of_another(form, numbers, read, i)) is not None:
            yield _quantity(number, name, number.end)
    grammar = _grammar()
    for match in grammar.after_each.finditer(form):
        name = grammar.units[_squeeze(match[1])]
        yield FoundQuantity(match.start(1), match.end(1), tidy(name.factor), None, name.unit, True)


def _with_unit(form: str, number: Number, following: Number | None) -> _WithUnit | None:
    grammar = _grammar()
    if _YEAR.search(form[max(0, number.start - 12) : number.end]):
        return None
    match = grammar.after_number.match(form, number.end)
    if match is None:
        noun = grammar.counted.match(form, number.end)
        if noun is None or number.amount < 2:
            return None
        name = grammar.units[_squeeze(noun[1])]
        return _quantity(number, name, number.end), name
    name = grammar.units[_squeeze(match[1])]
    quantity = _quantity(number, name, match.end())
    if _EACH.search(form, 0, number.start):
        quantity = replace(quantity, per=True)
    # `2 تن و 300 کیلوگرم` is one amount.
    if following is not None and _AND.fullmatch(form, match.end(), following.start):
        second = grammar.after_number.match(form, following.end)
        smaller = grammar.units[_squeeze(second[1])] if second else None
        if second and smaller and _kin(name, smaller) and smaller.base < name.base:
            total = number.amount * name.factor + following.amount * smaller.base / name.base * name.factor
            quantity = replace(quantity, end=second.end(), amount=tidy(total))
    return quantity, name


def _quantity(number: Number, name: _UnitName, end: int) -> FoundQuantity:
    high = None if number.amount_max is None else tidy(number.amount_max * name.factor)
    return FoundQuantity(number.start, end, tidy(number.amount * name.factor), high, name.unit, False)


def _listed_before(
    form: str, numbers: list[Number], read: list[_WithUnit | None], i: int
) -> Iterator[FoundQuantity]:
    """`56` and `41` of `56، 41 و 36 میلیون تن`, with the unit and the scale of the last."""
    this = read[i]
    assert this is not None
    own, scale = _scale(form[numbers[i].start : numbers[i].end], numbers[i])
    k = i - 1
    while k >= 0 and read[k] is None and _LIST.fullmatch(form, numbers[k].end, numbers[k + 1].start):
        number = numbers[k]
        surface = form[max(0, number.start - 12) : number.end]
        if _YEAR.search(surface) or _BARE_YEAR.search(surface) or number.amount >= 1000 * max(own, 1):
            return
        factor = scale if number.amount < 1000 else 1.0
        yield _quantity(replace(number, amount=tidy(number.amount * factor)), this[1], number.end)
        k -= 1


def _scale(text: str, number: Number) -> tuple[float, float]:
    """A number's coefficient and the scale word after it."""
    words = text.split()
    coefficient = find_numbers(words[0])
    if len(words) < 2 or not coefficient or not coefficient[0].amount:
        return number.amount, 1.0
    return coefficient[0].amount, number.amount / coefficient[0].amount


def _unit_of_another(
    form: str, numbers: list[Number], read: list[_WithUnit | None], i: int
) -> _UnitName | None:
    """The unit that a number without one takes from the quantities of its sentence, the next one first."""
    number = numbers[i]
    after_to = _TO.search(form, max(0, number.start - 20), number.start)
    zero = number.amount == 0 and _IS.match(form, number.end)
    scaled = zero or _SCALED.search(form, number.start, number.end)
    if not (after_to or scaled) or not _BARE.match(form, number.end):
        return None
    if scaled and number.amount:
        for k in range(i + 1, len(numbers)):
            if _SENTENCE_END.search(form, number.end, numbers[k].start):
                break
            if this := read[k]:
                return this[1]
            if not _BARE.match(form, numbers[k].end):  # it counts something else
                break
    for k in range(i - 1, -1, -1):
        if number.start - numbers[k].end > _REACH or (
            number.amount and _SENTENCE_END.search(form, numbers[k].end, number.start)
        ):
            return None
        if this := read[k]:
            return this[1]
    return None


def _kin(a: _UnitName, b: _UnitName) -> bool:
    return {a.unit, b.unit} <= {"t", "kg"} or a.unit == b.unit


def _squeeze(name: str) -> str:
    return "".join(name.lower().split())


@cache
def _grammar() -> _Grammar:
    units = {
        _squeeze(plain(r["name"]).text): _UnitName(cast(Unit, r["unit"]), float(r.get("factor", 1)))
        for table in ("counted", "units")
        for r in rows(table)
    }
    names, nouns = any_of(r["name"] for r in rows("units")), any_of(r["name"] for r in rows("counted"))
    edge = rf"(?!{LETTER})"
    return _Grammar(
        re.compile(rf"\s*({names})(?:\s*(?:ی+|ای|ئی))?{edge}", re.IGNORECASE),
        re.compile(rf"\s*({nouns}){edge}"),
        re.compile(rf"(?<!{LETTER})هر\s+({names}){edge}", re.IGNORECASE),
        units,
    )
