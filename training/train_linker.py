#!/usr/bin/env python3
"""Learns the linker's scorer from the corpus: one small tree model for each question.

    python training/train_linker.py --corpus corpus/articles --splits corpus/splits.json --calibrate \
        --output src/tejarat/linker/data/scorer.npz

Candidates are the program's own (`linker.candidates`) over the gold spans; a candidate is right where a gold
relation says so. The models of the second pass (`linker.judge`) learn from what the first says of articles that
it has not seen, `--folds` times.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
from calibrate import calibrate, held_out, with_read_values
from trees import packed

from tejarat.corpus.format import load_folder
from tejarat.corpus.splits import draw, load_splits_file
from tejarat.linker.assemble import period_days
from tejarat.linker.features import Anchor, Row
from tejarat.linker.judge import Judgement, judge, propose, survey
from tejarat.linker.reading import Reading
from tejarat.linker.scorer import AGAIN, FORMAT, QUESTIONS, Scorer, unpack
from tejarat.schema import MODALITIES, ArticleFacts, Entity, Relation
from tejarat.text import normalize
from tejarat.text.sentences import sentences

Example = tuple[Row, int, float]  # features, class, weight
Told = tuple[list[tuple[Relation, str]], bool]  # an anchor's gold relations with its role; only told again?


@dataclass
class Examples:
    """Rows of each question, with the article that they come from (for folds)."""

    rows: dict[str, list[Example]] = field(default_factory=lambda: defaultdict(list))
    articles: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def add(self, question: str, article: int, features: Row, label: int, weight: float = 1.0) -> None:
        self.rows[question].append((features, label, weight))
        self.articles[question].append(article)


def read(facts: ArticleFacts) -> Reading:
    day = date.fromisoformat(facts.date) if facts.date else None
    return Reading(facts.text, day, sentences(facts.text), facts.entities)


def gold_of(anchor: Anchor, facts: ArticleFacts) -> Told:
    """The gold relations that an anchor belongs to, with its role, and whether it is only a re-telling."""
    exact: list[tuple[Relation, str]] = []
    again: list[tuple[Relation, str]] = []
    value = anchor.mention.value
    for r in facts.relations:
        if anchor.kind == "quantity":
            if r.quantity and _base(r.quantity) == _base(value):
                exact.append((r, "fact"))
        elif anchor.kind == "goods":
            if any((r.value, r.quantity, r.share, r.growth, r.rank)):
                continue
            ids = {p.entity for p in r.products}
            names = {normalize.solid(p.name) for p in r.products}
            if sum(m.value.id in ids for m in anchor.mentions) * 2 >= len(anchor.mentions):  # type: ignore[union-attr]
                exact.append((r, "fact"))
            elif any(normalize.solid(m.value.text) in names for m in anchor.mentions):  # type: ignore[union-attr]
                again.append((r, "fact"))
        elif isinstance(value, Entity):
            for slot, role in (("value", "fact"), ("rank", "fact"), ("share", "share"), ("growth", "growth")):
                filler = getattr(r, slot)
                if filler is None:
                    continue
                if filler.entity == value.id:
                    exact.append((r, role))
                elif value.value is not None and _size(filler.value) == _size(value.value):
                    again.append((r, role))
    return (exact, False) if exact else (again, True)


def examples(articles: Sequence[ArticleFacts]) -> Examples:
    """The first pass: every question's candidates over the articles, labelled by their gold relations."""
    out = Examples()
    for number, facts in enumerate(articles):
        reading = read(facts)
        judgement = survey(reading)
        told = [gold_of(a, facts) for a in judgement.anchors]
        propose(reading, judgement, [relations[0][0].flow if relations else None for relations, _ in told])
        collect(out, number, reading, judgement, told)
    return out


def examples_again(articles: Sequence[ArticleFacts], data: Examples, args: argparse.Namespace) -> Examples:
    """The second pass: the same with what the first says of the neighbours, each article judged by models that
    have not seen it."""
    out = Examples()
    for fold in range(args.folds):
        models: dict[str, np.ndarray] = {}
        for question, rows in data.rows.items():
            held_in = [
                r for r, n in zip(rows, data.articles[question], strict=True) if n % args.folds != fold
            ]
            names, booster = fit(question, held_in, args, args.seed + fold)
            models |= packed(question, names, [booster])
        scorer = Scorer({q: unpack(q, models) for q in QUESTIONS})
        for number, facts in enumerate(articles):
            if number % args.folds == fold:
                reading = read(facts)
                judgement = judge(reading, scorer)
                told = [gold_of(a, facts) for a in judgement.anchors]
                collect(out, number, reading, judgement, told)
    return out


def collect(out: Examples, number: int, reading: Reading, judgement: Judgement, told: list[Told]) -> None:
    """The rows of one article's judgement with their labels."""
    roles, flows = QUESTIONS["role"], QUESTIONS["flow"]
    for i, (anchor, (relations, again)) in enumerate(zip(judgement.anchors, told, strict=True)):
        features = judgement.anchor_rows[i]
        if not relations:
            out.add("role", number, features, 0)
            continue
        relation, role = relations[0]
        if anchor.kind == "goods" and again:
            continue  # told again without a measure: neither right nor wrong
        out.add("role", number, features, roles.index(role))
        out.add("flow", number, features, flows.index(relation.flow))
        out.add("modality", number, features, MODALITIES.index(relation.modality))
        _fillers(out, number, reading, judgement, i, relation, 0.5 if again else 1.0)
    for (i, j), features in zip(judgement.pairs, judgement.pair_rows, strict=True):
        a, b = judgement.anchors[i], judgement.anchors[j]
        (left, _), (right, _) = told[i], told[j]
        if left and right and not (a.kind == b.kind == "percent" and left[0][1] == right[0][1]):
            together = {r.id for r, _ in left} & {r.id for r, _ in right}
            out.add("join", number, features, int(bool(together)))


def _fillers(
    out: Examples,
    number: int,
    reading: Reading,
    judgement: Judgement,
    i: int,
    relation: Relation,
    weight: float,
) -> None:
    reporters, partners = ({a.code for a in getattr(relation, side)} for side in ("reporters", "partners"))
    for area in judgement.areas[i]:
        label = 1 if area.code in reporters else 2 if area.code in partners else 0
        out.add("area", number, area.row, label, weight)
    names = {normalize.solid(p.name) for p in relation.products}
    for product in judgement.products[i]:
        assert isinstance(product.mention.value, Entity)
        label = int(normalize.solid(product.mention.value.text) in names)
        out.add("product", number, product.row, label, weight)
    for period in judgement.periods[i]:
        days = period_days(reading, period.mention, relation.modality)
        label = int(bool(days and relation.period and _near(days, relation.period)))
        out.add("period", number, period.row, label, weight)


def fit(
    question: str, rows: Sequence[Example], args: argparse.Namespace, seed: int
) -> tuple[list[str], lightgbm.Booster]:
    """One model; columns are the features seen in at least ``--min-count`` rows."""
    counts = Counter(name for row, _, _ in rows for name in (*row.own, *row.shared))
    names = sorted(n for n, c in counts.items() if c >= args.min_count)
    classes = len(QUESTIONS[question])
    params = {
        "objective": "binary" if classes == 2 else "multiclass",
        "learning_rate": args.learning_rate, "num_leaves": args.leaves, "min_data_in_leaf": args.min_leaf,
        "feature_fraction": 0.5, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0,
        "max_depth": 8, "seed": seed, "num_threads": args.threads, "verbosity": -1, "deterministic": True,
        "force_row_wise": True,
    }  # fmt: skip
    if classes > 2:
        params["num_class"] = classes
    data = lightgbm.Dataset(
        matrix(names, (f for f, _, _ in rows), len(rows)),
        label=np.array([label for _, label, _ in rows]),
        weight=np.array([w for _, _, w in rows]),
    )
    return names, lightgbm.train(params, data, num_boost_round=args.rounds)


def matrix(names: Sequence[str], rows: Iterable[Row], count: int) -> np.ndarray:
    index = {n: i for i, n in enumerate(names)}
    out = np.zeros((count, max(1, len(names))), dtype=np.float32)
    for i, row in enumerate(rows):
        for name, value in (*row.shared.items(), *row.own.items()):
            if (column := index.get(name)) is not None:
                out[i, column] = value
    return out


def main(argv: Sequence[str] | None = None) -> int:
    parser = _arguments()
    args = parser.parse_args(argv)
    if args.calibrate and not args.splits:
        parser.error("--calibrate needs --splits: scores are fitted on articles that the scorer has not seen")
    splits = load_splits_file(args.splits) if args.splits else {}
    articles = [
        with_read_values(a.facts)
        for a in load_folder(args.corpus)
        if splits.get(a.facts.id, "train") == "train"
    ]
    if args.fraction < 1:  # the same articles as training/train.py takes
        articles.sort(key=lambda a: draw(a.id, 1))
        articles = sorted(articles[: max(1, round(args.fraction * len(articles)))], key=lambda a: a.id)
    print(f"{len(articles)} articles", flush=True)
    data = examples(articles)
    arrays: dict[str, np.ndarray] = {"format": np.array(FORMAT)}
    passes = [("", data)]
    if args.folds > 1:
        passes.append((AGAIN, examples_again(articles, data, args)))
    for suffix, rows in passes:
        for question in QUESTIONS:
            fitted = [fit(question, rows.rows[question], args, args.seed + bag) for bag in range(args.bags)]
            arrays |= packed(question + suffix, fitted[0][0], [booster for _, booster in fitted])
    args.output.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(args.output, **arrays)
    print(f"{args.output}: {args.output.stat().st_size / 1e6:.2f} MB")
    if args.calibrate:
        calibrate(held_out(args.corpus, args.splits), args.output)
    return 0


def _base(quantity: Any) -> tuple[float, str]:
    factor, unit = (0.001, "t") if quantity.unit == "kg" else (1.0, quantity.unit)
    return round(quantity.amount * factor, 6), unit


def _size(value: Any) -> tuple[Any, ...]:
    parts = tuple(getattr(value, name) for name in value.__slots__)
    return (type(value).__name__, *(abs(p) if isinstance(p, int | float) else p for p in parts))


def _near(days: tuple[date, date], period: Any) -> bool:
    gold = date.fromisoformat(period.start), date.fromisoformat(period.end)
    return all(abs((a - b).days) <= 1 for a, b in zip(days, gold, strict=True))


def _arguments() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--corpus", type=Path, required=True)
    p.add_argument("--fraction", type=float, default=1.0, help="share of the articles, for learning curves")
    p.add_argument("--splits", type=Path, help="corpus/splits.json; without it all articles train")
    p.add_argument("--output", type=Path, required=True)
    p.add_argument(
        "--calibrate", action="store_true", help="then fit the relations' scores on the dev split, beside it"
    )
    p.add_argument("--bags", type=int, default=1, help="models of different seeds whose mean is shipped")
    p.add_argument(
        "--folds", type=int, default=5, help="of the articles, for the second pass; 0 leaves it out"
    )
    p.add_argument("--rounds", type=int, default=140)
    p.add_argument("--learning-rate", type=float, default=0.08)
    p.add_argument("--leaves", type=int, default=31)
    p.add_argument("--min-leaf", type=int, default=5)
    p.add_argument("--min-count", type=int, default=8)
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--seed", type=int, default=20251112)
    return p


if __name__ == "__main__":
    sys.exit(main())
