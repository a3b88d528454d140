"""A job: a stream of records becomes parts on the disk, and at the end one file or a folder of parts.

A part is written under another name, forced to the disk, renamed, and only then told to the manifest. Whatever breaks
the job off, the same command takes up behind the last part: the records of the parts that are done are read again,
compared by digest, and not worked on again.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from tejarat.batch.engine import Work, chunks, run
from tejarat.batch.manifest import (
    NAME,
    Manifest,
    Part,
    Terms,
    file_digest,
    quarantine_line,
    sync,
)
from tejarat.errors import InputError, JobChangedError, JobPlaceError, JobStoppedError, OutputError
from tejarat.io.outputs import Form, Rows
from tejarat.io.readers import Record
from tejarat.io.writers import atomic
from tejarat.schema import Article, ArticleFacts

#: Chunks of a part, and characters of text after which it is closed.
CHUNKS, CHARACTERS = 16, 16_000_000
PART = "part-{:06d}"

#: What a process makes of an article: its rows and how many relations they tell.
Rendered = tuple[Rows, int]


@dataclass(frozen=True, slots=True)
class Batch:
    """What was made of some records; ``read`` goes into the digest of the input."""

    records: int
    characters: int
    read: bytes
    made: list[Rendered | InputError]


class Source(Protocol):
    """Where a job's results come from."""

    def batches(self, done: list[Part]) -> Generator[Batch, None, None]:
        """All batches behind those of the parts that are done.

        Raises:
            JobChangedError: the records of those parts are others now.
        """
        ...


@dataclass(frozen=True, slots=True)
class Render:
    """Makes an article's rows in the process that computes its facts."""

    form: Form

    def __call__(self, facts: ArticleFacts) -> Rendered:
        return self.form.render(facts), len(facts.relations)


@dataclass(slots=True)
class Local:
    """The processes of this machine."""

    records: Iterable[Record]
    work: Work
    processes: int
    place: str

    def batches(self, done: list[Part]) -> Generator[Batch, None, None]:
        """See :class:`Source`."""
        waiting = iter(self.records)
        for part in done:
            digest = blake2b(digest_size=16)
            count = 0
            for record in islice(waiting, part.records):
                digest.update(_trace(record))
                count += 1
            if count != part.records or (part.read and digest.hexdigest() != part.read):
                raise JobChangedError(self.place, ["input"])
        for chunk, made in run(self.work, chunks(waiting), self.processes):
            yield Batch(len(chunk.records), chunk.characters, b"".join(map(_trace, chunk.records)), made)


def _trace(record: Record) -> bytes:
    """What identifies a record: errors by their line, articles by all that they hold."""
    told = (record.id, record.date or "", record.text) if isinstance(record, Article) else (str(record),)
    return ("\0".join(told) + "\n").encode("utf-8", "surrogateescape")


@dataclass(slots=True)
class Summary:
    """What a job has done so far; ``resumed`` of the articles were done before this run."""

    articles: int = 0
    relations: int = 0
    quarantined: int = 0
    resumed: int = 0

    def count(self, part: Part) -> None:
        """Adds a part that was done before."""
        self.articles += part.articles
        self.relations += part.relations
        self.quarantined += part.quarantined


#: Told after every batch: the sums so far, and the records of the batch that could not be read.
Advance = Callable[[Summary, list[InputError]], None]


class _UnderWay:
    """A part that is being written."""

    def __init__(self, number: int) -> None:
        self.part = Part(number, 0, 0, 0, 0, "", 0, "")
        self.quarantine: list[dict[str, Any]] = []
        self._digest = blake2b(digest_size=16)
        self._batches = self._characters = 0

    @property
    def full(self) -> bool:
        """Whether it holds enough; told by the records alone, so that a job's parts are always the same."""
        return self._batches == CHUNKS or self._characters >= CHARACTERS

    def add(self, batch: Batch, write: Callable[[Rows], None], summary: Summary) -> list[InputError]:
        """Writes a batch and counts it; returns its records that could not be read."""
        errors = [made for made in batch.made if isinstance(made, InputError)]
        good = [made for made in batch.made if not isinstance(made, InputError)]
        write([row for rows, _ in good for row in rows])
        self._digest.update(batch.read)
        self._batches += 1
        self._characters += batch.characters
        self.quarantine += map(quarantine_line, errors)
        relations = sum(count for _, count in good)
        part = self.part
        self.part = replace(
            part,
            records=part.records + batch.records,
            articles=part.articles + len(good),
            relations=part.relations + relations,
            quarantined=part.quarantined + len(errors),
            read=self._digest.hexdigest() if batch.read else "",
        )
        summary.articles += len(good)
        summary.relations += relations
        summary.quarantined += len(errors)
        return errors


@dataclass(slots=True)
class Job:
    """Where a job writes: one file, with its parts beside it in ``<file>.job`` until it is done, or a folder."""

    target: Path
    form: Form
    is_folder: bool = False

    @property
    def folder(self) -> Path:
        """Where the parts lie."""
        return self.target if self.is_folder else self.target.with_name(self.target.name + ".job")

    @property
    def quarantine(self) -> Path:
        """The file of what could not be read; it is there only if something is in it."""
        if self.is_folder:
            return self.target / "quarantine.jsonl"
        stem = self.target.name.removesuffix(self.form.suffix)
        return self.target.with_name(stem + ".quarantine.jsonl")

    def check(self) -> None:
        """Raises :class:`~tejarat.errors.OutputError` where nothing can be written."""
        if not self.target.resolve().parent.is_dir():
            raise OutputError(str(self.target), "there is no such folder")
        if not self.is_folder and self.target.is_dir():
            raise OutputError(str(self.target), "it is a folder")
        if self.is_folder and self.target.is_dir() and not (self.target / NAME).exists():
            for _ in self.target.iterdir():
                raise OutputError(str(self.target), "the folder holds something else; name a new one")

    def forget(self) -> None:
        """Removes what an earlier run has left, so that the job begins anew."""
        if (self.folder / NAME).exists() or not self.is_folder:
            (self.folder / NAME).unlink(missing_ok=True)
            for path in [*self.folder.glob(".part-*"), *self.folder.glob("part-*")]:
                path.unlink()
            self.quarantine.unlink(missing_ok=True)

    def run(
        self,
        source: Source,
        terms: Terms,
        *,
        advance: Advance = lambda summary, errors: None,
    ) -> Summary:
        """Does what is not done yet, and joins the parts.

        Args:
            advance: told after every batch.

        Raises:
            JobError: another process works on it, its terms have changed, or it stopped; what is done is kept.
        """
        self.check()
        manifest: Manifest | None = None
        summary = Summary()
        try:
            manifest = Manifest.open(self.folder, terms)
            self._verify(manifest.parts)
            for part in manifest.parts:
                summary.count(part)
            summary.resumed = summary.articles
            if not manifest.done:
                self._work(source, manifest, summary, advance)
            self._finish(manifest)
        except OSError as error:
            if error.errno not in _PLACE_IS_FULL and not _within(error.filename, self.folder, self.target):
                raise
            reason = f"cannot write {self.target}: {(error.strerror or str(error)).lower()}"
            kept = sum(p.articles for p in manifest.parts) if manifest else 0
            raise JobStoppedError(reason, kept, str(self.folder)) from error
        finally:
            if manifest is not None:
                manifest.close()
                if not manifest.parts and not manifest.done:  # Nothing is lost with it.
                    self._tidy(manifest)
        return summary

    def part(self, number: int) -> Path:
        """The file of a part."""
        return self.folder / (PART.format(number) + self.form.suffix)

    def _verify(self, parts: list[Part]) -> None:
        for n, part in enumerate(parts):
            path = self.part(part.number)
            if part.number != n or not path.is_file() or path.stat().st_size != part.bytes:
                raise JobPlaceError(str(path), "this part is missing or damaged; --restart begins anew")

    def _work(self, source: Source, manifest: Manifest, summary: Summary, advance: Advance) -> None:
        with closing(source.batches(manifest.parts)) as batches:  # However it ends, its processes end too.
            while (batch := next(batches, None)) is not None:
                number = len(manifest.parts)
                path = self.part(number)
                temporary = path.with_name(f".{path.name}.tmp")
                under_way = _UnderWay(number)
                with self.form.writer(temporary) as write:
                    while batch is not None:
                        errors = under_way.add(batch, write, summary)
                        advance(summary, errors)
                        batch = None if under_way.full else next(batches, None)
                with temporary.open("rb+") as stream:
                    os.fsync(stream.fileno())
                part = replace(under_way.part, bytes=temporary.stat().st_size, digest=file_digest(temporary))
                temporary.replace(path)
                sync(self.folder)
                manifest.add(part, under_way.quarantine)

    def _finish(self, manifest: Manifest) -> None:
        if not manifest.done:
            manifest.end()
        bad = iter(manifest.quarantine())
        first = next(bad, None)
        if first is None:
            self.quarantine.unlink(missing_ok=True)
        else:
            with atomic(self.quarantine) as path, path.open("wb") as stream:
                for line in (first, *bad):
                    stream.write((json.dumps(line, ensure_ascii=False) + "\n").encode("utf-8", "replace"))
        if self.is_folder:
            return
        parts = [self.part(p.number) for p in manifest.parts]
        for path, part in zip(parts, manifest.parts, strict=True):
            if file_digest(path) != part.digest:
                raise JobPlaceError(str(path), "this part is damaged; --restart begins anew")
        joined = self.folder / f".joined{self.form.suffix}.tmp"
        self.form.join(parts, joined)
        with joined.open("rb+") as stream:
            os.fsync(stream.fileno())
        joined.replace(self.target)
        sync(self.target.resolve().parent)
        self._tidy(manifest)

    def _tidy(self, manifest: Manifest) -> None:
        """Removes the folder of the parts. The manifest goes first: without it the rest counts for nothing."""
        manifest.path.unlink(missing_ok=True)
        for begun in self.folder.glob(
            ".part-*"
        ):  # Left there, the folder would be taken for somebody else's.
            begun.unlink()
        if not self.is_folder:
            shutil.rmtree(self.folder, ignore_errors=True)


#: Not to write because the disk or a quota is full, the file too large, or the place read-only.
_PLACE_IS_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)


def _within(name: object, *places: Path) -> bool:
    return isinstance(name, str | Path) and any(
        str(Path(name).absolute()).startswith(str(p.absolute())) for p in places
    )
