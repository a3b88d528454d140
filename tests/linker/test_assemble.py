"""Articles in, relations out: the wordings that the linker must not get wrong, and what must not change them."""

from __future__ import annotations

import pytest
from articles import linked, marked, reading
from hypothesis import given, settings
from hypothesis import strategies as st

from tejarat.linker.assemble import merged, titles
from tejarat.schema import Area, Commodity, Evidence, Filler, Money, Percent, Relation

HEADLINE = "صادرات کرمان به {c:هند}\n\nبه گزارش خبرنگار ما از کرمان، "


def brief(relation: Relation) -> tuple[object, ...]:
    sides = ["+".join(a.code for a in side) for side in (relation.reporters, relation.partners)]
    value = relation.value.value.amount if relation.value else None
    return (relation.flow, *sides, tuple(p.name for p in relation.products), value)


def test_each_partner_of_a_list_gets_its_own_amount() -> None:
    found = linked(
        "{c:ایران} سال گذشته {p:سیمان} صادر کرد که {c:عراق} با {m:65 میلیون دلار}، {c:افغانستان} با {m:35 میلیون دلار}"
        " و {c:ترکمنستان} با {m:17 میلیون دلار} مقصدهای اصلی آن بودند."
    )
    pairs = {tuple(a.code for a in r.partners): r.value.value.amount for r in found if r.value}
    assert pairs == {("IQ",): 65e6, ("AF",): 35e6, ("TM",): 17e6}
    assert {r.flow for r in found} == {"export"}


def test_value_and_weight_of_one_flow_are_one_relation() -> None:
    found = linked("امسال ۱۲ هزار تن {p:پسته} به ارزش {m:۹۵ میلیون دلار} از {c:ایران} به {c:آلمان} صادر شد.")
    assert len(found) == 1
    (relation,) = found
    assert brief(relation) == ("export", "IR", "DE", ("پسته",), 95e6)
    assert relation.quantity is not None
    assert (relation.quantity.amount, relation.quantity.unit) == (12000.0, "t")
    assert relation.period is not None
    assert relation.period.start == "2025-03-21"


def test_a_fall_is_negative() -> None:
    found = linked("صادرات {p:فرش} {c:ایران} با {t:12 درصد} کاهش به {m:40 میلیون دلار} رسید.")
    growth = [r.growth.value.percent for r in found if r.growth]
    assert growth == [-12.0]


def test_evidence_is_the_sentence_and_scores_are_probabilities() -> None:
    body = "هوا سرد بود. واردات {p:برنج} از {c:هند} به {m:200 میلیون دلار} رسید. باران آمد."
    text, _ = marked(body)
    (relation,) = linked(body)
    assert text[relation.evidence.start : relation.evidence.end].startswith("واردات برنج")
    assert text[relation.evidence.start : relation.evidence.end].endswith("رسید.")
    assert 0 <= relation.score <= 1


@pytest.mark.parametrize(
    "body",
    [
        "قیمت هر کیلو {p:برنج} در بازار تهران به {m:120 هزار تومان} رسید.",
        "نرخ تورم {t:40 درصد} اعلام شد و دولت {m:5 هزار میلیارد تومان} وام داد.",
        "تیم ملی فوتبال {c:ایران} در {r:رتبه بیستم} جهان ایستاد.",
        "",
    ],
)
def test_what_is_no_flow_gives_no_relation(body: str) -> None:
    assert linked(body) == ()


ARTICLE = (
    "در هفت ماه نخست امسال {m:۱۸۰ میلیون دلار} کالا از استان قزوین به {c:عراق} صادر شد که {t:۱۲ درصد} رشد دارد.\n"
    "واردات استان از {c:چین} هم {m:۴۰ میلیون دلار} بود."
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("۱۸۰", "180"),
        ("۱۸۰", "١٨٠"),
        ("ی", "ي"),
        ("ک", "ك"),
        ("عراق", "پاکستان"),
    ],
)
def test_spelling_does_not_change_the_facts(old: str, new: str) -> None:
    expected = [brief(r) for r in linked(ARTICLE)]
    assert expected
    found = [brief(r) for r in linked(ARTICLE.replace(old, new))]
    if new == "پاکستان":
        expected = [tuple(x.replace("IQ", "PK") if isinstance(x, str) else x for x in e) for e in expected]
    assert found == expected


def money_relation(amount: float, **slots: object) -> Relation:
    return Relation("r0", "export", value=Filler(Money(amount, "USD"), "e1"), **slots)  # type: ignore[arg-type]


def test_a_statement_told_again_is_one_with_the_fullest_slots() -> None:
    iran, iraq = (Area("IR", "ایران"),), (Area("IQ", "عراق"),)
    headline = money_relation(5e6, reporters=iran, evidence=Evidence(0, 10))
    full = money_relation(
        5e6,
        reporters=iran,
        partners=iraq,
        products=(Commodity("سیمان", "e2"),),
        growth=Filler(Percent(3.0), "e3"),
    )
    (only,) = merged([headline, full])
    assert only.partners == iraq
    assert only.growth == full.growth
    assert only.products == full.products


def test_different_statements_stay_apart() -> None:
    iraq, india = (Area("IQ", "عراق"),), (Area("IN", "هند"),)
    apart = [
        money_relation(5e6, partners=iraq),
        money_relation(5e6, partners=india),
        money_relation(6e6, partners=iraq),
        Relation("r0", "import", partners=iraq, value=Filler(Money(5e6, "USD"), "e1")),
    ]
    assert merged(apart) == apart


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="صادراتواردبهعراق {}۱۲3%٪دلار.\n\u200c", max_size=80))
def test_any_text_can_be_linked(text: str) -> None:
    body = text.replace("{", "").replace("}", "").replace("---", "")
    for relation in linked(body):
        assert 0 <= relation.evidence.start <= relation.evidence.end <= len(body)


def test_a_headline_may_tell_it_in_round_figures() -> None:
    headline = Relation("r0", "export", growth=Filler(Percent(70.0), "e1"), evidence=Evidence(0, 40))
    exact = Relation("r0", "export", growth=Filler(Percent(69.4), "e2"), evidence=Evidence(41, 90))
    other = Relation("r0", "export", growth=Filler(Percent(66.0), "e3"), evidence=Evidence(91, 120))
    assert [r.growth.value.percent for r in merged([headline, exact, other], [(0, 41)]) if r.growth] == [
        69.4,
        66.0,
    ]
    assert len(merged([headline, exact, other])) == 3


def test_headings_are_short_lines_of_their_own() -> None:
    page = reading("رشد صادرات\nصادرات {p:پسته} زیاد شد. این جمله است\nواردات\nپایان خبر.")
    found = [page.text[start:end].strip() for start, end in titles(page)]
    assert found == ["رشد صادرات", "واردات"]


def test_growth_of_weight_and_of_value_are_told_apart() -> None:
    found = linked(
        "در هفت ماهه امسال ۴۵ هزار تن {p:سیمان} به ارزش {m:۱۲ میلیون دلار} از {c:ایران} به {c:عراق} صادر شد؛ این رقم در برابر "
        "هفت ماه پارسال در وزن {t:۲۰ درصد} و در ارزش {t:۳۱ درصد} رشد نشان می‌دهد."
    )
    growths = {r.growth.value.percent: r for r in found if r.growth}
    assert set(growths) == {20.0, 31.0}
    assert growths[31.0].value is not None
    assert growths[20.0].value is None
    assert growths[20.0].quantity is not None
    assert growths[20.0].quantity.amount == 45000.0


@pytest.mark.parametrize("place", ["{c:ایران} و {c:تاجیکستان}", "{c:تاجیکستان} و {c:ایران}"])
def test_trade_is_of_countries_whoever_tells_it(place: str) -> None:
    found = linked(f"استاندار خراسان رضوی گفت: مبادلات تجاری {place} امسال به {{m:۵۰ میلیون دلار}} رسید.")
    sides = {(tuple(a.code for a in r.reporters), tuple(a.code for a in r.partners)) for r in found}
    assert sides == {(("IR",), ("TJ",))}
