from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tejarat.corpus.splits import (
    assign,
    find_splits_file,
    load_splits_file,
    novelties,
    save_splits_file,
    select,
)
from tejarat.errors import CorpusError

KINDS = st.dictionaries(
    st.text("abcdef", min_size=3, max_size=6), st.sampled_from(["trade", "negative"]), max_size=120
)


def articles(count: int, kind: str = "trade", prefix: str = "a") -> dict[str, str]:
    return {f"{prefix}-{i:03}": kind for i in range(count)}


@given(KINDS, st.randoms())
def test_the_draw_knows_no_order(kinds: dict[str, str], random: object) -> None:
    items = list(kinds.items())
    random.shuffle(items)  # type: ignore[attr-defined]
    assert assign(dict(items)) == assign(kinds)


@given(KINDS, KINDS)
def test_a_growing_corpus_moves_no_article(old: dict[str, str], new: dict[str, str]) -> None:
    kept = assign(old)
    grown = assign({**new, **old}, kept)
    assert {a: grown[a] for a in old} == kept
    assert set(grown) == {*old, *new}


def test_each_kind_is_split_80_10_10() -> None:
    drawn = assign({**articles(200), **articles(50, "negative", "n")})
    for prefix, count in (("a", 200), ("n", 50)):
        shares = Counter(split for article, split in drawn.items() if article.startswith(prefix))
        assert shares == {"train": 0.8 * count, "dev": 0.1 * count, "test": 0.1 * count}


def test_new_articles_fill_the_shares_up() -> None:
    kept = assign(articles(100))
    grown = assign(articles(300), kept)
    assert Counter(grown.values()) == {"train": 240, "dev": 30, "test": 30}


def test_the_test_split_takes_what_is_new() -> None:
    goods = {a: [f"good-{i}" if i % 3 == 0 else "پسته", "پسته"] for i, a in enumerate(articles(200))}
    novelty = novelties(goods)
    assert set(novelty.values()) == {0.0, 0.5}
    drawn = assign(articles(200), novelty=novelty)
    assert Counter(drawn.values()) == {"train": 160, "dev": 20, "test": 20}
    plain = assign(articles(200))

    def mean(splits: dict[str, str]) -> float:
        return sum(novelty[a] for a in select(splits, splits, "test")) / 20

    assert mean(drawn) > 1.5 * mean(plain)
    assert assign(articles(300), drawn, novelty=novelty) | drawn == assign(
        articles(300), drawn, novelty=novelty
    )


def test_another_seed_draws_others() -> None:
    assert assign(articles(100), seed=1) != assign(articles(100), seed=2)


def test_the_file_keeps_the_splits(tmp_path: Path) -> None:
    drawn = assign(articles(30))
    save_splits_file(tmp_path / "splits.json", drawn)
    assert load_splits_file(tmp_path / "splits.json") == drawn
    (tmp_path / "articles").mkdir()
    assert find_splits_file(tmp_path / "articles") == find_splits_file(tmp_path) == tmp_path / "splits.json"
    assert len(select(drawn, drawn, "test")) == 3


@pytest.mark.parametrize("text", ["", "[]", '{"train": []}', '{"train": ["a"], "dev": ["a"], "test": []}'])
def test_a_broken_file_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "splits.json").write_text(text, "utf-8")
    with pytest.raises(CorpusError, match=r"splits\.json"):
        load_splits_file(tmp_path / "splits.json")
