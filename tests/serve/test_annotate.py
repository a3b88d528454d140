from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tejarat.cli import app
from tejarat.corpus.format import load
from tejarat.errors import ConversionError
from tejarat.schema import Area, ArticleFacts, Entity, Filler, Money, Relation
from tejarat.serve.annotate import annotate, certainty
from tejarat.serve.corrections import Folder

TEXT = "صادرات به هند 5 دلار شد."


def facts(id: str, *scores: float, relation: bool = True) -> ArticleFacts:
    start = TEXT.index("5")
    money = Entity("e1", start, start + 6, "MONEY", "5 دلار", scores[0] if scores else 1.0, Money(5, "USD"))
    found = Relation(
        "r1", "export", (Area("IR", "ایران"),), value=Filler(Money(5, "USD"), "e1"), score=scores[-1]
    )
    return ArticleFacts(id, None, TEXT, (money,), (found,) if relation else ())


def test_certainty_is_that_of_what_is_least_sure() -> None:
    assert certainty(facts("a", 0.9, 0.4)) == pytest.approx(0.4)
    assert certainty(ArticleFacts("a", None, TEXT)) == 1.0
    many = tuple(Entity(f"e{n}", n, n + 1, "PRODUCT", "x", n / 10) for n in range(8))
    assert certainty(ArticleFacts("a", None, TEXT, many)) == pytest.approx((0.0 + 0.1) / 2)


def test_files_are_written_once_and_listed_least_certain_first(tmp_path: Path) -> None:
    articles = [facts("a/b", 0.9), facts("a b", 0.3), facts("c", 0.5, relation=False)]
    assert list(annotate(articles, tmp_path)) == ["a-b", "a-b-2", "c"]
    assert [e["id"] for e in Folder(tmp_path).entries()] == ["a b", "c", "a/b"]
    stored = load(tmp_path / "a-b.txt")
    assert (stored.meta["readings"], stored.meta["certainty"]) == ("0", "0.900")
    assert stored.facts.relations[0].value == articles[0].relations[0].value
    assert load(tmp_path / "c.txt").kind == "negative"
    Folder(tmp_path).save(Folder(tmp_path).read("a-b-2").facts.to_dict(), "a-b-2")
    assert [e["id"] for e in Folder(tmp_path).entries()] == ["c", "a/b", "a b"]
    assert list(annotate([*articles, facts("a:b", 0.1)], tmp_path)) == ["a-b-3"]


def test_the_least_certain_are_chosen(tmp_path: Path) -> None:
    articles = [facts(str(n), n / 10) for n in (5, 2, 9, 1, 7)]
    assert list(annotate(articles, tmp_path, most=2)) == ["1", "2"]


def test_what_the_format_cannot_hold_is_told(tmp_path: Path) -> None:
    bad, name = annotate([facts("two\nlines", 0.5), facts("good", 0.5)], tmp_path)
    assert isinstance(bad, ConversionError)
    assert name == "good"


def test_the_command(tmp_path: Path, tiny_model: Path) -> None:
    (tmp_path / "news.txt").write_text(TEXT, encoding="utf-8")
    command = [
        "annotate",
        str(tmp_path / "news.txt"),
        "-o",
        str(tmp_path / "out"),
        "--model",
        str(tiny_model),
    ]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    assert load(tmp_path / "out" / "news.txt").facts.text == TEXT
    assert (
        CliRunner().invoke(app, ["annotate", str(tmp_path / "out"), "-o", "x", "--model", "y"]).exit_code != 0
    )
    (tmp_path / "empty").mkdir()
    assert CliRunner().invoke(app, ["annotate", str(tmp_path / "empty"), "-o", "x"]).exit_code in (1, 2)
