"""What the page is given: the articles' facts, small and ready for a browser, whose strings count UTF-16 units."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import date
from typing import Any

from tejarat.report.scope import numbering, scopes
from tejarat.schema import LABELS, ArticleFacts, Entity, Filler, Relation, relation_to_dict, value_to_dict
from tejarat.text.normalize import key
from tejarat.values.places import area_name

#: Years of this calendar are written below it; no period of Persian news is older.
_FIRST_DAY = "1900-01-01"
_LAST_DAY = "2200-01-01"

Offset = Callable[[int], int]


def payload(articles: Iterable[ArticleFacts]) -> dict[str, Any]:
    """Everything that the page shows.

    Returns:
        ``labels``; ``areas``, code → [Persian, English]; ``articles`` with ``id``, ``date``, ``text`` and
        ``spans``; ``rows``, one a relation in the published form without what is empty, with areas as codes,
        offsets in UTF-16 units, and ``a`` (number of its article), ``own``, ``covers`` and ``within``
        (see :mod:`tejarat.report.scope`), ``days`` (first and last, as ordinals), ``year`` (see :func:`year`), and
        where several relations have one amount between them ``shared``: the first of them with the
        amount, and ``joint``: reporters, partners and products of them all.
    """
    number = numbering()
    codes: set[str] = set()
    shown: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for a, article in enumerate(articles):
        at = utf16(article.text)
        shown.append(_article(article, at))
        first = len(rows)
        for relation in article.relations:
            row = _row(relation, at) | {"a": a}
            row["own"], row["covers"], row["within"] = scopes(relation, a, number)
            codes.update(row.get("reporters", ()), row.get("partners", ()))
            if scope := row.get("rank", {}).get("scope"):
                codes.add(scope)
            rows.append(row)
        _share(article.relations, rows[first:], first)
    names = {code: [area_name(code), area_name(code, "en")] for code in sorted(codes)}
    return {"labels": list(LABELS), "areas": names, "articles": shown, "rows": rows}


def utf16(text: str) -> Offset:
    """A function from code-point offsets to offsets in UTF-16 units."""
    wide = [n for n, c in enumerate(text) if c > "\uffff"]
    return (lambda offset: offset + bisect_left(wide, offset)) if wide else (lambda offset: offset)


def year(start: str, end: str) -> str | None:
    """The Iranian year (``1403``) that a period lies in, else the Gregorian one (``2024``), else None."""
    import jdatetime

    if not _FIRST_DAY < start <= end < _LAST_DAY:
        return None
    years = [jdatetime.date.fromgregorian(date=date.fromisoformat(day)).year for day in (start, end)]
    if years[0] == years[1]:
        return str(years[0])
    return start[:4] if start[:4] == end[:4] else None


def _article(article: ArticleFacts, at: Offset) -> dict[str, Any]:
    spans = [_span(e, at) if article.text else _span(e, at) | {"text": e.text} for e in article.entities]
    return {"id": article.id, "date": article.date, "text": article.text, "spans": spans}


def _span(e: Entity, at: Offset) -> dict[str, Any]:
    span = {
        "id": e.id,
        "start": at(e.start),
        "end": at(e.end),
        "label": LABELS.index(e.label),
        "score": round(e.score, 2),
    }
    return span if e.value is None else span | {"value": value_to_dict(e.value)}


def _row(relation: Relation, at: Offset) -> dict[str, Any]:
    row = {k: v for k, v in relation_to_dict(relation).items() if v not in (None, [])}
    for measure in ("value", "share", "growth", "rank", "period"):
        # ``slots`` says where a measure stands; the words of a period are within the evidence.
        row.get(measure, {}).pop("text" if measure == "period" else "entity", None)
    # Which spans the relation holds, by slot, for the drawing; codes and names are enough elsewhere.
    row["slots"] = list(_slots(relation))
    for side in ("reporters", "partners"):
        if side in row:
            row[side] = [area["code"] for area in row[side]]
    if "products" in row:
        row["products"] = [p["name"] for p in row["products"]]
    for place in (row["evidence"], row.get("quantity", {})):
        place.update({k: at(place[k]) for k in ("start", "end") if k in place})
    if relation.period:
        row["days"] = [_ordinal(relation.period.start), _ordinal(relation.period.end)]
        row["year"] = year(relation.period.start, relation.period.end)
    row["score"] = round(relation.score, 2)
    return row


def _slots(relation: Relation) -> Iterable[tuple[str, str]]:
    for name, areas in (("reporter", relation.reporters), ("partner", relation.partners)):
        yield from ((name, a.entity) for a in areas if a.entity)
    yield from (("product", p.entity) for p in relation.products if p.entity)
    fillers: dict[str, Filler[Any] | None] = {
        s: getattr(relation, s) for s in ("value", "share", "growth", "rank")
    }
    yield from ((name, f.entity) for name, f in fillers.items() if f and f.entity)


def _ordinal(day: str) -> int:
    try:
        return date.fromisoformat(day).toordinal()
    except ValueError:
        return 0


def _share(relations: Sequence[Relation], rows: Sequence[dict[str, Any]], first: int) -> None:
    """Marks the statements of one article that have one amount between them; there are few of them."""
    groups: dict[tuple[str, Hashable], list[int]] = defaultdict(list)
    for n, relation in enumerate(relations):
        if relation.value and relation.value.entity:
            groups["value", relation.value.entity].append(n)
        if relation.quantity and relation.quantity.start is not None:
            groups["quantity", relation.quantity.start].append(n)
    for (measure, _), members in ((g, m) for g, m in groups.items() if len(m) > 1):
        joint = {
            side: _union(rows[n].get(side, ()) for n in members)
            for side in ("reporters", "partners", "products")
        }
        for n in members:
            rows[n].setdefault("shared", {})[measure] = first + members[0]
            rows[n].setdefault("joint", {})[measure] = joint


def _union(lists: Iterable[Sequence[str]]) -> list[str]:
    """Every name once; goods are the same where their keys are."""
    return list({key(name): name for names in lists for name in names}.values())
