from __future__ import annotations

import pickle

import pytest
import spacy
from hypothesis import example, given
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc, DocBin, Span

from tejarat import doc as extensions
from tejarat.doc import TOKENIZER, set_entities
from tejarat.schema import (
    Area,
    Commodity,
    Country,
    Entity,
    Evidence,
    Filler,
    Money,
    Period,
    Product,
    Quantity,
    Rank,
    Relation,
)
from tejarat.text.words import tokens


def make() -> Language:
    return spacy.blank("fa", config={"nlp": {"tokenizer": {"@tokenizers": TOKENIZER}}})


NLP = make()
TEXT = "صادرات پسته به عراق 3 میلیون دلار بود."
ENTITIES = (
    Entity("e1", 7, 11, "PRODUCT", "پسته", 0.75, Product("پسته", "08")),
    Entity("e2", 15, 19, "COUNTRY", "عراق", 0.5, Country("IQ", "عراق")),
    Entity("e3", 20, 33, "MONEY", "3 میلیون دلار", 1.0, Money(3e6, "USD", 4e6)),
)
RELATIONS = (
    Relation(
        "r1",
        "export",
        (Area("IR-26", "قزوین"),),
        (Area("IQ", "عراق", "e2"),),
        (Commodity("پسته", "e1", "08"),),
        Filler(Money(3e6, "USD", 4e6), "e3"),
        Quantity(2.5, "t", None, 3, 9),
        rank=Filler(Rank(1, 3), None),
        rank_scope="world",
        period=Period("2024-03-20", "2025-03-20", "سال قبل"),
        modality="target",
        evidence=Evidence(0, 39),
        score=0.5,
    ),
    Relation("r2", "trade"),
)


def annotated() -> Doc:
    doc = NLP.make_doc(TEXT)
    doc._.article_id, doc._.date = "a", "2025-11-12"
    set_entities(doc, ENTITIES)
    doc._.relations = RELATIONS
    return doc


def assert_whole(doc: Doc) -> None:
    facts = doc._.facts
    assert (facts.id, facts.date, facts.text) == ("a", "2025-11-12", TEXT)
    assert facts.entities == ENTITIES
    assert facts.relations == RELATIONS == doc._.relations


@given(st.text())
@example("a  b")
@example(" \n a \u00a0 b\r\n\t")
@example("می\u200cشود\u202b\ufeff")
@example("a\x00b")
@example("")
def test_the_tokens_are_our_words_and_the_text_is_kept(text: str) -> None:
    doc = NLP.make_doc(text)
    assert doc.text == text
    edges = {edge for span in tokens(text) for edge in span}
    for token in doc:
        assert text[token.idx : token.idx + len(token)] == token.text
        assert token.is_space or {token.idx, token.idx + len(token)} <= edges
    words = [text[s:e] for s, e in tokens(text) if not text[s:e].isspace()]
    assert [t.text for t in doc if not t.text.isspace()] == words


def test_an_untouched_doc_has_no_facts() -> None:
    facts = NLP.make_doc(TEXT)._.facts
    assert (facts.id, facts.date, facts.entities, facts.relations) == ("", None, (), ())


def test_what_is_set_is_read() -> None:
    assert_whole(annotated())


def test_bytes_doc_bin_copy_and_pickle_keep_everything() -> None:
    doc = annotated()
    assert_whole(Doc(NLP.vocab).from_bytes(doc.to_bytes()))
    assert_whole(doc.copy())
    assert_whole(pickle.loads(pickle.dumps(doc)))
    stored = DocBin(store_user_data=True, docs=[doc]).to_bytes()
    (again,) = DocBin().from_bytes(stored).get_docs(make().vocab)
    assert_whole(again)


@pytest.mark.filterwarnings("ignore:.*W101")
def test_values_move_along_when_docs_are_joined() -> None:
    joined = Doc.from_docs([NLP.make_doc("سلام"), annotated()])
    assert [e.value for e in extensions.entities(joined)] == [e.value for e in ENTITIES]
    assert [e.score for e in extensions.entities(joined)] == [0.75, 0.5, 1.0]


def test_spans_of_other_labels_are_no_entities() -> None:
    doc = annotated()
    doc.ents = [*doc.ents[:1], Span(doc, 3, 4, label="GPE")]
    assert [e.id for e in doc._.facts.entities] == ["e1"]


def test_registering_again_changes_nothing() -> None:
    doc = annotated()
    extensions.register()
    assert_whole(doc)


def test_a_span_off_the_edges_is_refused() -> None:
    with pytest.raises(ValueError, match="token edges"):
        set_entities(NLP.make_doc(TEXT), [Entity("e1", 7, 10, "PRODUCT", "پست")])
