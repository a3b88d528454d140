"""Spans and relations drawn by spaCy's displaCy, right to left, as HTML for a notebook or a file."""

from __future__ import annotations

from typing import Any

from spacy import displacy
from spacy.tokens import Doc

from tejarat.schema import ArticleFacts, Relation

#: Backgrounds of the labels; the report page has the same.
COLOURS = {
    "MONEY": "#d8f3e3",
    "PERCENT": "#d9f0f7",
    "RANK": "#fdeebf",
    "COUNTRY": "#dfe7fd",
    "PRODUCT": "#f6e0f3",
}
#: The first of these that a relation has is where its curves begin.
HUBS = ("value", "rank", "share", "growth", "product", "partner", "reporter")
_FONT = "Vazirmatn, Tahoma, sans-serif"
_ORDER = {"lang": "fa", "direction": "rtl"}


def spans(doc: Doc, *, page: bool = False) -> str:
    """The text with its spans marked, as HTML; ``page`` for a whole document."""
    ents = [{"start": e.start_char, "end": e.end_char, "label": e.label_} for e in doc.ents]
    drawing = {"text": doc.text, "ents": ents, "title": None, "settings": _ORDER}
    return str(
        displacy.render(
            drawing, style="ent", manual=True, page=page, jupyter=False, options={"colors": COLOURS}
        )
    )


def relations(doc: Doc, *, page: bool = False) -> str:
    """One drawing a relation, as SVG: its spans in the text's order, and curves with the slots' names."""
    options = {"font": _FONT, "distance": 150, "compact": False, "bg": "#ffffff", "color": "#1c1917"}
    drawings = [drawn for r in doc._.relations if len((drawn := drawing(doc._.facts, r))["words"]) > 1]
    return str(displacy.render(drawings, style="dep", manual=True, page=page, jupyter=False, options=options))


def drawing(facts: ArticleFacts, relation: Relation) -> dict[str, Any]:
    """A relation in displaCy's form for ``style="dep", manual=True``: a word is a span, an arc a slot."""
    slots: dict[str, str] = {}
    for name, fillers in _slots(relation):
        slots |= {f.entity: name for f in fillers if f is not None and f.entity}
    held = sorted((e for e in facts.entities if e.id in slots), key=lambda e: e.start)
    names = [slots[e.id] for e in held]
    hub = min(range(len(held)), key=lambda n: HUBS.index(names[n]), default=0)
    arcs = [
        {"start": min(hub, n), "end": max(hub, n), "label": name, "dir": "left" if n < hub else "right"}
        for n, name in enumerate(names)
        if n != hub
    ]
    return {
        "words": [{"text": e.text, "tag": e.label} for e in held],
        "arcs": arcs,
        "settings": _ORDER,
        "title": f"{relation.flow} {relation.id}",
    }


def _slots(r: Relation) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    sides = (("reporter", r.reporters), ("partner", r.partners), ("product", r.products))
    return (*sides, *((name, (getattr(r, name),)) for name in ("growth", "share", "rank", "value")))
