"""What a corpus holds, counted: the figures of its datasheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tejarat.corpus.check import FRAME_WORDS, frames, repeated
from tejarat.corpus.format import CorpusArticle
from tejarat.metrics import SLOTS
from tejarat.schema import FLOWS, LABELS, Product, Relation
from tejarat.text.normalize import key
from tejarat.text.words import words

ReadProduct = Callable[[str], Product]


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts over some articles.

    ``spans`` and ``flows`` count mentions and relations; ``slots`` the relations that fill a slot (a modality other
    than actual); ``provinces``, ``countries``, ``products`` and ``chapters`` how often each was met.
    """

    articles: int
    negatives: int
    words: int
    spans: dict[str, int]
    flows: dict[str, int]
    slots: dict[str, int]
    provinces: dict[str, int]
    countries: dict[str, int]
    products: dict[str, int]
    chapters: dict[str, int]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON, with the number of different provinces, countries, products and chapters beside them."""
        out = asdict(self)
        out["relations"] = sum(self.flows.values())
        out["distinct"] = {n: len(out[n]) for n in ("provinces", "countries", "products", "chapters")}
        return out


def stats(articles: Iterable[CorpusArticle], read_product: ReadProduct | None = None) -> Stats:
    """Counts of a set of articles.

    Args:
        articles: the articles.
        read_product: gives a product's normalised name and chapter; without it names are only folded and
            ``chapters`` stays empty.
    """
    count = negatives = length = 0
    spans, flows, slots = (Counter(dict.fromkeys(names, 0)) for names in (LABELS, FLOWS, SLOTS))
    areas: Counter[str] = Counter()
    names: Counter[str] = Counter()
    for article in articles:
        count += 1
        negatives += article.kind == "negative"
        length += sum(article.facts.text[s].isalnum() for s, _ in words(article.facts.text))
        for entity in article.facts.entities:
            spans[entity.label] += 1
            if entity.label == "PRODUCT":
                names[entity.text] += 1
        for relation in article.facts.relations:
            flows[relation.flow] += 1
            slots.update(filled(relation))
            areas.update({a.code for a in (*relation.reporters, *relation.partners)})
    products: Counter[str] = Counter()
    chapters: Counter[str] = Counter()
    for name, times in names.items():
        product = read_product(name) if read_product else Product(key(name))
        products[product.name] += times
        if product.hs:
            chapters[product.hs[:2]] += times
    return Stats(
        articles=count,
        negatives=negatives,
        words=length,
        spans=dict(spans),
        flows=dict(flows),
        slots=dict(slots),
        provinces=_sorted({code: n for code, n in areas.items() if code.startswith("IR-")}),
        countries=_sorted({code: n for code, n in areas.items() if len(code) == 2 and code != "EU"}),
        products=_sorted(products),
        chapters=dict(sorted(chapters.items())),
    )


def filled(relation: Relation) -> list[str]:
    """The slots that a relation fills; ``modality`` where it is not the default."""
    return [
        s for s in SLOTS if (getattr(relation, s) != "actual" if s == "modality" else getattr(relation, s))
    ]


def repetition(articles: Sequence[CorpusArticle]) -> float:
    """The share of runs of :data:`~tejarat.corpus.check.FRAME_WORDS` words that recur in another article."""
    runs = sum(max(0, len(frames(article)) - FRAME_WORDS + 1) for article in articles)
    return sum(len(ids) for ids in repeated(articles).values()) / runs if runs else 0.0


def by_split(
    articles: Sequence[CorpusArticle], splits: Mapping[str, str], read_product: ReadProduct | None = None
) -> dict[str, Stats]:
    """:func:`stats` of the whole (``all``) and of each split; articles of no split are under ``none``."""
    out = {"all": stats(articles, read_product)}
    for name in dict.fromkeys(("train", "dev", "test", "none") if splits else ()):
        members = [a for a in articles if splits.get(a.facts.id, "none") == name]
        if members:
            out[name] = stats(members, read_product)
    return out


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
