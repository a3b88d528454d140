"""Scores of the tagger while and after it is trained: strict spans, goods known and unknown, calibration."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from seqeval.metrics import classification_report
from seqeval.scheme import IOB2

from tejarat.corpus.dataset import Row, spans
from tejarat.schema import LABELS, Entity
from tejarat.tagger.decode import bio_tags, log_softmax, tag_words
from tejarat.tagger.tagger import Tagger
from tejarat.text.normalize import key
from tejarat.text.words import words

Scores = dict[str, Any]


def strict_f1(rows: Sequence[Row], found: Sequence[Sequence[Entity]]) -> Scores:
    """Precision, recall, F1 and support per label, micro and macro (seqeval strict, IOB2 over words).

    A label that is neither in the gold nor found is left out.
    """
    names = bio_tags()
    gold_tags, found_tags = [], []
    for row, entities in zip(rows, found, strict=True):
        edges = words(row["text"])
        gold_tags.append([names[t] for t in tag_words(edges, spans(row))])
        found_tags.append([names[t] for t in tag_words(edges, [(e.start, e.end, e.label) for e in entities])])
    if not any(tag != "O" for line in (*gold_tags, *found_tags) for tag in line):
        return {"micro": {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 0}}
    report = classification_report(
        gold_tags, found_tags, mode="strict", scheme=IOB2, output_dict=True, zero_division=0
    )
    order = [*(label for label in LABELS if label in report), "micro avg", "macro avg"]
    return {
        name.removesuffix(" avg"): {
            "precision": round(float(report[name]["precision"]), 4),
            "recall": round(float(report[name]["recall"]), 4),
            "f1": round(float(report[name]["f1-score"]), 4),
            "support": int(report[name]["support"]),
        }
        for name in order
    }


def product_recall(rows: Sequence[Row], found: Sequence[Sequence[Entity]], train: Iterable[Row]) -> Scores:
    """Recall of goods whose name stands in the training articles, and of those whose name does not."""
    known = {key(r["text"][s:e]) for r in train for s, e, label in spans(r) if label == "PRODUCT"}
    hits = {True: [0, 0], False: [0, 0]}
    for row, entities in zip(rows, found, strict=True):
        have = {(e.start, e.end) for e in entities if e.label == "PRODUCT"}
        for start, end, label in spans(row):
            if label == "PRODUCT":
                count = hits[key(row["text"][start:end]) in known]
                count[0] += (start, end) in have
                count[1] += 1
    return {
        name: {"recall": round(right / total, 4) if total else None, "support": total}
        for name, (right, total) in (("seen", hits[True]), ("unseen", hits[False]))
    }


def fit_temperature(tagger: Tagger, rows: Sequence[Row]) -> float:
    """The temperature under which the words' gold tags are likeliest; 1.0 where there is nothing to fit."""
    logits, gold = [], []
    for row, page in zip(rows, tagger.scores(r["text"] for r in rows), strict=True):
        tags = np.asarray(tag_words(page.words, spans(row)), dtype=np.int64)
        logits.append(page.logits)
        gold.append(tags[page.with_pieces])
    if not logits:
        return 1.0
    scores, right = np.concatenate(logits), np.concatenate(gold)

    def loss(temperature: float) -> float:
        return -float(log_softmax(scores, temperature)[np.arange(len(right)), right].mean())

    return round(float(minimize_scalar(loss, bounds=(0.3, 5.0), method="bounded").x), 4)


def calibration_error(rows: Sequence[Row], found: Sequence[Sequence[Entity]], bins: int = 10) -> float | None:
    """Expected calibration error of the spans' scores against whether the span is strictly right."""
    score, right = [], []
    for row, entities in zip(rows, found, strict=True):
        gold = set(spans(row))
        score += [e.score for e in entities]
        right += [(e.start, e.end, e.label) in gold for e in entities]
    if not score:
        return None
    scores, hits = np.asarray(score), np.asarray(right, dtype=float)
    place = np.minimum((scores * bins).astype(int), bins - 1)
    gaps = [
        abs(scores[place == b].mean() - hits[place == b].mean()) * (place == b).mean() for b in set(place)
    ]
    return round(float(sum(gaps)), 4)
