"""Amounts of money: number, scale and currency to an amount in an ISO 4217 currency.

Currency names stand in ``data/currencies.tsv``. A *generic* name (`دلار`, `دینار`, `ریال`) takes the country
that follows it (`دینار کویت`, `دلار کانادایی`), else the currency of its row. Toman and همت become rials.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from tejarat.schema import Money
from tejarat.values.numbers import Number, find_numbers, tidy
from tejarat.values.places import read_adjective, read_country
from tejarat.values.plain import LETTER, plain
from tejarat.values.tables import any_of, rows, spelled

#: What is written onto a currency: `دلاری`, `دلارش`, `یوروست`.
_SUFFIX = r"(?:\s*(?:ی+|ای|ئی))?(?:ش|شان|مان|ست|است|اند|م)?"
_SHORT_SCALES = {"k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}
_SHORT_SCALE = re.compile(r"([kmbt])(?![a-z])")
_TO = re.compile(r"\s*(?:تا|الی|-)\s*$")
_AND = re.compile(r"\s*و\s*$")
#: A price of a unit of goods in a hard currency is below this; a hard currency is some so many rials.
_NO_UNIT_COSTS = 1e6
_RIALS = 1e5
_CLAUSE = re.compile(r"[.!?؟؛\n:](?!\d)|،")


class _Currency(NamedTuple):
    code: str
    factor: float
    #: How CLDR names currencies of this kind, where a country may follow.
    kinds: tuple[str, ...]


class _Amount(NamedTuple):
    number: Number
    factor: float
    code: str
    start: int
    end: int


def read_money(text: str) -> Money | None:
    """The amount of a MONEY span, or None where no number goes with a currency.

    Words around the amount (`حدود`, `معادل`) are passed over. `459 دلار و 70 سنت` is one amount.
    """
    form = plain(text).text.lower()
    numbers = find_numbers(form)
    amounts = [a for n in numbers if (a := _with_currency(form, n, numbers))]
    if not amounts:
        return None
    first, *others = amounts
    factor = first.factor
    low = first.number.amount * factor
    high = None if first.number.amount_max is None else first.number.amount_max * factor
    if others:
        second = others[0]
        between = form[first.end : second.start]
        if _AND.fullmatch(between) and second.code == first.code and second.factor < factor:
            low += second.number.amount * second.factor
        elif _TO.fullmatch(between) and second.code == first.code and high is None:
            high = second.number.amount * second.factor
    return Money(tidy(low), first.code, None if high is None else tidy(high))


def is_unit_price(text: str, start: int, end: int) -> bool:
    """Whether the words around an amount at ``[start, end)`` make it a price for one unit of goods.

    `هر کیلو پسته ۵۰۰ هزار تومان`, `۸۰ دلار برای هر بشکه`, `تنی ۳۰۰ دلار`, `نرخ دلار … تومان`. Sums that no unit
    of goods costs are none, whatever stands around them.
    """
    money = read_money(text[start:end])
    if money is not None and money.amount >= _NO_UNIT_COSTS * (_RIALS if money.currency == "IRR" else 1):
        return False
    view = plain(text)
    first, last = view.at(start), view.at(end)
    before = _CLAUSE.split(view.text[max(0, first - 90) : first])[-1]
    after = _CLAUSE.split(view.text[last : last + 50])[0]
    patterns = _price_patterns()
    return bool(patterns[0].search(before) or patterns[1].match(after))


def _with_currency(text: str, number: Number, numbers: list[Number]) -> _Amount | None:
    end = number.end
    scale = 1.0
    pattern, before, currencies = _grammar()
    sign = before.search(text, 0, number.start)
    if sign and (short := _SHORT_SCALE.match(text, end)):
        scale, end = _SHORT_SCALES[short[1]], short.end()
    match = pattern.match(text, end)
    if match is not None:
        named = currencies[_squeeze(match[1])]
        code, after = named.code, match.end()
        if named.kinds:
            limit = min((n.start for n in numbers if n.start >= after), default=len(text))
            code, after = _of_country(text, after, limit, named)
        return _Amount(number, named.factor * scale, code, number.start, after)
    if sign is not None:
        named = currencies[_squeeze(sign[1])]
        return _Amount(number, named.factor * scale, named.code, sign.start(), end)
    return None


def _of_country(text: str, at: int, limit: int, named: _Currency) -> tuple[str, int]:
    """The currency of the country named by the one to three words at ``at``, and the offset after them."""
    words = list(re.finditer(rf"{LETTER}+", text[at:limit]))[:3]
    for count in range(len(words), 0, -1):
        end = at + words[count - 1].end()
        name = text[at:end].strip()
        country = read_country(name) or read_adjective(name)
        code = _currency_of(country.code, named.kinds) if country else None
        if code is not None:
            return code, end
    return named.code, at


@cache
def _currency_of(country: str, kinds: tuple[str, ...]) -> str | None:
    """The present currency of a country, if it is of one of these kinds: Kuwait has no dollar."""
    from babel.numbers import get_currency_name, get_territory_currencies

    for code in get_territory_currencies(country):
        if plain(get_currency_name(code, locale="fa")).text.startswith(kinds):
            return str(code)
    return None


def _squeeze(name: str) -> str:
    return "".join(name.split())


@cache
def _grammar() -> tuple[re.Pattern[str], re.Pattern[str], dict[str, _Currency]]:
    """The pattern of a currency after a number, of one before it, and what each name means."""
    table = rows("currencies")
    currencies = {
        _squeeze(plain(r["name"]).text): _Currency(r["code"], float(r["factor"]), tuple(r["generic"].split()))
        for r in table
    }
    signs = any_of(r["name"] for r in table if r["name"][-1] in "$€£¥￥₽₺₹₩﷼" or r["name"].isascii())
    names = any_of(r["name"] for r in table)
    after = re.compile(rf"\s*({names}){_SUFFIX}(?!{LETTER})")
    before = re.compile(rf"(?<![a-z])({signs})\s*$")
    return after, before, currencies


@cache
def _price_patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    table = rows("prices")
    of = {
        side: "|".join(spelled(r["words"]) for r in table if r["side"] == side)
        for side in {r["side"] for r in table}
    }
    units = any_of(r["name"] for r in rows("units"))
    currencies = any_of(r["name"] for r in rows("currencies") if not r["name"].isascii())
    edge = rf"(?!{LETTER})"
    each = rf"(?<!{LETTER})(?:{of['each']})\s*(?:یک\s*)?(?:{units}|{currencies}|{of['item']}){edge}"
    before = re.compile(
        rf"{each}(?:\s+\S+){{0,6}}\s*$|(?<!{LETTER})(?:{units}|دانه|شاخه|شب|نفر)\s*(?:ی+|ای|ئی){edge}\s*(?:\S+\s+){{0,1}}$"
        rf"|(?<!{LETTER})(?<!به )(?:{of['price']})(?:\s*(?:های|ی)?){edge}(?:\s+(?!{of['flow']})\S+){{0,4}}\s*$"
    )
    after = re.compile(rf"\s*(?:{of['for']})?\s*(?:{each}|/\s*(?:{units}){edge})")
    return before, after
