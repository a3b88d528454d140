"""Many articles through all stations, in one process or several, in their order and in bounded memory.

The unit of work is a chunk of records. The tagger batches the windows of a whole chunk by length; a chunk never
depends on its neighbours, so neither the number of processes nor a break changes any result.

The stations are called directly: the same functions as in the spaCy components, without a ``Doc`` between them.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import chain
from multiprocessing import connection, get_context, parent_process
from pathlib import Path
from typing import Any

from tejarat.errors import InputError, JobPlaceError, TejaratError
from tejarat.io.readers import Record
from tejarat.schema import Article, ArticleFacts

#: Most records of a chunk, and characters after which it is closed.
RECORDS, CHARACTERS = 64, 1_000_000
#: Chunks that wait for each process, beside the one that it works on.
AHEAD = 2
#: Inputs of so many records are done in this process: others would not start in time.
FEW = 128

Outcome = ArticleFacts | InputError
Stations = Callable[[Sequence[Article]], Iterable[ArticleFacts]]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records that are worked on together."""

    records: tuple[Record, ...]

    @property
    def characters(self) -> int:
        return sum(len(r.text) for r in self.records if isinstance(r, Article))


@dataclass(frozen=True, slots=True)
class Work:
    """What each process does: the model and how it runs, and what is made of an article's facts.

    ``threads`` are those of one run of the model; 0 leaves it to the runtime.
    """

    model: str | None = None
    backend: str = "auto"
    render: Callable[[ArticleFacts], Any] | None = None
    threads: int = 0

    def start(self) -> Callable[[Sequence[Record]], list[Any]]:
        """Loads the model; returns a function from records to what is made of them, errors among them.

        Raises:
            ModelError: the model cannot be loaded.
        """
        stations = load_stations(self.model, self.backend, self.threads)
        return partial(process, stations=stations, render=self.render)


def chunks(records: Iterable[Record], first: int = 0) -> Iterator[Chunk]:
    """Cuts a stream of records into chunks.

    Args:
        first: records of the first chunk; the next ones grow to :data:`RECORDS`, so that something is seen soon;
            0 for as many as any.
    """
    held: list[Record] = []
    characters, size = 0, first or RECORDS
    for record in records:
        held.append(record)
        characters += len(record.text) if isinstance(record, Article) else 0
        if len(held) == size or characters >= CHARACTERS:
            yield Chunk(tuple(held))
            held, characters, size = [], 0, min(2 * size, RECORDS)
    if held:
        yield Chunk(tuple(held))


def run(work: Work, stream: Iterable[Chunk], processes: int = 0) -> Iterator[tuple[Chunk, list[Any]]]:
    """The chunks with what is made of their records, in order.

    Args:
        processes: how many share the work; 0 for this one alone on few records, and otherwise one a core, each
            with one thread: linking has one thread only, so more threads of one process would wait for it.

    Raises:
        ModelError: the model cannot be loaded.
        JobError: a process ended on its own.
    """
    waiting = iter(stream)
    if not processes:
        first: list[Chunk] = []
        while sum(len(c.records) for c in first) <= FEW and (chunk := next(waiting, None)) is not None:
            first.append(chunk)
        processes = cores() if sum(len(c.records) for c in first) > FEW else 1
        waiting = chain(first, waiting)
    if processes == 1:
        extract = work.start()
        for chunk in waiting:
            yield chunk, extract(chunk.records)
    else:
        one = replace(work, threads=work.threads or max(1, cores() // processes))
        yield from _spread(one, waiting, processes)


def _spread(work: Work, stream: Iterator[Chunk], processes: int) -> Iterator[tuple[Chunk, list[Any]]]:
    pending: deque[tuple[Chunk, Future[list[Any]]]] = deque()
    # Processes are spawned, not forked: threads of this one do not survive a fork.
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _begin, (work,))
    try:
        for chunk in stream:
            pending.append((chunk, pool.submit(_step, chunk.records)))
            if len(pending) > processes * (1 + AHEAD):
                yield pending[0][0], pending[0][1].result()
                pending.popleft()
        while pending:
            yield pending[0][0], pending[0][1].result()
            pending.popleft()
    except BrokenProcessPool:
        reason = "it ended on its own; was there enough memory? --processes takes fewer"
        raise JobPlaceError("a working process", reason) from None
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_extract: Callable[[Sequence[Record]], list[Any]] | None = None
_work: Work | None = None


def _begin(work: Work) -> None:
    """In a new process; the model is loaded with the first chunk, so that its errors come back as they are."""
    global _work
    _work = work
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's affair.
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    """Ends this process when its parent is gone, were it by ``kill -9``."""
    connection.wait([sentinel])
    os._exit(1)


def _step(records: Sequence[Record]) -> list[Any]:
    global _extract
    if _extract is None:
        assert _work is not None
        _extract = _work.start()
    return _extract(records)


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def process(
    records: Sequence[Record], stations: Stations, render: Callable[[ArticleFacts], Any] | None = None
) -> list[Any]:
    """What is made of each record, in order. An article that a station fails at becomes an InputError.

    Raises:
        TejaratError: what is at fault is no article (a model that cannot be loaded).
    """
    articles = [r for r in records if isinstance(r, Article)]
    try:
        made = [render(f) if render else f for f in stations(articles)]
    except TejaratError:
        raise
    except Exception:  # Whatever it was, the articles are tried one by one, and the one at fault is told.
        made = [_alone(article, stations, render) for article in articles]
    answers = iter(made)
    return [next(answers) if isinstance(r, Article) else r for r in records]


def _alone(article: Article, stations: Stations, render: Callable[[ArticleFacts], Any] | None) -> Any:
    try:
        (facts,) = stations([article])
        return render(facts) if render else facts
    except TejaratError:
        raise
    except Exception as error:
        told = str(error).splitlines()
        return InputError(
            article.id, None, f"{type(error).__name__}: {told[0] if told else ''}".rstrip(": "), article.id
        )


def load_stations(model: str | None, backend: str, threads: int = 0) -> Stations:
    """The stations over one model; a saved spaCy pipeline is run as it is.

    Raises:
        ModelError: the model cannot be loaded.
    """
    if model is not None and (Path(model) / "config.cfg").is_file():
        from tejarat import pipeline

        nlp = pipeline.load(model, backend=backend)
        return lambda articles: pipeline.extract(nlp, articles)
    from tejarat.tagger.model import load_model
    from tejarat.tagger.shipped import shipped_model_path
    from tejarat.tagger.tagger import Tagger

    tagger = Tagger(load_model(model or shipped_model_path(), backend, threads=threads))  # type: ignore[arg-type]
    return partial(facts_of, tagger=tagger)


def facts_of(articles: Sequence[Article], tagger: Any) -> Iterator[ArticleFacts]:
    """The facts of articles, as the spaCy pipeline gives them.

    Args:
        tagger: a :class:`~tejarat.tagger.tagger.Tagger`.
    """
    from tejarat.linker.assemble import link
    from tejarat.text.article import read_date
    from tejarat.values import read_value

    for article, found in zip(articles, tagger.pipe(a.text for a in articles), strict=True):
        text, day = article.text, article.date
        if day is None and (read := read_date(text)):
            day = read.isoformat()
        entities = tuple(replace(e, value=read_value(e.label, e.text)) for e in found)
        relations = link(text, date.fromisoformat(day) if day else None, sentence_spans(text), entities)
        yield ArticleFacts(article.id, day, text, entities, relations)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """The sentences as spaCy tells them: a single space behind the last word belongs to none."""
    from tejarat.text.sentences import sentences

    return [
        (start, end - (end - start > 1 and text[end - 1] == " " and not text[end - 2].isspace()))
        for start, end in sentences(text)
    ]
