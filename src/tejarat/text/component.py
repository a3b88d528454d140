"""The spaCy component ``trade_sentences``: sentence starts, and the article's date where none was given."""

from __future__ import annotations

from typing import Any

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

from tejarat import doc as doc_extensions
from tejarat.text.article import read_date
from tejarat.text.sentences import sentences


class TradeSentences:
    """Sets every token's ``is_sent_start``, and ``doc._.date`` from the header unless it is set already."""

    def __init__(self, name: str) -> None:
        doc_extensions.register()
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        if not len(doc):
            return doc
        starts = [start for start, _ in sentences(doc.text)]
        # Our own tokenizer's tokens always begin where sentences do; another one's may begin later.
        first = np.searchsorted(doc.to_array("IDX"), starts)
        flags = np.full(len(doc), -1, dtype=np.int64)
        flags[first[first < len(doc)]] = 1
        # One array for all: setting token after token takes time in the square of the text's length.
        table: Any = flags.astype(np.uint64).reshape(-1, 1)
        doc.from_array(["SENT_START"], table)
        if doc._.date is None and (day := read_date(doc.text)):
            doc._.date = day.isoformat()
        return doc


@Language.factory("trade_sentences", assigns=["token.is_sent_start", "doc._.date"])
def make_sentences(nlp: Language, name: str) -> TradeSentences:
    """The factory: ``nlp.add_pipe("trade_sentences")``."""
    return TradeSentences(name)
