"""Names of goods and their chapters."""

from __future__ import annotations

import pytest
from hypothesis import given
from value_cases import TEXTS, rows, variants

from tejarat.schema import Product
from tejarat.values import tables
from tejarat.values.products import read_product


@pytest.mark.parametrize("row", rows("product"), ids=lambda r: r["text"])
def test_read(row: dict[str, str]) -> None:
    want = Product(row["name"], None if row["hs"] == "None" else row["hs"])
    assert read_product(row["text"]) == want
    for variant in variants(row["text"]):
        assert read_product(variant) == want, variant


def test_the_table_covers_the_harmonized_system() -> None:
    table = tables.rows("products")
    assert len(table) >= 1500
    assert {r["chapter"] for r in table} == {f"{n:02}" for n in range(1, 98) if n != 77}
    assert all(r["source"] for r in table)


def test_every_name_of_the_table_has_its_chapter() -> None:
    wrong = [r["name"] for r in tables.rows("products") if read_product(r["name"]).hs != r["chapter"]]
    assert wrong == []


@given(TEXTS)
def test_never_raises(text: str) -> None:
    product = read_product(text)
    assert product.hs is None or len(product.hs) == 2
    assert product.name or not text.strip()
