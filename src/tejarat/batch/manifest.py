"""The manifest of a job: under which terms it runs and which of its parts are done.

A file of JSON lines that only grows: the terms first, then a line for every part that lies whole on the disk, and a
line at the end. A line that a fault cut off is as if it had not been written.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from importlib import metadata
from pathlib import Path
from typing import Any, BinaryIO

from tejarat import __version__
from tejarat.errors import InputError, JobChangedError, JobPlaceError

NAME = "manifest.jsonl"
#: Packages whose version may change a result.
RUNTIMES = ("onnxruntime", "tokenizers", "numpy", "torch")
FORMAT = 1

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Terms:
    """What decides the result; each field is a word of the message that it has changed."""

    version: str
    model: str
    settings: Mapping[str, Any]
    input: str

    def changed(self, other: Terms) -> list[str]:
        """The names of the terms that differ."""
        return [name for name in self.__slots__ if getattr(self, name) != getattr(other, name)]


@dataclass(frozen=True, slots=True)
class Part:
    """A part that is done.

    ``read`` is a digest of the records that went into it (empty where they were not seen here), ``digest`` one of
    the file's bytes.
    """

    number: int
    records: int
    articles: int
    relations: int
    quarantined: int
    read: str
    bytes: int
    digest: str


@dataclass(slots=True)
class Manifest:
    """An open manifest; one process at a time has it."""

    path: Path
    parts: list[Part] = field(default_factory=list)
    done: bool = False
    _stream: BinaryIO | None = None

    @classmethod
    def open(cls, folder: Path, terms: Terms) -> Manifest:
        """Goes on with the manifest of the folder, or begins one.

        Raises:
            JobChangedError: it was begun under other terms.
            JobPlaceError: another process has it, or it is no manifest.
        """
        folder.mkdir(parents=True, exist_ok=True)
        manifest = cls(folder / NAME)
        stream = manifest._stream = (folder / NAME).open("a+b")
        try:
            _lock(stream, folder)
            whole = manifest._take_up(terms)
            stream.truncate(whole)
            if not whole:
                manifest._append({"tejarat.job": FORMAT, **asdict(terms)})
                sync(folder)
        except BaseException:
            manifest.close()
            raise
        return manifest

    def _take_up(self, terms: Terms) -> int:
        """Reads what is there; returns the length of its whole lines."""
        assert self._stream is not None
        self._stream.seek(0)
        whole = 0
        for number, (line, data) in enumerate(_whole_lines(self._stream)):
            if number == 0:
                if data.get("tejarat.job") != FORMAT:
                    raise JobPlaceError(
                        str(self.path), "it is no manifest of this version; --restart begins anew"
                    )
                begun = Terms(*(data.get(name, "") for name in Terms.__slots__))
                if changed := terms.changed(begun):
                    raise JobChangedError(str(self.path.parent), changed)
            elif "end" in data:
                self.done = True
            else:
                self.parts.append(Part(**{name: data[name] for name in Part.__slots__}))
            whole += len(line)
        return whole

    def add(self, part: Part, quarantine: list[Line]) -> None:
        """Keeps a part, which must lie on the disk under its name, with the records that could not be read."""
        self._append({**asdict(part), "quarantine": quarantine} if quarantine else asdict(part))
        self.parts.append(part)

    def end(self) -> None:
        """Marks the job as done."""
        self._append({"end": len(self.parts)})
        self.done = True

    def quarantine(self) -> Iterator[Line]:
        """All records that could not be read, in order."""
        with self.path.open("rb") as stream:
            for _, data in _whole_lines(stream):
                yield from data.get("quarantine", ())

    def close(self) -> None:
        """Gives the manifest free for others."""
        if self._stream is not None:
            with suppress(OSError):  # On a full disk the line that could not be written is tried once more.
                self._stream.close()

    def _append(self, data: Line) -> None:
        assert self._stream is not None
        # Written at once: what a fault cuts off has no line end.
        self._stream.write(json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogateescape") + b"\n")
        self._stream.flush()
        os.fsync(self._stream.fileno())


def _whole_lines(stream: BinaryIO) -> Iterator[tuple[bytes, Line]]:
    """Lines up to the first that is cut off or damaged."""
    for line in stream:
        try:
            data = json.loads(line)
        except ValueError:
            return
        if not line.endswith(b"\n") or not isinstance(data, dict):
            return
        yield line, data


def _lock(stream: BinaryIO, folder: Path) -> None:
    with suppress(ImportError):  # Windows has no fcntl.
        import fcntl

        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise JobPlaceError(str(folder), "another process is at work on this job") from None


def quarantine_line(error: InputError) -> Line:
    """A record that could not be read, as the quarantine file tells it."""
    return {"id": error.article, "file": error.path, "line": error.line, "reason": error.reason}


def terms(model: Path | str, settings: Mapping[str, Any], listing: str) -> Terms:
    """The terms of a job.

    Args:
        model: a model's folder, or its name on the hub, which stands for itself.
        settings: what else decides the result, as JSON holds it.
        listing: a digest of the input's names and sizes.
    """
    from tejarat.text import normalize

    version = f"{__version__} normalizer {normalize.VERSION}"
    for package in RUNTIMES:
        with suppress(metadata.PackageNotFoundError):
            version += f" {package} {metadata.version(package)}"
    tables = folder_digest(Path(__file__).parents[1], "*/data/*")
    folder = Path(model)
    name = folder_digest(folder) if folder.is_dir() else str(model)
    return Terms(f"{version} tables {tables}", name, dict(settings), listing)


def folder_digest(folder: Path, pattern: str = "**/*") -> str:
    """A digest of the files' names and contents; papers (``*.md``) and hidden files are left out."""
    digest = blake2b(digest_size=16)
    for path in sorted(folder.glob(pattern)):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and path.suffix != ".md" and not path.name.startswith("."):
            digest.update(f"{name}\0{file_digest(path)}\n".encode())
    return digest.hexdigest()


def file_digest(path: Path) -> str:
    """A digest of a file's bytes."""
    digest = blake2b(digest_size=16)
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def sync(folder: Path) -> None:
    """Makes renames within the folder last through a loss of power, where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
