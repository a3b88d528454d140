"""Relations as annotation tools draw them: a word that stands for the statement, and arrows to its spans.

Our relations have many arguments, the tools' have two. So each relation hangs on a word of the text, its *anchor*
(labelled with the flow), from which an arrow for every filled slot leads to the span that fills it; what no
arrow can say (codes of areas, amounts, period, quantity) travels with the anchor as *details*. When an article
comes back, arrows win over details: a slot whose arrow is gone is empty, a new arrow is read from its span.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tejarat.corpus.convert.article import pruned
from tejarat.errors import ConversionError
from tejarat.schema import (
    ArticleFacts,
    Entity,
    Flow,
    Label,
    Modality,
    Relation,
    relation_from_dict,
    relation_to_dict,
    value_from_dict,
    value_to_dict,
)
from tejarat.text.words import words
from tejarat.values import read_value


@dataclass(frozen=True, slots=True)
class Role:
    """An arrow: the slot it fills, the label of its span, whether a relation may have several."""

    slot: str
    label: Label
    many: bool = False


ROLES = {
    "reporter": Role("reporters", "COUNTRY", many=True),
    "partner": Role("partners", "COUNTRY", many=True),
    "product": Role("products", "PRODUCT", many=True),
    "value": Role("value", "MONEY"),
    "share": Role("share", "PERCENT"),
    "growth": Role("growth", "PERCENT"),
    "rank": Role("rank", "RANK"),
}
#: Beginnings of the words that a statement of this flow is best hung on.
STEMS: dict[Flow, tuple[str, ...]] = {
    "export": ("صادر",),
    "import": ("وارد",),
    "trade": ("تجار", "مبادل"),
}
#: An anchor with such a beginning may be this many characters farther away than any other.
_REACH = 200
#: A word of one or two letters is hard to click on; one this many characters farther away is better.
_SHORT = 20


@dataclass(frozen=True, slots=True)
class Statement:
    """One relation as a tool holds it; ``links`` are (role, id of a span), ``start`` and ``end`` the anchor's."""

    id: str
    flow: Flow
    start: int = 0
    end: int = 0
    links: tuple[tuple[str, str], ...] = ()
    modality: Modality = "actual"
    scope: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


def statements(facts: ArticleFacts) -> list[Statement]:
    """The relations of an article, in order, each with its anchor.

    Raises:
        ConversionError: the text has no word.
    """
    at = {e.id: e.start for e in facts.entities}
    free = _free_words(facts)
    out = []
    for r in facts.relations:
        data = relation_to_dict(r)
        links = tuple(
            (name, one["entity"])
            for name, role in ROLES.items()
            for one in (data[role.slot] if role.many else [data[role.slot] or {}])
            if one.get("entity")
        )
        place = min((at[e] for _, e in links), default=r.evidence.start)
        start, end = min(free or _all_words(facts), key=lambda w: _cost(facts.text, w, place, r.flow))
        free = [w for w in free if w != (start, end)]
        out.append(Statement(r.id, r.flow, start, end, links, r.modality, r.rank_scope, _details(data)))
    return out


def relation(s: Statement, entities: Mapping[str, Entity], number: int) -> Relation:
    """The relation that a statement says; ``entities`` are the article's by id.

    Raises:
        ValueError: a link to no span or to one of a wrong label, a slot filled twice, a span that has no
            value and cannot be read.
    """
    linked: dict[str, list[str]] = {name: [] for name in ROLES}
    for name, id in s.links:
        if name not in ROLES:
            raise ValueError(f"{name!r} is no role; they are {', '.join(ROLES)}")
        if id not in entities:
            raise ValueError(f"{name} of {s.id} leads to {id!r}, which is no span")
        if entities[id].label != ROLES[name].label:
            raise ValueError(f"{name} of {s.id} leads to {entities[id].label}, not to {ROLES[name].label}")
        linked[name].append(id)
    data = dict(s.details) | {"id": s.id, "flow": s.flow, "modality": s.modality}
    for name, role in ROLES.items():
        given = data.get(role.slot)
        written: list[Any] = [] if not given else list(given) if role.many else [given]
        known = {one.get("entity") for one in written}
        items = [one for one in written if one.get("entity") in (None, *linked[name])]
        items += [_filled(entities[id], name) for id in dict.fromkeys(linked[name]) if id not in known]
        if not role.many:
            # What was read from no span gives way to a span.
            items = [one for one in items if one.get("entity")] or items
            if len(items) > 1:
                raise ValueError(f"{s.id} has two arrows {name}")
        data[role.slot] = items if role.many else next(iter(items), None)
    if data["rank"]:
        data["rank"] = {**data["rank"], "scope": s.scope}
    return relation_from_dict(data, number)


def entity_details(entity: Entity) -> dict[str, Any]:
    """A span's value and score, where there is something to say."""
    score = None if entity.score == 1.0 else round(entity.score, 4)
    return pruned({"value": value_to_dict(entity.value), "score": score})  # type: ignore[no-any-return]


def entity(id: str, start: int, end: int, label: Label, text: str, details: Mapping[str, Any]) -> Entity:
    """A span of the whole article's ``text`` with its :func:`entity_details`."""
    value = value_from_dict(label, details.get("value"))
    return Entity(id, start, end, label, text[start:end], float(details.get("score", 1.0)), value)


def _details(data: Mapping[str, Any]) -> dict[str, Any]:
    """What of a relation no arrow says, with everything that is a default left out."""
    out = {k: v for k, v in data.items() if k not in ("id", "flow", "modality")}
    for side in ("reporters", "partners"):
        out[side] = [a | {"name": None if a["name"] == a["code"] else a["name"]} for a in data[side]]
    if data["rank"]:
        out["rank"] = {k: v for k, v in data["rank"].items() if k != "scope"}
    if data["evidence"] == {"start": 0, "end": 0}:
        del out["evidence"]
    if data["score"] == 1.0:
        del out["score"]
    return pruned(out)  # type: ignore[no-any-return]


def _filled(entity: Entity, role: str) -> dict[str, Any]:
    value = entity.value or (None if role == "product" else read_value(entity.label, entity.text))
    if value is None and role != "product":
        raise ValueError(
            f"{role} leads to {entity.text!r}, which cannot be read and has no value written to it"
        )
    return (value_to_dict(value) or {"name": entity.text}) | {"entity": entity.id}


def _cost(text: str, word: tuple[int, int], place: int, flow: Flow) -> int:
    start, end = word
    if text.startswith(STEMS[flow], start):
        return abs(start - place)
    return abs(start - place) + _REACH + (_SHORT if end - start < 3 else 0)


def _free_words(facts: ArticleFacts) -> list[tuple[int, int]]:
    """Words outside all spans."""
    covered = bytearray(len(facts.text))
    for e in facts.entities:
        covered[e.start : e.end] = b"\1" * (e.end - e.start)
    return [(a, b) for a, b in words(facts.text) if facts.text[a].isalnum() and not any(covered[a:b])]


def _all_words(facts: ArticleFacts) -> list[tuple[int, int]]:
    found = words(facts.text)
    if not found:
        raise ConversionError(facts.id, "arrows", "its text has no word that a relation could hang on")
    return found
