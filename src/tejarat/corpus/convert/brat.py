"""brat: a folder of texts and standoff annotations, with the configuration that shows them.

A span is a text-bound annotation (T), a relation an event (E) on its anchor with a role for every slot that a span
fills. Modality and the scope of a rank are attributes (A); values and the slots that no span fills are JSON in a
note (#). brat has no place for what concerns a whole article: ids, dates and headers are in ``tejarat.json``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tejarat.corpus.convert import graph
from tejarat.corpus.convert.article import assemble, compact, file_names, head, renamed
from tejarat.corpus.convert.graph import ROLES, Statement
from tejarat.corpus.convert.lines import reading, text_of
from tejarat.corpus.format import CorpusArticle
from tejarat.errors import InputError
from tejarat.schema import FLOWS, LABELS, MODALITIES, RANK_SCOPES, ArticleFacts, Entity, Relation

FOLDER = True
LOSES = ""
HEADS = "tejarat.json"

#: brat cuts its files into lines at all of these; a span with one inside is written in pieces.
_LINE_ENDS = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_TEXT_BOUND = re.compile(r"(?P<type>\S+) (?P<spans>\d+ \d+(?:;\d+ \d+)*)")


def encode(articles: Sequence[CorpusArticle]) -> dict[str, bytes]:
    """The files of the folder by name.

    Raises:
        ConversionError: a relation in a text without words.
    """
    files: dict[str, bytes] = {"annotation.conf": config().encode()}
    heads: dict[str, Any] = {}
    for article, name in zip(articles, file_names(a.facts.id for a in articles), strict=True):
        files[f"{name}.txt"] = article.facts.text.encode()
        files[f"{name}.ann"] = dumps(article.facts).encode()
        heads[name] = head(article)
    files[HEADS] = (json.dumps(heads, ensure_ascii=False, indent=1) + "\n").encode()
    return files


def decode(files: Mapping[str, bytes], path: str) -> list[CorpusArticle]:
    """Reads every text of a folder that has annotations beside it; in the order of ``tejarat.json`` first.

    Raises:
        InputError: with the file and line of the fault.
    """
    heads: dict[str, Any] = {}
    if HEADS in files:
        with reading(f"{path}/{HEADS}", None):
            heads = dict(json.loads(text_of(files[HEADS], f"{path}/{HEADS}")))
    names = [name.removesuffix(".ann") for name in sorted(files) if name.endswith(".ann")]
    order = {name: n for n, name in enumerate(heads)}
    articles = []
    for name in sorted(names, key=lambda name: order.get(name, len(order))):
        place = f"{path}/{name}.ann"
        if f"{name}.txt" not in files:
            raise InputError(place, None, f"there is no {name}.txt beside it")
        text = text_of(files[f"{name}.txt"], f"{path}/{name}.txt")
        entities, relations = loads(text_of(files[f"{name}.ann"], place), text, place)
        mine = heads.get(name) or {}
        with reading(place, None):
            facts = ArticleFacts(mine.get("id", name), mine.get("date"), text, entities, relations)
            articles.append(assemble(facts, mine))
    return articles


def dumps(facts: ArticleFacts) -> str:
    """The ``.ann`` file of an article."""
    names: dict[str | None, str | None] = {None: None}
    lines: list[str] = []
    notes: list[tuple[str, Mapping[str, Any]]] = []
    attributes: list[str] = []
    for n, e in enumerate(facts.entities, 1):
        names[e.id] = f"T{n}"
        lines.append(f"T{n}\t{e.label} {_text_bound(facts.text, e.start, e.end)}")
        notes.append((f"T{n}", graph.entity_details(e)))
    for n, s in enumerate(graph.statements(facts), 1):
        trigger = f"T{len(facts.entities) + n}"
        lines.append(f"{trigger}\t{s.flow.capitalize()} {_text_bound(facts.text, s.start, s.end)}")
        lines.append(f"E{n}\t{s.flow.capitalize()}:{trigger}{''.join(_arguments(s, names))}")
        attributes += [f"Modality E{n} {s.modality}"] if s.modality != "actual" else []
        attributes += [f"Scope E{n} {s.scope}"] if s.scope else []
        notes.append((f"E{n}", renamed(dict(s.details), names)))
    lines += [f"A{n}\t{one}" for n, one in enumerate(attributes, 1)]
    said = [(id, details) for id, details in notes if details]
    lines += [f"#{n}\tAnnotatorNotes {id}\t{compact(details)}" for n, (id, details) in enumerate(said, 1)]
    return "".join(line + "\n" for line in lines)


def loads(ann: str, text: str, path: str) -> tuple[tuple[Entity, ...], tuple[Relation, ...]]:
    """The spans and relations of an ``.ann`` file; notes that are no JSON are taken for remarks.

    Raises:
        InputError: with the line of the fault.
    """
    bounds: dict[str, tuple[str, int, int]] = {}
    events: dict[str, tuple[int, str, str, list[tuple[str, str]]]] = {}
    attributes: dict[tuple[str, str], str] = {}
    notes: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(ann.split("\n"), 1):
        if not line.strip():
            continue
        with reading(path, number):
            id, body, *tail = line.rstrip("\r").split("\t", 2)
            if id[:1] == "T":
                bounds[id] = _place(body, tail, text)
            elif id[:1] == "E":
                (flow, trigger), *arguments = [part.split(":") for part in body.split()]
                links = [(role.rstrip("0123456789").lower(), target) for role, target in arguments]
                events[id] = (number, flow.lower(), trigger, links)
            elif id[:1] == "A":
                name, target, value = body.split()
                attributes[name, target] = value
            elif id[:1] == "#":
                notes.setdefault(body.split()[-1], {}).update(_note(tail))
            else:
                raise ValueError(f"{line!r} is neither T, E, A nor #; nothing else is in our articles")
    triggers = {trigger for _, _, trigger, _ in events.values()}
    entities: dict[str, Entity] = {}
    for id, (label, start, end) in bounds.items():
        if label in LABELS:
            with reading(path, None):
                entities[id] = graph.entity(id, start, end, label, text, notes.get(id, {}))
        elif id not in triggers and label.lower() not in FLOWS:
            raise InputError(path, None, f"{label!r} of {id} is no label; they are {', '.join(LABELS)}")
    relations = []
    for n, (id, (number, flow, trigger, links)) in enumerate(events.items(), 1):
        with reading(path, number):
            if flow not in FLOWS:
                raise ValueError(f"{flow!r} is no flow; they are {', '.join(FLOWS)}")
            modality: Any = attributes.get(("Modality", id), "actual")
            scope = attributes.get(("Scope", id))
            _, start, end = bounds[trigger]
            s = Statement(f"r{id[1:]}", flow, start, end, tuple(links), modality, scope, notes.get(id, {}))
            relations.append(graph.relation(s, entities, n))
    return tuple(entities.values()), tuple(relations)


def config() -> str:
    """``annotation.conf``: labels, events with their roles, attributes."""
    arguments = ", ".join(
        f"{name.capitalize()}{'*' if r.many else '?'}:{r.label}" for name, r in ROLES.items()
    )
    events = "\n".join(f"{flow.capitalize()}\t{arguments}" for flow in FLOWS)
    modalities = "|".join(m for m in MODALITIES if m != "actual")
    overlap = "<OVERLAP>\tArg1:<ANY>, Arg2:<ANY>, <OVL-TYPE>:<ANY>"
    return (
        f"[entities]\n{chr(10).join(LABELS)}\n\n[relations]\n{overlap}\n\n[events]\n{events}\n\n[attributes]\n"
        f"Modality\tArg:<EVENT>, Value:{modalities}\nScope\tArg:<EVENT>, Value:{'|'.join(RANK_SCOPES)}\n"
    )


def _text_bound(text: str, start: int, end: int) -> str:
    pieces = list(_pieces(text, start, end))
    return ";".join(f"{a} {b}" for a, b in pieces) + "\t" + " ".join(text[a:b] for a, b in pieces)


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in _LINE_ENDS.finditer(text, start, end):
        if start < match.start():
            yield start, match.start()
        start = match.end()
    yield start, end


def _place(body: str, tail: Sequence[str], text: str) -> tuple[str, int, int]:
    match = _TEXT_BOUND.fullmatch(body)
    if not match:
        raise ValueError(f"a text-bound annotation is 'TYPE START END', not {body!r}")
    pieces = [(int(a), int(b)) for a, b in (piece.split() for piece in match["spans"].split(";"))]
    said, there = "".join(tail), " ".join(text[a:b] for a, b in pieces)
    if said != there:
        raise ValueError(f"the text at {match['spans']} is {there!r}, not {said!r}")
    return match["type"], pieces[0][0], pieces[-1][1]


def _arguments(s: Statement, names: Mapping[str | None, str | None]) -> Iterator[str]:
    """brat numbers a role from its second argument on."""
    seen: dict[str, int] = {}
    for role, id in s.links:
        seen[role] = seen.get(role, 0) + 1
        yield f" {role.capitalize()}{seen[role] if seen[role] > 1 else ''}:{names[id]}"


def _note(tail: Sequence[str]) -> dict[str, Any]:
    try:
        data = json.loads("".join(tail))
    except json.JSONDecodeError:
        return {}
    return data if isinstance(data, dict) else {}
