"""The corpus in other tools' formats, and back.

Each format is a module with ``encode`` (articles to the bytes of files), ``decode`` (bytes to articles), ``FOLDER``
(its home is a folder, not a file) and ``LOSES`` (what it cannot hold, in words; empty where it holds everything).
Modules are imported when they are used. Reading and writing of files is here.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

from tejarat.corpus.convert.article import FIELDS, canonical, file_names
from tejarat.corpus.format import CorpusArticle, dumps, parse
from tejarat.errors import ConversionError, CorpusError, InputError, NothingToReadError, OutputError
from tejarat.io.writers import atomic

#: Formats by name, each a module of this package.
FORMATS = ("brat", "labelstudio", "doccano", "docbin", "conll", "jsonl")


class Form(Protocol):
    """What a format's module has."""

    FOLDER: bool
    LOSES: str

    def encode(self, articles: Sequence[CorpusArticle]) -> dict[str, bytes]:
        """Files by name; of a format in one file, ``""`` is that file and ``.end`` one beside it."""

    def decode(self, files: Mapping[str, bytes], path: str) -> list[CorpusArticle]:
        """The articles in order; an id that the file does not tell is empty."""


def form(name: str) -> Form:
    """The module of a format of :data:`FORMATS`."""
    return cast(Form, import_module(f"{__name__}.{name}"))


def encode(articles: Sequence[CorpusArticle], name: str) -> dict[str, bytes]:
    """Articles in a format's files.

    Raises:
        ConversionError: an article that the format cannot hold.
    """
    module = form(name)
    ready: list[CorpusArticle] = []
    for article in articles:
        try:
            ready.append(canonical(article))
        except ValueError as error:
            raise ConversionError(article.facts.id, name, str(error)) from None
    return module.encode(ready)


def decode(files: Mapping[str, bytes], name: str, path: str) -> list[CorpusArticle]:
    """Articles of a format's files, their ids complete.

    Raises:
        InputError: files that are not of this format.
    """
    stem = Path(path).stem
    articles = form(name).decode(files, path)
    return [a if a.facts.id else _called(a, f"{stem}-{n}") for n, a in enumerate(articles, 1)]


def write(articles: Sequence[CorpusArticle], name: str, output: Path) -> None:
    """Writes articles in a format: a new folder, or a file (and what goes with it, beside it).

    Raises:
        ConversionError: an article that the format cannot hold.
        OutputError: the place cannot be written, or is a folder that has something in it.
    """
    files = encode(articles, name)
    if form(name).FOLDER:
        _write_folder(files, output)
        return
    for suffix, data in files.items():
        with atomic(output.with_name(output.stem + suffix) if suffix else output) as path:
            path.write_bytes(data)


def read(source: Path, name: str) -> list[CorpusArticle]:
    """Reads a format's file or folder.

    Raises:
        InputError: it cannot be read, or is not of this format.
    """
    folder = form(name).FOLDER
    if not source.exists():
        raise NothingToReadError(str(source), "no such file or folder")
    if source.is_dir() != folder:
        raise InputError(str(source), None, f"{name} is read from a {'folder' if folder else 'file'}")
    try:
        paths = sorted(p for p in source.iterdir() if p.is_file()) if folder else [source]
        files = {p.name if folder else "": p.read_bytes() for p in paths}
    except OSError as error:
        raise InputError(str(source), None, error.strerror or str(error)) from None
    articles = decode(files, name, str(source))
    if not articles:
        raise NothingToReadError(str(source), "holds no article")
    return articles


def write_corpus(articles: Sequence[CorpusArticle], folder: Path) -> None:
    """Writes corpus article files into a new or empty folder, named by the articles' ids.

    Raises:
        ConversionError: an article that a corpus file cannot hold.
        OutputError: the folder cannot be written, or has something in it.
    """
    names = file_names(a.facts.id for a in articles)
    _write_folder({f"{n}.txt": corpus_file(a).encode() for a, n in zip(articles, names, strict=True)}, folder)


def corpus_file(article: CorpusArticle) -> str:
    """The text of an article's corpus file, read again to be sure that it says the same.

    Raises:
        ConversionError: it does not, because the article has something that the file has no place for.
    """
    facts = article.facts
    more = {k: v for k, v in article.meta.items() if k not in FIELDS}
    try:
        source = dumps(facts, kind=article.kind, meta=more)
        again = parse(source)
    except (CorpusError, KeyError, ValueError) as error:
        reason = error.reason if isinstance(error, CorpusError) else str(error)
        raise ConversionError(facts.id, "a corpus file", reason) from None
    before, after = _said(article), _said(again)
    if before != after:
        parts = ", ".join(name for name in before if before[name] != after[name])
        raise ConversionError(facts.id, "a corpus file", f"it has no place for these {parts}")
    if not article.overrides:
        return source
    lines = source.rstrip("\n").split("\n")
    for line, relation in zip(
        range(len(lines) - len(facts.relations), len(lines)), facts.relations, strict=True
    ):
        start, *slots = lines[line].split("; ")
        marked = (
            f"{slot} !" if (relation.id, slot.split()[0]) in article.overrides else slot for slot in slots
        )
        lines[line] = "; ".join((start, *marked))
    return "\n".join(lines) + "\n"


def _said(article: CorpusArticle) -> dict[str, Any]:
    """What a corpus file can say, by part, for comparison."""
    facts = article.facts
    return {
        "texts": facts.text,
        "ids, dates or kinds": (facts.id, facts.date, article.kind),
        "header lines": {k: v for k, v in article.meta.items() if k not in FIELDS},
        "spans": [(e.start, e.end, e.label) for e in facts.entities],
        "relations": [
            (
                r.flow, [a.code for a in r.reporters], [a.code for a in r.partners], [p.entity for p in r.products],
                r.value, r.quantity and (r.quantity.amount, r.quantity.amount_max, r.quantity.unit),
                r.share, r.growth, r.rank, r.rank_scope, r.period and (r.period.start, r.period.end), r.modality,
            )
            for r in facts.relations
        ],
    }  # fmt: skip


def _called(article: CorpusArticle, id: str) -> CorpusArticle:
    return replace(article, facts=replace(article.facts, id=id), meta=article.meta | {"id": id})


def _write_folder(files: Mapping[str, bytes], folder: Path) -> None:
    """All files or none: they are written beside the folder's place, which gets its name at the end."""
    folder = folder.resolve()
    if folder.exists() and not folder.is_dir():
        raise OutputError(str(folder), "it is a file")
    if folder.is_dir() and any(folder.iterdir()):
        raise OutputError(str(folder), "the folder is not empty; name a new one")
    if not folder.parent.is_dir():
        raise OutputError(str(folder), "there is no folder to put it in")
    draft = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    try:
        draft.mkdir()
        for name, data in files.items():
            (draft / name).write_bytes(data)
        draft.replace(folder)
    except OSError as error:
        raise OutputError(str(folder), error.strerror or str(error)) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
