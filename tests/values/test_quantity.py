"""Weights and counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from value_cases import TEXTS, pairs, rows, variants

from tejarat.schema import UNITS
from tejarat.values import tables
from tejarat.values.quantity import find_quantities


def told(text: str, *, surface: bool = True) -> list[str]:
    """What is found, in the words of the table."""
    out = []
    for q in find_quantities(text):
        size = f"{q.amount:.12g}" if q.amount_max is None else f"{q.amount:.12g}..{q.amount_max:.12g}"
        out.append(f"{text[q.start : q.end]}={size} {q.unit}" + (" per" if q.per else ""))
    return out if surface else [one.rsplit("=", 1)[1] for one in out]


@pytest.mark.parametrize(("text", "expected"), pairs("quantity"))
def test_find(text: str, expected: str) -> None:
    want = expected.split(" ; ") if expected else []
    assert told(text) == want
    for variant in variants(text):
        assert told(variant, surface=False) == [one.rsplit("=", 1)[1] for one in want], variant


def test_every_unit_of_the_table_is_read() -> None:
    for row in tables.rows("units"):
        assert row["unit"] in UNITS, row
        (found,) = find_quantities(f"حدود 12 {row['name']} از آن")
        assert found.unit == row["unit"], row
        assert found.amount == pytest.approx(12 * float(row["factor"])), row


def test_the_cases_cover_every_unit() -> None:
    assert {
        part.split("=")[-1].split()[1] for r in rows("quantity") for part in r["found"].split(" ; ") if part
    } == set(UNITS)


@given(st.integers(2, 10**9), st.sampled_from(["تن", "بشکه", "لیتر", "دستگاه"]))
def test_amounts_are_read_back(n: int, unit: str) -> None:
    (found,) = find_quantities(f"بیش از {n:,} {unit} کالا")
    assert found.amount == n


@given(TEXTS)
def test_any_text_gives_sound_quantities(text: str) -> None:
    at = 0
    for quantity in find_quantities(text):
        assert at <= quantity.start < quantity.end <= len(text)
        assert quantity.unit in UNITS
        at = quantity.end
