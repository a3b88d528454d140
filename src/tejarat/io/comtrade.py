"""Relations as rows in the manner of UN Comtrade: one for each reporter, partner and commodity of a relation.

Column names are Comtrade's where it has the thing. Amounts that a text states for several partners or goods
together stand in each of their rows; ``groupId`` is the same in all of them, and who sums takes those with
``groupRow`` 1 only.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import TYPE_CHECKING, Any

from tejarat.schema import Area, ArticleFacts, Commodity, Relation

if TYPE_CHECKING:
    import pyarrow as pa

#: Flow codes; ``T`` (both together) is ours, Comtrade has none.
FLOWS = {"export": ("X", "Export"), "import": ("M", "Import"), "trade": ("T", "Export and import")}
#: Areas that Comtrade numbers otherwise than ISO 3166-1 does (its reference file reporterAreas.json).
NUMBERS = {"CH": 757, "FR": 251, "IN": 699, "NO": 579, "TW": 490, "US": 842}
WORLD = (0, "W00")
#: Columns and their kinds, in order.
COLUMNS: dict[str, str] = {
    "articleId": "text", "articleDate": "text", "relationId": "text",
    "groupId": "text", "groupRow": "whole", "groupRows": "whole",
    "periodStart": "text", "periodEnd": "text", "periodDesc": "text",
    "flowCode": "text", "flowDesc": "text",
    "reporterCode": "whole", "reporterISO": "text", "reporterArea": "text", "reporterDesc": "text",
    "partnerCode": "whole", "partnerISO": "text", "partnerArea": "text", "partnerDesc": "text",
    "cmdCode": "text", "cmdDesc": "text",
    "value": "number", "valueMax": "number", "currency": "text",
    "qty": "number", "qtyMax": "number", "qtyUnit": "text",
    "share": "number", "shareMax": "number", "growth": "number", "growthMax": "number",
    "rank": "whole", "rankMax": "whole", "rankScope": "text",
    "modality": "text", "evidenceStart": "whole", "evidenceEnd": "whole", "score": "number",
}  # fmt: skip


def rows(facts: ArticleFacts) -> Iterator[dict[str, Any]]:
    """The rows of an article, in order of its relations; absent facts are None."""
    for relation in facts.relations:
        measures = _measures(relation)
        sides: list[tuple[Area | None, Area | None, Commodity | None]] = list(
            product(relation.reporters or (None,), relation.partners or (None,), relation.products or (None,))
        )
        for number, (reporter, partner, goods) in enumerate(sides, 1):
            yield {
                "articleId": facts.id,
                "articleDate": facts.date,
                "relationId": relation.id,
                "groupId": f"{facts.id}:{relation.id}",
                "groupRow": number,
                "groupRows": len(sides),
                **_area("reporter", reporter),
                **_area("partner", partner),
                "cmdCode": goods.hs if goods else None,
                "cmdDesc": goods.name if goods else None,
                **measures,
            }


def schema() -> pa.Schema:
    """The columns for Arrow."""
    import pyarrow as pa

    kinds = {"text": pa.string(), "whole": pa.int64(), "number": pa.float64()}
    return pa.schema([(name, kinds[kind]) for name, kind in COLUMNS.items()])


@cache
def numbers(code: str) -> tuple[int | None, str | None]:
    """Comtrade's number and ISO letters of an area of ours; a province has those of its country.

    Both are None for a bloc or region that is no country.
    """
    import pycountry

    if code == "WORLD":
        return WORLD
    # Two letters are a country's; EU and other blocs are not in ISO 3166-1.
    country = pycountry.countries.get(alpha_2=code.split("-")[0]) if len(code.split("-")[0]) == 2 else None
    if country is None:
        return None, None
    return NUMBERS.get(country.alpha_2, int(country.numeric)), country.alpha_3


def _area(side: str, area: Area | None) -> dict[str, Any]:
    number, iso = numbers(area.code) if area else (None, None)
    return {
        f"{side}Code": number,
        f"{side}ISO": iso,
        f"{side}Area": area.code if area else None,
        f"{side}Desc": area.name if area else None,
    }


def _measures(r: Relation) -> dict[str, Any]:
    """All that does not depend on the sides."""
    period, value, quantity = r.period, r.value and r.value.value, r.quantity
    share, growth, rank = r.share and r.share.value, r.growth and r.growth.value, r.rank and r.rank.value
    code, name = FLOWS[r.flow]
    return {
        "periodStart": period and period.start,
        "periodEnd": period and period.end,
        "periodDesc": period and period.text,
        "flowCode": code,
        "flowDesc": name,
        "value": value and value.amount,
        "valueMax": value and value.amount_max,
        "currency": value and value.currency,
        "qty": quantity and quantity.amount,
        "qtyMax": quantity and quantity.amount_max,
        "qtyUnit": quantity and quantity.unit,
        "share": share and share.percent,
        "shareMax": share and share.percent_max,
        "growth": growth and growth.percent,
        "growthMax": growth and growth.percent_max,
        "rank": rank and rank.rank,
        "rankMax": rank and rank.rank_max,
        "rankScope": r.rank_scope if rank else None,
        "modality": r.modality,
        "evidenceStart": r.evidence.start,
        "evidenceEnd": r.evidence.end,
        "score": round(r.score, 4),
    }
