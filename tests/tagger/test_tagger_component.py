from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from tiny_models import TEXTS

from tejarat import doc as doc_extensions
from tejarat.errors import ModelError
from tejarat.tagger.component import TradeTagger, make_tagger
from tejarat.tagger.model import load_model
from tejarat.tagger.shipped import shipped_model_path
from tejarat.tagger.tagger import Tagger


def pipeline(model: Path) -> Language:
    nlp = spacy.blank("fa", config={"nlp": {"tokenizer": {"@tokenizers": doc_extensions.TOKENIZER}}})
    nlp.add_pipe("trade_tagger", config={"model": str(model)})
    return nlp


def facts(nlp: Language, texts: list[str]) -> list[list[tuple[int, int, str, float]]]:
    docs = nlp.pipe(texts)
    return [[(s.start_char, s.end_char, s.label_, round(s._.score, 4)) for s in doc.ents] for doc in docs]


def test_ents_are_the_taggers_spans_with_scores(exported: Path) -> None:
    text = "\n\n".join(TEXTS)
    expected = [(e.start, e.end, e.label, round(e.score, 4)) for e in Tagger(load_model(exported)).tag(text)]
    assert expected
    nlp = pipeline(exported)
    assert facts(nlp, [text]) == [expected]
    assert [(s.start_char, s.end_char) for s in nlp(text).ents] == [e[:2] for e in expected]


def test_pipe_keeps_the_order_and_the_context(exported: Path) -> None:
    nlp = pipeline(exported)
    pairs = [(text, n) for n, text in enumerate(TEXTS * 4)]
    out = list(nlp.pipe(pairs, as_tuples=True, batch_size=3))
    assert [(doc.text, n) for doc, n in out] == pairs


@pytest.mark.parametrize("which", ["exported", "compact"])
def test_a_saved_pipeline_needs_nothing_but_its_folder(
    which: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    model = Path(shutil.copytree(request.getfixturevalue(which), tmp_path / "model"))
    nlp = pipeline(model)
    expected = facts(nlp, TEXTS)
    nlp.to_disk(tmp_path / "saved")
    shutil.rmtree(model)
    moved = (tmp_path / "saved").rename(tmp_path / "moved")
    assert facts(spacy.load(moved), TEXTS) == expected


def test_a_saved_pipeline_loads_where_nobody_imported_us(exported: Path, tmp_path: Path) -> None:
    pipeline(exported).to_disk(tmp_path / "saved")
    program = "import sys, spacy; nlp = spacy.load(sys.argv[1]); print(len(nlp(sys.argv[2]).ents))"
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "saved"), TEXTS[0]],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout) == len(pipeline(exported)(TEXTS[0]).ents)


def test_processes_load_their_own_model(exported: Path) -> None:
    nlp = pipeline(exported)
    expected = facts(nlp, TEXTS)  # The parent's session exists before the fork.
    docs = nlp.pipe(TEXTS, n_process=2, batch_size=1)
    assert [
        [(s.start_char, s.end_char, s.label_, round(s._.score, 4)) for s in doc.ents] for doc in docs
    ] == expected


def test_a_component_can_be_pickled(exported: Path) -> None:
    component = make_tagger(spacy.blank("fa"), "trade_tagger", str(exported), "onnx")
    doc = pipeline(exported).make_doc(TEXTS[0])
    component(doc)
    again: TradeTagger = pickle.loads(pickle.dumps(component))
    assert again.tagger.tag(TEXTS[0]) == component.tagger.tag(TEXTS[0])


def test_another_tokenizer_widens_spans_and_breaks_nothing(exported: Path) -> None:
    nlp = spacy.blank("fa")
    nlp.add_pipe("trade_tagger", config={"model": str(exported)})
    text = "«پسته»،خرما(ایران)12%"
    doc = nlp(text)
    assert doc.text == text


def test_building_is_lazy_and_a_missing_model_is_one_line() -> None:
    component = make_tagger(spacy.blank("fa"), "trade_tagger", "./no/such/model", "auto")
    with pytest.raises(ModelError, match="no such folder"):
        component(spacy.blank("fa")("پسته"))


def test_the_shipped_model_lies_beside_the_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    package = tmp_path / "src" / "tejarat" / "tagger"
    monkeypatch.setattr("tejarat.tagger.shipped.__file__", str(package / "shipped.py"))
    with pytest.raises(ModelError, match="train one"):
        shipped_model_path()
    clone = tmp_path / "models" / "tejarat-compact"
    clone.mkdir(parents=True)
    assert shipped_model_path() == clone
    wheel = tmp_path / "src" / "tejarat" / "models" / "tejarat-compact"
    wheel.mkdir(parents=True)
    assert shipped_model_path() == wheel
