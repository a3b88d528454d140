"""Short ways to write article facts down."""

from __future__ import annotations

from typing import Any

from tejarat.schema import Area, ArticleFacts, Commodity, Entity, Evidence, Filler, Money, Period, Relation


def statement(number: int, flow: str = "export", **slots: Any) -> Relation:
    """A relation from codes and names: ``reporter``, ``partners``, ``goods``, ``usd`` or ``eur``, ``entity``, ``year``."""
    money = [(slots[c.lower()], c) for c in ("USD", "EUR") if c.lower() in slots]
    return Relation(
        f"r{number}",
        flow,  # type: ignore[arg-type]
        reporters=tuple(Area(c, c) for c in slots.get("reporter", "IR").split()),
        partners=tuple(Area(c, c) for c in slots.get("partners", "").split()),
        products=tuple(Commodity(name, None) for name in slots.get("goods", "").split()),
        value=Filler(Money(float(money[0][0]), money[0][1]), slots.get("entity")) if money else None,
        period=Period(f"{slots['year']}-01-01", f"{slots['year']}-12-31")
        if "year" in slots
        else slots.get("period"),
        modality=slots.get("modality", "actual"),
        evidence=slots.get("evidence", Evidence(0, 0)),
        score=slots.get("score", 1.0),
    )


def article(name: str, *relations: Relation, text: str = "", spans: tuple[Entity, ...] = ()) -> ArticleFacts:
    return ArticleFacts(name, "2025-01-01", text, spans, relations)
