from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.language import Language

from tejarat.doc import TOKENIZER
from tejarat.text.sentences import sentences


def make() -> Language:
    nlp = spacy.blank("fa", config={"nlp": {"tokenizer": {"@tokenizers": TOKENIZER}}})
    nlp.add_pipe("trade_sentences")
    return nlp


NLP = make()


@given(st.text())
def test_sents_are_our_sentences(text: str) -> None:
    doc = NLP(text)
    assert [(s.start_char, s.end_char) for s in doc.sents if s.text.strip()] == [
        (s, s + len(text[s:e].rstrip(" ")) if text[e - 1] == " " else e)
        for s, e in sentences(text)
        if text[s:e].strip()
    ]


def test_the_date_comes_from_the_header_unless_it_is_given() -> None:
    text = "۲۱ آبان ۱۴۰۴\nصادرات رشد کرد."
    assert NLP(text)._.date == "2025-11-12"
    doc = NLP.make_doc(text)
    doc._.date = "2001-01-01"
    assert NLP(doc)._.date == "2001-01-01"
    assert NLP("صادرات رشد کرد.")._.date is None


@pytest.mark.parametrize("text", ["صادرات رشد کرد.واردات افت کرد.", "a . b\n\nc"])
def test_another_tokenizer_is_served_too(text: str) -> None:
    nlp = spacy.blank("fa")
    nlp.add_pipe("trade_sentences")
    doc = nlp(text)
    assert doc[0].is_sent_start
    assert "".join(s.text_with_ws for s in doc.sents) == text


def test_a_saved_pipeline_loads_where_we_were_never_imported(tmp_path: Path) -> None:
    NLP.to_disk(tmp_path / "saved")
    code = (
        "import sys, spacy\n"
        "assert 'tejarat' not in sys.modules\n"
        "doc = spacy.load(sys.argv[1])('۱۴۰۴/۰۸/۲۱\\nرفت.  آمد')\n"
        "print(len(list(doc.sents)), doc._.date, type(doc).__name__)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "saved")], capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["2", "2025-11-12", "Doc"]
