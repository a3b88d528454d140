"""The types of the public format: what is known about one article.

Every value is immutable. ``to_dict`` and ``from_dict`` of :class:`ArticleFacts` speak the published JSON
form (``docs/output.md``); all offsets are half-open code-point offsets into the text exactly as given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar, get_args

Label = Literal["MONEY", "PERCENT", "RANK", "COUNTRY", "PRODUCT"]
Flow = Literal["export", "import", "trade"]
Modality = Literal["actual", "target", "potential"]
Unit = Literal["t", "kg", "barrel", "l", "m3", "m2", "m", "head", "unit", "mwh"]

LABELS: tuple[Label, ...] = get_args(Label)
FLOWS: tuple[Flow, ...] = get_args(Flow)
MODALITIES: tuple[Modality, ...] = get_args(Modality)
UNITS: tuple[Unit, ...] = get_args(Unit)

#: Blocs and regions that stand where a country code may stand.
REGIONS: tuple[str, ...] = (
    "EAEU", "EU", "ECO", "CIS", "GCC", "ASEAN", "BRICS", "SCO", "OPEC",
    "AFRICA", "ASIA", "EUROPE", "CENTRAL-ASIA", "NEIGHBOURS", "WORLD",
)  # fmt: skip

#: Among whom a rank is held: the world, the provinces or exporters of one country, or the other side's
#: suppliers or buyers; a region code of :data:`REGIONS` may stand here too.
RANK_SCOPES: tuple[str, ...] = ("world", "country", "partner", *(r for r in REGIONS if r != "WORLD"))


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of money; ``currency`` is ISO 4217, toman amounts are given in IRR."""

    amount: float
    currency: str
    amount_max: float | None = None


@dataclass(frozen=True, slots=True)
class Percent:
    """A percentage, signed where it is a change."""

    percent: float
    percent_max: float | None = None


@dataclass(frozen=True, slots=True)
class Rank:
    rank: int
    rank_max: int | None = None


@dataclass(frozen=True, slots=True)
class Country:
    """``code`` is ISO 3166-1 alpha-2."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Product:
    """A product's normalised name and, where known, its chapter of the Harmonized System (two digits)."""

    name: str
    hs: str | None = None


Value = Money | Percent | Rank | Country | Product
M = TypeVar("M", Money, Percent, Rank)


@dataclass(frozen=True, slots=True)
class Entity:
    """One span: ``text`` is the article's text between ``start`` and ``end``, unchanged."""

    id: str
    start: int
    end: int
    label: Label
    text: str
    score: float = 1.0
    value: Value | None = None


@dataclass(frozen=True, slots=True)
class Filler(Generic[M]):
    """A measure of a relation and the id of the entity that it was read from."""

    value: M
    entity: str | None


@dataclass(frozen=True, slots=True)
class Area:
    """A country (ISO 3166-1 alpha-2), an Iranian province (ISO 3166-2) or a code of :data:`REGIONS`."""

    code: str
    name: str
    entity: str | None = None


@dataclass(frozen=True, slots=True)
class Commodity:
    """A product of a relation."""

    name: str
    entity: str | None
    hs: str | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """A weight or count. ``start`` and ``end`` say where it was read."""

    amount: float
    unit: Unit
    amount_max: float | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day, Gregorian ISO dates, and the words that it was read from."""

    start: str
    end: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Relation:
    """One statement about one flow of goods."""

    id: str
    flow: Flow
    reporters: tuple[Area, ...] = ()
    partners: tuple[Area, ...] = ()
    products: tuple[Commodity, ...] = ()
    value: Filler[Money] | None = None
    quantity: Quantity | None = None
    share: Filler[Percent] | None = None
    growth: Filler[Percent] | None = None
    rank: Filler[Rank] | None = None
    rank_scope: str | None = None
    period: Period | None = None
    modality: Modality = "actual"
    evidence: Evidence = Evidence(0, 0)
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Article:
    """What a reader yields. ``date`` is an ISO date given with the input, or None."""

    id: str
    text: str
    date: str | None = None


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """Everything extracted from, or annotated in, one article."""

    id: str
    date: str | None
    text: str
    entities: tuple[Entity, ...] = ()
    relations: tuple[Relation, ...] = field(default=())

    def to_dict(self, *, with_text: bool = True) -> dict[str, Any]:
        """The published JSON form, ready for ``json.dumps``."""
        out: dict[str, Any] = {"id": self.id, "date": self.date}
        if with_text:
            out["text"] = self.text
        out["entities"] = [_entity_to_dict(e) for e in self.entities]
        out["relations"] = [relation_to_dict(r) for r in self.relations]
        return out

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ArticleFacts:
        """Reads the published form back; slots that a gold file leaves out take their defaults.

        Raises:
            KeyError: a required key is missing.
        """
        return cls(
            id=data["id"],
            date=data.get("date"),
            text=data.get("text", ""),
            entities=tuple(_entity_from_dict(e) for e in data["entities"]),
            relations=tuple(relation_from_dict(r, i) for i, r in enumerate(data["relations"], 1)),
        )


def value_to_dict(value: Value | None) -> dict[str, Any] | None:
    """A span's value in the published form; absent options are left out."""
    if value is None:
        return None
    return {name: v for name in value.__slots__ if (v := getattr(value, name)) is not None}


def value_from_dict(label: Label, data: Mapping[str, Any] | None) -> Value | None:
    """The inverse of :func:`value_to_dict` for a span of this label."""
    if data is None:
        return None
    if label == "MONEY":
        return Money(float(data["amount"]), data["currency"], data.get("amount_max"))
    if label == "PERCENT":
        return Percent(float(data["percent"]), data.get("percent_max"))
    if label == "RANK":
        last = data.get("rank_max")
        return Rank(int(data["rank"]), None if last is None else int(last))
    if label == "COUNTRY":
        return Country(data["code"], data.get("name", data["code"]))
    return Product(data["name"], data.get("hs"))


def _entity_to_dict(e: Entity) -> dict[str, Any]:
    return {
        "id": e.id, "start": e.start, "end": e.end, "label": e.label, "text": e.text,
        "score": round(e.score, 4), "value": value_to_dict(e.value),
    }  # fmt: skip


def _entity_from_dict(d: Mapping[str, Any]) -> Entity:
    value = value_from_dict(d["label"], d.get("value"))
    return Entity(d["id"], d["start"], d["end"], d["label"], d["text"], d.get("score", 1.0), value)


def _filler_to_dict(f: Filler[Any] | None) -> dict[str, Any] | None:
    return None if f is None else {**(value_to_dict(f.value) or {}), "entity": f.entity}


def _area_to_dict(a: Area) -> dict[str, Any]:
    return {"code": a.code, "name": a.name, "entity": a.entity}


def _area_from_dict(a: Mapping[str, Any] | str) -> Area:
    return Area(a, a) if isinstance(a, str) else Area(a["code"], a.get("name", a["code"]), a.get("entity"))


def relation_to_dict(r: Relation) -> dict[str, Any]:
    """A relation in the published form; every slot stands there, null or empty where it is not known."""
    products: list[dict[str, Any]] = []
    for p in r.products:
        products.append({"name": p.name, "entity": p.entity})
        if p.hs is not None:
            products[-1]["hs"] = p.hs
    rank = _filler_to_dict(r.rank)
    if rank is not None:
        rank["scope"] = r.rank_scope
    return {
        "id": r.id,
        "flow": r.flow,
        "reporters": [_area_to_dict(a) for a in r.reporters],
        "partners": [_area_to_dict(a) for a in r.partners],
        "products": products,
        "value": _filler_to_dict(r.value),
        "quantity": None
        if r.quantity is None
        else {k: v for k in r.quantity.__slots__ if (v := getattr(r.quantity, k)) is not None},
        "share": _filler_to_dict(r.share),
        "growth": _filler_to_dict(r.growth),
        "rank": rank,
        "period": None
        if r.period is None
        else {"start": r.period.start, "end": r.period.end, "text": r.period.text},
        "modality": r.modality,
        "evidence": {"start": r.evidence.start, "end": r.evidence.end},
        "score": round(r.score, 4),
    }


def relation_from_dict(d: Mapping[str, Any], number: int) -> Relation:
    """The inverse of :func:`relation_to_dict`; ``number`` gives an id where there is none."""

    def filler(slot: str, label: Label) -> Any:
        data = d.get(slot)
        return None if data is None else Filler(value_from_dict(label, data), data.get("entity"))

    q, p, e = d.get("quantity"), d.get("period"), d.get("evidence") or {"start": 0, "end": 0}
    return Relation(
        id=d.get("id", f"r{number}"),
        flow=d["flow"],
        reporters=tuple(_area_from_dict(a) for a in d.get("reporters") or ()),
        partners=tuple(_area_from_dict(a) for a in d.get("partners") or ()),
        products=tuple(Commodity(c["name"], c.get("entity"), c.get("hs")) for c in d.get("products") or ()),
        value=filler("value", "MONEY"),
        quantity=None if q is None else Quantity(**q),
        share=filler("share", "PERCENT"),
        growth=filler("growth", "PERCENT"),
        rank=filler("rank", "RANK"),
        rank_scope=(d.get("rank") or {}).get("scope"),
        period=None if p is None else Period(p["start"], p["end"], p.get("text", "")),
        modality=d.get("modality", "actual"),
        evidence=Evidence(e["start"], e["end"]),
        score=d.get("score", 1.0),
    )
