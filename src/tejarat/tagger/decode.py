"""From scores of words to spans: BIO under its constraints, then the edges that the guidelines ask for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tejarat.schema import LABELS, Entity, Label

Floats = npt.NDArray[np.float32]

_PARAGRAPH = re.compile(r"\n\s*\n")
_BRACKETS = {"(": ")", "[": "]", "{": "}", "«": "»", "“": "”", "‹": "›"}
_CLOSING = {b: a for a, b in _BRACKETS.items()}
_PERCENT_SIGNS = "%٪﹪％"


def bio_tags(labels: Sequence[str] = LABELS) -> list[str]:
    """``["O", "B-MONEY", "I-MONEY", …]``: tag ``2k + 1`` begins label ``k``, tag ``2k + 2`` goes on with it."""
    return ["O", *(f"{prefix}-{label}" for label in labels for prefix in "BI")]


def tag_words(words: Sequence[tuple[int, int]], spans: Iterable[tuple[int, int, str]]) -> list[int]:
    """The index of each word's tag in :func:`bio_tags`, given flat spans (start, end, label).

    A word belongs to a span that it overlaps.
    """
    tags = [0] * len(words)
    ordered = sorted(spans)
    at = 0
    for start, end, label in ordered:
        begin = 2 * LABELS.index(label) + 1
        while at < len(words) and words[at][1] <= start:
            at += 1
        tag = begin
        while at < len(words) and words[at][0] < end:
            tags[at] = tag
            tag = begin + 1
            at += 1
    return tags


def log_softmax(logits: Floats, temperature: float = 1.0) -> Floats:
    """Log-probabilities over the last axis of ``logits / temperature``."""
    scaled = logits / temperature
    scaled = scaled - scaled.max(axis=-1, keepdims=True)
    out: Floats = scaled - np.log(np.exp(scaled).sum(axis=-1, keepdims=True))
    return out


def best_path(scores: Floats) -> npt.NDArray[np.int64]:
    """The likeliest BIO sequence: an I- tag only after the B- or I- tag of its own label (Viterbi).

    *Shape:* scores (words, tags), log-probabilities → (words,), indices into :func:`bio_tags`.
    """
    path: npt.NDArray[np.int64] = scores.argmax(axis=1)
    label = (path + 1) // 2
    inside = (path > 0) & (path % 2 == 0)
    before = np.concatenate(([0], label[:-1])) if len(label) else label
    if not (inside & (label != before)).any():
        return path  # The best of all sequences keeps the rule, so it is the best of those that keep it.
    return _viterbi(scores)


def _viterbi(scores: Floats) -> npt.NDArray[np.int64]:
    begin = np.arange(1, scores.shape[1], 2)
    inside = begin + 1
    total = scores[0].copy()
    total[inside] = -np.inf
    back = np.zeros(scores.shape, dtype=np.int64)
    for i in range(1, len(scores)):
        best = int(total.argmax())
        goes_on = np.where(total[begin] >= total[inside], begin, inside)
        back[i] = best  # O and B- may follow anything; only I- needs its own label before it.
        back[i, inside] = goes_on
        carried = total[goes_on]
        total = total[best] + scores[i]
        total[inside] = carried + scores[i, inside]
    path = np.empty(len(scores), dtype=np.int64)
    path[-1] = total.argmax()
    for i in range(len(scores) - 1, 0, -1):
        path[i - 1] = back[i, path[i]]
    return path


def decode(
    text: str, words: Sequence[tuple[int, int]], logits: Floats, temperature: float = 1.0
) -> list[Entity]:
    """Spans of a text from the logits of its words.

    A span's score is the mean probability of its words' tags on the best path. No span crosses an empty line,
    starts or ends at punctuation (`%` of a percentage and a currency sign excepted), or holds half a pair of
    brackets.

    Args:
        words: offsets of the words that have logits, in order; words left out are bridged inside a span.
        logits: *Shape:* (words, tags).

    Returns:
        Spans in order, with ids ``e1``, ``e2``, … and no values.
    """
    if not len(words):
        return []
    scores = log_softmax(logits, temperature)
    out: list[Entity] = []
    for first, last in _paragraphs(text, words):
        path = best_path(scores[first:last])
        for a, b, label in _runs(path):
            edges = _trim(text, words, first + a, first + b, label)
            if edges is None:
                continue
            a, b = edges
            score = float(np.exp(scores[np.arange(a, b), path[a - first : b - first]]).mean())
            start, end = words[a][0], words[b - 1][1]
            out.append(Entity(f"e{len(out) + 1}", start, end, label, text[start:end], min(score, 1.0)))
    return out


def _paragraphs(text: str, words: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Runs of words between empty lines."""
    starts = np.fromiter((s for s, _ in words), np.int64, len(words))
    breaks = np.searchsorted(starts, [m.end() for m in _PARAGRAPH.finditer(text)])
    edges = [0, *breaks.tolist(), len(words)]
    return ((a, b) for a, b in pairwise(edges) if a < b)


def _runs(path: npt.NDArray[np.int64]) -> Iterator[tuple[int, int, Label]]:
    tags = path.tolist()
    i = 0
    while i < len(tags):
        tag, start = tags[i], i
        i += 1
        if tag:
            begin = tag if tag % 2 else tag - 1
            while i < len(tags) and tags[i] == begin + 1:
                i += 1
            yield start, i, LABELS[begin // 2]


def _trim(
    text: str, words: Sequence[tuple[int, int]], first: int, last: int, label: Label
) -> tuple[int, int] | None:
    """The run without punctuation at its edges and without half a pair of brackets; None if nothing is left."""
    surfaces = [text[s:e] for s, e in words[first:last]]
    edges = [i for i, word in enumerate(surfaces) if _may_edge(word, label)]
    if not edges:
        return None
    bracket = _unbalanced(surfaces[edges[0] : edges[-1] + 1])
    if bracket is not None:  # What stands before the first bracket is the name; it begins with a word.
        edges = [i for i in edges if i < edges[0] + bracket]
    return first + edges[0], first + edges[-1] + 1


def _unbalanced(surfaces: Sequence[str]) -> int | None:
    """The place of the first bracket, if any bracket lacks its partner."""
    opened: list[str] = []
    first: int | None = None
    for i, sign in enumerate(surfaces):
        if sign not in _BRACKETS and sign not in _CLOSING:
            continue
        first = i if first is None else first
        if sign in _BRACKETS:
            opened.append(sign)
        elif not opened or opened.pop() != _CLOSING[sign]:
            return first
    return first if opened else None


def _may_edge(word: str, label: Label) -> bool:
    if any(c.isalnum() for c in word):
        return True
    if label == "PERCENT":
        return word in _PERCENT_SIGNS
    return label == "MONEY" and unicodedata.category(word[0]) == "Sc"
