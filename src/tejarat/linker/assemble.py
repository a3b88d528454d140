"""From weighed candidates to relations: which anchors state a flow, which go together, what fills each slot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np

from tejarat.linker.features import Anchor
from tejarat.linker.judge import Judgement, judge
from tejarat.linker.reading import Mention, Reading
from tejarat.linker.scorer import QUESTIONS, Scorer, shipped
from tejarat.schema import (
    FLOWS,
    MODALITIES,
    Area,
    Commodity,
    Entity,
    Evidence,
    Filler,
    Flow,
    Modality,
    Money,
    Percent,
    Period,
    Product,
    Quantity,
    Relation,
)
from tejarat.text import normalize
from tejarat.values.dates import in_calendar, same_period_last_year, year_days
from tejarat.values.percent import sign_of
from tejarat.values.places import area_name
from tejarat.values.rank import scope_of


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a probability becomes a decision."""

    fact: float = 0.5
    goods: float = 0.5
    join: float = 0.5
    reporter: float = 0.5
    reporter_floor: float = 0.2
    partner: float = 0.3
    product: float = 0.5
    period: float = 0.5


@dataclass(slots=True)
class Statement:
    """One flow with the numbers of its anchors: what becomes a relation."""

    flow: Flow
    modality: Modality
    anchors: list[int]
    roles: list[str]
    score: float
    slots: set[str] = field(default_factory=set)


def link(
    text: str,
    day: date | None,
    sentences: Sequence[tuple[int, int]],
    entities: Sequence[Entity],
    scorer: Scorer | None = None,
    settings: Settings | None = None,
) -> tuple[Relation, ...]:
    """The trade relations that an article states.

    Args:
        text: the article exactly as given.
        day: the article's date, for relative periods.
        sentences: half-open offsets that tile the text.
        entities: the tagged spans with their values.
    """
    scorer, settings = scorer or shipped(), settings or Settings()
    reading = Reading(text, day, sentences, entities)
    judgement = judge(reading, scorer)
    found = paired_growths(reading, judgement, statements(judgement, settings))
    relations = filled([relation(reading, judgement, s, settings) for s in found])
    kept = merged([r for r in relations if r.products or _measures(r)], titles(reading))
    return tuple(replace(r, id=f"r{i}") for i, r in enumerate(kept, 1))


def statements(judgement: Judgement, settings: Settings) -> list[Statement]:
    """Anchors that state a flow, those of one statement together."""
    kept: dict[int, Statement] = {}
    for i, anchor in enumerate(judgement.anchors):
        fact = judgement.fact(i)
        if fact < (settings.goods if anchor.kind == "goods" else settings.fact):
            continue
        roles, flows = judgement.anchor["role"][i], judgement.anchor["flow"][i]
        role = QUESTIONS["role"][2 + int(np.argmax(roles[2:]))] if anchor.kind == "percent" else "fact"
        mode = MODALITIES[int(np.argmax(judgement.anchor["modality"][i]))]
        flow = FLOWS[int(np.argmax(flows))]
        kept[i] = Statement(flow, mode, [i], [role], fact * float(flows.max()), {_slot(anchor, role)})
    return _clustered(judgement, kept, settings)


def _clustered(judgement: Judgement, cluster: dict[int, Statement], settings: Settings) -> list[Statement]:
    """Joins statements, the surest pair first, as long as no slot would be filled twice."""
    for number in np.argsort(-judgement.join):
        if judgement.join[number] < settings.join:
            break
        i, j = judgement.pairs[number]
        if i not in cluster or j not in cluster:
            continue
        a, b = cluster[i], cluster[j]
        if a is b or a.flow != b.flow or (a.slots & b.slots) - {"products"}:
            continue
        a.anchors += b.anchors
        a.roles += b.roles
        a.slots |= b.slots
        a.score = (a.score + b.score) / 2
        cluster = {k: a if c is b else c for k, c in cluster.items()}
    return list({id(c): c for c in cluster.values()}.values())


def paired_growths(reading: Reading, judgement: Judgement, found: Sequence[Statement]) -> Sequence[Statement]:
    """Growth of weight and growth of value, both given, are two statements: the value with its growth, the
    quantity with its own. The quantity is told once and stands in both."""
    for loose in found:
        if loose.slots - {"products"} != {"growth"}:
            continue
        of_loose = _growth_of(reading, judgement, loose)
        place = loose.anchors[0]
        near = [
            s
            for s in found
            if s.flow == loose.flow
            and {"quantity", "growth"} <= s.slots
            and -1 <= judgement.anchors[s.anchors[0]].sentence - judgement.anchors[place].sentence <= 0
        ]
        if not of_loose or not near:
            continue
        whole = max(near, key=lambda s: s.anchors[0])
        own = _growth_of(reading, judgement, whole)
        if of_loose == "worth" and own == "weight" and "value" in whole.slots:
            a, b = loose.roles.index("growth"), whole.roles.index("growth")
            loose.anchors[a], whole.anchors[b] = whole.anchors[b], loose.anchors[a]
        elif of_loose != "weight" or own == "weight":
            continue
        quantity = next(i for i in whole.anchors if judgement.anchors[i].kind == "quantity")
        loose.anchors.append(quantity)
        loose.roles.append("fact")
        loose.slots.add("quantity")
    return found


def _growth_of(reading: Reading, judgement: Judgement, statement: Statement) -> str:
    """`weight` or `worth` where the words beside a statement's growth say of what it is; else ''."""
    index = statement.anchors[statement.roles.index("growth")]
    anchor = judgement.anchors[index]
    signals = reading.signals(anchor.sentence)
    told = [(i, "weight") for i in signals["weight"]]
    told += [(i, "worth") for i in (*signals["worth"], *signals["worthwise"])]
    others = [a for a in judgement.anchors if a.sentence == anchor.sentence and a is not anchor]
    start = max((a.last for a in others if a.last <= anchor.first and a.kind != "goods"), default=-1)
    end = min((a.first for a in others if a.first >= anchor.last and a.kind != "goods"), default=10**9)
    left = [t for t in told if start <= t[0] < anchor.first]
    right = [t for t in told if anchor.last <= t[0] < end]
    return max(left)[1] if left else min(right)[1] if right else ""


def relation(reading: Reading, judgement: Judgement, statement: Statement, settings: Settings) -> Relation:
    """Fills the slots of one statement."""
    slots: dict[str, Any] = {}
    anchors = [judgement.anchors[i] for i in statement.anchors]
    for anchor, role in zip(anchors, statement.roles, strict=True):
        value = anchor.mention.value
        if anchor.kind == "quantity":
            slots["quantity"] = Quantity(value.amount, value.unit, value.amount_max, value.start, value.end)  # type: ignore[union-attr]
        elif isinstance(value, Entity) and value.value is not None:
            if role == "growth":
                sign = -1 if sign_of(reading.text, value.start, value.end) < 0 else 1
                slots["growth"] = Filler(_signed(value.value, sign), value.id)  # type: ignore[arg-type]
            elif anchor.kind == "percent":
                slots["share"] = Filler(value.value, value.id)
            elif anchor.kind == "money":
                slots["value"] = Filler(value.value, value.id)
            elif anchor.kind == "rank":
                slots["rank"] = Filler(value.value, value.id)
                slots["rank_scope"] = scope_of(reading.text, value.start, value.end)
    reporters, partners = _areas(reading, judgement, statement, settings)
    mentions = [a.mention for a in anchors]
    first, last = min(m.sentence for m in mentions), max(m.sentence for m in mentions)
    return Relation(
        id="r0",
        flow=statement.flow,
        reporters=reporters,
        partners=partners,
        products=_products(judgement, statement, settings),
        period=_period(reading, judgement, statement, settings),
        modality=statement.modality,
        evidence=_evidence(reading, first, last),
        score=min(1.0, max(0.0, statement.score)),
        **slots,
    )


def _areas(
    reading: Reading, judgement: Judgement, statement: Statement, settings: Settings
) -> tuple[tuple[Area, ...], tuple[Area, ...]]:
    options = judgement.areas[statement.anchors[0]]
    codes = [c.code for c in options]
    mentions = {c.code: c.mention for c in options}
    weights = np.mean([judgement.filler["area"][i] for i in statement.anchors], axis=0)
    weights = _pooled(weights, [mentions[c] for c in codes])
    if statement.flow == "trade":  # of a country, whoever tells it
        weights[[at_home(c) and c != "IR" for c in codes], 1] = 0.0
    by_code = dict(zip(codes, weights[:, 1:].tolist(), strict=True))
    reporters = [c for c, (side, other) in by_code.items() if side >= settings.reporter and side >= other]
    if not reporters:
        best = max(by_code, key=lambda c: by_code[c][0])
        reporters = [best] if by_code[best][0] >= settings.reporter_floor else []
    reporters = _one_reporter(reading, reporters, {c: w[0] for c, w in by_code.items()}, mentions)
    if statement.flow == "trade" and by_code["IR"][1] >= settings.partner and len(reporters) == 1:
        by_code["IR"], by_code[reporters[0]] = by_code[reporters[0]], by_code["IR"]
        reporters = ["IR"]  # both ways are one: Iran's trade is told from Iran's side
    home = any(at_home(c) for c in reporters)  # Iran does not trade with itself
    partners = [
        c
        for c, (_, weight) in by_code.items()
        if weight >= settings.partner and c not in reporters and not (home and at_home(c))
    ]

    def areas(side: list[str]) -> tuple[Area, ...]:
        ordered = sorted(side, key=lambda c: m.start if (m := mentions[c]) else 0)
        return tuple(Area(c, area_name(c), _entity_at(reading, mentions[c])) for c in ordered)

    return areas(reporters), areas(partners)


def at_home(code: str) -> bool:
    """Whether an area is Iran or a part of it."""
    return code == "IR" or code.startswith("IR-")


def _pooled(weights: Any, mentions: Sequence[Mention | None]) -> Any:
    """The members of one list (`عراق، چین و هند`) share their mean: they go together or not at all."""
    groups: dict[int, list[int]] = {}
    for i, mention in enumerate(mentions):
        if mention is not None:
            groups.setdefault(mention.group, []).append(i)
    out = weights.copy()
    for members in groups.values():
        out[members] = weights[members].mean(axis=0)
    return out


def _one_reporter(
    reading: Reading, reporters: list[str], weights: dict[str, float], mentions: dict[str, Mention | None]
) -> list[str]:
    """The likeliest reporter, and the others of its list (`اصفهان و یزد`): a flow is told of one side at a time."""
    if len(reporters) < 2:
        return reporters
    best = max(reporters, key=lambda c: weights[c])
    if (head := mentions[best]) is None:
        return [best]
    return [c for c in reporters if c == best or ((m := mentions[c]) and m.group == head.group)]


def _entity_at(reading: Reading, mention: Mention | None) -> str | None:
    return reading.entity_ids.get((mention.start, mention.end)) if mention else None


def _products(judgement: Judgement, statement: Statement, settings: Settings) -> tuple[Commodity, ...]:
    best: dict[int, float] = {}
    by_id: dict[int, Mention] = {}
    totals: dict[int, list[float]] = {}
    for i in statement.anchors:
        anchor = judgement.anchors[i]
        weights = judgement.filler["product"][i][:, 1]
        for option, weight in zip(judgement.products[i], weights, strict=True):
            own = anchor.kind == "goods" and any(option.mention is m for m in anchor.mentions)
            by_id[id(option.mention)] = option.mention
            totals.setdefault(id(option.mention), []).append(1.0 if own else float(weight))
    for key, weights_of in totals.items():
        best[key] = max(weights_of) if max(weights_of) == 1.0 else sum(weights_of) / len(weights_of)
    groups: dict[int, list[float]] = {}
    for key, weight in best.items():
        groups.setdefault(by_id[key].group, []).append(weight)
    chosen: dict[str, tuple[float, Mention]] = {}
    for key in best:
        weight = sum(groups[by_id[key].group]) / len(groups[by_id[key].group])
        mention = by_id[key]
        if weight < settings.product or not isinstance(mention.value, Entity):
            continue
        known = mention.value.value
        name = normalize.solid(known.name if isinstance(known, Product) else mention.value.text)
        if name not in chosen or weight > chosen[name][0]:
            chosen[name] = (weight, mention)
    out = []
    for _, mention in sorted(chosen.values(), key=lambda c: c[1].start):
        entity = mention.value
        assert isinstance(entity, Entity)
        known = entity.value if isinstance(entity.value, Product) else Product(entity.text)
        out.append(Commodity(known.name, entity.id, known.hs))
    return tuple(out)


def _period(
    reading: Reading, judgement: Judgement, statement: Statement, settings: Settings
) -> Period | None:
    totals: dict[int, list[float]] = {}
    by_id: dict[int, Mention] = {}
    for i in statement.anchors:
        weights = judgement.filler["period"][i][:, 1]
        for option, weight in zip(judgement.periods[i], weights, strict=True):
            totals.setdefault(id(option.mention), []).append(float(weight))
            by_id[id(option.mention)] = option.mention
    ranked = sorted(totals, key=lambda k: -sum(totals[k]) / len(totals[k]))
    for key in ranked:
        if sum(totals[key]) / len(totals[key]) < settings.period:
            break
        days = period_days(reading, by_id[key], statement.modality)
        if days is not None:
            m = by_id[key]
            return Period(days[0].isoformat(), days[1].isoformat(), reading.text[m.start : m.end])
    return None


def period_days(
    reading: Reading, mention: Mention, modality: Modality = "actual"
) -> tuple[date, date] | None:
    """First and last day of a period mention.

    `The same period last year` is told from the period before it, and a target of `this year`, which would end
    at the article's date, belongs to the whole Iranian year.
    """
    found: Any = mention.value
    if found.first is not None and found.last is not None:
        whole = _iranian_year(found.first)
        if modality == "target" and found.last == reading.day and whole and whole[0] == found.first:
            return whole
        return found.first, found.last
    if found.kind != "same":
        return None
    for m in reversed([m for m in reading.by_kind["period"] if m.first < mention.first]):
        before: Any = m.value
        if before.first is not None and before.last is not None:
            return same_period_last_year(before.first, before.last)
    return None


def _iranian_year(day: date) -> tuple[date, date] | None:
    return year_days("jalali", in_calendar("jalali", day)[0])


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
        for slot in ("products", "period", "reporters"):
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
    out: list[Relation] = []
    for relation in relations:
        for index, other in enumerate(out):
            place = other.evidence
            rounded = any(start <= place.start and place.end <= end for start, end in headings)
            if _retold(other, relation, rounded=rounded):
                out[index] = _union(other, relation)
                break
        else:
            out.append(relation)
    return out


def _retold(a: Relation, b: Relation, *, rounded: bool) -> bool:
    if a.flow != b.flow or a.modality != b.modality:
        return False
    measures = ("value", "quantity", "share", "growth", "rank")
    pairs = [(_plain(getattr(a, s)), _plain(getattr(b, s))) for s in measures]
    both = [p for p in pairs if p[0] is not None and p[1] is not None]
    if not all(x == y or (rounded and _rounds(x, y)) for x, y in both):
        return False
    if not both and (_measures(a) or _measures(b)):
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


def _measures(r: Relation) -> bool:
    return any(m is not None for m in (r.value, r.quantity, r.share, r.growth, r.rank))


def _slot(anchor: Anchor, role: str) -> str:
    return {"money": "value", "quantity": "quantity", "rank": "rank", "goods": "products"}.get(
        anchor.kind, role
    )


def _signed(percent: Percent, sign: int) -> Percent:
    high = None if percent.percent_max is None else sign * abs(percent.percent_max)
    return Percent(sign * abs(percent.percent), high)


def _evidence(reading: Reading, first: int, last: int) -> Evidence:
    start, end = reading.sentences[first][0], reading.sentences[last][1]
    piece = reading.text[start:end]
    return Evidence(start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip()))
