"""What hangs on spaCy's ``Doc``: an article's id and date, its spans' values and scores, its relations.

Everything is kept in ``doc.user_data`` under spaCy's own keys and as plain dicts, so that it survives
``Doc.to_bytes``, ``DocBin(store_user_data=True)``, ``Doc.copy`` and the processes of ``nlp.pipe``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from spacy.tokens import Doc, Span
from spacy.util import DummyTokenizer, registry
from spacy.vocab import Vocab

from tejarat.schema import (
    LABELS,
    ArticleFacts,
    Entity,
    Label,
    Relation,
    Value,
    relation_from_dict,
    relation_to_dict,
    value_from_dict,
    value_to_dict,
)
from tejarat.text.words import tokens

TOKENIZER = "tejarat.WordTokenizer.v1"


def register() -> None:
    """Sets the extensions; calling it again changes nothing.

    ``Doc._``: ``article_id`` (str or None), ``date`` (ISO date or None), ``relations`` (tuple of
    :class:`~tejarat.schema.Relation`), ``facts`` (:class:`~tejarat.schema.ArticleFacts`, read only).
    ``Span._``: ``value`` (:data:`~tejarat.schema.Value` or None), ``score`` (float, 1.0 unless set).
    """
    Doc.set_extension("article_id", default=None, force=True)
    Doc.set_extension("date", default=None, force=True)
    Doc.set_extension("relations", getter=_relations, setter=_set_relations, force=True)
    Doc.set_extension("facts", getter=facts, force=True)
    Span.set_extension("value", getter=_value, setter=_set_value, force=True)
    Span.set_extension("score", getter=_score, setter=_set_score, force=True)


def entities(doc: Doc) -> tuple[Entity, ...]:
    """The trade spans of ``doc.ents`` in order; ids ``e1``, ``e2``, …. Spans of other labels are left out."""
    spans = (span for span in doc.ents if span.label_ in LABELS)
    return tuple(
        Entity(f"e{n}", s.start_char, s.end_char, cast(Label, s.label_), s.text, s._.score, s._.value)
        for n, s in enumerate(spans, 1)
    )


def facts(doc: Doc) -> ArticleFacts:
    """Everything known about the article; the id is empty where none was given."""
    return ArticleFacts(doc._.article_id or "", doc._.date, doc.text, entities(doc), doc._.relations)


def set_entities(doc: Doc, found: Iterable[Entity]) -> None:
    """Puts spans known from elsewhere (gold, another tagger) on the doc, with their scores and values.

    Raises:
        ValueError: an entity does not begin and end at token edges.
    """
    spans = []
    for entity in found:
        span = doc.char_span(entity.start, entity.end, label=entity.label)
        if span is None:
            raise ValueError(f"{entity.text!r} at {entity.start} does not begin and end at token edges")
        span._.score, span._.value = entity.score, entity.value
        spans.append(span)
    doc.ents = spans


class WordTokenizer(DummyTokenizer):
    """spaCy tokens that are our words: they tile the text as :func:`tejarat.text.words.tokens` says.

    One space after a token is that token's own, as everywhere in spaCy; what remains of a run of white space
    is a token. ``tokenizer(text).text == text`` for every text.
    """

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        pieces: list[str] = []
        spaces: list[bool] = []
        for start, end in tokens(text):
            if pieces and text[start] == " " and not spaces[-1]:
                spaces[-1] = True
                start += 1
                if start == end:
                    continue
            pieces.append(text[start:end])
            spaces.append(False)
        return Doc(self.vocab, words=pieces, spaces=spaces)


@registry.tokenizers(TOKENIZER)  # type: ignore[untyped-decorator]
def make_tokenizer() -> Any:
    """The registered maker: spaCy calls its result with the pipeline."""

    def make(nlp: Any) -> WordTokenizer:
        return WordTokenizer(nlp.vocab)

    return make


Key = tuple[str, str, int | None, int | None]


def _relations(doc: Doc) -> tuple[Relation, ...]:
    data = _data(doc).get(_key("relations"), ())
    return tuple(relation_from_dict(d, n) for n, d in enumerate(data, 1))


def _set_relations(doc: Doc, relations: Iterable[Relation]) -> None:
    _data(doc)[_key("relations")] = [relation_to_dict(r) for r in relations]


def _value(span: Span) -> Value | None:
    return value_from_dict(cast(Label, span.label_), _data(span.doc).get(_key("value", span)))


def _set_value(span: Span, value: Value | None) -> None:
    _data(span.doc)[_key("value", span)] = value_to_dict(value)


def _score(span: Span) -> float:
    return float(_data(span.doc).get(_key("score", span), 1.0))


def _set_score(span: Span, score: float) -> None:
    _data(span.doc)[_key("score", span)] = float(score)


def _data(doc: Doc) -> dict[Key, Any]:
    return cast(dict[Key, Any], doc.user_data)


def _key(name: str, span: Span | None = None) -> Key:
    """spaCy's own key of an extension, so that ``Doc.from_docs`` moves it along with the text."""
    return ("._.", name, None, None) if span is None else ("._.", name, span.start_char, span.end_char)


register()
