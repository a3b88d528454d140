"""Articles in: text files, folders, globs, JSON Lines and CSV (plain, gzip, zstd), Parquet, standard input.

A record that cannot be read is yielded as an :class:`~tejarat.errors.InputError`, so that one bad record never
keeps the rest from being read. Texts are never changed: a byte order mark or ``\\r\\n`` stays where it was. Files
are read as streams; of what was read only 64-bit digests of ids are kept (:mod:`tejarat.io.seen`).
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from tejarat.errors import InputError, NothingToReadError
from tejarat.io.seen import SeenKeys
from tejarat.io.sources import PARQUET, STDIN, Meter, files, kind, opened, reason
from tejarat.schema import Article

#: Named files that would be read as text by mistake, and what to do instead.
REFUSED = {
    ".json": "write one JSON object a line and name the file *.jsonl",
    ".gz": "only *.jsonl.gz and *.csv.gz are read compressed",
    ".zst": "only *.jsonl.zst and *.csv.zst are read compressed",
}
#: Rows of a Parquet file that are taken into memory together.
_ROWS = 256

_BOM = "\ufeff"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")

Record = Article | InputError


def read(
    paths: Iterable[str | Path],
    *,
    stdin: BinaryIO | None = None,
    meter: Meter | None = None,
    leave: frozenset[Path] = frozenset(),
    ids: SeenKeys | None = None,
) -> Iterator[Record]:
    """Every article that the paths name, in their order; folders and globs by file name.

    The id of a text file is its stem, of a line or row without ``id`` it is ``<stem>:<line>``, of a text on
    standard input ``stdin``. An id that was read before is an error (looked for among the first
    :data:`~tejarat.io.seen.LIMIT` ids), and so is an empty text. A file that several paths name is read once.

    Args:
        paths: files, folders, globs, or ``-`` for standard input.
        stdin: what ``-`` reads; the process's own if None.
        meter: told how far the reading has come.
        leave: resolved paths that folders and globs are not to yield, such as a job's own output.
        ids: ids read before; those read now are added.

    Yields:
        an Article, or an InputError that says which file and line cannot be read and why.
    """
    ids = SeenKeys() if ids is None else ids
    for record in _records(paths, stdin, meter or Meter(), leave):
        if isinstance(record, InputError):
            yield record
            continue
        place, line, article = record
        yield check(article, place, line, ids)


def check(article: Article, place: str, line: int | None, ids: SeenKeys) -> Record:
    """The article, or what is wrong with it: no text, or an id that was read before."""
    if not article.text.replace(_BOM, "").strip():
        what = "the file" if line is None else repr("text")
        return InputError(place, line, f"no text: {what} is empty", article.id)
    if ids.add(article.id):
        return InputError(place, line, f"the id {article.id!r} was read before", article.id)
    return article


_Found = tuple[str, int | None, Article]


def _records(
    paths: Iterable[str | Path], stdin: BinaryIO | None, meter: Meter, leave: frozenset[Path]
) -> Iterator[_Found | InputError]:
    seen = SeenKeys()
    for named in paths:
        if str(named) == STDIN:
            yield from _stdin(stdin or sys.stdin.buffer)
            continue
        for path in files(named, leave):
            if isinstance(path, InputError):
                yield path
            elif not seen.add(str(path.resolve())):
                yield from _file(path, meter)


def _file(path: Path, meter: Meter) -> Iterator[_Found | InputError]:
    place, form = str(path), kind(path)
    if path.suffix in REFUSED and (not form or form == PARQUET):
        yield InputError(place, None, REFUSED[path.suffix])
        return
    try:
        with opened(path, meter) as stream:
            if not form:
                yield _text(stream.read(), place, path.stem)
            else:
                yield from _READERS[form](stream, place, path.name.split(form)[0])
    # A cut or damaged file among them; Arrow's errors are ValueErrors and OSErrors.
    except (OSError, EOFError, zlib.error, ValueError, csv.Error) as error:
        yield InputError(place, None, reason(error))


def _stdin(stream: BinaryIO) -> Iterator[_Found | InputError]:
    """JSON Lines if the first character that is not blank is ``{``, else one text."""
    head: list[bytes] = []
    lines = iter(stream)
    for line in lines:
        head.append(line)
        if line.strip(b"\xef\xbb\xbf \t\r\n"):
            break
    if not head:
        yield NothingToReadError("stdin", "standard input is empty")
    elif head[-1].strip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        yield from _json_lines(chain(head, lines), "stdin", "stdin")
    else:
        yield _text(b"".join(head) + stream.read(), "stdin", "stdin")


def _text(data: bytes, place: str, stem: str) -> _Found | InputError:
    try:
        return place, None, Article(stem, data.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return InputError(place, line, f"not UTF-8 at byte {error.start}")


def _json_lines(stream: Iterable[bytes], place: str, stem: str) -> Iterator[_Found | InputError]:
    number = 0
    full = False
    for number, line in enumerate(stream, 1):
        try:
            source = line.decode("utf-8")
        except UnicodeDecodeError as error:
            yield InputError(place, number, f"not UTF-8 at byte {error.start} of the line")
            full = True
            continue
        source = source.removeprefix(_BOM) if number == 1 else source
        if source.strip():
            full = True
            try:
                yield place, number, _article(source, f"{stem}:{number}")
            except ValueError as error:
                yield InputError(place, number, str(error))
    if not full:
        yield InputError(place, None, "no text: the file is empty")


def _csv(stream: BinaryIO, place: str, stem: str, delimiter: str = ",") -> Iterator[_Found | InputError]:
    """Rows under a header that names ``text`` and, if need be, ``id`` and ``date``."""
    csv.field_size_limit(2**31 - 1)
    # Bytes that are no UTF-8 become half surrogates, which mark the one row that holds them.
    lines = io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="")
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    header = next(rows, None)
    if header is None:
        yield InputError(place, None, "no text: the file is empty")
        return
    if "text" not in header:
        yield InputError(place, 1, "no text: the header has no column 'text'")
        return
    while True:
        line = rows.line_num + 1
        try:
            row = next(rows, None)
        except csv.Error as error:
            yield InputError(place, line, f"broken CSV: {error}")
            continue
        if row is None:
            return
        if not row:
            continue
        if len(row) != len(header):
            yield InputError(place, line, f"{len(row)} fields where the header has {len(header)}")
            continue
        data: dict[str, object] = dict(zip(header, row, strict=True))
        data["date"] = data.get("date") or None
        try:
            yield place, line, article_of(data, f"{stem}:{line}", coded="bytes that are not UTF-8")
        except ValueError as error:
            yield InputError(place, line, str(error))


def _tsv(stream: BinaryIO, place: str, stem: str) -> Iterator[_Found | InputError]:
    return _csv(stream, place, stem, "\t")


def _parquet(stream: BinaryIO, place: str, stem: str) -> Iterator[_Found | InputError]:
    """Rows with the columns ``text`` and, if need be, ``id`` and ``date``; the line of a record is its row."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(stream, pre_buffer=False, buffer_size=1 << 20) as file:
        columns = [name for name in ("id", "date", "text") if name in file.schema_arrow.names]
        if "text" not in columns:
            yield InputError(place, None, "no text: there is no column 'text'")
            return
        number = 0
        for batch in file.iter_batches(_ROWS, columns=columns, use_threads=False):
            for row in batch.to_pylist():
                number += 1
                try:
                    yield place, number, article_of(row_of(row), f"{stem}:{number}")
                except ValueError as error:
                    yield InputError(place, number, str(error))


def row_of(row: Mapping[str, object]) -> dict[str, object]:
    """A row of a table as a record: dates become ISO days."""
    return {k: v.isoformat()[:10] if isinstance(v, date) else v for k, v in row.items()}


_READERS = {
    ".jsonl": lambda stream, place, stem: _json_lines(stream, place, stem),
    ".ndjson": lambda stream, place, stem: _json_lines(stream, place, stem),
    ".csv": _csv,
    ".tsv": _tsv,
    PARQUET: _parquet,
}


def _article(source: str, default_id: str) -> Article:
    """One JSON line.

    Raises:
        ValueError: saying what is wrong with it.
    """
    try:
        data = json.loads(source.rstrip())
    except json.JSONDecodeError as error:
        raise ValueError(f"broken JSON at column {error.colno}: {error.msg}") from None
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, nesting without end
        raise ValueError(f"JSON that cannot be read: {error}") from None
    if not isinstance(data, dict):
        raise ValueError(f"a line is a JSON object with 'text', not {_kind(data)}")
    return article_of(data, default_id)


def article_of(
    data: Mapping[str, object], default_id: str, *, coded: str = "half a surrogate pair"
) -> Article:
    """The article of a record with ``text`` and, if need be, ``id`` and ``date``.

    Raises:
        ValueError: saying what is wrong with it; ``coded`` names characters that no UTF-8 can hold.
    """
    name, text, day = data.get("id"), data.get("text"), data.get("date")
    if text is None:
        raise ValueError("no text: the object has no 'text'")
    if not isinstance(text, str):
        raise ValueError(f"'text' is a string, not {_kind(text)}")
    if name is None or name == "":
        name = default_id
    if isinstance(name, bool) or not isinstance(name, str | int):
        raise ValueError(f"'id' is a string, not {_kind(name)}")
    if day is not None and not _is_day(day):
        raise ValueError(f"'date' is a day written YYYY-MM-DD, not {day!r}")
    for field, value in (("id", str(name)), ("text", text)):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError as error:
            raise ValueError(f"'{field}' has {coded} at character {error.start}") from None
    return Article(str(name), text, day if isinstance(day, str) else None)


def _is_day(day: object) -> bool:
    if not isinstance(day, str) or not _DAY.fullmatch(day):
        return False
    try:
        date.fromisoformat(day)
    except ValueError:
        return False
    return True


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
