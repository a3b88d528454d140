"""The corpus article: one plain text file, spans marked in place, relations below.

::

    # tejarat article 1
    id: qazvin-tajikistan
    date: 2025-11-12
    kind: trade
    ---
    صادرات {p1:میله آهنی} به {c1:تاجیکستان} پارسال به {m1:3 میلیون دلار} رسید.
    ---
    export IR-26 -> TJ; products p1; value m1 3000000 USD; period 1403

A mark is ``{letter number:text}`` with the letter of its label (``m`` MONEY, ``t`` PERCENT, ``r`` RANK, ``c``
COUNTRY, ``p`` PRODUCT); the number may be left out where no relation refers to it. ``\\{``, ``\\}`` and ``\\\\``
stand for the characters themselves. The text between the two ``---`` lines is the article exactly as given.

A relation line is the flow, the reporters, an arrow (``->`` export, ``<-`` import, ``<>`` trade) with the
partners, then slots between semicolons. Values stand in full, so that the file says the same as the program
reads; ``!`` after a value tells the checker that they differ on purpose. Periods are ``A`` or ``A..B`` with
``YYYY[-MM[-DD]]`` (years below 1700 are Jalali) or ``date`` for the article's own day.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

import jdatetime

from tejarat.errors import CorpusError
from tejarat.schema import (
    FLOWS,
    RANK_SCOPES,
    REGIONS,
    UNITS,
    Area,
    ArticleFacts,
    Commodity,
    Entity,
    Filler,
    Label,
    Money,
    Percent,
    Period,
    Quantity,
    Rank,
    Relation,
    Value,
)

HEADER = "# tejarat article 1"
LETTERS: dict[str, Label] = {"m": "MONEY", "t": "PERCENT", "r": "RANK", "c": "COUNTRY", "p": "PRODUCT"}
ARROWS = {"export": "->", "import": "<-", "trade": "<>"}
Kind = Literal["trade", "negative"]

_MARK = re.compile(r"\\(?P<escaped>[{}\\])|\{(?P<letter>[mtrcp])(?P<number>\d*):|(?P<close>\})|(?P<bad>\{)")
_HEAD = re.compile(r"^(?P<flow>\w+)\s+(?P<reporters>\S+)(?:\s+(?P<arrow>->|<-|<>)\s+(?P<partners>\S+))?$")
_NUMBER = r"-?\d+(?:\.\d+)?(?:e\d+)?"
_RANGE = rf"(?P<a>{_NUMBER})(?:\.\.(?P<b>{_NUMBER}))?"
_DAY = re.compile(r"^(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?$")


@dataclass(frozen=True, slots=True)
class Mark:
    """A span as it stands in the file: ``name`` is its letter and number, or empty."""

    name: str
    line: int


@dataclass(frozen=True, slots=True)
class CorpusArticle:
    """One annotated article. ``facts`` has the gold; ``overrides`` are the (relation, slot) pairs marked ``!``."""

    facts: ArticleFacts
    kind: Kind = "trade"
    meta: dict[str, str] = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)
    overrides: frozenset[tuple[str, str]] = frozenset()
    relation_lines: tuple[int, ...] = ()
    path: str = ""


def load(path: Path) -> CorpusArticle:
    """Reads one article.

    Raises:
        CorpusError: with the line of the fault.
    """
    try:
        source = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise CorpusError(str(path), 1, f"not UTF-8 at byte {error.start}") from None
    return parse(source, str(path))


def load_folder(folder: Path) -> Iterator[CorpusArticle]:
    """Every article of a folder and its sub-folders, by file name."""
    for path in sorted(folder.rglob("*.txt"), key=lambda p: p.stem):
        yield load(path)


def parse(source: str, path: str = "<text>") -> CorpusArticle:
    """Reads the text of one file; see the module's docstring for the form.

    Raises:
        CorpusError: with the line of the fault.
    """
    lines = source.split("\n")
    if lines[0].rstrip() != HEADER:
        raise CorpusError(path, 1, f"the first line must be {HEADER!r}")
    rules = [i for i, line in enumerate(lines) if line.rstrip() == "---"]
    if len(rules) < 2:
        raise CorpusError(path, len(lines), "two lines '---' must enclose the text")
    first, last = rules[0], rules[-1]
    meta = _meta(lines[1:first], path)
    text, entities, marks = _body("\n".join(lines[first + 1 : last]), path, first + 2)
    day = None if meta.get("date", "none") == "none" else meta["date"]
    by_name = {mark.name: entity for mark, entity in zip(marks, entities, strict=True) if mark.name}
    relations: list[Relation] = []
    overrides: set[tuple[str, str]] = set()
    numbers: list[int] = []
    for number, line in enumerate(lines[last + 1 :], last + 2):
        line = line.strip()
        if line and not line.startswith("#"):
            rid = f"r{len(relations) + 1}"
            relation, ignored = _relation(line, rid, by_name, day, path, number)
            relations.append(relation)
            numbers.append(number)
            overrides |= {(rid, slot) for slot in ignored}
    return CorpusArticle(
        facts=ArticleFacts(meta["id"], day, text, tuple(entities), tuple(relations)),
        kind="negative" if meta["kind"] == "negative" else "trade",
        meta=meta,
        marks={e.id: m for e, m in zip(entities, marks, strict=True)},
        overrides=frozenset(overrides),
        relation_lines=tuple(numbers),
        path=path,
    )


def dumps(facts: ArticleFacts, *, kind: Kind | None = None, meta: dict[str, str] | None = None) -> str:
    """Writes an article in the file's form; ``parse(dumps(x)).facts`` keeps text, spans and relations."""
    referred = {f for r in facts.relations for f in _fillers(r)}
    counts: dict[str, int] = {}
    names: dict[str, str] = {}
    letters = {label: letter for letter, label in LETTERS.items()}
    out: list[str] = []
    at = 0
    for entity in sorted(facts.entities, key=lambda e: e.start):
        letter = letters[entity.label]
        if entity.id in referred:
            counts[letter] = counts.get(letter, 0) + 1
            names[entity.id] = f"{letter}{counts[letter]}"
        mark = names.get(entity.id, letter)
        out += [_escape(facts.text[at : entity.start]), f"{{{mark}:", _escape(entity.text), "}"]
        at = entity.end
    out.append(_escape(facts.text[at:]))
    head = {
        "id": facts.id,
        "date": facts.date or "none",
        "kind": kind or ("trade" if facts.relations else "negative"),
    }
    head.update({k: v for k, v in (meta or {}).items() if k not in head})
    header = "\n".join(f"{k}: {v}" for k, v in head.items())
    relations = "".join(_relation_line(r, names) + "\n" for r in facts.relations)
    return f"{HEADER}\n{header}\n---\n{''.join(out)}\n---\n{relations}"


def resolve_period(text: str, day: str | None) -> Period:
    """`1403`, `1404-01..1404-08`, `2024`, `1404..date` to first and last Gregorian day.

    Raises:
        ValueError: no such day, or ``date`` without an article date.
    """
    first, _, last = text.partition("..")
    start, end = _bound(first, day)[0], _bound(last or first, day)[1]
    if end < start:
        raise ValueError(f"the period {text} ends before it starts")
    return Period(start.isoformat(), end.isoformat())


def _bound(text: str, day: str | None) -> tuple[date, date]:
    if text == "date":
        if day is None:
            raise ValueError("'date' in a period needs the article's date")
        return date.fromisoformat(day), date.fromisoformat(day)
    match = _DAY.match(text)
    if not match:
        raise ValueError(f"a period is written YYYY[-MM[-DD]], not {text!r}")
    year, month, mday = (int(g) if g else None for g in match.groups())
    assert year is not None
    if year < 1700:
        first = jdatetime.date(year, month or 1, mday or 1)
        if mday:
            final = first
        elif month:
            final = _jalali_month_end(year, month)
        else:
            final = _jalali_month_end(year, 12)
        return first.togregorian(), final.togregorian()
    begin = date(year, month or 1, mday or 1)
    final_month = month or 12
    return begin, date(year, final_month, mday or calendar.monthrange(year, final_month)[1])


def _jalali_month_end(year: int, month: int) -> jdatetime.date:
    after = jdatetime.date(year + (month == 12), month % 12 + 1, 1)
    return after - jdatetime.timedelta(days=1)


def _meta(lines: list[str], path: str) -> dict[str, str]:
    meta: dict[str, str] = {}
    for number, line in enumerate(lines, 2):
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise CorpusError(path, number, f"a header line is 'name: value', not {line!r}")
        meta[name.strip()] = value.strip()
    for name in ("id", "date", "kind"):
        if not meta.get(name):
            raise CorpusError(path, 2, f"the header lacks {name!r}")
    if meta["kind"] not in ("trade", "negative"):
        raise CorpusError(path, 2, f"kind is 'trade' or 'negative', not {meta['kind']!r}")
    if meta["date"] != "none":
        try:
            date.fromisoformat(meta["date"])
        except ValueError:
            raise CorpusError(path, 2, f"date is YYYY-MM-DD or 'none', not {meta['date']!r}") from None
    return meta


def _body(source: str, path: str, first_line: int) -> tuple[str, list[Entity], list[Mark]]:
    out: list[str] = []
    length = at = 0
    opened: tuple[str, str, int] | None = None  # letter, number, start offset
    entities: list[Entity] = []
    marks: list[Mark] = []
    seen: set[str] = set()

    def fault(position: int, reason: str) -> CorpusError:
        return CorpusError(path, first_line + source.count("\n", 0, position), reason)

    for match in _MARK.finditer(source):
        piece = source[at : match.start()]
        if match["escaped"]:
            piece += match["escaped"]
        out.append(piece)
        length += len(piece)
        at = match.end()
        if match["bad"]:
            raise fault(match.start(), "'{' opens no mark; write {m1:…} with one of m t r c p, or \\{")
        if match["letter"]:
            if opened:
                raise fault(match.start(), "a mark inside another mark; spans never overlap")
            opened = (match["letter"], match["number"], length)
        elif match["close"]:
            if not opened:
                raise fault(match.start(), "'}' closes no mark; write \\} for the character")
            letter, number, start = opened
            opened = None
            text = "".join(out)[start:]
            if not text or text != text.strip():
                raise fault(
                    match.start(), f"the mark {{{letter}{number}:{text}}} is empty or has outer spaces"
                )
            name = f"{letter}{number}" if number else ""
            if name and name in seen:
                raise fault(match.start(), f"the mark {name} stands twice")
            seen.add(name)
            entities.append(Entity(f"e{len(entities) + 1}", start, length, LETTERS[letter], text))
            marks.append(Mark(name, first_line + source.count("\n", 0, match.start())))
    if opened:
        raise fault(len(source), f"the mark {opened[0]}{opened[1]} is never closed")
    out.append(source[at:])
    return "".join(out), entities, marks


def _relation(
    line: str, rid: str, names: dict[str, Entity], day: str | None, path: str, number: int
) -> tuple[Relation, set[str]]:
    def fault(reason: str) -> CorpusError:
        return CorpusError(path, number, reason)

    def entity(name: str, label: Label) -> Entity:
        if name not in names:
            raise fault(f"the text has no mark {name!r}")
        if names[name].label != label:
            raise fault(f"{name} is {names[name].label}, the slot takes {label}")
        return names[name]

    head, *slots = [part.strip() for part in line.split(";")]
    match = _HEAD.match(head)
    if not match or match["flow"] not in FLOWS:
        raise fault(
            f"a relation starts 'export IR -> IQ', 'import IR <- CN' or 'trade IR <> TR', not {head!r}"
        )
    flow = match["flow"]
    if match["arrow"] and match["arrow"] != ARROWS[flow]:
        raise fault(f"{flow} is written with {ARROWS[flow]}, not {match['arrow']}")
    out: dict[str, object] = {}
    ignored: set[str] = set()
    for slot in filter(None, slots):
        name, _, rest = slot.partition(" ")
        rest = rest.strip()
        if rest.endswith("!"):
            ignored.add(name)
            rest = rest[:-1].strip()
        if name in out or (name in ("target", "potential") and "modality" in out):
            raise fault(f"the slot {name!r} stands twice")
        if name in ("target", "potential") and not rest:
            out["modality"] = name
        elif name == "products":
            out["products"] = tuple(
                Commodity(e.text, e.id) for e in (entity(p, "PRODUCT") for p in rest.split())
            )
        elif name == "value" and (m := re.fullmatch(rf"(\w+)\s+{_RANGE}\s+([A-Z]{{3}})", rest)):
            money = Money(float(m["a"]), m[4], float(m["b"]) if m["b"] else None)
            out["value"] = Filler(money, entity(m[1], "MONEY").id)
        elif name in ("share", "growth") and (m := re.fullmatch(rf"(\w+)\s+{_RANGE}", rest)):
            percent = Percent(float(m["a"]), float(m["b"]) if m["b"] else None)
            out[name] = Filler(percent, entity(m[1], "PERCENT").id)
        elif name == "rank" and (m := re.fullmatch(r"(\w+)\s+(\d+)(?:\.\.(\d+))?(?:\s+(\S+))?", rest)):
            if m[4] and m[4] not in RANK_SCOPES:
                raise fault(f"a rank's scope is one of {', '.join(RANK_SCOPES)}, not {m[4]!r}")
            out["rank"] = Filler(Rank(int(m[2]), int(m[3]) if m[3] else None), entity(m[1], "RANK").id)
            out["rank_scope"] = m[4]
        elif name == "quantity" and (m := re.fullmatch(rf"{_RANGE}\s+(\w+)", rest)):
            if m[3] not in UNITS:
                raise fault(f"a quantity's unit is one of {', '.join(UNITS)}, not {m[3]!r}")
            out["quantity"] = Quantity(float(m["a"]), m[3], float(m["b"]) if m["b"] else None)
        elif name == "period" and rest:
            try:
                out["period"] = resolve_period(rest, day)
            except ValueError as error:
                raise fault(str(error)) from None
        else:
            raise fault(f"cannot read the slot {slot!r}")
    for area in (areas := {"reporters": match["reporters"], "partners": match["partners"] or "?"}):
        out[area] = _areas(areas[area], fault)
    return Relation(id=rid, flow=flow, **out), ignored  # type: ignore[arg-type]


def _areas(text: str, fault: object) -> tuple[Area, ...]:
    if text == "?":
        return ()
    codes = text.split(",")
    for code in codes:
        if code not in REGIONS and not re.fullmatch(r"[A-Z]{2}(-\d\d)?", code):
            raise fault(f"{code!r} is no country, province or region code")  # type: ignore[operator]
    if len(set(codes)) != len(codes):
        raise fault(f"an area stands twice in {text!r}")  # type: ignore[operator]
    return tuple(Area(code, code) for code in codes)


def _fillers(r: Relation) -> Iterator[str]:
    for filler in (r.value, r.share, r.growth, r.rank):
        if filler is not None and filler.entity:
            yield filler.entity
    yield from (p.entity for p in r.products if p.entity)


def _escape(text: str) -> str:
    return re.sub(r"([\\{}])", r"\\\1", text)


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)


def _span(value: Value) -> str:
    low, high = (getattr(value, name) for name in value.__slots__ if name in
                 ("amount", "percent", "rank", "amount_max", "percent_max", "rank_max"))  # fmt: skip
    return _plain(low) if high is None else f"{_plain(low)}..{_plain(high)}"


def _relation_line(r: Relation, names: dict[str, str]) -> str:
    def areas(side: tuple[Area, ...]) -> str:
        return ",".join(a.code for a in side) or "?"

    parts = [
        f"{r.flow} {areas(r.reporters)}" + (f" {ARROWS[r.flow]} {areas(r.partners)}" if r.partners else "")
    ]
    if r.products:
        parts.append("products " + " ".join(names[p.entity] for p in r.products if p.entity))
    if r.value and r.value.entity:
        parts.append(f"value {names[r.value.entity]} {_span(r.value.value)} {r.value.value.currency}")
    if r.quantity:
        high = "" if r.quantity.amount_max is None else f"..{_plain(r.quantity.amount_max)}"
        parts.append(f"quantity {_plain(r.quantity.amount)}{high} {r.quantity.unit}")
    for slot, filler in (("share", r.share), ("growth", r.growth)):
        if filler and filler.entity:
            parts.append(f"{slot} {names[filler.entity]} {_span(filler.value)}")
    if r.rank and r.rank.entity:
        scope = f" {r.rank_scope}" if r.rank_scope else ""
        parts.append(f"rank {names[r.rank.entity]} {_span(r.rank.value)}{scope}")
    if r.period:
        same = r.period.start == r.period.end
        parts.append(f"period {r.period.start}" + ("" if same else f"..{r.period.end}"))
    if r.modality != "actual":
        parts.append(r.modality)
    return "; ".join(parts)
