"""Amounts of money and prices for a unit."""

from __future__ import annotations

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st
from value_cases import TEXTS, amount, marked, pairs, variants

from tejarat.schema import Money
from tejarat.values.money import is_unit_price, read_money
from tejarat.values.tables import rows


@pytest.mark.parametrize(("text", "expected"), pairs("money"))
def test_read(text: str, expected: str) -> None:
    want = None
    if expected != "None":
        cell, currency = expected.split()
        low, high = amount(cell)
        want = Money(low, currency, high)
    assert read_money(text) == want
    for variant in variants(text):
        assert read_money(variant) == want, variant


@pytest.mark.parametrize(("text", "expected"), pairs("unit_price"))
def test_unit_price(text: str, expected: str) -> None:
    assert is_unit_price(*marked(text)) == (expected == "yes")


def test_every_currency_of_the_table_is_read() -> None:
    past = {"FRF", "DEM", "ITL", "BEF", "NLG", "BGN"}  # of the years before the euro
    for row in rows("currencies"):
        assert row["code"] in past or pycountry.currencies.get(alpha_3=row["code"]), row
        money = read_money(f"5 {row['name']}")
        assert money is not None, row
        assert money.currency == row["code"], row
        assert money.amount == pytest.approx(5 * float(row["factor"])), row


@given(
    st.integers(1, 10**9),
    st.sampled_from(["هزار", "میلیون", "میلیارد"]),
    st.sampled_from(["دلار", "دلاری", "دلار آمریکا"]),
)
def test_amounts_are_read_back(n: int, scale: str, currency: str) -> None:
    factor = {"هزار": 1e3, "میلیون": 1e6, "میلیارد": 1e9}[scale]
    assert read_money(f"{n} {scale} {currency}") == Money(pytest.approx(n * factor), "USD")


@given(TEXTS, st.integers(0, 80), st.integers(0, 80))
def test_never_raises(text: str, a: int, b: int) -> None:
    money = read_money(text)
    assert money is None or len(money.currency) == 3
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    assert is_unit_price(text, start, end) in (True, False)
