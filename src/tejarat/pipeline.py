"""The spaCy pipeline: built, loaded, and run over articles.

``trade_sentences`` → ``trade_tagger`` → ``trade_values`` → ``trade_linker``; each is a registered factory, so
``nlp.add_pipe`` puts them into other pipelines too, and ``nlp.to_disk`` keeps all that a pipeline needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import spacy
from spacy.language import Language

from tejarat import doc as doc_extensions
from tejarat.errors import ModelLoadError
from tejarat.schema import Article, ArticleFacts

#: The components in their order.
STATIONS = ("trade_sentences", "trade_tagger", "trade_values", "trade_linker")
#: Articles that spaCy hands on together; the tagger batches windows by length on its own.
BATCH_SIZE = 64
#: spaCy refuses texts longer than this; windows make any length safe.
MAX_LENGTH = 100_000_000


def build(model: str | Path | None = None, backend: str = "auto") -> Language:
    """A new pipeline.

    Args:
        model: a folder or hub name of a token classifier; None for the model that ships with the package.
        backend: ``onnx``, ``torch``, or ``auto`` for whichever the model has files for.
    """
    nlp = spacy.blank("fa", config={"nlp": {"tokenizer": {"@tokenizers": doc_extensions.TOKENIZER}}})
    settings: dict[str, dict[str, Any]] = {
        "trade_tagger": {"model": None if model is None else str(model), "backend": backend}
    }
    for station in STATIONS:
        nlp.add_pipe(station, config=settings.get(station, {}))
    nlp.max_length = MAX_LENGTH
    return nlp


def load(path: str | Path | None = None, *, backend: str = "auto") -> Language:
    """The pipeline to work with.

    Args:
        path: a folder that ``nlp.to_disk`` wrote, or a model's folder or hub name; None for the shipped model.
        backend: how the model runs, see :func:`build`; a saved pipeline keeps its own.

    Raises:
        ModelError: the model is missing, incomplete or made for other labels.
    """
    if path is None or not (Path(path) / "config.cfg").is_file():
        return build(path, backend)
    try:
        nlp = spacy.load(path)
    except (OSError, ValueError) as error:
        raise ModelLoadError(str(path), str(error).strip().split("\n")[0]) from error
    nlp.max_length = MAX_LENGTH
    return nlp


def extract(
    nlp: Language, articles: Iterable[Article | str], batch_size: int = BATCH_SIZE, n_process: int = 1
) -> Iterator[ArticleFacts]:
    """The trade facts of articles, in their order, as a stream.

    Args:
        nlp: a pipeline of :func:`load`, or any other with our components.
        articles: articles, or bare texts, which get the ids ``1``, ``2``, ….
        batch_size: articles that go through the pipeline together; it changes no result.
        n_process: processes that share the work.
    """
    for doc in nlp.pipe(_docs(nlp, articles), batch_size=batch_size, n_process=n_process):
        yield doc._.facts


def _docs(nlp: Language, articles: Iterable[Article | str]) -> Iterator[Any]:
    for number, article in enumerate(articles, 1):
        given = Article(str(number), article) if isinstance(article, str) else article
        doc = nlp.make_doc(given.text)
        doc._.article_id, doc._.date = given.id, given.date
        yield doc
