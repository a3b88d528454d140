from __future__ import annotations

import json
from pathlib import Path

import pytest
from evaluate import evaluate, load_gold, main, on_gold_spans, with_values
from spacy.language import Language

from tejarat import pipeline
from tejarat.corpus.format import parse
from tejarat.errors import CorpusError
from tejarat.schema import Money, Percent, Rank

ARTICLE = """# tejarat article 1
id: {id}
date: 2025-11-12
kind: trade
---
صادرات {{p1:پسته}} قزوین به {{c:عراق}} با {{t1:۱۲ درصد}} کاهش به {{m1:3 میلیون دلار}} رسید؛ {{r1:رتبه سوم}} در جهان. {{m2:۵ یورو}}
---
export IR-26 -> IQ; products p1; value m1 3000000 USD; growth t1 -12; rank r1 3 world; period 1403; target
import IR <- DE; value m2 6 EUR !; share t1 12; quantity 2 t; potential
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    (folder / "articles").mkdir(parents=True)
    for name in "abc":
        (folder / "articles" / f"{name}.txt").write_text(ARTICLE.format(id=name), "utf-8")
    (folder / "splits.json").write_text('{"train": ["a"], "dev": ["b"], "test": ["c"]}', "utf-8")
    return folder


@pytest.fixture(scope="module")
def nlp(tiny_model: Path) -> Language:
    return pipeline.load(tiny_model)


def gold_file(corpus: Path) -> Path:
    path = corpus.parent / "gold.jsonl"
    path.write_text("".join(json.dumps(g.to_dict()) + "\n\n" for g in load_gold(corpus)), "utf-8")
    return path


def test_spans_take_the_values_that_relations_write_out() -> None:
    article = with_values(parse(ARTICLE.format(id="a")))
    values = {e.text: e.value for e in article.entities}
    assert values["۱۲ درصد"] == Percent(12.0)
    assert values["3 میلیون دلار"] == Money(3e6, "USD")
    assert values["رتبه سوم"] == Rank(3)
    assert values["۵ یورو"] is None
    assert values["عراق"] is None


def test_gold_comes_from_a_folder_or_a_file(corpus: Path) -> None:
    assert [g.id for g in load_gold(corpus)] == ["a", "b", "c"]
    assert [g.id for g in load_gold(corpus, "dev")] == ["b"]
    assert load_gold(gold_file(corpus)) == load_gold(corpus)


def test_gold_that_cannot_be_used(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('\n{"id": "a"}\n', "utf-8")
    with pytest.raises(CorpusError, match=r"bad.jsonl:2: not an article"):
        load_gold(tmp_path / "bad.jsonl")
    with pytest.raises(CorpusError):
        load_gold(tmp_path / "none.jsonl")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CorpusError, match="no articles"):
        load_gold(tmp_path / "empty")
    (corpus / "splits.json").unlink()
    with pytest.raises(CorpusError, match="leave --split out"):
        load_gold(corpus, "dev")


def test_gold_spans_stay_and_their_values_are_read(corpus: Path, nlp: Language) -> None:
    gold = load_gold(corpus)
    for one, found in zip(gold, on_gold_spans(nlp, gold), strict=True):
        assert (found.id, found.date) == (one.id, one.date)
        assert [(e.start, e.end, e.label) for e in found.entities] == [
            (e.start, e.end, e.label) for e in one.entities
        ]
        assert {e.text: e.value for e in found.entities}["3 میلیون دلار"] == Money(3e6, "USD")
    assert "trade_tagger" in nlp.pipe_names


def test_scores(corpus: Path, nlp: Language) -> None:
    scores = evaluate(nlp, load_gold(corpus), load_gold(corpus, "train"))
    assert scores["articles"] == 3
    assert scores["on_gold_spans"]["spans"]["ALL"]["f1"] == 1.0
    assert scores["end_to_end"]["spans"]["ALL"]["gold"] == 18
    assert scores["seqeval"]["micro"]["support"] == 18
    assert scores["products"]["seen"]["support"] == 3
    assert scores["undefined"] == []


def test_the_command(
    corpus: Path, tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "scores.json"
    args = ["--model", str(tiny_model), "--json", str(out)]
    assert main(["--gold", str(corpus), "--split", "test", "--train-corpus", str(corpus), *args]) == 0
    scores = json.loads(out.read_text("utf-8"))
    assert (scores["split"], scores["articles"]) == ("test", 1)
    shown = capsys.readouterr()
    for text in ("seqeval F1", "F1 gold spans", "F1 end to end", "all slots right", "goods seen"):
        assert text in shown.out


def test_a_score_without_gold_ends_with_1(
    corpus: Path, tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = load_gold(corpus, "dev")[0].to_dict()
    data["entities"] = [e for e in data["entities"] if e["label"] != "RANK"]
    data["relations"] = data["relations"][:1]
    (tmp_path / "gold.jsonl").write_text(json.dumps(data), "utf-8")
    args = ["--gold", str(tmp_path / "gold.jsonl"), "--model", str(tiny_model)]
    assert main(args) == 1
    errors = capsys.readouterr().err
    assert "undefined: spans RANK" in errors
    assert "undefined: slot quantity" in errors
    assert main([*args, "--partial"]) == 0


def test_our_errors_are_one_line(corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--gold", str(corpus), "--model", str(tmp_path / "none")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1
