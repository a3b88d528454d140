"""Last station: the statements with what fills them become relations; what is told again is told once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tejarat.linker.assemble import period_days
from tejarat.linker.reading import Mention, Reading
from tejarat.linker.retold import measured, merged, titles
from tejarat.linker.rules import attach, context
from tejarat.linker.rules.flows import clause_of, cues, flow_at, modality
from tejarat.linker.rules.lists import Statement, statements
from tejarat.linker.rules.words import has
from tejarat.schema import (
    Area,
    Commodity,
    Entity,
    Evidence,
    Filler,
    Percent,
    Period,
    Product,
    Quantity,
    Relation,
)
from tejarat.text import normalize
from tejarat.values.percent import sign_of
from tejarat.values.places import area_name
from tejarat.values.rank import scope_of


@dataclass(frozen=True, slots=True)
class Said:
    """A statement told before, with what the next one may take up."""

    statement: Statement
    products: tuple[Mention, ...]
    period: Mention | None


def link_by_rules(
    text: str, day: date | None, sentences: Sequence[tuple[int, int]], entities: Sequence[Entity]
) -> tuple[Relation, ...]:
    """The trade relations that an article states, found by rules alone.

    Args:
        text: the article exactly as given.
        day: the article's date, for relative periods.
        sentences: half-open offsets that tile the text.
        entities: the tagged spans with their values.
    """
    reading = Reading(text, day, sentences, entities)
    rows = statements(reading)
    out: list[Relation] = []
    said: list[Said] = []
    for sentence, row in enumerate(rows):
        goods = attach.goods(reading, row)
        sides = attach.partners(reading, row)
        used = {m.group for members in goods for m in members}
        lone = [s for s in goods_alone(reading, sentence, used) if states(reading, s, said)]
        for statement, own, side in (
            *zip(row, goods, sides, strict=True),
            *((s, tuple(s.goods), attach.partners(reading, [s])[0]) for s in lone),
        ):
            products = own or _goods_before(reading, statement, said)
            others = tuple(side.members) if side else _partners_before(reading, statement)
            clause = clause_of(reading, statement.first)
            period = context.period(
                reading, statement.first, (clause.first, clause.last), said[-1].period if said else None
            )
            timeless = (
                not statement.measures or statement.modality != "actual" or context.yearly(reading, clause)
            )
            if timeless and period and period.sentence != sentence:
                period = None
            out.append(_relation(reading, statement, products, others, side, period))
            if statement.measures:
                said.append(Said(statement, products, period))
    stated = [r for r in out if measured(r) or r.products]
    return tuple(replace(r, id=f"r{i}") for i, r in enumerate(merged(stated, titles(reading)), 1))


def goods_alone(reading: Reading, sentence: int, used: set[int]) -> list[Statement]:
    """Lists of goods that a clause says are traded, without a measure: `پسته به آلمان صادر می‌شود`."""
    out = []
    for g in attach.groups(reading, sentence, "product"):
        if g.members[0].group in used:
            continue
        clause = clause_of(reading, g.first)
        if not any(clause.first <= c.first < clause.last for c in cues(reading, sentence)):
            continue
        if any(
            has(role, reading.keys[i])
            for i in range(clause.first, clause.last)
            for role in ("stop", "price", "making")
        ):
            continue
        told = flow_at(reading, g.first, g.last)
        if told:
            out.append(
                Statement(told[0], modality(reading, g.first, g.last), sentence, told[1], {}, list(g.members))
            )
    return out


def states(reading: Reading, statement: Statement, said: Sequence[Said]) -> bool:
    """Whether goods without a measure are news: they have a partner or a verb, and were not told with a measure."""
    names = {normalize.solid(reading.text[m.start : m.end]) for m in statement.goods}
    told = {
        normalize.solid(reading.text[m.start : m.end])
        for s in said
        for m in s.products
        if s.statement.flow == statement.flow
    }
    if attach.partners(reading, [statement])[0] is not None:
        return True
    clause = clause_of(reading, statement.first)
    keys = reading.keys[clause.first : clause.last]
    verb = any(
        c.detail == "verb" and clause.first <= c.first < clause.last
        for c in cues(reading, statement.sentence)
    )
    listed = any(has("listing", k) for k in keys)
    return (verb or listed or len(names) > 2) and not names <= told


def _goods_before(reading: Reading, statement: Statement, said: Sequence[Said]) -> tuple[Mention, ...]:
    """Goods that the statement takes up from the one before, where words point back to it."""
    keys = reading.keys[slice(*reading.bounds[statement.sentence])]
    if (
        any(m.kind == "product" for m in reading.in_sentence[statement.sentence])
        and "growth" not in statement.measures
    ):
        return ()
    near = bool(said) and statement.sentence - said[-1].statement.sentence <= 1
    if near and (statement.carried or any(has("anaphor", k) for k in keys)):
        return said[-1].products
    return ()


def _partners_before(reading: Reading, statement: Statement) -> tuple[Mention, ...]:
    """`این کشور` and `دو کشور` name the other side again."""
    if context.says_this_country(reading, statement.sentence):
        country = context.this_country(reading, statement.first)
        return (country,) if country and country.value != context.foreign_topic(reading) else ()
    return ()


def _relation(
    reading: Reading,
    statement: Statement,
    goods: Sequence[Mention],
    others: Sequence[Mention],
    side: attach.Group | None,
    period: Mention | None,
) -> Relation:
    measures = {slot: m for slot, m in statement.measures.items() if slot == "quantity" or _is_read(m)}
    slots: dict[str, Any] = {slot: _filler(reading, slot, m) for slot, m in measures.items()}
    if rank := measures.get("rank"):
        slots["rank_scope"] = scope_of(reading.text, rank.start, rank.end)
    reporters = _reporters(reading, statement, others, side)
    codes = {a.code for a in reporters}
    start, end = reading.sentences[statement.sentence]
    piece = reading.text[start:end]
    return Relation(
        id="r0",
        flow=statement.flow,
        reporters=reporters,
        partners=tuple(a for a in _areas(reading, others) if a.code not in codes),
        products=_products(goods),
        period=_period(reading, statement, period),
        modality=statement.modality,
        evidence=Evidence(start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())),
        score=1.0,
        **slots,
    )


def _reporters(
    reading: Reading, statement: Statement, others: Sequence[Mention], side: attach.Group | None
) -> tuple[Area, ...]:
    found = attach.reporter(reading, statement, side)
    taken = {m.value for m in others}
    if found is not None and not any(m.value in taken for m in found.members):
        return _areas(reading, found.members)
    code = context.home(reading, statement.sentence)
    return (Area(code, area_name(code)),)


def _areas(reading: Reading, mentions: Sequence[Mention]) -> tuple[Area, ...]:
    out = {
        str(m.value): Area(str(m.value), area_name(str(m.value)), reading.entity_ids.get((m.start, m.end)))
        for m in reversed(mentions)
    }
    return tuple(reversed(out.values()))


def _products(goods: Sequence[Mention]) -> tuple[Commodity, ...]:
    out: dict[str, Commodity] = {}
    for m in goods:
        if isinstance(m.value, Entity):
            known = m.value.value if isinstance(m.value.value, Product) else Product(m.value.text)
            out.setdefault(normalize.solid(known.name), Commodity(known.name, m.value.id, known.hs))
    return tuple(out.values())


def _period(reading: Reading, statement: Statement, m: Mention | None) -> Period | None:
    days = m and period_days(reading, m, statement.modality)
    if not m or not days:
        return None
    return Period(days[0].isoformat(), days[1].isoformat(), reading.text[m.start : m.end])


def _is_read(m: Mention) -> bool:
    """Whether a span says what the program can read."""
    return isinstance(m.value, Entity) and m.value.value is not None


def _filler(reading: Reading, slot: str, m: Mention) -> Any:
    value: Any = m.value
    if slot == "quantity":
        return Quantity(value.amount, value.unit, value.amount_max, value.start, value.end)
    if slot != "growth":
        return Filler(value.value, value.id)
    sign = -1 if sign_of(reading.text, value.start, value.end) < 0 else 1
    high = value.value.percent_max
    return Filler(
        Percent(sign * abs(value.value.percent), None if high is None else sign * abs(high)), value.id
    )
