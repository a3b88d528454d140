"""Faults of annotation that the checker must find, and the places that it lists for a second look."""

from __future__ import annotations

import pytest

from tejarat.corpus.check import duplicate_ids, faults, repeated, reviews
from tejarat.corpus.format import CorpusArticle, parse
from tejarat.schema import Entity, Money, Value


def article(body: str, relations: str = "", kind: str = "trade", name: str = "a") -> CorpusArticle:
    return parse(
        f"# tejarat article 1\nid: {name}\ndate: none\nkind: {kind}\n---\n{body}\n---\n{relations}\n",
        f"{name}.txt",
    )


GOOD = "صادرات {p1:پسته} به {c:هند} به {m1:3 میلیون دلار} رسید."
RELATION = "export IR -> IN; products p1; value m1 3000000 USD"


def reads_three_million(_: CorpusArticle, entity: Entity) -> Value | None:
    return Money(3e6, "USD") if entity.label == "MONEY" else None


def test_a_good_article_has_no_fault() -> None:
    assert list(faults(article(GOOD, RELATION), reads_three_million)) == []


@pytest.mark.parametrize(
    ("body", "relations", "kind", "reason"),
    [
        (GOOD.replace("{c:هند} به", "{c:هن}د به"), RELATION, "trade", "word's edge"),
        (GOOD, RELATION, "negative", "no relations"),
        (GOOD, "", "trade", "has a relation"),
        (GOOD, "export IR -> IN", "trade", "needs a measure or a product"),
        (GOOD, "export IR -> IR; products p1", "trade", "reporter and partner"),
        (GOOD, f"{RELATION}\n{RELATION}", "trade", "repeats the relation of line 8"),
        (GOOD, RELATION.replace("3000000", "300000"), "trade", "reads as"),
    ],
)
def test_faults(body: str, relations: str, kind: str, reason: str) -> None:
    found = [str(f) for f in faults(article(body, relations, kind), reads_three_million)]
    assert len(found) == 1
    assert reason in found[0]


def test_an_override_is_no_fault() -> None:
    written = RELATION.replace("3000000 USD", "3000000 CAD !")
    assert list(faults(article(GOOD, written), reads_three_million)) == []


def test_a_bare_surface_is_listed_with_its_line() -> None:
    (found,) = reviews(article(GOOD + "\nبازار پسته داغ است.", RELATION))
    assert found.line == 7
    assert "پسته" in found.reason


def test_frames_that_recur_are_found_whatever_the_spans() -> None:
    tail = "که به گفته این مسئول در سال جاری از مرز زمینی شرق کشور فرستاده شد."
    one = article(f"{{p1:پسته}} {tail}", "export IR; products p1", name="one")
    two = article(f"{{p1:خرما}} {tail}", "export IR; products p1", name="two")
    other = article(
        "گزارشی دیگر درباره {p1:خرما} که جمله‌ای از آن در جای دیگر نمی‌آید و سخن خود را می‌گوید.",
        "export IR; products p1",
        name="three",
    )
    frames = repeated([one, two, other])
    assert frames
    assert set(map(tuple, frames.values())) == {("one", "two")}


def test_an_id_stands_once() -> None:
    assert [f.line for f in duplicate_ids([article(GOOD, RELATION), article(GOOD, RELATION)])] == [2]
