"""Article facts out: JSON Lines, Parquet, and a table for people.

All three take facts as a stream and hold no more than a few of them. A file gets its name when it is whole: it is
written beside its place under another name first.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TextIO

from tejarat.errors import OutputError
from tejarat.schema import Area, ArticleFacts, Filler, Money, Percent, Quantity, Relation

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.measure import Measurement

#: Version of the output format, kept with every Parquet file.
FORMAT_VERSION = "1"
#: Articles of one Parquet row group, or fewer where they hold this many characters.
ROWS, ROW_CHARACTERS = 1000, 8_000_000
#: A right-to-left run stands between these, so that a terminal keeps the columns in order.
_ISOLATE, _POP = "\u2068", "\u2069"
_LETTER = r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"
_RIGHT_TO_LEFT = re.compile(rf"{_LETTER}(?:[^,\n{_ISOLATE}{_POP}A-Za-z]*{_LETTER})?")
#: How narrow a column of names may get, before measures share a column and after.
_COMFORT, _LEAST = 12, 6

Columns = dict[str, Callable[[Relation], str]]


@contextlib.contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """A temporary file in the same folder, renamed to ``path`` when the block ends well and removed if not.

    A path that is no ordinary file (``/dev/stdout``, a pipe) is written in place.

    Raises:
        OutputError: the place cannot be written.
    """
    path = path.resolve()
    if not path.parent.is_dir():
        raise OutputError(str(path), "there is no such folder")
    if path.is_dir():
        raise OutputError(str(path), "it is a folder")
    if path.exists() and not path.is_file():
        yield path
        return
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    except OSError as error:
        if error.filename not in (None, str(temporary), str(path)):
            raise  # it came from reading something else inside the block
        raise OutputError(str(path), error.strerror or str(error)) from error
    finally:
        temporary.unlink(missing_ok=True)


def jsonl(facts: Iterable[ArticleFacts], target: Path | TextIO, *, with_text: bool = True) -> int:
    """One JSON object a line, as ``docs/output.schema.json`` says; returns how many articles were written.

    Raises:
        OutputError: the file cannot be written.
    """
    if isinstance(target, Path):
        with atomic(target) as path, path.open("w", encoding="utf-8", newline="\n") as stream:
            return jsonl(facts, stream, with_text=with_text)
    count = 0
    for article in facts:
        target.write(
            json.dumps(article.to_dict(with_text=with_text), ensure_ascii=False, allow_nan=False) + "\n"
        )
        count += 1
    return count


def parquet(facts: Iterable[ArticleFacts], path: Path, *, with_text: bool = True) -> int:
    """One row an article, spans and relations as nested columns; returns how many articles were written.

    Raises:
        OutputError: the file cannot be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = parquet_schema(with_text=with_text)
    count = 0
    with atomic(path) as temporary, pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
        for group in _groups(facts):
            rows = [article.to_dict(with_text=with_text) for article in group]
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
            count += len(rows)
    return count


def parquet_schema(*, with_text: bool = True) -> pa.Schema:
    """The columns of :func:`parquet`; an absent option of a value is null."""
    import pyarrow as pa

    string, number, whole = pa.string(), pa.float64(), pa.int64()

    def struct(**fields: pa.DataType) -> pa.StructType:
        return pa.struct(list(fields.items()))

    span_value = struct(
        amount=number, amount_max=number, currency=string, percent=number, percent_max=number,
        rank=whole, rank_max=whole, code=string, name=string, hs=string,
    )  # fmt: skip
    entity = struct(
        id=string, start=whole, end=whole, label=string, text=string, score=number, value=span_value
    )
    areas = pa.list_(struct(code=string, name=string, entity=string))
    percent = struct(percent=number, percent_max=number, entity=string)
    relation = struct(
        id=string,
        flow=string,
        reporters=areas,
        partners=areas,
        products=pa.list_(struct(name=string, entity=string, hs=string)),
        value=struct(amount=number, amount_max=number, currency=string, entity=string),
        quantity=struct(amount=number, unit=string, amount_max=number, start=whole, end=whole),
        share=percent,
        growth=percent,
        rank=struct(rank=whole, rank_max=whole, entity=string, scope=string),
        period=struct(start=string, end=string, text=string),
        modality=string,
        evidence=struct(start=whole, end=whole),
        score=number,
    )
    columns = {"id": string, "date": string, "text": string}
    if not with_text:
        del columns["text"]
    columns |= {"entities": pa.list_(entity), "relations": pa.list_(relation)}
    return pa.schema(list(columns.items()), metadata={"tejarat.output": FORMAT_VERSION})


def _groups(facts: Iterable[ArticleFacts]) -> Iterator[list[ArticleFacts]]:
    group: list[ArticleFacts] = []
    characters = 0
    for article in facts:
        group.append(article)
        characters += len(article.text)
        if len(group) >= ROWS or characters >= ROW_CHARACTERS:
            yield group
            group, characters = [], 0
    if group:
        yield group


def table(facts: Iterable[ArticleFacts], console: Console) -> int:
    """The relations of each article as a table; columns that would be empty are left out.

    Where the console is narrow, the measures share one column with the modality.

    Returns:
        how many articles were shown.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    count = 0
    for count, article in enumerate(facts, 1):  # noqa: B007
        title = Text(isolate(article.id) + (f" · {article.date}" if article.date else ""))
        if not article.relations:
            console.print(title, Text("  no trade statement", style="dim"), sep="", end="\n\n")
            continue
        names, rows = _cells(COLUMNS, article.relations)
        widths = _widths(names, rows, console.width, _COMFORT)
        frame = box.HEAVY_HEAD
        if _width(widths) > console.width:
            names, rows = _cells(NARROW_COLUMNS, article.relations)
            widths = _widths(names, rows, console.width, _LEAST)
            frame = box.SIMPLE_HEAD
        out = Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=frame)
        for name, width in zip(names, widths, strict=True):
            justify: Literal["left", "right"] = "right" if name in _NUMBERS else "left"
            out.add_column(name, justify=justify, width=width, overflow="fold")
        for row in rows:
            out.add_row(*map(_Cell, row))
        console.print(out, end="\n\n")
    return count


def _cells(columns: Columns, relations: Sequence[Relation]) -> tuple[list[str], list[list[str]]]:
    """The columns that any relation fills, and the text of each relation's cells."""
    rows = [[show(relation) for show in columns.values()] for relation in relations]
    used = [n for n in range(len(columns)) if any(row[n] for row in rows)]
    return [list(columns)[n] for n in used], [[row[n] for n in used] for row in rows]


def _widths(names: Sequence[str], rows: Sequence[Sequence[str]], room: int, least: int) -> list[int]:
    """Widths that fit the room if any can: the widest column gives way first, and numbers are never cut in two.

    Args:
        least: how narrow a column of names may get, unless its words are shorter.
    """
    texts = [[name, *(row[n] for row in rows)] for n, name in enumerate(names)]
    widths = [max(len(line) for text in column for line in text.split("\n")) for column in texts]
    words = [max(len(word) for text in column for word in text.split()) for column in texts]
    bounds = [words[n] if name in _WHOLE else min(words[n], least) for n, name in enumerate(names)]
    while _width(widths) > room and widths != bounds:
        widest = max(range(len(names)), key=lambda n: (widths[n] > bounds[n], widths[n]))
        widths[widest] -= 1
    return widths


def _width(widths: Sequence[int]) -> int:
    """Of the whole table: each column has a border and two spaces."""
    return sum(widths) + 3 * len(widths) + 1


class _Cell:
    """Text of a table's cell. Right-to-left runs are isolated line by line, after wrapping.

    An isolate that is opened on one line and closed on the next would turn the rest of the table's line round.
    """

    def __init__(self, text: str) -> None:
        from rich.text import Text

        self.text = Text(text)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        from rich.measure import Measurement

        return Measurement.get(console, options, self.text)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        from rich.text import Text

        for line in self.text.wrap(console, options.max_width, overflow="fold"):
            yield Text(isolate(line.plain.rstrip()), justify=options.justify)


def isolate(text: str) -> str:
    """The text with each run of right-to-left words between direction isolates."""
    return _RIGHT_TO_LEFT.sub(rf"{_ISOLATE}\g<0>{_POP}", text)


def _areas(areas: Iterable[Area]) -> str:
    return ", ".join(a.name if a.name == a.code else f"{a.name} {a.code}" for a in areas)


def _money(filler: Filler[Money] | None) -> str:
    if filler is None:
        return ""
    return f"{_range(filler.value.amount, filler.value.amount_max)} {filler.value.currency}"


def _percent(filler: Filler[Percent] | None, *, signed: bool = False) -> str:
    if filler is None:
        return ""
    low, high = filler.value.percent, filler.value.percent_max
    return ("+" if signed and low > 0 else "") + _range(low, high) + "%"


def _quantity(quantity: Quantity | None) -> str:
    return "" if quantity is None else f"{_range(quantity.amount, quantity.amount_max)} {quantity.unit}"


def _rank(relation: Relation) -> str:
    if relation.rank is None:
        return ""
    numbers = _range(relation.rank.value.rank, relation.rank.value.rank_max)
    return f"{numbers} ({relation.rank_scope})" if relation.rank_scope else numbers


def _period(relation: Relation) -> str:
    if relation.period is None:
        return ""
    days = dict.fromkeys((relation.period.start, relation.period.end))
    return " … ".join(days)


def _range(low: float, high: float | None) -> str:
    return "–".join(f"{x:,.15g}" for x in chain([low], [] if high is None else [high]))


#: What a column shows of a relation.
COLUMNS: Columns = {
    "flow": lambda r: r.flow,
    "reporter": lambda r: _areas(r.reporters),
    "partner": lambda r: _areas(r.partners),
    "product": lambda r: ", ".join(p.name for p in r.products),
    "value": lambda r: _money(r.value),
    "quantity": lambda r: _quantity(r.quantity),
    "share": lambda r: _percent(r.share),
    "growth": lambda r: _percent(r.growth, signed=True),
    "rank": _rank,
    "period": _period,
    "modality": lambda r: "" if r.modality == "actual" else r.modality,
    "score": lambda r: f"{r.score:.2f}",
}
_MEASURES = ("value", "quantity", "share", "growth", "rank", "modality")
_PLAIN = ("value", "quantity", "modality")


def _measures(relation: Relation) -> str:
    shown = {name: COLUMNS[name](relation) for name in _MEASURES}
    lines = (text if name in _PLAIN else f"{name} {text}" for name, text in shown.items() if text)
    return "\n".join(lines)


NARROW_COLUMNS: Columns = {
    **{name: COLUMNS[name] for name in ("flow", "reporter", "partner", "product")},
    "measures": _measures,
    **{name: COLUMNS[name] for name in ("period", "score")},
}
_NUMBERS = frozenset({"value", "quantity", "share", "growth", "score"})
_WHOLE = _NUMBERS | {"flow", "rank", "measures", "period"}
