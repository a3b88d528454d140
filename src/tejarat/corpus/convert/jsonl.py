"""JSON Lines: the published form of an article's facts, with the corpus's own header beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from tejarat.corpus.convert.article import assemble, compact, head
from tejarat.corpus.convert.lines import records, text_of
from tejarat.corpus.format import CorpusArticle
from tejarat.schema import ArticleFacts

FOLDER = False
LOSES = ""


def encode(articles: Sequence[CorpusArticle]) -> dict[str, bytes]:
    """One article a line."""
    return {"": "".join(compact(head(a) | a.facts.to_dict()) + "\n" for a in articles).encode()}


def decode(files: Mapping[str, bytes], path: str) -> list[CorpusArticle]:
    """Reads :func:`encode`'s form, and the output of ``tejarat extract`` where it has the texts.

    Raises:
        InputError: with the line of the fault.
    """
    return records(text_of(files[""], path), path, _article)


def _article(line: str) -> CorpusArticle:
    data = json.loads(line)
    data["text"]  # from_dict would take a missing text for an empty one
    return assemble(ArticleFacts.from_dict(data), data)
