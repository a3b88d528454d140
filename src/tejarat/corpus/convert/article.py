"""What all formats share: the one order and naming of an article's parts, its header, compact JSON.

A format turns an article into its own objects and back; ids that a tool gave on the way are of no use here, so
both ends meet in :func:`canonical`: spans ``e1``, ``e2``, … by place, relations ``r1``, ``r2``, … in their order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import chain, count
from typing import Any

from tejarat.corpus.format import CorpusArticle, Kind
from tejarat.schema import FLOWS, LABELS, ArticleFacts, relation_from_dict, relation_to_dict

#: Header lines that an article has fields for.
FIELDS = ("id", "date", "kind")
#: Line ends that some readers see besides ``\\n``, and that JSON leaves as they are.
_LINE_ENDS = re.compile("[\x85\u2028\u2029]")


def canonical(article: CorpusArticle) -> CorpusArticle:
    """The article with its spans in order, ids renewed, and the header complete; places in a file are dropped.

    Raises:
        ValueError: spans that are none or overlap, references to no span, a date that is none.
    """
    facts = article.facts
    if re.search(r"[\t\r\n]", facts.id):
        raise ValueError("its id is not one line")
    if facts.date is not None:
        date.fromisoformat(facts.date)
    at = 0
    entities = []
    names: dict[str | None, str | None] = {None: None}
    for n, e in enumerate(sorted(facts.entities, key=lambda e: (e.start, e.end)), 1):
        if e.label not in LABELS:
            raise ValueError(f"{e.label!r} is no label; they are {', '.join(LABELS)}")
        if not 0 <= e.start < e.end <= len(facts.text):
            raise ValueError(f"the span {e.start}..{e.end} is not within the text")
        if facts.text[e.start : e.end] != e.text or e.text != e.text.strip():
            raise ValueError(
                f"the span {e.start}..{e.end} is {facts.text[e.start : e.end]!r}, not {e.text!r}"
            )
        if e.start < at:
            raise ValueError(f"the span {e.text!r} at {e.start} overlaps the one before")
        if e.id in names:
            raise ValueError(f"two spans have the id {e.id!r}")
        at, names[e.id] = e.end, f"e{n}"
        entities.append(replace(e, id=f"e{n}"))
    relations, numbers = [], {}
    for n, r in enumerate(facts.relations, 1):
        if r.flow not in FLOWS:
            raise ValueError(f"{r.flow!r} is no flow; they are {', '.join(FLOWS)}")
        numbers[r.id] = f"r{n}"
        relations.append(relation_from_dict(renamed(relation_to_dict(r), names) | {"id": f"r{n}"}, n))
    head = dict(zip(FIELDS, (facts.id, facts.date or "none", article.kind), strict=True))
    return CorpusArticle(
        facts=ArticleFacts(facts.id, facts.date, facts.text, tuple(entities), tuple(relations)),
        kind=article.kind,
        meta=head | {k: v for k, v in article.meta.items() if k not in FIELDS},
        overrides=frozenset((numbers[rid], slot) for rid, slot in article.overrides if rid in numbers),
    )


def renamed(data: Any, names: Mapping[str | None, str | None]) -> Any:
    """A relation's dict with each ``entity`` under its new name.

    Raises:
        ValueError: an entity without a new name.
    """
    if isinstance(data, list):
        return [renamed(one, names) for one in data]
    if not isinstance(data, dict):
        return data
    if data.get("entity") not in names:
        raise ValueError(f"a relation refers to the span {data['entity']!r}, which is not there")
    return {k: names[v] if k == "entity" else renamed(v, names) for k, v in data.items()}


def head(article: CorpusArticle) -> dict[str, Any]:
    """Id, date, kind, further header lines and the slots whose values differ on purpose, ready for JSON."""
    return {
        "id": article.facts.id,
        "date": article.facts.date,
        "kind": article.kind,
        "meta": {k: v for k, v in article.meta.items() if k not in FIELDS},
        "overrides": sorted(list(pair) for pair in article.overrides),
    }


def assemble(facts: ArticleFacts, data: Mapping[str, Any]) -> CorpusArticle:
    """The article of these facts and a :func:`head`; a head that is not ours may lack everything.

    Raises:
        ValueError: as :func:`canonical`, and for a kind that is none.
    """
    kind: Kind = data.get("kind") or ("trade" if facts.relations else "negative")
    if kind not in ("trade", "negative"):
        raise ValueError(f"kind is 'trade' or 'negative', not {kind!r}")
    meta = {str(k): str(v) for k, v in (data.get("meta") or {}).items()}
    overrides = frozenset((str(rid), str(slot)) for rid, slot in data.get("overrides") or ())
    return canonical(CorpusArticle(facts, kind, meta, overrides=overrides))


def compact(data: Any) -> str:
    """JSON on one line, whatever its reader takes for the end of a line."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return _LINE_ENDS.sub(lambda m: f"\\u{ord(m.group()):04x}", text)


def pruned(data: Any) -> Any:
    """Without what is None or empty, so that people can read and edit the rest."""
    if isinstance(data, list):
        return [pruned(one) for one in data]
    if not isinstance(data, dict):
        return data
    small = {k: pruned(v) for k, v in data.items()}
    return {k: v for k, v in small.items() if v is not None and v not in ("", [], {})}


def file_names(ids: Iterable[str]) -> Iterator[str]:
    """A name for each article's file, its id as far as a file may be called so; no name comes twice."""
    seen: set[str] = set()
    for id in ids:
        # Names are at most 255 bytes long, a letter at most four.
        plain = re.sub(r"[^\w.-]+", "-", id).lstrip(".")[:60] or "article"
        names = chain([plain], (f"{plain}-{k}" for k in count(2)))
        name = next(n for n in names if n.casefold() not in seen)
        seen.add(name.casefold())
        yield name
