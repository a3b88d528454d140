"""The spaCy component ``trade_linker``: sets ``doc._.relations`` from ``doc.ents`` and their values."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from spacy.language import Language

from tejarat import doc as extensions
from tejarat.linker.assemble import trace
from tejarat.linker.rules import link_by_rules
from tejarat.linker.statement import Trace

if TYPE_CHECKING:
    from spacy.tokens import Doc

    from tejarat.schema import Entity


By = Literal["scorer", "rules"]


@Language.factory(
    "trade_linker", assigns=["doc._.relations"], requires=["doc.ents"], default_config={"by": "scorer"}
)
def make_linker(nlp: Language, name: str, by: By) -> TradeLinker:
    """The factory that ``nlp.add_pipe("trade_linker")`` calls; ``by="rules"`` links without the learned scorer."""
    return TradeLinker(name, by)


class TradeLinker:
    """A thin shell over :func:`tejarat.linker.assemble.trace` or, by rules, over
    :func:`tejarat.linker.rules.link_by_rules`; it has no state of its own to save."""

    def __init__(self, name: str, by: By = "scorer") -> None:
        extensions.register()
        self.name, self.by = name, by

    def __call__(self, doc: Doc) -> Doc:
        doc._.relations = link_by_rules(*_read(doc)) if self.by == "rules" else self.trace(doc).relations
        return doc

    def trace(self, doc: Doc) -> Trace:
        """The relations of a doc with all that was weighed on the way; the doc stays as it is."""
        return trace(*_read(doc))

    def to_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> None:
        """Nothing to write: the scorer comes with the package."""

    def from_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> TradeLinker:
        return self


def _read(doc: Doc) -> tuple[str, date | None, list[tuple[int, int]], tuple[Entity, ...]]:
    facts = doc._.facts
    day = date.fromisoformat(facts.date) if facts.date else None
    return doc.text, day, [(s.start_char, s.end_char) for s in doc.sents], facts.entities
