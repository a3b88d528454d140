"""spaCy's DocBin: spans are ``doc.ents``, everything else hangs on ``Doc._`` and ``Span._`` (:mod:`tejarat.doc`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from spacy.tokens import DocBin
from spacy.vocab import Vocab

from tejarat.corpus.convert.article import assemble, head
from tejarat.corpus.convert.lines import reading
from tejarat.corpus.format import CorpusArticle
from tejarat.doc import WordTokenizer, set_entities
from tejarat.errors import ConversionError, InputError

FOLDER = False
LOSES = ""
#: What of an article :mod:`tejarat.doc` has no extension for.
KEY = "tejarat.corpus"


def encode(articles: Sequence[CorpusArticle]) -> dict[str, bytes]:
    """A ``.spacy`` file.

    Raises:
        ConversionError: a span that does not begin and end at a word's edge.
    """
    tokenize = WordTokenizer(Vocab())
    stored = DocBin(store_user_data=True)
    for article in articles:
        facts = article.facts
        doc = tokenize(facts.text)
        doc._.article_id, doc._.date = facts.id, facts.date
        try:
            set_entities(doc, facts.entities)
        except ValueError as error:
            raise ConversionError(facts.id, "docbin", str(error)) from None
        doc._.relations = facts.relations
        doc.user_data[KEY] = head(article)
        stored.add(doc)
    return {"": stored.to_bytes()}


def decode(files: Mapping[str, bytes], path: str) -> list[CorpusArticle]:
    """Reads a ``.spacy`` file; entities of other labels than ours are left out.

    Raises:
        InputError: it is no DocBin, or what it holds is no article.
    """
    vocab = Vocab()
    try:
        docs = list(DocBin().from_bytes(files[""]).get_docs(vocab))
    except Exception as error:  # zlib, msgpack and numpy each have their own
        raise InputError(path, None, f"is no DocBin ({type(error).__name__})") from None
    articles = []
    for n, doc in enumerate(docs, 1):
        with reading(f"{path}: doc {n}", None):
            data: dict[str, Any] = doc.user_data.get(KEY) or {}
            articles.append(assemble(doc._.facts, data))
    return articles
