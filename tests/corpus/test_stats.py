from __future__ import annotations

from tejarat.corpus.format import CorpusArticle, parse
from tejarat.corpus.stats import by_split, filled, repetition, stats
from tejarat.schema import Product

TRADE = """# tejarat article 1
id: {id}
date: 2025-11-12
kind: trade
---
صادرات {{p1:پسته}} و {{p2:پسته ها}} به {{c:عراق}} از قزوین: {{m1:3 میلیون دلار}}، {{t1:۱۲ درصد}} رشد.
---
export IR-26 -> IQ; products p1; value m1 3000000 USD; growth t1 12; period 1403
import IR <- EU; products p2; target
"""
NEGATIVE = """# tejarat article 1
id: n
date: none
kind: negative
---
باران آمد.
---
"""


def articles() -> list[CorpusArticle]:
    return [parse(TRADE.format(id="a")), parse(TRADE.format(id="b")), parse(NEGATIVE)]


def read_product(name: str) -> Product:
    return Product(name.split()[0], "0802")


def test_counts() -> None:
    counted = stats(articles(), read_product)
    assert (counted.articles, counted.negatives, counted.words) == (3, 1, 2 * 15 + 2)
    assert counted.spans == {"MONEY": 2, "PERCENT": 2, "RANK": 0, "COUNTRY": 2, "PRODUCT": 4}
    assert counted.flows == {"export": 2, "import": 2, "trade": 0}
    assert counted.slots == {
        "reporters": 4, "partners": 4, "products": 4, "value": 2, "quantity": 0, "share": 0, "growth": 2, "rank": 0,
        "rank_scope": 0, "period": 2, "modality": 2,
    }  # fmt: skip
    assert counted.provinces == {"IR-26": 2}
    assert counted.countries == {"IQ": 2, "IR": 2}
    assert counted.products == {"پسته": 4}
    assert counted.chapters == {"08": 4}
    data = counted.to_dict()
    assert data["relations"] == 4
    assert data["distinct"] == {"provinces": 1, "countries": 2, "products": 1, "chapters": 1}


def test_without_a_reader_names_are_folded_only() -> None:
    counted = stats(articles())
    assert counted.products == {"پسته": 2, "پسته ها": 2}
    assert counted.chapters == {}


def test_of_nothing() -> None:
    assert stats([]).to_dict()["relations"] == 0
    assert repetition([]) == 0.0


def test_splits() -> None:
    counted = by_split(articles(), {"a": "train", "n": "dev"})
    assert {name: one.articles for name, one in counted.items()} == {
        "all": 3,
        "train": 1,
        "dev": 1,
        "none": 1,
    }
    assert list(by_split(articles(), {})) == ["all"]


def test_filled_slots() -> None:
    relation = articles()[0].facts.relations[1]
    assert filled(relation) == ["reporters", "partners", "products", "modality"]


def test_repetition_is_the_share_of_runs_that_recur() -> None:
    words = " ".join(f"واژه{n}" for n in range(20))
    long = "# tejarat article 1\nid: {id}\ndate: none\nkind: negative\n---\n" + words + "{more}\n---\n"
    a, b = parse(long.format(id="a", more="")), parse(long.format(id="b", more=" الف ب"))
    assert repetition([a, b]) == 18 / 20  # 9 runs of 12 words recur in each; a has 9 runs, b 11
    assert repetition([a]) == 0.0
