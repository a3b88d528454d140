"""Statements of one article beside each other: what the rows of a sentence share, and what is only told again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from tejarat.linker.reading import Reading
from tejarat.schema import Filler, Money, Percent, Relation
from tejarat.text import normalize

#: Slots that the rows of one sentence may share.
SHARED = ("products", "period", "reporters")


def filled(relations: Sequence[Relation]) -> list[Relation]:
    """What the rows of one sentence share is theirs all.

    Where one sentence gives a row of amounts, most of them with the same goods, period or reporter and the rest
    with none, the rest take it over.
    """
    rows: dict[tuple[Any, ...], list[int]] = {}
    for i, r in enumerate(relations):
        if r.value or r.quantity or r.share or r.growth:
            row = (r.evidence, r.flow, r.modality, r.value is not None, r.share is not None)
            rows.setdefault(row, []).append(i)
    out = list(relations)
    for members in rows.values():
        for slot in SHARED:
            given = Counter(v for i in members if (v := getattr(relations[i], slot)))
            if len(members) >= 2 and len(given) == 1:
                ((value, count),) = given.items()
                if 2 * count >= len(members):
                    for i in members:
                        out[i] = replace(out[i], **{slot: value})
    return out


def titles(reading: Reading) -> list[tuple[int, int]]:
    """Headlines and headings between paragraphs: short lines of their own without a full stop."""
    out = []
    for start, end in reading.sentences:
        line = reading.text[start:end].strip()
        begin = start + reading.text[start:end].index(line)
        alone = reading.text[:begin].rstrip(" \t")[-1:] in ("", "\n")
        follows = reading.text[begin + len(line) : end + 1].strip(" \t")[:1] == "\n"
        if alone and follows and len(line.split()) <= 16 and line[-1] not in ".:؛!":
            out.append((start, end))
    return out


def merged(relations: Sequence[Relation], headings: Sequence[tuple[int, int]] = ()) -> list[Relation]:
    """A statement told again is one relation, with the fullest set of slots.

    What stands in ``headings`` (offsets) may tell it in round figures; the exact ones are kept.
    """
    return [relation for relation, _ in gathered(relations, headings)]


def gathered(
    relations: Sequence[Relation], headings: Sequence[tuple[int, int]] = ()
) -> list[tuple[Relation, list[int]]]:
    """What :func:`merged` gives, each with the places of the relations that it was made of."""
    out: list[tuple[Relation, list[int]]] = []
    for number, relation in enumerate(relations):
        for index, (other, places) in enumerate(out):
            place = other.evidence
            rounded = any(start <= place.start and place.end <= end for start, end in headings)
            if _retold(other, relation, rounded=rounded):
                out[index] = _union(other, relation), [*places, number]
                break
        else:
            out.append((relation, [number]))
    return out


def _retold(a: Relation, b: Relation, *, rounded: bool) -> bool:
    if a.flow != b.flow or a.modality != b.modality:
        return False
    measures = ("value", "quantity", "share", "growth", "rank")
    pairs = [(_plain(getattr(a, s)), _plain(getattr(b, s))) for s in measures]
    both = [p for p in pairs if p[0] is not None and p[1] is not None]
    if not all(x == y or (rounded and _rounds(x, y)) for x, y in both):
        return False
    if not both and (measured(a) or measured(b)):
        return False
    if a.period and b.period and (a.period.start, a.period.end) != (b.period.start, b.period.end):
        return False
    for side in ("reporters", "partners"):
        x, y = ({area.code for area in getattr(r, side)} for r in (a, b))
        if x and y and not (x <= y or y <= x):
            return False
    x, y = ({normalize.solid(p.name) for p in r.products} for r in (a, b))
    return (x <= y or y <= x) if (x and y) else bool(both)


def _rounds(a: Any, b: Any) -> bool:
    """Whether a headline's `70 درصد` or `5 میلیارد` is the round form of `69.4` or `4.97`."""
    if isinstance(a, Percent) and isinstance(b, Percent):
        return abs(a.percent - b.percent) < 1 and a.percent == int(a.percent)
    if isinstance(a, Money) and isinstance(b, Money):
        return a.currency == b.currency and abs(a.amount - b.amount) <= 0.02 * abs(b.amount)
    return False


def _union(a: Relation, b: Relation) -> Relation:
    changes: dict[str, Any] = {"score": max(a.score, b.score)}
    for slot in ("value", "quantity", "share", "growth", "rank", "rank_scope", "period"):
        changes[slot] = getattr(b, slot) or getattr(a, slot)
    for slot in ("reporters", "partners", "products"):
        changes[slot] = max(getattr(a, slot), getattr(b, slot), key=len)
    return replace(a, **changes)


def _plain(slot: Any) -> Any:
    if slot is None:
        return None
    return slot.value if isinstance(slot, Filler) else (slot.amount, slot.unit)


def measured(r: Relation) -> bool:
    """Whether a relation has a measure at all."""
    return any(m is not None for m in (r.value, r.quantity, r.share, r.growth, r.rank))
