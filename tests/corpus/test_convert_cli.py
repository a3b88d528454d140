"""`tejarat corpus convert`, there and back, over real files."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from tejarat.cli import app
from tejarat.cli.corpus import CorpusForm
from tejarat.corpus.convert import FORMATS
from tejarat.corpus.format import load

ARTICLE = """# tejarat article 1
id: {id}
date: 2025-11-12
kind: trade
style: agency
---
صادرات {{p1:پسته}} به {{c:عراق}}  به {{m1:3 میلیون دلار}} رسید.
---
export IR -> IQ; products p1; value m1 3000000 USD !; quantity 2.5 t; period 2024-03-20..2025-03-20; potential
"""


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    (folder / "w1").mkdir(parents=True)
    for id in ("a", "b"):
        (folder / "w1" / f"{id}.txt").write_text(ARTICLE.format(id=id), "utf-8")
    return folder


def run(*args: object) -> Result:
    return CliRunner().invoke(app, ["corpus", "convert", *map(str, args)])


def test_the_command_knows_every_format() -> None:
    assert tuple(CorpusForm) == FORMATS


@pytest.mark.parametrize("name", FORMATS)
def test_there_and_back(name: str, corpus: Path, tmp_path: Path) -> None:
    away, back = tmp_path / "away", tmp_path / "back"
    there = run(corpus, "--to", name, "--output", away)
    assert there.exit_code == 0, there.output
    assert there.stdout == ""
    assert ("lost: relations, values, and the exact white space" in there.stderr) == (name == "conll")
    done = run(away, "--from", name, "--output", back)
    assert (done.exit_code, done.stderr) == (0, f"2 articles written to {back}\n")
    for id in ("a", "b"):
        if name == "conll":
            assert load(back / f"{id}.txt").facts.text == "صادرات پسته به عراق به 3 میلیون دلار رسید ."
        else:
            assert (back / f"{id}.txt").read_text("utf-8") == ARTICLE.format(id=id)


def test_faults_are_one_line_and_nothing_is_written(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text("{}\n", "utf-8")
    for args in (
        (tmp_path / "bad.jsonl", "--from", "jsonl"),
        (tmp_path / "none", "--from", "brat"),
        (corpus, "--from", "docbin"),
    ):
        done = run(*args, "--output", tmp_path / "out")
        assert done.exit_code == 1
        assert len(done.stderr.splitlines()) == 1
    assert run(corpus, "--to", "brat", "--output", corpus).exit_code == 1
    assert not (tmp_path / "out").exists()


def test_an_article_that_cannot_be_read_is_told_and_the_rest_is_done(corpus: Path, tmp_path: Path) -> None:
    (corpus / "c.txt").write_text("no article", "utf-8")
    done = run(corpus, "--to", "jsonl", "--output", tmp_path / "out.jsonl")
    assert done.exit_code == 1
    assert "c.txt:1: " in done.stderr
    assert len((tmp_path / "out.jsonl").read_text("utf-8").splitlines()) == 2


def test_wrong_usage(corpus: Path, tmp_path: Path) -> None:
    assert run(corpus, "--output", tmp_path / "x").exit_code == 2
    assert run(corpus, "--to", "brat", "--from", "brat", "--output", tmp_path / "x").exit_code == 2
    assert run(tmp_path / "none", "--to", "brat", "--output", tmp_path / "x").exit_code == 2
