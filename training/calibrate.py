#!/usr/bin/env python3
"""Fits the coefficients that turn the linker's decisions into a relation's score.

    python training/calibrate.py --corpus corpus/articles --splits corpus/splits.json \
        --scorer src/tejarat/linker/data/scorer.npz

The linker runs over the gold spans of articles that its scorer has not seen (the dev split); a relation is right
where all its slots agree with the gold relation that it is aligned with (`tejarat.metrics`). A logistic model learns
that from the confidences of the decisions that made it (`tejarat.linker.confidence`) and is written beside the
scorer. The error that is told is of articles left out in turn, so no relation is judged by a model that saw it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from tejarat.corpus.format import load_folder
from tejarat.corpus.splits import load_splits_file
from tejarat.linker.assemble import trace
from tejarat.linker.confidence import DECISIONS, FORMAT, TERMS, terms
from tejarat.linker.scorer import CALIBRATION, Scorer
from tejarat.metrics import align, tellings
from tejarat.schema import ArticleFacts
from tejarat.text.sentences import sentences
from tejarat.values import read_value

Vector = npt.NDArray[np.float64]
FOLDS, BINS = 10, 10
#: How strongly coefficients are held to nought; the relations are some hundreds.
RIDGE = 3.0


@dataclass(frozen=True, slots=True)
class Judged:
    """The linker's relations. *Shapes:* ``rows`` (n, terms), the others (n,); ``plain`` is fact × flow."""

    rows: Vector
    right: Vector
    plain: Vector
    article: npt.NDArray[np.int64]


def judged(articles: Sequence[ArticleFacts], scorer: Scorer) -> Judged:
    """Every relation that the linker makes of the articles' gold spans, and whether it is right."""
    rows, right, plain, article = [], [], [], []
    for number, gold in enumerate(articles):
        day = date.fromisoformat(gold.date) if gold.date else None
        found = trace(gold.text, day, sentences(gold.text), gold.entities, scorer)
        golds = [tellings(r, gold.entities) for r in gold.relations]
        founds = [tellings(r, gold.entities)[0] for r in found.relations]
        hits = align(golds, founds)
        whole = {y for (x, y), hit in hits.items() if len(hit) == len(golds[x][0][1]) == len(founds[y][1])}
        for place, told in enumerate(found.told):
            of = terms(found.judgement, told.relation, told.statements)
            rows.append([of[name] for name in TERMS])
            right.append(float(place in whole))
            plain.append(max(s.score for s in told.statements))
            article.append(number)
    return Judged(
        np.array(rows).reshape(-1, len(TERMS)), np.array(right), np.array(plain), np.array(article, int)
    )


def fit(rows: Vector, right: Vector, ridge: float = RIDGE) -> Vector:
    """Coefficients and, last, the intercept. A surer decision never lowers the score."""
    columns = np.hstack([rows, np.ones((len(rows), 1))])
    penalty = np.append(np.full(rows.shape[1], ridge), 0.0)

    def loss(weights: Vector) -> tuple[float, Vector]:
        raw = columns @ weights
        error = 1.0 / (1.0 + np.exp(-raw)) - right
        value = float(np.logaddexp(0.0, raw).sum() - right @ raw + penalty @ weights**2 / 2)
        return value, columns.T @ error + penalty * weights

    surer = [(0.0, None) if name in DECISIONS else (None, None) for name in TERMS]
    found = minimize(
        loss, np.zeros(columns.shape[1]), jac=True, method="L-BFGS-B", bounds=[*surer, (None, None)]
    )
    return np.asarray(found.x, dtype=np.float64)


def predict(weights: Vector, rows: Vector) -> Vector:
    return np.asarray(1.0 / (1.0 + np.exp(-(rows @ weights[:-1] + weights[-1]))))


def left_out(data: Judged, folds: int = FOLDS) -> Vector:
    """Each relation's score by a model that saw none of its article."""
    out = np.zeros(len(data.right))
    for fold in range(folds):
        held = data.article % folds == fold
        if held.any():
            out[held] = predict(fit(data.rows[~held], data.right[~held]), data.rows[held])
    return out


def calibration_error(scores: Vector, right: Vector, bins: int = BINS) -> float:
    """Expected calibration error: the mean gap between score and share of right ones, over bins of the score."""
    place = np.minimum((scores * bins).astype(int), bins - 1)
    return float(
        sum(abs((scores - right)[place == b].sum()) for b in set(place.tolist())) / max(1, len(scores))
    )


def measures(scores: Vector, right: Vector) -> dict[str, float]:
    """How well scores tell right relations from wrong ones, and how honest they are."""
    order = scores.argsort(kind="stable")
    ranks = np.empty(len(scores))
    for value in np.unique(scores):  # ties share their mean rank
        ranks[scores == value] = np.flatnonzero(scores[order] == value).mean() + 1
    good = int(right.sum())
    bad = len(right) - good
    area = (ranks[right == 1].sum() - good * (good + 1) / 2) / (good * bad) if good and bad else 0.0
    return {
        "calibration_error": round(calibration_error(scores, right), 4),
        "brier": round(float(((scores - right) ** 2).mean()), 4),
        "auc": round(float(area), 4),
    }


def calibrate(articles: Sequence[ArticleFacts], scorer_file: Path) -> dict[str, Any]:
    """Fits the model, writes it beside the scorer, and returns what it wrote."""
    return write(judged(articles, Scorer.load(scorer_file)), scorer_file)


def write(data: Judged, scorer_file: Path) -> dict[str, Any]:
    """The same of relations that are already judged."""
    if len(set(data.right.tolist())) < 2:
        raise SystemExit(
            "to calibrate, some relations must be right and some wrong: give more held-out articles"
        )
    weights = fit(data.rows, data.right)
    out = {
        "format": FORMAT,
        "weights": {name: round(float(w), 4) for name, w in zip(TERMS, weights, strict=False) if abs(w) >= 5e-5},
        "intercept": round(float(weights[-1]), 4),
        "scorer": hashlib.sha256(scorer_file.read_bytes()).hexdigest(),
        "fitted_on": {"articles": len(set(data.article.tolist())), "relations": len(data.right), "right": int(data.right.sum())},
        "before": measures(data.plain, data.right),
        "after": measures(left_out(data), data.right),
    }  # fmt: skip
    target = scorer_file.with_name(CALIBRATION)
    target.write_text(json.dumps(out, indent=1) + "\n", "utf-8")
    show(out, target)
    return out


def show(out: Mapping[str, Any], target: Path) -> None:
    for name in ("before", "after"):
        print(f"{name:>6}:", ", ".join(f"{key} {value:.4f}" for key, value in out[name].items()))
    print(f"{target}: {out['fitted_on']}")


def held_out(corpus: Path, splits: Path, split: str = "dev") -> list[ArticleFacts]:
    """The articles of a split, every span's value read by the program where the article gives none."""
    known = load_splits_file(splits)
    return [with_read_values(a.facts) for a in load_folder(corpus) if known.get(a.facts.id) == split]


def with_read_values(facts: ArticleFacts) -> ArticleFacts:
    """The same article with every span's value read by the program."""
    entities = tuple(replace(e, value=e.value or read_value(e.label, e.text)) for e in facts.entities)
    return replace(facts, entities=entities)


def main(argv: Sequence[str] | None = None) -> int:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--corpus", type=Path, required=True)
    p.add_argument("--splits", type=Path, required=True)
    p.add_argument("--scorer", type=Path, required=True)
    args = p.parse_args(argv)
    calibrate(held_out(args.corpus, args.splits), args.scorer)
    return 0


if __name__ == "__main__":
    sys.exit(main())
