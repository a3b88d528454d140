"""The tagger: texts in, spans out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from tejarat.schema import Entity
from tejarat.tagger.decode import Floats, bio_tags, decode
from tejarat.tagger.model import TokenClassifier
from tejarat.tagger.pieces import Ints, Pieces
from tejarat.tagger.windows import Window, batches, lay, own_words, pad, rows
from tejarat.text.words import words

#: Budgets of pieces read ahead, so that windows of like length can be batched together.
_LOOK_AHEAD = 16


class Tagger:
    """Finds the spans of texts with one model."""

    def __init__(self, model: TokenClassifier) -> None:
        self.model = model

    def tag(self, text: str) -> list[Entity]:
        """The spans of one text, in order; ids ``e1``, ``e2``, …, values not read yet."""
        (entities,) = self.pipe([text])
        return entities

    def pipe(self, texts: Iterable[str], batch_tokens: int | None = None) -> Iterator[list[Entity]]:
        """The spans of many texts, in their order; windows of like length run together.

        Args:
            batch_tokens: most pieces of a batch, padding included; the model's own figure if None.
        """
        for page in self.scores(texts, batch_tokens):
            yield decode(page.text, page.decided, page.logits, self.model.settings.temperature)

    def scores(self, texts: Iterable[str], batch_tokens: int | None = None) -> Iterator[Page]:
        """What :meth:`pipe` decodes: each text's words with their logits."""
        budget = batch_tokens or self.model.settings.max_batch_tokens
        waiting: list[Page] = []
        size = 0
        for text in texts:
            waiting.append(self._page(text))
            size += len(waiting[-1].pieces.ids)
            if size >= _LOOK_AHEAD * budget:
                self._run(waiting, budget)
                yield from waiting
                waiting, size = [], 0
        self._run(waiting, budget)
        yield from waiting

    def _page(self, text: str) -> Page:
        settings = self.model.settings
        found = words(text)
        pieces = self.model.encoder.encode(text, found)
        with_pieces = np.flatnonzero(np.diff(pieces.bounds))
        return Page(
            text=text,
            words=found,
            pieces=pieces,
            windows=lay(pieces.bounds, settings.window, settings.stride) if len(with_pieces) else [],
            with_pieces=with_pieces,
            logits=np.empty((len(with_pieces), len(bio_tags())), dtype=np.float32),
        )

    def _run(self, pages: list[Page], budget: int) -> None:
        """Fills the pages' logits."""
        encoder = self.model.encoder
        frame = len(encoder.opening)
        jobs = [(page, window) for page in pages for window in page.windows]
        lines = [line for page in pages for line in rows(page.pieces, page.windows, encoder)]
        for group in batches([len(line) for line in lines], budget):
            ids, mask = pad([lines[i] for i in group], encoder.pad)
            for i, logits in zip(group, self.model.logits(ids, mask), strict=True):
                page, window = jobs[i]
                own, places = own_words(page.pieces, window, frame)
                page.logits[np.searchsorted(page.with_pieces, own)] = logits[places]


@dataclass(slots=True)
class Page:
    """A text under way. ``with_pieces`` are the indices of the words that the tokenizer gave any piece.

    *Shape:* with_pieces (n,), logits (n, tags).
    """

    text: str
    words: list[tuple[int, int]]
    pieces: Pieces
    windows: list[Window]
    with_pieces: Ints
    logits: Floats

    @property
    def decided(self) -> list[tuple[int, int]]:
        """Offsets of the words that have logits."""
        return [self.words[i] for i in self.with_pieces.tolist()]
