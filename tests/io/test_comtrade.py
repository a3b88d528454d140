from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from tejarat.io import comtrade
from tejarat.io.outputs import Form
from tejarat.schema import (
    Area,
    ArticleFacts,
    Commodity,
    Evidence,
    Filler,
    Money,
    Percent,
    Period,
    Quantity,
    Rank,
    Relation,
)

RELATION = Relation(
    "r1",
    "export",
    (Area("IR-08", "کرمان"),),
    (Area("IN", "هند"), Area("EAEU", "اوراسیا")),
    (Commodity("پسته", "e1", "08"), Commodity("زعفران", "e2", "09"), Commodity("کالا", "e3")),
    Filler(Money(3e6, "USD", 4e6), "e4"),
    Quantity(2300.5, "t"),
    Filler(Percent(3.25), None),
    Filler(Percent(-12.0), "e5"),
    Filler(Rank(1, 3), "e6"),
    "world",
    Period("2024-03-20", "2025-03-20", "سال ۱۴۰۳"),
    "target",
    Evidence(5, 60),
    0.87654321,
)
FACTS = ArticleFacts("خبر", "2025-11-12", "متن", (), (RELATION, Relation("r2", "trade")))


def test_a_row_for_each_partner_and_commodity() -> None:
    rows = list(comtrade.rows(FACTS))
    assert [(r["partnerArea"], r["cmdDesc"]) for r in rows] == [
        (partner.code, goods.name) for partner in RELATION.partners for goods in RELATION.products
    ] + [(None, None)]
    assert [(r["groupId"], r["groupRow"], r["groupRows"]) for r in rows] == [
        *(("خبر:r1", n, 6) for n in range(1, 7)),
        ("خبر:r2", 1, 1),
    ]
    assert all(list(r.keys() & comtrade.COLUMNS.keys()) and set(r) == set(comtrade.COLUMNS) for r in rows)


def test_who_sums_the_first_rows_counts_nothing_twice() -> None:
    rows = list(comtrade.rows(FACTS))
    assert sum(r["value"] for r in rows if r["groupRow"] == 1 and r["value"]) == 3e6


def test_all_facts_stand_in_a_row() -> None:
    row = next(comtrade.rows(FACTS))
    expected = {
        "articleId": "خبر", "articleDate": "2025-11-12", "relationId": "r1", "flowCode": "X", "flowDesc": "Export",
        "reporterCode": 364, "reporterISO": "IRN", "reporterArea": "IR-08", "reporterDesc": "کرمان",
        "partnerCode": 699, "partnerISO": "IND", "cmdCode": "08", "cmdDesc": "پسته",
        "periodStart": "2024-03-20", "periodEnd": "2025-03-20", "periodDesc": "سال ۱۴۰۳",
        "value": 3e6, "valueMax": 4e6, "currency": "USD", "qty": 2300.5, "qtyUnit": "t", "share": 3.25,
        "growth": -12.0, "rank": 1, "rankMax": 3, "rankScope": "world", "modality": "target",
        "evidenceStart": 5, "evidenceEnd": 60, "score": 0.8765,
    }  # fmt: skip
    assert {k: row[k] for k in expected} == expected


@pytest.mark.parametrize(
    ("code", "number", "letters"),
    [
        ("IR", 364, "IRN"),
        ("IR-07", 364, "IRN"),
        ("AF", 4, "AFG"),
        ("US", 842, "USA"),
        ("FR", 251, "FRA"),
        ("WORLD", 0, "W00"),
        ("EU", None, None),
        ("CENTRAL-ASIA", None, None),
    ],
)
def test_numbers(code: str, number: int | None, letters: str | None) -> None:
    assert comtrade.numbers(code) == (number, letters)


def test_csv_can_be_read_back() -> None:
    form = Form.of("comtrade", "o.csv")
    text = (form.head + b"".join(form.render(FACTS))).decode("utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    for read, made in zip(rows, comtrade.rows(FACTS), strict=True):
        assert read == {k: "" if made[k] is None else str(made[k]) for k in comtrade.COLUMNS}


def test_every_column_is_explained() -> None:
    page = (Path(__file__).parents[2] / "docs" / "output.md").read_text("utf-8")
    named = set(re.findall(r"`(\w+)`", page.split("## Comtrade")[1]))
    assert set(comtrade.COLUMNS) <= named
