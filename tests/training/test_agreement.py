"""The agreement of two annotations: all where they are the same, less where one lacks a span or a slot."""

from __future__ import annotations

import json
from pathlib import Path

import agreement
import pytest

ARTICLE = """# tejarat article 1
id: a
date: none
kind: trade
---
صادرات {p1:پسته} {c:ایران} به {c:هند} در سال ۱۴۰۲ به {m1:۳ میلیون دلار} رسید.
---
export IR -> IN; products p1; value m1 3000000 USD; period 1402
"""


def folders(tmp_path: Path, second: str) -> list[str]:
    for name, text in (("first", ARTICLE), ("second", second)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.txt").write_text(text, "utf-8")
    return [str(tmp_path / "first"), str(tmp_path / "second")]


def test_the_same_annotation_agrees(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert agreement.main([*folders(tmp_path, ARTICLE), "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert (
        scores["spans"]["ALL"]["f1"] == scores["slots"]["ALL"]["f1"] == scores["relations_exact"]["f1"] == 1.0
    )


def test_a_difference_lowers_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    second = ARTICLE.replace("{c:هند}", "هند").replace("; period 1402", "")
    assert agreement.main([*folders(tmp_path, second), "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)
    assert scores["spans"]["COUNTRY"]["f1"] == pytest.approx(2 / 3, abs=1e-3)
    assert scores["relations_exact"]["f1"] == 0.0


def test_other_texts_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert agreement.main(folders(tmp_path, ARTICLE.replace("رسید", "رسيد"))) == 1
    assert "not the same articles: a" in capsys.readouterr().err
