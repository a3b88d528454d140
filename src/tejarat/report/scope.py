"""Which statements may be added up: none with a whole that it is part of, none with itself told again.

A statement speaks of a *scope*: a flow, reporters, partners, goods and a time. One without partners speaks of all
partners, one without goods of all goods, and a country's statement of its provinces too. Where one scope lies
within another and both have an amount, only the outer one counts, unless it is the lesser: then it was read or
meant otherwise, and is no whole. The page decides that for what its filters let
through; here each statement gets the numbers that make it quick: ``covers``, the scopes that it is the whole of by
listing them, and ``within``, the scopes that it may be part of. A is part of B where ``within`` of A meets ``covers``
of B and B's time contains A's.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from itertools import product

from tejarat.schema import Area, Relation
from tejarat.text.normalize import key

#: Lists longer than this stand for themselves only, not for each of their members.
MOST_MEMBERS = 12

Codes = tuple[str, ...]
Number = Callable[[Hashable], int]


def numbering() -> Number:
    """A function that gives equal things equal numbers: 0, 1, 2, … in the order of first sight."""
    seen: dict[Hashable, int] = {}
    return lambda thing: seen.setdefault(thing, len(seen))


def scopes(relation: Relation, article: int, number: Number) -> tuple[int, list[int], list[int]]:
    """The own scope, ``covers`` and ``within`` of a statement; see the module's docstring.

    Args:
        article: statements without a period are compared within their article only, save that the same amount
            of the same scope told by another article is the same statement.
        number: one :func:`numbering` for all statements of a page.
    """
    time = "dated" if relation.period else article
    reporters, partners = _codes(relation.reporters), _codes(relation.partners)
    goods = tuple(sorted({key(p.name) for p in relation.products}))
    countries = tuple(sorted({code.split("-")[0] if code.startswith("IR-") else code for code in reporters}))
    wholes = ([side, *_members(side)] for side in (reporters, partners, goods))
    covers: list[Hashable] = [(relation.flow, time, *scope) for scope in product(*wholes)]
    # dict.fromkeys: one of each, in an order that is the same in every run.
    wider = (dict.fromkeys(side) for side in ((reporters, countries), (partners, ()), (goods, ())))
    within: list[Hashable] = [(relation.flow, time, *scope) for scope in product(*wider)]
    if relation.period is None and relation.value is not None:
        money = relation.value.value
        same = (relation.flow, reporters, partners, goods, money.amount, money.currency)
        covers.append(same)
        within.append(same)
    own = number((relation.flow, time, reporters, partners, goods))
    return own, sorted(map(number, covers)), sorted(map(number, within))


def _codes(areas: Iterable[Area]) -> Codes:
    """``WORLD`` is every partner, as none is."""
    return tuple(sorted({a.code for a in areas if a.code != "WORLD"}))


def _members(codes: Codes) -> list[Codes]:
    return [(code,) for code in codes] if 1 < len(codes) <= MOST_MEMBERS else []
