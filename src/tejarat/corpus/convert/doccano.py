"""doccano: JSON Lines of a sequence labelling project with relations.

Spans, anchors of statements and arrows are doccano's entities and relations; everything else travels in the
example's metadata under ``tejarat``. doccano numbers entities anew when it imports them, so that what belongs to
a span is found again by its place and label, not by its id.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tejarat.corpus.convert import graph
from tejarat.corpus.convert.article import assemble, compact, head, pruned
from tejarat.corpus.convert.graph import Statement
from tejarat.corpus.convert.lines import records, text_of
from tejarat.corpus.format import CorpusArticle
from tejarat.schema import FLOWS, LABELS, ArticleFacts, Entity

FOLDER = False
LOSES = ""
Json = dict[str, Any]


def encode(articles: Sequence[CorpusArticle]) -> dict[str, bytes]:
    """One example a line; ids of entities and relations are unique in the file.

    Raises:
        ConversionError: a relation in a text without words.
    """
    out, number = [], 0
    for article in articles:
        example = _example(article, number)
        number += len(example["entities"])
        out.append(compact(example) + "\n")
    return {"": "".join(out).encode()}


def decode(files: Mapping[str, bytes], path: str) -> list[CorpusArticle]:
    """Reads doccano's export, with relations or without, made from our files or not.

    Raises:
        InputError: with the line of the fault.
    """
    return records(text_of(files[""], path), path, lambda line: _article(json.loads(line)))


def _example(article: CorpusArticle, number: int) -> Json:
    facts = article.facts
    statements = graph.statements(facts)
    entities = [_span(n, e.start, e.end, e.label) for n, e in enumerate(facts.entities, number)]
    ids = {e.id: n for n, e in enumerate(facts.entities, number)}
    relations: list[Json] = []
    for n, s in enumerate(statements, number + len(entities)):
        entities.append(_span(n, s.start, s.end, s.flow))
        relations += [
            {"id": number + len(relations) + k, "from_id": n, "to_id": ids[id], "type": role}
            for k, (role, id) in enumerate(s.links)
        ]
    ours = head(article) | {
        "spans": [_place(e.start, e.end, e.label) | {"id": e.id} | graph.entity_details(e) for e in facts.entities],
        "relations": [
            _place(s.start, s.end, s.flow)
            | pruned({"id": s.id, "modality": s.modality, "scope": s.scope, "details": dict(s.details)})
            for s in statements
        ],
    }  # fmt: skip
    # One string: doccano and its table library know nothing of nested metadata, and round numbers in it.
    return {"text": facts.text, "entities": entities, "relations": relations, "tejarat": compact(ours)}


def _article(data: Json) -> CorpusArticle:
    text: str = data["text"]
    ours: Json = json.loads(data["tejarat"]) if data.get("tejarat") else {}
    spans, anchors = _by_place(ours.get("spans")), _by_place(ours.get("relations"))
    entities: list[Entity] = []
    found: dict[int, Statement] = {}
    names: dict[int, str] = {}
    for one in _entities(data):
        start, end, label = place = (int(one["start_offset"]), int(one["end_offset"]), str(one["label"]))
        if label in LABELS:
            known = (spans.get(place) and spans[place].pop(0)) or {}
            names[one["id"]] = known.get("id", f"new {one['id']}")
            entities.append(graph.entity(names[one["id"]], start, end, label, text, known))
        elif label in FLOWS:
            known = (anchors.get(place) and anchors[place].pop(0)) or {}
            found[one["id"]] = Statement(
                known.get("id", f"new {one['id']}"), label, start, end, (),
                known.get("modality", "actual"), known.get("scope"), known.get("details", {}),
            )  # fmt: skip
        else:
            raise ValueError(f"{label!r} is no label; they are {', '.join((*LABELS, *FLOWS))}")
    for one in data.get("relations") or ():
        source = found.get(one["from_id"])
        if source is None:
            raise ValueError(f"the relation {one['type']!r} starts at no {', '.join(FLOWS)}")
        link = (str(one["type"]), names.get(one["to_id"], f"entity {one['to_id']}"))
        found[one["from_id"]] = replace(source, links=(*source.links, link))
    order = {one["id"]: n for n, one in enumerate(ours.get("relations") or ())}
    statements = sorted(found.values(), key=lambda s: (order.get(s.id, len(order)), s.start))
    by_id = {e.id: e for e in entities}
    relations = tuple(graph.relation(s, by_id, n) for n, s in enumerate(statements, 1))
    facts = ArticleFacts(ours.get("id", ""), ours.get("date"), text, tuple(entities), relations)
    return assemble(facts, ours)


def _entities(data: Json) -> Iterator[Json]:
    """Entities as dicts; a project without relations exports ``[start, end, label]``."""
    if "entities" in data:
        yield from data["entities"]
        return
    for n, (start, end, label) in enumerate(data.get("label") or data.get("labels") or ()):
        yield _span(n, start, end, label)


def _span(number: int, start: int, end: int, label: str) -> Json:
    return {"id": number, "start_offset": start, "end_offset": end, "label": label}


def _place(start: int, end: int, label: str) -> Json:
    return {"at": [start, end, label]}


def _by_place(items: Sequence[Json] | None) -> dict[tuple[int, int, str], list[Json]]:
    out: dict[tuple[int, int, str], list[Json]] = {}
    for one in items or ():
        start, end, label = one["at"]
        out.setdefault((start, end, label), []).append(one)
    return out
