"""Raw articles to files that an annotator corrects: the model's reading, and how sure it was of it."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path

from tejarat.corpus.convert.article import canonical
from tejarat.corpus.format import CorpusArticle, dumps, parse
from tejarat.errors import ConversionError, CorpusError
from tejarat.io.writers import atomic
from tejarat.schema import ArticleFacts
from tejarat.serve.corrections import CERTAINTY, READINGS, Folder, free_name

#: The part of an article's scores that its certainty is read from: the lowest ones.
LOWEST = 0.25


def certainty(facts: ArticleFacts) -> float:
    """How sure the model is of an article, 0…1: the mean of its lowest quarter of span and relation scores.

    An article in which nothing was found is certain: there is nothing of the model's to correct.
    """
    scores = sorted([e.score for e in facts.entities] + [r.score for r in facts.relations])
    lowest = scores[: max(1, round(len(scores) * LOWEST))]
    return sum(lowest) / len(lowest) if lowest else 1.0


def file_text(facts: ArticleFacts) -> str:
    """The article's file, with ``readings: 0`` and its certainty in the header.

    Raises:
        ConversionError: the corpus format cannot hold it.
    """
    meta = {READINGS: "0", CERTAINTY: f"{certainty(facts):.3f}"}
    try:
        article = canonical(CorpusArticle(facts, "trade" if facts.relations else "negative", meta))
        source = dumps(article.facts, kind=article.kind, meta=article.meta)
        parse(source)
    except (CorpusError, ValueError) as error:
        reason = error.reason if isinstance(error, CorpusError) else str(error)
        raise ConversionError(facts.id, "a corpus article", reason) from None
    return source


def annotate(
    found: Iterable[ArticleFacts], folder: Path, most: int | None = None
) -> Iterator[str | ConversionError]:
    """Writes each article's file; none that is in the folder already is touched.

    Args:
        folder: where to; it is made if absent.
        most: only so many are written, the least certain ones; None for all, as they come.

    Yields:
        the name of each file that was written, or what kept an article from being written.

    Raises:
        OutputError: a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    entries = Folder(folder).entries()
    there = {entry["id"] for entry in entries}
    new = (facts for facts in found if facts.id not in there)
    if most is not None:
        order = count()
        least = heapq.nsmallest(most, ((certainty(f), next(order), f) for f in new))
        new = (facts for _, _, facts in least)
    taken = {entry["name"] for entry in entries}
    for facts in new:
        try:
            source = file_text(facts)
        except ConversionError as error:
            yield error
            continue
        name = free_name(facts.id, taken)
        taken.add(name)
        with atomic(folder / f"{name}.txt") as path:
            path.write_text(source, encoding="utf-8", newline="")
        yield name
