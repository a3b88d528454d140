"""The spaCy component ``trade_linker``: sets ``doc._.relations`` from ``doc.ents`` and their values."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from spacy.language import Language

from tejarat import doc as extensions
from tejarat.linker.assemble import link

if TYPE_CHECKING:
    from spacy.tokens import Doc


@Language.factory("trade_linker", assigns=["doc._.relations"], requires=["doc.ents"])
def make_linker(nlp: Language, name: str) -> TradeLinker:
    """The factory that ``nlp.add_pipe("trade_linker")`` calls."""
    return TradeLinker(name)


class TradeLinker:
    """A thin shell over :func:`tejarat.linker.assemble.link`; it has no state of its own to save."""

    def __init__(self, name: str) -> None:
        extensions.register()
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        facts = doc._.facts
        day = date.fromisoformat(facts.date) if facts.date else None
        sentences = [(s.start_char, s.end_char) for s in doc.sents]
        doc._.relations = link(doc.text, day, sentences, facts.entities)
        return doc

    def to_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> None:
        """Nothing to write: the scorer comes with the package."""

    def from_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> TradeLinker:
        return self
