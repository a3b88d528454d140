"""The spaCy component ``trade_tagger``: a thin shell over :class:`~tejarat.tagger.tagger.Tagger`."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import tee
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import filter_spans

from tejarat import doc as doc_extensions
from tejarat.schema import Entity
from tejarat.tagger.model import Backend, load_model
from tejarat.tagger.shipped import shipped_model_path
from tejarat.tagger.tagger import Tagger


class TradeTagger:
    """Sets ``doc.ents`` and each span's ``span._.score``.

    The model is loaded when the first text comes, so building or unpickling a pipeline is cheap; ``None`` stands
    for the shipped one.
    """

    def __init__(self, name: str, model: str | None, backend: Backend) -> None:
        doc_extensions.register()
        self.name = name
        self.model = model
        self.backend = backend
        self._tagger: Tagger | None = None
        self._inherited: Tagger | None = None
        self._process = 0

    @property
    def tagger(self) -> Tagger:
        """The tagger of this process: a runtime's threads do not survive a fork, so a child loads its own.

        The parent's is kept, not freed: freeing it would wait for threads that the child does not have.
        """
        if self._tagger is None or self._process != os.getpid():
            self._inherited = self._tagger
            self._tagger = Tagger(load_model(self.model or shipped_model_path(), self.backend))
            self._process = os.getpid()
        return self._tagger

    def __call__(self, doc: Doc) -> Doc:
        return _annotate(doc, self.tagger.tag(doc.text))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """Docs in their order; ``batch_size`` is spaCy's and unused, since windows are batched by length."""
        docs, ahead = tee(stream)
        for doc, entities in zip(docs, self.tagger.pipe(d.text for d in ahead), strict=True):
            yield _annotate(doc, entities)

    def to_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> None:
        """Copies the model's files, so that the saved pipeline needs nothing else."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        self.tagger.model.save(folder)

    def from_disk(self, path: str | Path, *, exclude: Iterable[str] = ()) -> TradeTagger:
        """Takes the model from the folder that :meth:`to_disk` wrote."""
        self.model = str(Path(path).resolve())
        self._tagger = None
        return self

    def __getstate__(self) -> dict[str, Any]:
        return {"name": self.name, "model": self.model, "backend": self.backend}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]


@Language.factory("trade_tagger", assigns=["doc.ents"], default_config={"model": None, "backend": "auto"})
def make_tagger(nlp: Language, name: str, model: str | None, backend: str) -> TradeTagger:
    """The factory: ``nlp.add_pipe("trade_tagger", config={"model": FOLDER_OR_HUB_NAME})``."""
    return TradeTagger(name, model, backend)  # type: ignore[arg-type]


def _annotate(doc: Doc, entities: list[Entity]) -> Doc:
    # Our own tokenizer's tokens always fit; another one's may hold a span's edge inside, then the span grows.
    spans: list[Span] = []
    for entity in entities:
        span = doc.char_span(entity.start, entity.end, label=entity.label, alignment_mode="expand")
        if span is not None:
            spans.append(span)
            span._.score = entity.score
    doc.ents = filter_spans(spans)
    return doc
