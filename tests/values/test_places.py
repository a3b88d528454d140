"""Countries, provinces, cities and regions."""

from __future__ import annotations

import time

import pycountry
import pytest
from babel import Locale
from hypothesis import given
from value_cases import TEXTS, pairs, variants

from tejarat.schema import REGIONS
from tejarat.values.places import area_name, country_codes, find_areas, read_adjective, read_country
from tejarat.values.tables import rows

PROVINCES = {s.code for s in pycountry.subdivisions.get(country_code="IR")}


@pytest.mark.parametrize(("text", "expected"), pairs("country"))
def test_country(text: str, expected: str) -> None:
    for variant in (text, *variants(text)):
        country = read_country(variant)
        assert (country.code if country else "None") == expected, variant


def test_every_country_is_read_by_its_name() -> None:
    assert country_codes() == {c.alpha_2 for c in pycountry.countries}
    names = Locale("fa").territories
    for code in country_codes():
        for name in (names[code], area_name(code)):
            country = read_country(name)
            assert country is not None, name
            assert country.code == code, name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("کانادایی", "CA"),
        ("هنگ‌کنگی", "HK"),
        ("عراقی", "IQ"),
        ("ترکیه‌ای", "TR"),
        ("روسی", "RU"),
        ("آمریکایی", "US"),
    ],
)
def test_adjectives(text: str, code: str) -> None:
    country = read_adjective(text)
    assert country is not None
    assert country.code == code


@pytest.mark.parametrize(("text", "expected"), pairs("areas"))
def test_areas(text: str, expected: str) -> None:
    found = [f"{text[a.start : a.end]}={a.code} {a.kind}" for a in find_areas(text)]
    assert found == (expected.split(" ; ") if expected else [])


def test_codes_of_the_tables_exist() -> None:
    assert {r["code"] for r in rows("areas") if r["kind"] == "province"} == PROVINCES
    assert {r["code"] for r in rows("areas") if r["kind"] == "region"} == set(REGIONS)
    assert {r["code"] for r in rows("cities")} == PROVINCES
    assert len(rows("cities")) >= 250
    assert {r["code"] for r in rows("countries")} <= country_codes()
    assert {r["rule"] for r in rows("guards")} <= {"not before", "not after", "only before", "only after"}


@pytest.mark.parametrize("code", [*sorted(PROVINCES), *REGIONS])
def test_every_area_has_names(code: str) -> None:
    assert area_name(code) != code
    assert area_name(code, "en").isascii()


@pytest.mark.parametrize(
    "row", [r for r in rows("cities") if r["ambiguous"] != "yes"], ids=lambda r: r["name"]
)
def test_every_city_is_found(row: dict[str, str]) -> None:
    (found,) = find_areas(f"در شهرستان {row['name']} نیز")
    assert found.code == row["code"]


def test_an_article_takes_about_a_millisecond() -> None:
    text = "صادرات استان فارس به عراق و کشورهای همسایه در سال گذشته افزایش یافت و رشد کرد. " * 20  # 300 words
    find_areas(text)
    begin = time.perf_counter()
    for i in range(10):
        find_areas(text + " " * i)
    assert (time.perf_counter() - begin) / 10 < 0.02  # a wide margin for a busy machine


@given(TEXTS)
def test_any_text_gives_sound_areas(text: str) -> None:
    at = 0
    for area in find_areas(text):
        assert at <= area.start < area.end <= len(text)
        at = area.end
    read_country(text)
    read_adjective(text)
