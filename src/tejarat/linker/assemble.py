"""From weighed candidates to relations: which anchors state a flow, which go together, what fills each slot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from tejarat.linker.confidence import relation_score
from tejarat.linker.features import Anchor
from tejarat.linker.judge import Judgement, judge
from tejarat.linker.reading import Mention, Reading
from tejarat.linker.retold import SHARED, filled, gathered, measured, merged, titles
from tejarat.linker.scorer import QUESTIONS, Scorer, shipped
from tejarat.linker.statement import Settings, Statement, Told, Trace, Weighed
from tejarat.schema import (
    FLOWS,
    MODALITIES,
    Area,
    Commodity,
    Entity,
    Evidence,
    Filler,
    Modality,
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

__all__ = ["Settings", "link", "merged", "period_days", "relation", "statements", "titles", "trace"]


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
    return trace(text, day, sentences, entities, scorer, settings).relations


def trace(
    text: str,
    day: date | None,
    sentences: Sequence[tuple[int, int]],
    entities: Sequence[Entity],
    scorer: Scorer | None = None,
    settings: Settings | None = None,
) -> Trace:
    """The same as :func:`link`, with all that was weighed on the way."""
    scorer, settings = scorer or shipped(), settings or Settings()
    reading = Reading(text, day, sentences, entities)
    judgement = judge(reading, scorer)
    found = paired_growths(reading, judgement, statements(judgement, settings))
    alone = [relation(reading, judgement, s, settings) for s in found]
    relations = filled(alone)
    for statement, before, after in zip(found, alone, relations, strict=True):
        statement.rules += [f"row:{slot}" for slot in SHARED if getattr(before, slot) != getattr(after, slot)]
    kept = [i for i, r in enumerate(relations) if r.products or measured(r)]
    told = []
    for number, (r, places) in enumerate(gathered([relations[i] for i in kept], titles(reading)), 1):
        sources = tuple(found[kept[place]] for place in places)
        score = relation_score(judgement, r, sources, scorer.calibration)
        told.append(Told(replace(r, id=f"r{number}", score=score), sources))
    return Trace(reading, judgement, settings, tuple(found), tuple(told))


def statements(judgement: Judgement, settings: Settings) -> list[Statement]:
    """Anchors that state a flow, those of one statement together."""
    kept: dict[int, Statement] = {}
    for i, anchor in enumerate(judgement.anchors):
        fact = judgement.fact(i)
        if fact < (settings.goods if anchor.kind == "goods" else settings.fact) or not judgement.areas[i]:
            continue  # the first pass may have been so sure of nothing that no slot was looked at
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
        whole.rules.append("paired_growths")
        loose.rules.append("paired_growths")
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
    answers = dict.fromkeys(codes, (1, 2))
    reporters = [c for c, (side, other) in by_code.items() if side >= settings.reporter and side >= other]
    if not reporters:
        best = max(by_code, key=lambda c: by_code[c][0])
        reporters = [best] if by_code[best][0] >= settings.reporter_floor else []
    reporters = _one_reporter(reading, reporters, {c: w[0] for c, w in by_code.items()}, mentions)
    own = dict(by_code)
    if statement.flow == "trade" and by_code["IR"][1] >= settings.partner and len(reporters) == 1:
        by_code["IR"], by_code[reporters[0]] = by_code[reporters[0]], by_code["IR"]
        if reporters != ["IR"]:
            answers["IR"] = answers[reporters[0]] = (2, 1)
            statement.rules.append("trade_from_iran")
        reporters = ["IR"]  # both ways are one: Iran's trade is told from Iran's side
    home = any(at_home(c) for c in reporters)  # Iran does not trade with itself
    partners = [
        c
        for c, (_, weight) in by_code.items()
        if weight >= settings.partner and c not in reporters and not (home and at_home(c))
    ]

    for c, (side, other) in answers.items():
        statement.weighed += [
            Weighed("reporters", c, mentions[c], side, own[c][side - 1], settings.reporter, c in reporters),
            Weighed("partners", c, mentions[c], other, own[c][other - 1], settings.partner, c in partners),
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
    taken = {id(mention) for _, mention in chosen.values()}
    for key, mention in by_id.items():
        of_list = groups[mention.group]
        weight = sum(of_list) / len(of_list)
        statement.weighed.append(Weighed("products", key, mention, 1, weight, settings.product, key in taken))
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
    means = {key: sum(of) / len(of) for key, of in totals.items()}
    chosen: tuple[int, Period] | None = None
    for key in sorted(means, key=lambda k: -means[k]):
        if means[key] < settings.period or chosen:
            break
        days = period_days(reading, by_id[key], statement.modality)
        if days is not None:
            m = by_id[key]
            chosen = key, Period(days[0].isoformat(), days[1].isoformat(), reading.text[m.start : m.end])
    for key, weight in means.items():
        taken = chosen is not None and chosen[0] == key
        statement.weighed.append(Weighed("period", key, by_id[key], 1, weight, settings.period, taken))
    return chosen[1] if chosen else None


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
