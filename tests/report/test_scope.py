from __future__ import annotations

from typing import Any

import pytest
from statements import statement

from tejarat.report.scope import numbering, scopes

EXPORTS_TO_IRAQ = {"partners": "IQ", "year": 2024}


def is_part(one: dict[str, Any], other: dict[str, Any], articles: tuple[int, int] = (0, 0)) -> bool:
    number = numbering()
    within = scopes(statement(1, **one), articles[0], number)[2]
    covers = scopes(statement(2, **other), articles[1], number)[1]
    return bool(set(within) & set(covers))


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ({"partners": "IQ"}, {}),
        ({"goods": "پسته"}, {}),
        ({"partners": "IQ", "goods": "پسته"}, {"partners": "IQ"}),
        ({"partners": "IQ"}, {"partners": "IQ TR"}),
        ({"goods": "پسته"}, {"goods": "خرما پسته"}),
        ({"reporter": "IR-08"}, {"reporter": "IR"}),
        ({"reporter": "IR-08", "partners": "IN"}, {}),
        ({"partners": "IQ"}, {"partners": "WORLD"}),
        ({"goods": "كيوي"}, {"goods": "کیوی"}),
    ],
)
def test_parts_are_within_their_wholes_and_never_the_other_way(
    part: dict[str, Any], whole: dict[str, Any]
) -> None:
    assert is_part(part, whole)
    if "كيوي" not in part.values():
        assert not is_part(whole, part)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"flow": "import"}, {}),
        ({"partners": "IQ"}, {"partners": "TR"}),
        ({"partners": "IQ TR"}, {"partners": "TR"}),
        ({"reporter": "TJ"}, {"reporter": "IR"}),
        ({"goods": "پسته"}, {"goods": "خرما"}),
        (EXPORTS_TO_IRAQ, {"partners": "IQ"}),
    ],
)
def test_other_flows_sides_and_goods_are_no_wholes(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert not is_part(one, other)


def test_without_a_period_only_the_same_amount_is_the_same_in_another_article() -> None:
    assert is_part({"partners": "IQ", "usd": 5}, {"usd": 9}, (0, 0))
    assert not is_part({"partners": "IQ", "usd": 5}, {"usd": 9}, (0, 1))
    assert is_part({"partners": "IQ", "usd": 5}, {"partners": "IQ", "usd": 5}, (0, 1))
    assert not is_part({"partners": "IQ", "usd": 5}, {"partners": "IQ", "usd": 6}, (0, 1))
