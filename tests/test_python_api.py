from __future__ import annotations

import itertools
import re
import sys
from pathlib import Path
from typing import Any

import pytest

import tejarat
from tejarat import api, display
from tejarat.doc import set_entities
from tejarat.errors import MissingExtraError
from tejarat.schema import (
    Area,
    ArticleFacts,
    Commodity,
    Entity,
    Filler,
    Money,
    Percent,
    Period,
    Quantity,
    Rank,
    Relation,
)

PAGE = Path(__file__).parent.parent / "docs" / "python-api.md"
TEXT = "صادرات پسته به هند 5 دلار شد."
ENTITIES = (
    Entity("e1", 7, 11, "PRODUCT", "پسته"),
    Entity("e2", 15, 18, "COUNTRY", "هند"),
    Entity("e3", 19, 25, "MONEY", "5 دلار", 0.9, Money(5, "USD")),
)
FULL = Relation(
    "r1", "export", (Area("IR", "ایران"),), (Area("IN", "هند", "e2"),), (Commodity("پسته", "e1", "08"),),
    Filler(Money(5, "USD", 7), "e3"), Quantity(2, "t"), Filler(Percent(3), None), Filler(Percent(-4), None),
    Filler(Rank(1, 3), None), "world", Period("2024-03-20", "2025-03-20"),
)  # fmt: skip
FACTS = ArticleFacts("a", "2025-01-02", TEXT, ENTITIES, (FULL, Relation("r2", "trade")))


def test_the_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("pandas")
    snippets = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    assert len(snippets) > 5
    scope: dict[str, Any] = {}
    for snippet in snippets:
        exec(compile(snippet, str(PAGE), "exec"), scope)
    out = capsys.readouterr().out
    assert "MONEY Money(amount=190000000.0, currency='USD'" in out
    assert "Period(start='2024-03-20', end='2025-03-20'" in out
    assert "پسته" in scope["svg"]


def test_relations_as_a_table() -> None:
    first, second = api.to_arrow([FACTS]).to_pylist()
    assert first | {"evidence": ""} == {
        "article": "a", "date": "2025-01-02", "relation": "r1", "flow": "export",
        "reporters": ["IR"], "reporter_names": ["ایران"], "partners": ["IN"], "partner_names": ["هند"],
        "products": ["پسته"], "hs": ["08"], "value": 5.0, "value_max": 7.0, "currency": "USD",
        "quantity": 2.0, "quantity_max": None, "unit": "t", "share": 3.0, "share_max": None,
        "growth": -4.0, "growth_max": None, "rank": 1, "rank_max": 3, "rank_scope": "world",
        "period_start": "2024-03-20", "period_end": "2025-03-20", "modality": "actual", "score": 1.0, "evidence": "",
    }  # fmt: skip
    assert {v for k, v in second.items() if not isinstance(v, list)} == {
        "a",
        "2025-01-02",
        "r2",
        "trade",
        "actual",
        "",
        1.0,
        None,
    }


def test_spans_and_articles_as_tables() -> None:
    spans = api.to_arrow([FACTS], rows="entities").to_pylist()
    assert [(s["article"], s["text"], s["label"]) for s in spans] == [
        ("a", e.text, e.label) for e in ENTITIES
    ]
    assert spans[2]["value"]["amount"] == 5
    (row,) = api.to_arrow([FACTS], rows="articles").to_pylist()
    assert ArticleFacts.from_dict(row).relations[1] == FACTS.relations[1]
    assert api.to_arrow([]).num_rows == 0


def test_pandas_reads_days_and_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pandas")
    frame = api.to_pandas([FACTS])
    assert frame.period_end[0].year == 2025
    assert frame.period_end.isna()[1]
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtraError, match=r"tejarat\[pandas\]"):
        api.to_pandas([FACTS])


def test_extract_is_a_stream(tiny_model: Path) -> None:
    endless = itertools.repeat(TEXT)
    stream = tejarat.extract(endless, nlp=tejarat.load(tiny_model), batch_size=4)
    assert [next(stream).id for _ in range(3)] == ["1", "2", "3"]


def test_drawings_go_from_the_measure_and_right_to_left(tiny_model: Path) -> None:
    doc = tejarat.load(tiny_model).make_doc(TEXT)
    set_entities(doc, ENTITIES)
    doc._.relations = FACTS.relations
    drawn = display.drawing(FACTS, FULL)
    assert [w["text"] for w in drawn["words"]] == ["پسته", "هند", "5 دلار"]
    assert drawn["arcs"] == [
        {"start": 0, "end": 2, "label": "product", "dir": "left"},
        {"start": 1, "end": 2, "label": "partner", "dir": "left"},
    ]
    svg = display.relations(doc, page=True)
    assert svg.count("<svg") == 1
    assert "direction: rtl" in svg
    assert svg.count("displacy-label") == 2
    html = display.spans(doc)
    assert html.count("<mark") == 3
    assert "rtl" in html
