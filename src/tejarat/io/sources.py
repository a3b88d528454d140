"""Which files a path, folder or glob names, how they are opened, and how far the reading has come."""

from __future__ import annotations

import glob
import gzip
import io
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from tejarat.errors import InputError, NothingToReadError

STDIN = "-"
COMPRESSED = (".gz", ".zst")
#: Files of many records; those of lines may be compressed.
LINES = (".jsonl", ".ndjson", ".csv", ".tsv")
PARQUET = ".parquet"
#: What is taken from a folder.
IN_FOLDERS = (".txt", *LINES, *(end + packed for end in LINES for packed in COMPRESSED), PARQUET)

_GLOB = re.compile(r"[*?\[]")


@dataclass(slots=True)
class Meter:
    """How much of the input is read, in bytes as they lie on disk. ``total`` is 0 where nobody knows."""

    total: int = 0
    _closed: int = 0
    _open: Any = field(default=None, repr=False)

    @property
    def done(self) -> int:
        """Bytes read so far."""
        return self._closed + (self._open.tell() if self._open is not None and not self._open.closed else 0)

    @contextmanager
    def reading(self, stream: IO[bytes], size: int) -> Iterator[None]:
        """Counts this stream while the block runs, and its whole size afterwards."""
        self._open = stream
        try:
            yield
        finally:
            self._open = None
            self._closed += size


@dataclass(frozen=True, slots=True)
class Survey:
    """The input as a listing sees it: number of files, their bytes, a digest of names and sizes."""

    files: int
    bytes: int
    digest: str


def survey(paths: Iterable[str | Path], leave: frozenset[Path] = frozenset()) -> Survey:
    """Lists the input without reading it; standard input counts as a file of no bytes."""
    count = total = 0
    digest = blake2b(digest_size=16)
    for named in paths:
        for path in ["-"] if str(named) == STDIN else files(named, leave):
            if isinstance(path, InputError):
                continue
            size = 0
            if path != STDIN:
                try:
                    size = os.stat(path).st_size
                except OSError:
                    size = -1
            digest.update(f"{path}\0{size}\n".encode("utf-8", "surrogateescape"))
            count, total = count + 1, total + max(size, 0)
    return Survey(count, total, digest.hexdigest())


def files(named: str | Path, leave: frozenset[Path] = frozenset()) -> Iterator[Path | InputError]:
    """The files of a path, folder or glob, by name; those in ``leave`` (resolved) are left out of folders."""
    path = Path(named)
    try:
        if path.is_dir():
            yield from _folder(path, leave)
        elif _GLOB.search(str(named)) and not path.exists():
            matches = [Path(match) for match in sorted(glob.glob(str(named), recursive=True))]
            if not matches:
                yield NothingToReadError(str(named), "no file of this form")
            for match in matches:
                if match.resolve() not in leave:
                    yield from _folder(match, leave) if match.is_dir() else (match,)
        else:
            yield path
    except OSError as error:
        yield InputError(str(named), None, reason(error))


def _folder(folder: Path, leave: frozenset[Path]) -> Iterator[Path | InputError]:
    """Its files of a known form and those of its sub-folders, sorted; hidden ones are left out."""
    empty = True
    for path in _walk(folder, leave):
        empty = False
        yield path
    if empty:
        known = ", ".join("*" + end for end in (".txt", *LINES, PARQUET))
        yield NothingToReadError(str(folder), f"no file {known} in this folder")


def _walk(folder: Path, leave: frozenset[Path]) -> Iterator[Path]:
    # One folder's names at a time: an archive of many folders is never listed as a whole.
    with os.scandir(folder) as entries:
        found = sorted((e.name, e.is_dir(follow_symlinks=False)) for e in entries if e.name[0] != ".")
    for name, is_folder in found:
        path = folder / name
        if leave and path.resolve() in leave:
            continue
        if is_folder:
            yield from _walk(path, leave)
        elif name.endswith(IN_FOLDERS) and path.is_file():
            yield path


@contextmanager
def opened(path: Path, meter: Meter) -> Iterator[BinaryIO]:
    """A file's bytes, unpacked where its name ends in ``.gz`` or ``.zst``."""
    with path.open("rb") as raw, meter.reading(raw, os.fstat(raw.fileno()).st_size):
        if path.suffix == ".gz":
            with gzip.open(raw, "rb") as stream:
                yield cast(BinaryIO, stream)
        elif path.suffix == ".zst":
            import pyarrow as pa

            with pa.CompressedInputStream(raw, "zstd") as packed:
                yield cast(BinaryIO, io.BufferedReader(packed, 1 << 16))
        else:
            yield raw


def kind(path: Path) -> str:
    """The ending that tells a file's form, without that of its compression; empty for a text."""
    name = path.name
    for end in COMPRESSED:
        name = name.removesuffix(end)
    ending = Path(name).suffix
    return ending if ending in (*LINES, PARQUET) else ""


def reason(error: BaseException) -> str:
    """What went wrong, as the second half of a line."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    text = text.splitlines()[0] if text else ""
    return text[:1].lower() + text[1:] if text else type(error).__name__
