from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tejarat.corpus.format import load
from tejarat.errors import CorrectionError, UnknownArticleError
from tejarat.serve.corrections import Folder, corrected, warnings

TEXT = "🔹 صادرات پسته {استان} به هند\n---\nبه 5 میلیون دلار رسید؛ 12 درصد کمتر."


def facts(**changes: Any) -> dict[str, Any]:
    def span(n: int, words: str, label: str) -> dict[str, Any]:
        start = TEXT.index(words)
        return {"id": f"x{n}", "start": start, "end": start + len(words), "label": label, "text": "?"}

    relation = {
        "flow": "export", "reporters": [{"code": "IR-08"}], "partners": [{"code": "IN"}],
        "products": [{"name": "پسته", "entity": "x1"}],
        "value": {"amount": 5e6, "currency": "USD", "entity": "x2"},
        "growth": {"percent": -12, "entity": "x3"},
        "period": {"start": "2024-03-20", "end": "2025-03-20"},
    }  # fmt: skip
    spans = [span(3, "12 درصد", "PERCENT"), span(1, "پسته", "PRODUCT"), span(2, "5 میلیون دلار", "MONEY")]
    return {
        "id": "kerman",
        "date": "2025-11-12",
        "text": TEXT,
        "entities": spans,
        "relations": [relation],
    } | changes


def test_a_correction_is_saved_as_a_corpus_article_and_read_back(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    name, article = folder.save(facts())
    assert name == "kerman"
    assert warnings(article) == []
    stored = load(tmp_path / "kerman.txt")
    assert stored.facts.text == TEXT
    assert stored.meta["readings"] == "1"
    (relation,) = stored.facts.relations
    assert relation.growth is not None
    assert relation.growth.value.percent == -12
    again = folder.read(name).facts
    assert [e.text for e in again.entities] == ["پسته", "5 میلیون دلار", "12 درصد"]
    assert again.entities[1].value is not None
    assert folder.save(again.to_dict(), name)[0] == name
    assert (tmp_path / "kerman.txt").read_text(encoding="utf-8").count("kerman") == 1


def test_a_new_article_takes_no_others_place_and_an_old_one_keeps_its_header(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert [folder.save(facts())[0] for _ in range(3)] == ["kerman", "kerman-2", "kerman-3"]
    path = tmp_path / "kerman.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("readings: 1", "readings: 2\nstyle: agency"))
    folder.save(facts(), "kerman")
    assert load(path).meta | {"readings": "2", "style": "agency"} == load(path).meta
    assert [e["name"] for e in folder.entries()] == ["kerman", "kerman-2", "kerman-3"]


@pytest.mark.parametrize("name", ["../kerman", "/etc/passwd", "absent", "", ".hidden"])
def test_only_listed_names_are_read(tmp_path: Path, name: str) -> None:
    (tmp_path.parent / "kerman.txt").write_text("x")
    (tmp_path / "link.txt").symlink_to(tmp_path.parent / "kerman.txt")
    for wanted in (name, "link"):
        with pytest.raises(UnknownArticleError):
            Folder(tmp_path).read(wanted)


@pytest.mark.parametrize(("id", "name"), [("../../x", "-..-x"), ("a/b", "a-b"), ("", "article")])
def test_an_id_is_no_path(tmp_path: Path, id: str, name: str) -> None:
    if id:
        assert Folder(tmp_path).save(facts(id=id))[0] == name
        assert [p.name for p in tmp_path.iterdir()] == [f"{name}.txt"]
    else:
        with pytest.raises(CorrectionError):
            Folder(tmp_path).save(facts(id=id))


SPAN = {"id": "x9", "start": 0, "end": 1, "label": "MONEY", "text": ""}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"entities": [SPAN, SPAN | {"id": "x8"}]}, "overlaps"),
        ({"entities": [SPAN | {"end": 9999}]}, "not within"),
        ({"entities": []}, "not there"),
        ({"entities": [SPAN | {"label": "CITY"}]}, "CITY"),
        ({"relations": [{"flow": "barter"}]}, "barter"),
        ({"relations": [{"flow": "export", "reporters": [{"code": "x y"}]}]}, "starts"),
        ({"relations": [{"flow": "export", "reporters": [{"code": "IR; target"}]}]}, "modality, reporters"),
        ({"relations": [{"flow": "export", "value": {"amount": 1, "currency": "USD"}}]}, "value"),
        ({"relations": [{"flow": "export", "reporters": [{"code": "NOWHERE"}]}]}, "no country"),
        ({"relations": [{"flow": "export", "quantity": {"amount": 1, "unit": "stone"}}]}, "unit"),
        (
            {"relations": [{"flow": "export", "period": {"start": "2025-02-01", "end": "2024-01-01"}}]},
            "before",
        ),
        ({"relations": [{}]}, "missing"),
        ({"relations": 5}, "int"),
        ({"date": "yesterday"}, "yesterday"),
        ({"id": "two\nlines"}, "line"),
        ({"text": None}, "None"),
    ],
)
def test_what_cannot_be_saved_is_refused_with_a_reason(changes: dict[str, Any], reason: str) -> None:
    with pytest.raises(CorrectionError, match=reason):
        corrected(facts(**changes))
