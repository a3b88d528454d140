"""The spaCy component `trade_values`: gives every entity of a document its value."""

from __future__ import annotations

from typing import cast

from spacy.language import Language
from spacy.tokens import Doc

from tejarat import doc as extensions
from tejarat.schema import Label
from tejarat.values import read_value


@Language.factory("trade_values", assigns=["span._.value"])
def make_values(nlp: Language, name: str) -> TradeValues:
    """The factory behind ``nlp.add_pipe("trade_values")``."""
    extensions.register()
    return TradeValues()


class TradeValues:
    """Sets ``span._.value`` of every span in ``doc.ents``; it has no settings and nothing to save."""

    def __call__(self, doc: Doc) -> Doc:
        """Reads the values and returns the same document."""
        for span in doc.ents:
            span._.value = read_value(cast(Label, span.label_), span.text)
        return doc
