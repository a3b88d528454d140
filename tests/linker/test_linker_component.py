"""The spaCy component: learned by default, by rules where asked, over spans that stand on the doc."""

from __future__ import annotations

import pytest
import spacy
from articles import marked
from spacy.tokens import Doc

from tejarat.doc import TOKENIZER, set_entities

BODY = "سال گذشته ۱۲ هزار تن {p:پسته} به ارزش {m:۹۵ میلیون دلار} از {c:ایران} به {c:آلمان} صادر شد."


def doc_linked(body: str = BODY, **config: str) -> Doc:
    nlp = spacy.blank("fa", config={"nlp": {"tokenizer": {"@tokenizers": TOKENIZER}}})
    nlp.add_pipe("trade_sentences")
    nlp.add_pipe("trade_linker", config=config)
    text, entities = marked(body)
    doc = nlp.make_doc(text)
    doc._.date = "2025-11-12"
    set_entities(doc, entities)
    return next(iter(nlp.pipe([doc])))


def test_both_linkers_tell_the_plain_statement() -> None:
    for config in ({}, {"by": "scorer"}, {"by": "rules"}):
        (relation,) = doc_linked(**config)._.relations
        sides = [[a.code for a in side] for side in (relation.reporters, relation.partners)]
        assert (relation.flow, *sides) == ("export", ["IR"], ["DE"])
        assert relation.value.value.amount == 95e6
        assert relation.quantity.amount == 12000.0
        assert relation.period.start == "2024-03-20"


@pytest.mark.parametrize("by", ["scorer", "rules"])
def test_an_amount_that_cannot_be_read_fills_no_slot(by: str) -> None:
    doc = doc_linked("صادرات {p:پسته} {c:ایران} به {c:هند} به {m:ارز فراوان} رسید.", by=by)
    assert all(r.value is None for r in doc._.relations)
    assert doc._.facts.to_dict()["entities"]


def test_only_the_learned_one_weighs() -> None:
    assert doc_linked()._.relations[0].score < 1.0
    assert doc_linked(by="rules")._.relations[0].score == 1.0
