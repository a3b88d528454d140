"""What the file format alone cannot refuse: faults of annotation, and places worth a second look.

A *fault* makes the corpus invalid. A *review* is a place where annotators often slip; it may be right.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tejarat.corpus.format import CorpusArticle
from tejarat.schema import Entity, Money, Percent, Rank, Relation, Value
from tejarat.text import normalize, words

#: Runs of this many words, spans replaced by their label, should not recur across articles.
FRAME_WORDS = 12

ReadValue = Callable[[CorpusArticle, Entity], Value | None]


@dataclass(frozen=True, slots=True)
class Finding:
    path: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.reason}"


def faults(article: CorpusArticle, read_value: ReadValue | None = None) -> Iterator[Finding]:
    """Everything in one article that makes it invalid, in the order of the file.

    ``read_value`` is how the program reads a span; where given, the values written in relations must agree
    with it or carry ``!``.
    """
    facts = article.facts
    for entity in facts.entities:
        if not words.at_edges(facts.text, entity.start, entity.end):
            yield _at(
                article, entity, f"{entity.label} {entity.text!r} does not start and end at a word's edge"
            )
    if article.kind == "negative" and facts.relations:
        yield Finding(article.path, article.relation_lines[0], "a negative article has no relations")
    if article.kind == "trade" and not facts.relations:
        yield Finding(
            article.path, 1, "a trade article has a relation; a text without one is 'kind: negative'"
        )
    entities = {e.id: e for e in facts.entities}
    lines: dict[str, int] = {}
    for relation, line in zip(facts.relations, article.relation_lines, strict=True):
        if not (measures(relation) or relation.products):
            yield Finding(article.path, line, "a relation needs a measure or a product beside its flow")
        if {a.code for a in relation.reporters} & {a.code for a in relation.partners}:
            yield Finding(article.path, line, "an area is reporter and partner at once")
        signature = repr((relation.flow, relation.reporters, relation.partners, relation.products,
                          measures(relation), relation.period, relation.modality))  # fmt: skip
        if signature in lines:
            yield Finding(article.path, line, f"repeats the relation of line {lines[signature]}")
        lines[signature] = line
        if read_value is None:
            continue
        for slot in ("value", "share", "growth", "rank"):
            filler = getattr(relation, slot)
            if filler is None or (relation.id, slot) in article.overrides:
                continue
            read = read_value(article, entities[filler.entity])
            if not agree(filler.value, read):
                yield Finding(
                    article.path,
                    line,
                    f"{slot}: written {filler.value}, but {entities[filler.entity].text!r} reads as {read}",
                )


def reviews(article: CorpusArticle) -> Iterator[Finding]:
    """Surfaces that are labelled at one place of the article and bare at another."""
    facts = article.facts
    covered = [False] * len(facts.text)
    for entity in facts.entities:
        covered[entity.start : entity.end] = [True] * (entity.end - entity.start)
    first_line = _first_line(article)
    for surface, label in {(e.text, e.label) for e in facts.entities}:
        for match in re.finditer(re.escape(surface), facts.text):
            start, end = match.span()
            if not any(covered[start:end]) and words.at_edges(facts.text, start, end):
                line = first_line + facts.text.count("\n", 0, start)
                yield Finding(article.path, line, f"{surface!r} is {label} elsewhere and bare here")


def measures(relation: Relation) -> tuple[object, ...]:
    """The measures that a relation has."""
    all_five = (relation.value, relation.quantity, relation.share, relation.growth, relation.rank)
    return tuple(m for m in all_five if m is not None)


def agree(written: Value, read: Value | None) -> bool:
    """Whether two values say the same; a percent's sign belongs to its verb, so it is left out."""

    def near(a: float | None, b: float | None) -> bool:
        return a == b or (a is not None and b is not None and abs(a - b) <= 1e-6 * max(1.0, abs(a), abs(b)))

    if isinstance(written, Money) and isinstance(read, Money):
        same = near(written.amount, read.amount) and near(written.amount_max, read.amount_max)
        return same and written.currency == read.currency
    if isinstance(written, Percent) and isinstance(read, Percent):
        size = [None if x is None else abs(x) for x in (written.percent, written.percent_max, read.percent, read.percent_max)]  # fmt: skip
        return near(size[0], size[2]) and near(size[1], size[3])
    if isinstance(written, Rank) and isinstance(read, Rank):
        return written == read
    return False


def frames(article: CorpusArticle) -> list[str]:
    """The article's words, spans replaced by their label: what :func:`repeated` compares."""
    facts = article.facts
    out: list[str] = []
    at = 0
    for entity in sorted(facts.entities, key=lambda e: e.start):
        out += _plain_words(facts.text[at : entity.start])
        out.append(entity.label)
        at = entity.end
    return out + _plain_words(facts.text[at:])


def repeated(articles: Iterable[CorpusArticle], size: int = FRAME_WORDS) -> dict[str, list[str]]:
    """Runs of ``size`` words that stand in more than one article, each with the ids of those articles."""
    where: dict[str, set[str]] = defaultdict(set)
    for article in articles:
        run = frames(article)
        for i in range(len(run) - size + 1):
            window = run[i : i + size]
            if sum(w.isupper() for w in window) <= size // 2:  # a bare list of spans is no frame
                where[" ".join(window)].add(article.facts.id)
    return {frame: sorted(ids) for frame, ids in where.items() if len(ids) > 1}


def duplicate_ids(articles: Iterable[CorpusArticle]) -> Iterator[Finding]:
    """Articles that share an id."""
    count: Counter[str] = Counter()
    for article in articles:
        count[article.facts.id] += 1
        if count[article.facts.id] > 1:
            yield Finding(article.path, 2, f"the id {article.facts.id!r} stands in another file too")


def _plain_words(text: str) -> list[str]:
    return [w for s, e in words.words(text) if (w := normalize.key(text[s:e])) and w[0].isalnum()]


def _first_line(article: CorpusArticle) -> int:
    return 3 + len(article.meta)


def _at(article: CorpusArticle, entity: Entity, reason: str) -> Finding:
    return Finding(article.path, article.marks[entity.id].line, reason)
