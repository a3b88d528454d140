"""Golden examples, counted by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tejarat.metrics import Score, align, pairs, product_key, same_value, score, tellings
from tejarat.schema import (
    Area,
    ArticleFacts,
    Commodity,
    Country,
    Entity,
    Filler,
    Money,
    Percent,
    Period,
    Product,
    Quantity,
    Rank,
    Relation,
    Value,
)


def areas(*codes: str) -> tuple[Area, ...]:
    return tuple(Area(code, code) for code in codes)


def article(
    entities: Sequence[Entity] = (), relations: Sequence[Relation] = (), name: str = "a"
) -> ArticleFacts:
    return ArticleFacts(name, None, "", tuple(entities), tuple(relations))


MONEY = Entity("e1", 0, 5, "MONEY", "5 دلار", 1.0, Money(5.0, "USD"))
COUNTRY = Entity("e2", 9, 12, "COUNTRY", "عراق", 1.0, Country("IQ", "عراق"))
PRODUCT = Entity("e3", 20, 24, "PRODUCT", "پسته", 1.0, Product("پسته"))
EXPORT = Relation(
    "r1", "export", areas("IR"), areas("IQ", "TR"), (Commodity("pistachio", "e3"),), Filler(Money(5.0, "USD"), "e1"),
    period=Period("2024-03-20", "2025-03-20"),
)  # fmt: skip


def test_spans_count_where_offsets_and_label_agree() -> None:
    found = [MONEY, replace(COUNTRY, end=13), replace(PRODUCT, label="MONEY")]
    report = score([article([MONEY, COUNTRY, PRODUCT])], [article(found)])
    assert report.spans == {"MONEY": Score(1, 2, 1), "COUNTRY": Score(0, 1, 1), "PRODUCT": Score(0, 0, 1)}
    assert report.all_spans == Score(1, 3, 3)
    assert report.all_spans.f1 == pytest.approx(1 / 3)
    assert sorted(e[1:3] for e in report.errors) == [
        ("missed", "COUNTRY"), ("missed", "PRODUCT"), ("spurious", "COUNTRY"), ("spurious", "MONEY"),
    ]  # fmt: skip


def test_values_are_judged_on_spans_found_and_never_for_products() -> None:
    found = [replace(MONEY, value=Money(5.0, "EUR")), replace(COUNTRY, value=Country("IQ", "Irak")), PRODUCT]
    report = score([article([MONEY, COUNTRY, replace(PRODUCT, value=Product("other"))])], [article(found)])
    assert report.to_dict()["values"] == {
        "MONEY": {"accuracy": 0.0, "n": 1},
        "COUNTRY": {"accuracy": 1.0, "n": 1},
    }
    unread = score([article([replace(MONEY, value=None)])], [article([MONEY])])
    assert unread.values == {}


@pytest.mark.parametrize(
    ("gold", "found", "same"),
    [
        (Money(5.0, "USD"), Money(5.000001, "USD"), True),
        (Money(5e9, "USD"), Money(5.001e9, "USD"), False),
        (Money(5.0, "USD"), Money(5.0, "USD", 6.0), False),
        (Money(5.0, "USD", 6.0), Money(5.0, "USD", 6.0), True),
        (Money(5.0, "USD"), None, False),
        (Money(5.0, "USD"), Percent(5.0), False),
        (Percent(12.0), Percent(12.0), True),
        (Percent(12.0), Percent(-12.0), False),
        (Percent(20.0, 30.0), Percent(20.0), False),
        (Rank(1, 3), Rank(1, 3), True),
        (Rank(1), Rank(2), False),
        (Country("KR", "a"), Country("KR", "b"), True),
        (Country("KR", "a"), Country("KP", "a"), False),
    ],
)
def test_same_value(gold: Value, found: Value | None, same: bool) -> None:
    assert same_value(gold, found) is same


def test_a_relation_as_pairs() -> None:
    full = replace(
        EXPORT,
        quantity=Quantity(2500.0, "kg"),
        share=Filler(Percent(5.0), None),
        growth=Filler(Percent(-12.0, -10.0), None),
        rank=Filler(Rank(3), None),
        rank_scope="world",
        modality="target",
    )
    assert pairs(full, [PRODUCT]) == [
        ("reporters", "IR"),
        ("partners", "IQ"),
        ("partners", "TR"),
        ("products", "پسته"),
        ("value", (5.0, 5.0, "USD")),
        ("quantity", (2.5, "t")),
        ("share", (5.0, 5.0)),
        ("growth", (-12.0, -10.0)),
        ("rank", (3.0, 3.0)),
        ("rank_scope", "world"),
        ("period", ("2024-03-20", "2025-03-20")),
        ("modality", "target"),
    ]
    assert ("products", "pistachio") in pairs(full)
    assert not any(slot == "rank_scope" for slot, _ in pairs(replace(full, rank_scope="partner")))


def test_the_names_of_goods_are_compared_without_spaces_and_spellings() -> None:
    assert product_key("شوينده\u200cهاي  كشور") == product_key("شوینده هایکشور")
    assert product_key("پسته") != product_key("پسته خام")


def test_slots_of_aligned_relations_count() -> None:
    found = replace(EXPORT, partners=areas("IQ"), value=Filler(Money(6.0, "USD"), None), modality="target")
    report = score([article([PRODUCT], [EXPORT])], [article([PRODUCT], [found])])
    assert report.slots == {
        "reporters": Score(1, 1, 1),
        "partners": Score(1, 1, 2),
        "products": Score(1, 1, 1),
        "value": Score(0, 1, 1),
        "period": Score(1, 1, 1),
        "modality": Score(0, 1, 0),
    }
    assert report.all_slots == Score(4, 6, 6)
    assert report.exact == Score(0, 1, 1)
    assert report.to_dict()["slots"]["ALL"] == {"p": 0.6667, "r": 0.6667, "f1": 0.6667, "gold": 6, "pred": 6}


def test_the_alignment_is_the_best_one_of_all() -> None:
    # The first found relation shares two pairs with either gold one, the second only one with the first gold one:
    # taken greedily the first gold relation would get the first found one.
    golds = [EXPORT, replace(EXPORT, reporters=areas("TR"), partners=areas("SY"))]
    founds = [
        Relation("r1", "export", areas("TR"), areas("SY"), value=EXPORT.value),
        Relation("r2", "export", areas("IR")),
    ]
    hits = align([tellings(g) for g in golds], [tellings(f)[0] for f in founds])
    assert {place: len(agreed) for place, agreed in hits.items()} == {(1, 0): 3, (0, 1): 1}


def test_between_equals_the_relation_of_like_size_is_taken() -> None:
    founds = [replace(EXPORT, quantity=Quantity(1.0, "t"), rank=Filler(Rank(1), None)), EXPORT]
    hits = align([tellings(EXPORT)], [tellings(f)[0] for f in founds])
    assert list(hits) == [(0, 1)]


def test_a_relation_may_be_told_from_the_other_side() -> None:
    told = replace(EXPORT, flow="import", reporters=EXPORT.partners, partners=EXPORT.reporters)
    report = score([article([PRODUCT], [EXPORT])], [article([PRODUCT], [told])])
    assert report.all_slots == Score(6, 6, 6)
    assert report.exact == Score(1, 1, 1)
    one_sided = replace(EXPORT, partners=())
    other = replace(one_sided, flow="import")
    assert score([article([], [one_sided])], [article([], [other])]).exact == Score(0, 1, 1)
    both_ways = replace(EXPORT, flow="trade")
    turned = replace(both_ways, reporters=EXPORT.partners, partners=EXPORT.reporters)
    assert score([article([], [both_ways])], [article([], [turned])]).exact == Score(0, 1, 1)


@pytest.mark.parametrize(
    ("start", "end", "right"),
    [
        ("2024-03-20", "2025-03-20", 1),
        ("2024-03-21", "2025-03-19", 1),
        ("2024-03-22", "2025-03-20", 0),
        ("2024-03-20", "2025-03-18", 0),
        ("broken", "2025-03-20", 0),
    ],
)
def test_periods_agree_to_the_day_before_or_after(start: str, end: str, right: int) -> None:
    found = replace(EXPORT, period=Period(start, end))
    assert score([article([], [EXPORT])], [article([], [found])]).slots["period"].right == right


@pytest.mark.parametrize(
    ("amount", "unit", "right"), [(2500.0, "kg", 1), (2.5, "t", 1), (2.5, "kg", 0), (2.5, "barrel", 0)]
)
def test_quantities_agree_in_base_units(amount: float, unit: str, right: int) -> None:
    gold = replace(EXPORT, quantity=Quantity(2.5, "t"))
    found = replace(EXPORT, quantity=Quantity(amount, unit))  # type: ignore[arg-type]
    assert score([article([], [gold])], [article([], [found])]).slots["quantity"].right == right


def test_a_filler_serves_once() -> None:
    gold = replace(EXPORT, products=(Commodity("x", None), Commodity("x", None)))
    found = replace(EXPORT, products=(Commodity("x", None),))
    assert score([article([], [gold])], [article([], [found])]).slots["products"] == Score(1, 1, 2)


def test_articles_missing_and_too_many() -> None:
    report = score([article([MONEY], name="a"), article([MONEY], name="b")], [article([MONEY], name="c")])
    assert (report.documents, report.missing, report.spans) == (2, 2, {"MONEY": Score(0, 0, 2)})
    assert not report.exact.defined
    assert report.exact.f1 == 0.0


RELATIONS = st.builds(
    Relation,
    id=st.just("r"),
    flow=st.sampled_from(["export", "import", "trade"]),
    reporters=st.lists(st.sampled_from(["IR", "IQ"]), max_size=2, unique=True).map(lambda c: areas(*c)),
    partners=st.lists(st.sampled_from(["TR", "CN"]), max_size=2, unique=True).map(lambda c: areas(*c)),
    products=st.lists(st.builds(Commodity, st.sampled_from("abc"), st.none()), max_size=2).map(tuple),
    value=st.none()
    | st.builds(Filler, st.builds(Money, st.integers(1, 3).map(float), st.just("USD")), st.none()),
)


@given(st.lists(RELATIONS, max_size=5), st.randoms())
def test_what_is_the_same_in_any_order_scores_one(relations: list[Relation], random: object) -> None:
    shuffled = list(relations)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    report = score([article([], relations)], [article([], shuffled)])
    assert report.exact == Score(len(relations), len(relations), len(relations))
    assert report.all_slots.right == report.all_slots.gold


@given(st.lists(RELATIONS, max_size=4), st.lists(RELATIONS, max_size=4))
def test_scores_stay_in_bounds(gold: list[Relation], found: list[Relation]) -> None:
    report = score([article([], gold)], [article([], found)])
    for s in (*report.slots.values(), report.exact):
        assert 0 <= s.right <= min(s.gold, s.predicted)
        assert 0.0 <= s.f1 <= 1.0
