"""``tejarat explain`` as it is used: on a file, on standard input, as JSON, and on what cannot be explained."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tejarat.cli import app

TEXT = "۲۱ آبان ۱۴۰۴\nصادرات سیمان ایران به عراق امسال با ۱۲ درصد رشد به 3.5 میلیون دلار رسید."
WORD = "صادرات"


def run(*args: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, [str(a) for a in args], input=stdin)


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "a.txt"
    path.write_text(TEXT, "utf-8")
    return path


def test_json_tells_of_the_relations_that_extract_finds(article: Path, tiny_model: Path) -> None:
    for model in ([], ["--model", tiny_model]):
        done = run("explain", article, "--json", "--near", 3, *model)
        assert done.exit_code == 0, done.output
        told = json.loads(done.stdout)
        found = json.loads(run("extract", article, "--format", "jsonl", *model).stdout)
        assert [one["relation"] for one in told["relations"]] == found["relations"]
        assert (told["id"], told["date"]) == ("a", "2025-11-12")
        for one in told["relations"]:
            assert one["evidence"] in TEXT
            for slot in one["slots"]:
                assert slot["start"] is None or TEXT[slot["start"] : slot["end"]] == slot["text"]


def test_the_page_shows_evidence_slots_and_close_decisions(tiny_model: Path) -> None:
    done = run("explain", "-", "--near", "2", stdin=TEXT)
    assert done.exit_code == 0, done.output
    assert "r1 export · score " in done.stdout
    lines = done.stdout.splitlines()
    (evidence,) = [line for line in lines if "\u2067" in line and WORD in line]
    assert evidence.startswith("  \u2067")
    assert evidence.endswith("\u2069")
    assert any(line.startswith("  value") and "3,500,000 USD" in line for line in lines)
    assert any(line.startswith("  partners") and "IQ" in line for line in lines)
    assert sum("(threshold " in line for line in lines) == 2


def test_what_cannot_be_explained(tmp_path: Path) -> None:
    missing = run("explain", tmp_path / "none.txt")
    assert missing.exit_code == 1
    assert "none.txt" in missing.stderr
    empty = tmp_path / "folder"
    empty.mkdir()
    assert run("explain", empty).exit_code != 0


def test_an_article_without_trade(tiny_model: Path) -> None:
    done = run("explain", "-", stdin="باران آمد.")
    assert done.exit_code == 0
    assert "no trade statement" in done.stdout
