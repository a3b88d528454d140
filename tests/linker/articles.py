"""Small articles with marked spans, in the corpus form, and the linker's input made of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tejarat.corpus.format import parse
from tejarat.linker.assemble import link
from tejarat.linker.reading import Reading
from tejarat.schema import Entity, Relation
from tejarat.text.sentences import sentences
from tejarat.values import read_value


def marked(body: str) -> tuple[str, list[Entity]]:
    """Text and spans, with their values read, of a body such as `صادرات {p:پسته} …`."""
    facts = parse(f"# tejarat article 1\nid: a\ndate: none\nkind: trade\n---\n{body}\n---\n").facts
    return facts.text, [replace(e, value=read_value(e.label, e.text)) for e in facts.entities]


def reading(body: str, day: str | None = "2025-11-12") -> Reading:
    text, entities = marked(body)
    return Reading(text, date.fromisoformat(day) if day else None, sentences(text), entities)


def linked(body: str, day: str | None = "2025-11-12") -> tuple[Relation, ...]:
    text, entities = marked(body)
    return link(text, date.fromisoformat(day) if day else None, sentences(text), entities)
