from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statements import article, statement

from tejarat.report.payload import payload, utf16, year
from tejarat.schema import Entity, Evidence, Quantity


@given(st.text(max_size=60), st.data())
def test_offsets_count_utf16_units(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    units = len(text[:offset].encode("utf-16-le", "surrogatepass")) // 2
    assert utf16(text)(offset) == units


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2024-03-20", "2025-03-20", "1403"),
        ("2024-04-20", "2024-06-20", "1403"),
        ("2024-01-01", "2024-12-31", "2024"),
        ("2023-01-01", "2024-12-31", None),
        ("0001-01-01", "0001-12-31", None),
        ("2025-01-01", "2024-01-01", None),
    ],
)
def test_years(start: str, end: str, expected: str | None) -> None:
    assert year(start, end) == expected


def test_relations_that_share_an_amount_know_each_other() -> None:
    shared = [
        statement(1, partners="IQ", usd=9, entity="e1"),
        statement(2, partners="TR", usd=9, entity="e1"),
    ]
    data = payload([article("first", statement(1, usd=1, entity="e1")), article("second", *shared)])
    alone, one, other = data["rows"]
    assert "shared" not in alone
    assert one["shared"] == other["shared"] == {"value": 1}
    assert one["joint"]["value"]["partners"] == other["joint"]["value"]["partners"] == ["IQ", "TR"]


def test_articles_keep_their_text_and_say_their_spans_where_it_was_left_out() -> None:
    text = "🔹 پسته"
    span = Entity("e1", 2, 6, "PRODUCT", "پسته")
    whole = statement(1, goods="پسته", evidence=Evidence(0, 6))
    shown = payload([article("a", whole, text=text, spans=(span,)), article("b", whole, spans=(span,))])
    a, b = shown["articles"]
    assert a["text"] == text
    assert (a["spans"][0]["start"], a["spans"][0]["end"]) == (3, 7)
    assert "text" not in a["spans"][0]
    assert b["spans"][0]["text"] == "پسته"
    assert shown["rows"][0]["evidence"] == {"start": 0, "end": 7}
    assert shown["areas"]["IR"] == ["ایران", "Iran"]


def test_a_row_is_plain_json_with_codes_and_where_its_quantity_stands() -> None:
    relation = statement(1, partners="IQ", year=2024)
    object.__setattr__(relation, "quantity", Quantity(3, "t", start=2, end=5))
    row = json.loads(json.dumps(payload([article("a", relation)])["rows"][0]))
    assert row["partners"] == ["IQ"]
    assert row["quantity"] == {"amount": 3, "unit": "t", "start": 2, "end": 5}
    assert row["period"] == {"start": "2024-01-01", "end": "2024-12-31"}
    assert row["days"][1] - row["days"][0] == 365
