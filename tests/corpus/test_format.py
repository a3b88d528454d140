"""The corpus article: what is read, what is refused, and that writing it again loses nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tejarat.corpus.format import dumps, parse, resolve_period
from tejarat.errors import CorpusError
from tejarat.schema import ArticleFacts, Commodity, Entity, Filler, Money, Percent, Relation

ARTICLE = """# tejarat article 1
id: bushehr-shrimp
date: 2025-11-12
kind: trade
style: agency
---
 صادرات {p1:میگو} از بوشهر به {c:روسیه} با \\{ و \\\\
به {m1:۳ میلیون دلار} رسید؛ {t1:۵ درصد} کمتر و {r1:رتبه چهارم} کشور.
---
# a comment
export IR-18 -> RU; products p1; value m1 3000000 USD; growth t1 -5; rank r1 4 country; quantity 3..4 t; period 1403; target
"""


def test_reads_text_spans_and_relations() -> None:
    article = parse(ARTICLE)
    facts = article.facts
    assert facts.text.startswith(" صادرات میگو از بوشهر به روسیه با { و \\\nبه ۳ میلیون دلار")
    assert [(e.label, e.text) for e in facts.entities] == [
        ("PRODUCT", "میگو"),
        ("COUNTRY", "روسیه"),
        ("MONEY", "۳ میلیون دلار"),
        ("PERCENT", "۵ درصد"),
        ("RANK", "رتبه چهارم"),
    ]
    assert all(facts.text[e.start : e.end] == e.text for e in facts.entities)
    (relation,) = facts.relations
    assert relation.flow == "export"
    assert [a.code for a in relation.reporters + relation.partners] == ["IR-18", "RU"]
    assert relation.value == Filler(Money(3e6, "USD"), "e3")
    assert relation.growth == Filler(Percent(-5.0), "e4")
    assert relation.rank_scope == "country"
    assert relation.period is not None
    assert (relation.period.start, relation.period.end) == ("2024-03-20", "2025-03-20")
    assert relation.modality == "target"
    assert article.marks["e3"].line == 8


def test_writing_keeps_everything() -> None:
    facts = parse(ARTICLE).facts
    assert parse(dumps(facts)).facts == facts


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("# tejarat article 1", "# article", 1, "first line"),
        ("kind: trade", "kind: other", 2, "kind is"),
        ("date: 2025-11-12", "date: 12/11/2025", 2, "date is"),
        ("{m1:۳ میلیون دلار}", "{m1:۳ میلیون دلار", 8, "inside another mark"),
        ("{r1:رتبه چهارم}", "{r1: رتبه چهارم}", 8, "outer spaces"),
        ("{t1:۵ درصد}", "{m1:۵ درصد}", 8, "stands twice"),
        ("{c:روسیه}", "{x:روسیه}", 7, "opens no mark"),
        ("products p1", "products p9", 11, "no mark 'p9'"),
        ("products p1", "products m1", 11, "m1 is MONEY"),
        ("-> RU", "<- RU", 11, "is written with ->"),
        ("-> RU", "-> Russia", 11, "no country, province or region code"),
        ("3..4 t", "3..4 ton", 11, "unit is one of"),
        ("period 1403", "period soon", 11, "YYYY"),
        ("period 1403", "period 1403-08..1403-02", 11, "ends before"),
        ("4 country", "4 town", 11, "scope is one of"),
        ("growth t1 -5", "growth t1 -5; growth t1 -6", 11, "stands twice"),
        ("growth t1 -5", "pace t1 -5", 11, "cannot read the slot"),
    ],
)
def test_faults_name_their_line(old: str, new: str, line: int, reason: str) -> None:
    with pytest.raises(CorpusError, match=reason) as caught:
        parse(ARTICLE.replace(old, new, 1), "a.txt")
    assert caught.value.line == line
    assert str(caught.value).startswith(f"a.txt:{line}: ")


@pytest.mark.parametrize(
    ("written", "start", "end"),
    [
        ("1403", "2024-03-20", "2025-03-20"),
        ("1404-01..1404-08", "2025-03-21", "2025-11-21"),
        ("1403-12", "2025-02-19", "2025-03-20"),
        ("1404..date", "2025-03-21", "2025-11-12"),
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2024-06-01..2024-06-30", "2024-06-01", "2024-06-30"),
    ],
)
def test_periods(written: str, start: str, end: str) -> None:
    period = resolve_period(written, "2025-11-12")
    assert (period.start, period.end) == (start, end)


def test_a_period_to_the_date_needs_a_date() -> None:
    with pytest.raises(ValueError, match="needs the article's date"):
        resolve_period("1404..date", None)


words = st.text(alphabet="ابپت {}\\\n‌۱2%،", min_size=1, max_size=12)


@given(st.lists(st.tuples(words, st.booleans()), min_size=1, max_size=8))
def test_any_text_survives_the_round_trip(pieces: list[tuple[str, bool]]) -> None:
    text, entities = "", []
    for piece, marked in pieces:
        if marked and piece == piece.strip():
            entities.append(
                Entity(f"e{len(entities) + 1}", len(text), len(text) + len(piece), "PRODUCT", piece)
            )
        text += piece
    text = text.replace("---", "")
    products = tuple(Commodity(e.text, e.id) for e in entities[:1])
    relations = (Relation("r1", "export", products=products),) if products else ()
    facts = ArticleFacts("x", None, text, tuple(entities), relations)
    assert parse(dumps(facts)).facts == facts
