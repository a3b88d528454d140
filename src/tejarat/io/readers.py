"""Articles in: text files, folders, globs, JSON Lines (plain or gzip), standard input.

A record that cannot be read is yielded as an :class:`~tejarat.errors.InputError`, so that one bad record never
keeps the rest from being read. Texts are never changed: a byte order mark or ``\\r\\n`` stays where it was.
"""

from __future__ import annotations

import glob
import gzip
import json
import re
import sys
import zlib
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from tejarat.errors import InputError, NothingToReadError
from tejarat.schema import Article

STDIN = "-"
#: Names of files that hold one JSON object a line; every other file that is named is one text.
JSON_LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
#: What is taken from a folder.
IN_FOLDERS = (".txt", *JSON_LINES)
#: Named files that would be read as text by mistake, and what to do instead.
REFUSED = {
    ".json": "write one JSON object a line and name the file *.jsonl",
    ".gz": "only *.jsonl.gz is read compressed",
}

_BOM = "\ufeff"
_GLOB = re.compile(r"[*?\[]")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")

Record = Article | InputError


def read(paths: Iterable[str | Path], *, stdin: BinaryIO | None = None) -> Iterator[Record]:
    """Every article that the paths name, in their order; folders and globs by file name.

    The id of a text file is its stem, of a line without ``id`` it is ``<stem>:<line>``, of a text on standard
    input ``stdin``. An id that was read before is an error, and so is an empty text. A file that several paths
    name is read once.

    Args:
        paths: files, folders, globs, or ``-`` for standard input.
        stdin: what ``-`` reads; the process's own if None.

    Yields:
        an Article, or an InputError that says which file and line cannot be read and why.
    """
    ids: dict[str, str] = {}
    for record in _records(paths, stdin):
        if isinstance(record, InputError):
            yield record
            continue
        place, line, article = record
        if article.id in ids:
            yield InputError(place, line, f"the id {article.id!r} was read before, from {ids[article.id]}")
        elif not article.text.replace(_BOM, "").strip():
            yield InputError(place, line, f"no text: {'the file' if line is None else repr('text')} is empty")
        else:
            ids[article.id] = place
            yield article


_Found = tuple[str, int | None, Article]


def _records(paths: Iterable[str | Path], stdin: BinaryIO | None) -> Iterator[_Found | InputError]:
    seen: set[Path] = set()
    for named in paths:
        if str(named) == STDIN:
            yield from _stdin(stdin or sys.stdin.buffer)
            continue
        for path in _files(named):
            if isinstance(path, InputError):
                yield path
            elif (real := path.resolve()) not in seen:
                seen.add(real)
                yield from _file(path)


def _files(named: str | Path) -> Iterator[Path | InputError]:
    """The files of a path, folder or glob."""
    path = Path(named)
    try:
        if path.is_dir():
            yield from _folder(path)
        elif _GLOB.search(str(named)) and not path.exists():
            matches = [Path(match) for match in sorted(glob.glob(str(named), recursive=True))]
            if not matches:
                yield NothingToReadError(str(named), "no file of this form")
            for match in matches:
                yield from _folder(match) if match.is_dir() else (match,)
        else:
            yield path
    except OSError as error:
        yield InputError(str(named), None, _reason(error))


def _folder(folder: Path) -> Iterator[Path | InputError]:
    """Its files of a known form and those of its sub-folders, sorted; hidden ones are left out."""
    found = [
        path
        for path in sorted(folder.rglob("*"))
        if path.name.endswith(IN_FOLDERS)
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.is_file()
    ]
    if not found:
        yield NothingToReadError(
            str(folder), f"no file {', '.join('*' + end for end in IN_FOLDERS)} in this folder"
        )
    yield from found


def _file(path: Path) -> Iterator[_Found | InputError]:
    place = str(path)
    if path.suffix in REFUSED and not path.name.endswith(JSON_LINES):
        yield InputError(place, None, REFUSED[path.suffix])
        return
    try:
        if path.name.endswith(JSON_LINES):
            with gzip.open(path, "rb") if path.name.endswith(".gz") else path.open("rb") as stream:
                yield from _json_lines(stream, place, path.name.split(".jsonl")[0].split(".ndjson")[0])
        else:
            yield _text(path.read_bytes(), place, path.stem)
    except (OSError, EOFError, zlib.error) as error:  # a cut or damaged gzip file among them
        yield InputError(place, None, _reason(error))


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
            raise ValueError(f"'{field}' has half a surrogate pair at character {error.start}") from None
    return Article(str(name), text, day)


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


def _reason(error: BaseException) -> str:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return reason[:1].lower() + reason[1:] if reason else type(error).__name__
