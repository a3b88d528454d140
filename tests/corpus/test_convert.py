"""Every format of the corpus: what goes in comes out, by hand and for any article."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tejarat.corpus.convert import FORMATS, corpus_file, decode, encode
from tejarat.corpus.convert.article import canonical, file_names
from tejarat.corpus.convert.conll import tags
from tejarat.corpus.format import CorpusArticle, parse
from tejarat.errors import ConversionError
from tejarat.schema import (
    FLOWS,
    LABELS,
    MODALITIES,
    RANK_SCOPES,
    UNITS,
    Area,
    ArticleFacts,
    Commodity,
    Country,
    Entity,
    Evidence,
    Filler,
    Label,
    Money,
    Percent,
    Period,
    Product,
    Quantity,
    Rank,
    Relation,
    Value,
)

LOSSLESS = [name for name in FORMATS if name != "conll"]
FULL = """# tejarat article 1
id: bushehr-shrimp
date: 2025-11-12
kind: trade
style: agency
note: a: b
---
 🦐 صادرات {p1:میگو} و {p2:ماهی
 تازه} از بوشهر\tبه {c:روسیه} با \\{ و \\\\
به {m1:۳ تا 4 میلیون دلار} رسید؛ {t1:۵ درصد} کمتر و {t2:۹٪} از کل، {r1:رتبه چهارم} کشور.

واردات {p:پنبه} از {c:چین}…
---
export IR-18,IR-07 -> RU; products p1 p2; value m1 3000000..4000000 USD !; growth t1 -5; share t2 9; rank r1 4 CENTRAL-ASIA; quantity 3..4.5 t; period 1403; target
import IR <- CN; products p2; rank r1 1..4; period 2024-01-01; potential
trade ? <> EU,CN; share t2 9 !
"""
NEGATIVE = """# tejarat article 1
id: قیمت/سکه: ۱
date: none
kind: negative
readings: 2
---
سکه {m:۵۰ میلیون تومان} شد.
---
"""


def same(a: CorpusArticle, b: CorpusArticle) -> bool:
    return (a.facts, a.kind, a.meta, a.overrides) == (b.facts, b.kind, b.meta, b.overrides)


def through(name: str, *articles: CorpusArticle) -> list[CorpusArticle]:
    return decode(encode(articles, name), name, "x.y")


@pytest.mark.parametrize("name", LOSSLESS)
def test_spans_relations_and_headers_survive(name: str) -> None:
    articles = [parse(FULL), parse(NEGATIVE)]
    back = through(name, *articles)
    assert all(map(same, articles, back))
    assert [parse(corpus_file(a)).facts for a in back] == [a.facts for a in articles]
    assert parse(corpus_file(back[0])).overrides == {("r1", "value"), ("r3", "share")}


def test_a_corpus_file_that_holds_only_marks_that_are_needed_comes_back_to_the_letter() -> None:
    source = NEGATIVE.replace("kind: negative", "kind: trade") + "export IR -> IQ; quantity 2 t !\n"
    assert corpus_file(through("brat", parse(source))[0]) == source


def test_conll_keeps_words_tags_and_headers() -> None:
    articles = [parse(FULL), parse(NEGATIVE)]
    back = through("conll", *articles)
    for before, after in zip(articles, back, strict=True):
        assert tagged(after.facts) == tagged(before.facts)
        assert (after.facts.id, after.facts.date, after.kind) == (
            before.facts.id,
            before.facts.date,
            before.kind,
        )
        assert after.meta == before.meta
        assert after.facts.relations == ()
    assert "ماهی تازه" in back[0].facts.text


def tagged(facts: ArticleFacts) -> list[tuple[str, str]]:
    return [(facts.text[a:b], tag) for a, b, tag in tags(facts)]


# --- any article

SEPARATORS = (" ", "\n", "  ", "\t", " \r\n", "\n---\n", "، ", ") \\{", " 😀 ", "\u2028", "\x85", " #\n")
WORDS = ("صادرات", "می‌شود", "3.5 میلیون", "پسته", "واردات", "x\ny", "a 😀 b", "نفت\u2028خام", "-")
NUMBERS = st.integers(-(10**13), 10**13).map(lambda n: n / 4)
MEASURES: dict[Label, st.SearchStrategy[Any]] = {
    "MONEY": st.builds(Money, NUMBERS, st.sampled_from(("USD", "IRR")), st.none() | NUMBERS),
    "PERCENT": st.builds(Percent, NUMBERS, st.none() | NUMBERS),
    "RANK": st.builds(Rank, st.integers(1, 99), st.none() | st.integers(1, 99)),
}
VALUES: dict[Label, st.SearchStrategy[Value]] = MEASURES | {
    "COUNTRY": st.builds(Country, st.just("IQ"), st.sampled_from(("عراق", "IQ"))),
    "PRODUCT": st.builds(Product, st.just("پسته"), st.none() | st.just("08")),
}
#: Years below 1700 are Jalali in a corpus file.
DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31)).map(lambda d: d.isoformat())
LINE = st.text("ab:/.# ا‌ي{}\\", min_size=1, max_size=12).map(str.strip).filter(bool)


@st.composite
def articles(draw: st.DrawFn, rich: bool) -> CorpusArticle:
    """An article as a corpus file holds it; a rich one has what only extraction yields, too."""
    text, entities = draw(st.sampled_from(("", " ", "بی ", "😀"))), []
    for word, label in draw(
        st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from((None, *LABELS))), min_size=1, max_size=9)
    ):
        start, text = len(text), text + word
        if label:
            value = draw(st.none() | VALUES[label]) if rich else None
            score = draw(st.sampled_from((1.0, 0.25))) if rich else 1.0
            entities.append(Entity(f"e{len(entities) + 1}", start, len(text), label, word, score, value))
        text += draw(st.sampled_from(SEPARATORS))
    relations = tuple(draw(relation(f"r{n}", entities, rich)) for n in range(1, draw(st.integers(0, 3)) + 1))
    slots = [
        (r.id, s)
        for r in relations
        for s in ("value", "share", "rank", "quantity", "period")
        if getattr(r, s)
    ]
    kind: Any = "trade" if relations else "negative"
    id, day = draw(LINE), draw(st.none() | DAYS)
    meta = {"id": id, "date": day or "none", "kind": kind}
    meta |= draw(st.dictionaries(st.sampled_from(("style", "source url", "x")), LINE))
    overrides = frozenset(draw(st.sets(st.sampled_from(slots)))) if slots else frozenset()
    facts = ArticleFacts(id, day, text, tuple(entities), relations)
    return CorpusArticle(facts, kind, meta, overrides=overrides)


@st.composite
def relation(draw: st.DrawFn, id: str, entities: list[Entity], rich: bool) -> Relation:
    def some(label: Label) -> list[Entity]:
        of_label = [e for e in entities if e.label == label]
        return draw(st.lists(st.sampled_from(of_label), unique=True, max_size=3)) if of_label else []

    def filler(label: Label) -> Any:
        chosen = some(label)[:1]
        return Filler(draw(MEASURES[label]), chosen[0].id) if chosen else None

    def areas() -> tuple[Area, ...]:
        plain = [Area(c, c) for c in draw(st.sets(st.sampled_from(("IR-26", "IQ", "EU"))))]
        named = [Area("TR", "ترکیه", e.id) for e in some("COUNTRY")] if rich else []
        return tuple(draw(st.permutations(plain + named)))

    place = st.none() | st.integers(0, 9) if rich else st.none()
    products = [Commodity(e.text, e.id, "08" if rich else None) for e in some("PRODUCT")]
    products += [Commodity("چای", None)] if rich and draw(st.booleans()) else []
    rank = filler("RANK")
    first, last = sorted((draw(DAYS), draw(DAYS)))
    period = Period(first, last, draw(LINE) if rich else "")
    return Relation(
        id,
        draw(st.sampled_from(FLOWS)),
        areas(),
        areas(),
        tuple(products),
        filler("MONEY"),
        draw(st.none() | st.builds(Quantity, NUMBERS, st.sampled_from(UNITS), st.none() | NUMBERS, place, place)),
        filler("PERCENT"),
        filler("PERCENT"),
        rank,
        draw(st.sampled_from((None, *RANK_SCOPES))) if rank else None,
        draw(st.sampled_from((None, period))),
        draw(st.sampled_from(MODALITIES)),
        Evidence(0, draw(st.integers(0, 9))) if rich else Evidence(0, 0),
        0.5 if rich else 1.0,
    )  # fmt: skip


RELAXED = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@RELAXED
@given(st.lists(articles(rich=True), min_size=1, max_size=2))
def test_any_article_survives(given: list[CorpusArticle]) -> None:
    for name in LOSSLESS:
        back = through(name, *given)
        assert [(a.facts, a.kind, a.meta, a.overrides) for a in back] == [
            (a.facts, a.kind, a.meta, a.overrides) for a in given
        ], name


@RELAXED
@given(articles(rich=False))
def test_any_article_survives_the_way_back_to_a_corpus_file(given: CorpusArticle) -> None:
    for name in ("brat", "doccano"):
        again = parse(corpus_file(through(name, given)[0]))
        assert same(again, given)


@RELAXED
@given(articles(rich=False))
def test_any_article_keeps_words_and_tags_in_conll(given: CorpusArticle) -> None:
    (back,) = through("conll", given)
    assert tagged(back.facts) == tagged(given.facts)
    assert (back.meta, back.kind) == (given.meta, given.kind)
    assert same(through("conll", back)[0], back)


# --- what both ends rely on


def test_ids_are_renewed_in_the_order_of_the_text() -> None:
    facts = ArticleFacts(
        "a", None, "پسته به عراق",
        (Entity("x", 8, 12, "COUNTRY", "عراق"), Entity("y", 0, 4, "PRODUCT", "پسته")),
        (Relation("q", "export", (), (Area("IQ", "IQ", "x"),), (Commodity("پسته", "y"),)),),
    )  # fmt: skip
    article = canonical(CorpusArticle(facts, overrides=frozenset({("q", "period"), ("gone", "period")})))
    assert [(e.id, e.text) for e in article.facts.entities] == [("e1", "پسته"), ("e2", "عراق")]
    (relation,) = article.facts.relations
    assert (relation.id, relation.products[0].entity, relation.partners[0].entity) == ("r1", "e1", "e2")
    assert article.overrides == {("r1", "period")}
    assert canonical(article) == article


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"entities": (Entity("a", 0, 4, "PRODUCT", "پسته"), Entity("b", 2, 4, "PRODUCT", "ته"))}, "overlaps"),
        ({"entities": (Entity("a", 0, 4, "PRODUCT", "پستو"),)}, "not 'پستو'"),
        ({"entities": (Entity("a", 9, 99, "PRODUCT", "پسته"),)}, "not within the text"),
        ({"entities": (Entity("a", 4, 5, "PRODUCT", " "),)}, "not ' '"),
        ({"entities": (Entity("a", 0, 4, "GPE", "پسته"),)}, "'GPE' is no label"),  # type: ignore[arg-type]
        ({"relations": (Relation("r", "export", products=(Commodity("پسته", "e9"),)),)}, "'e9', which is not there"),
        ({"relations": (Relation("r", "reexport"),)}, "'reexport' is no flow"),  # type: ignore[arg-type]
        ({"date": "12/11/2025"}, "Invalid isoformat"),
        ({"id": "a\nb"}, "not one line"),
    ],
)  # fmt: skip
def test_what_is_no_article_is_refused(change: dict[str, Any], reason: str) -> None:
    article = CorpusArticle(replace(ArticleFacts("a", None, "پسته به عراق"), **change))
    with pytest.raises(ConversionError, match=reason):
        encode([article], "jsonl")


@pytest.mark.parametrize("name", ["docbin", "conll"])
def test_a_span_off_the_edges_of_words_is_refused_where_words_count(name: str) -> None:
    facts = ArticleFacts("a", None, "پسته‌ها", (Entity("e1", 0, 4, "PRODUCT", "پسته"),))
    with pytest.raises(ConversionError, match=r"'a' cannot be written as .* at 0 does not begin and end at"):
        encode([CorpusArticle(facts)], name)


def test_a_relation_needs_a_word_to_hang_on() -> None:
    facts = ArticleFacts("a", None, " \n", (), (Relation("r1", "export"),))
    with pytest.raises(ConversionError, match="no word that a relation could hang on"):
        encode([CorpusArticle(facts)], "brat")


def test_a_corpus_file_never_drops_a_slot_in_silence() -> None:
    facts = ArticleFacts(
        "a", None, "صادرات", (), (Relation("r1", "export", value=Filler(Money(1.0, "USD"), None)),)
    )
    with pytest.raises(ConversionError, match="no place for these relations"):
        corpus_file(CorpusArticle(facts))


def test_files_are_called_after_their_articles() -> None:
    ids = ["a", "A", "a/b", "a b", "..", "قیمت‌ها", "x" * 300]
    assert list(file_names(ids)) == ["a", "A-2", "a-b", "a-b-2", "article", "قیمت-ها", "x" * 60]
