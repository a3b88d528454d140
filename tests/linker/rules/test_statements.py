"""Each rule of the rule-based linker on a sentence or two: ``data/statements.tsv``, and what must not change them."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from articles import marked
from hypothesis import given, settings
from hypothesis import strategies as st

from tejarat.linker.rules import link_by_rules, words
from tejarat.schema import Relation
from tejarat.text.sentences import sentences

ROOM = Path(__file__).parent
CASES = [
    line.split("\t")
    for line in (ROOM / "data/statements.tsv").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


def linked(body: str, day: str | None = "2025-11-12") -> tuple[Relation, ...]:
    text, entities = marked(body)
    return link_by_rules(text, date.fromisoformat(day) if day else None, sentences(text), entities)


def brief(r: Relation) -> str:
    """The form of the table: flow, sides, goods, measures, and the modality where it is no fact."""
    areas = [",".join(a.code for a in side) or "-" for side in (r.reporters, r.partners)]
    goods = ",".join(p.name for p in r.products) or "-"
    measures = [f"value={r.value.value.amount:.0f}"] if r.value else []
    measures += [f"quantity={r.quantity.amount:.0f}"] if r.quantity else []
    measures += [f"share={r.share.value.percent:.0f}"] if r.share else []
    measures += [f"growth={r.growth.value.percent:.0f}"] if r.growth else []
    mode = [] if r.modality == "actual" else [r.modality]
    return " ".join([r.flow, *areas, goods, *(measures or ["-"]), *mode])


@pytest.mark.parametrize(("body", "expected"), CASES, ids=[c[0][:40] for c in CASES])
def test_statement(body: str, expected: str) -> None:
    assert (" ; ".join(brief(r) for r in linked(body)) or "-") == expected


def test_swapped_countries_swap_the_sides() -> None:
    body = "صادرات {{c:{}}} به {{c:{}}} به {{m:5 میلیون دلار}} رسید."
    (one,), (other,) = linked(body.format("هند", "ترکیه")), linked(body.format("ترکیه", "هند"))
    assert [a.code for a in one.reporters] == [a.code for a in other.partners] == ["IN"]
    assert [a.code for a in one.partners] == [a.code for a in other.reporters] == ["TR"]


@pytest.mark.parametrize("body", [c[0] for c in CASES])
def test_digits_of_either_script_say_the_same(body: str) -> None:
    latin = body.translate({ord("۰") + d: str(d) for d in range(10)})
    persian = re.sub(r"\d(?![^{}]*:)", lambda m: chr(ord("۰") + int(m[0])), latin)
    assert [brief(r) for r in linked(latin)] == [brief(r) for r in linked(persian)]


def test_growth_of_weight_and_of_worth_are_two_statements() -> None:
    found = linked(
        "۲ هزار تن {p:مس} به ارزش {m:15 میلیون دلار} صادر شد که از نظر وزنی {t:10 درصد} و از نظر ارزشی {t:20 درصد} رشد دارد."
    )
    pairs = {(r.quantity is not None, r.value is not None, r.growth.value.percent) for r in found if r.growth}
    assert pairs == {(True, False, 10.0), (False, True, 20.0)}


def test_period_of_the_sentence_before_is_carried() -> None:
    found = linked(
        "در سال ۱۴۰۳ صادرات {p:فرش} {m:40 میلیون دلار} بود. صادرات {p:گلیم} هم به {m:2 میلیون دلار} رسید."
    )
    assert [(r.period.start, r.period.end) for r in found if r.period] == [("2024-03-20", "2025-03-20")] * 2


def test_the_province_of_the_article_reports() -> None:
    found = linked("استاندار فارس گفت: صادرات استان به {m:90 میلیون دلار} رسید.")
    assert [[a.code for a in r.reporters] for r in found] == [["IR-07"]]


def test_customs_are_a_place_and_no_reporter() -> None:
    found = linked("از گمرک کردستان ۵ هزار تن {p:سیمان} به {c:عراق} صادر شد.")
    assert [[a.code for a in r.reporters] for r in found] == [["IR"]]


def test_a_country_that_speaks_of_itself_reports() -> None:
    found = linked("{c:شیلی} پارسال رکورد زد. صادرات {p:گیلاس} به {m:2 میلیارد دلار} رسید.")
    assert [[a.code for a in r.reporters] for r in found] == [["CL"]]


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["{c:عراق}", "{m:5 میلیون دلار}", "{t:3 درصد}", "{p:فرش}", "صادرات", "به", "و", "شد."]
        )
    )
)
def test_any_order_of_words_gives_relations_over_the_text(pieces: list[str]) -> None:
    body = " ".join(pieces)
    text, entities = marked(body)
    for r in link_by_rules(text, None, sentences(text), entities):
        assert 0 <= r.evidence.start < r.evidence.end <= len(text)
        assert r.products or any((r.value, r.quantity, r.share, r.growth, r.rank))


def test_every_role_of_the_word_table_is_asked_for() -> None:
    folder = Path(words.__file__).parent
    code = "".join(p.read_text("utf-8") for p in folder.glob("*.py"))
    roles = [
        x.split("\t")[0] for x in (folder / "data/words.tsv").read_text("utf-8").splitlines() if x[0] != "#"
    ]
    assert [role for role in roles if f'"{role}"' not in code] == []
