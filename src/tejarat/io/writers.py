"""Article facts out: JSON Lines, Parquet, and a table for people.

All three take facts as a stream and hold no more than a few of them. A file gets its name when it is whole: it is
written beside its place under another name first.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from tejarat.errors import OutputError
from tejarat.schema import Area, ArticleFacts, Filler, Money, Percent, Quantity, Relation

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.console import Console

#: Version of the output format, kept with every Parquet file.
FORMAT_VERSION = "1"
#: Articles of one Parquet row group, or fewer where they hold this many characters.
ROWS, ROW_CHARACTERS = 1000, 8_000_000
#: A right-to-left run stands between these, so that a terminal keeps the columns in order.
_ISOLATE, _POP = "\u2068", "\u2069"


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

    Returns:
        how many articles were shown.
    """
    from rich.table import Table
    from rich.text import Text

    count = 0
    for count, article in enumerate(facts, 1):  # noqa: B007
        title = Text(isolate(article.id) + (f" · {article.date}" if article.date else ""))
        rows = [[show(relation) for show in COLUMNS.values()] for relation in article.relations]
        if not rows:
            console.print(title, Text("  no trade statement", style="dim"), sep="", end="\n\n")
            continue
        used = [n for n in range(len(COLUMNS)) if any(row[n] for row in rows)]
        names = list(COLUMNS)
        out = Table(title=title, title_justify="left", title_style="bold", header_style="dim")
        for n in used:
            out.add_column(names[n], justify="right" if names[n] in _NUMBERS else "left", overflow="fold")
        for row in rows:
            out.add_row(*(Text(row[n]) for n in used))
        console.print(out, end="\n\n")
    return count


def isolate(text: str) -> str:
    """The text between direction isolates where it holds right-to-left letters."""
    return (
        f"{_ISOLATE}{text}{_POP}" if any("\u0590" <= c <= "\u08ff" or c >= "\ufb1d" for c in text) else text
    )


def _areas(areas: Iterable[Area]) -> str:
    return ", ".join(isolate(a.name) if a.name == a.code else f"{isolate(a.name)} {a.code}" for a in areas)


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
COLUMNS: dict[str, Callable[[Relation], str]] = {
    "flow": lambda r: r.flow,
    "reporter": lambda r: _areas(r.reporters),
    "partner": lambda r: _areas(r.partners),
    "product": lambda r: ", ".join(isolate(p.name) for p in r.products),
    "value": lambda r: _money(r.value),
    "quantity": lambda r: _quantity(r.quantity),
    "share": lambda r: _percent(r.share),
    "growth": lambda r: _percent(r.growth, signed=True),
    "rank": _rank,
    "period": _period,
    "modality": lambda r: "" if r.modality == "actual" else r.modality,
    "score": lambda r: f"{r.score:.2f}",
}
_NUMBERS = frozenset({"value", "quantity", "share", "growth", "score"})
