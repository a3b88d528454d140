"""From scores of words to spans: BIO under its constraints, then the edges that the guidelines ask for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tejarat.schema import LABELS, Entity, Label
from tejarat.text.normalize import fold

Floats = npt.NDArray[np.float32]

_PARAGRAPH = re.compile(r"\n\s*\n")
_BRACKETS = {"(": ")", "[": "]", "{": "}", "«": "»", "“": "”", "‹": "›"}
_CLOSING = {b: a for a, b in _BRACKETS.items()}
_PERCENT_SIGNS = "%٪﹪％"
#: Plural endings written apart: they belong to the word before them.
_ENDINGS = frozenset(("ها", "های", "هایی", "هایش", "هایشان", "هایمان"))
#: By label, 0 standing for O: whether two of its spans may stand side by side.
_MAY_TOUCH = np.array([True, *(label == "MONEY" for label in LABELS)])


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


def best_path(scores: Floats, touching: npt.NDArray[np.bool_] | None = None) -> npt.NDArray[np.int64]:
    """The likeliest tag sequence that keeps two rules (Viterbi).

    An I- tag stands only after the B- or I- tag of its own label. And two spans of one label do not touch: where
    nothing but a space parts a word from a word before it (``touching``), B- does not follow its own label.
    Amounts may touch: rates are told so (`یک درهم ۱۲ هزار تومان`).

    *Shape:* scores (words, tags), log-probabilities, touching (words,) → (words,), indices into :func:`bio_tags`.
    """
    path: npt.NDArray[np.int64] = scores.argmax(axis=1)
    if touching is None:
        touching = np.zeros(len(scores), dtype=bool)
    label, before = (path + 1) // 2, (np.roll(path, 1) + 1) // 2
    before[:1] = 0
    begins = path % 2 == 1
    wrong = (path > 0) & np.where(begins, touching & ~_MAY_TOUCH[label] & (label == before), label != before)
    if not wrong.any():
        return path  # The best of all sequences keeps the rules, so it is the best of those that keep them.
    return _viterbi(scores, touching)


def _viterbi(scores: Floats, touching: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    begin = np.arange(1, scores.shape[1], 2)
    inside = begin + 1
    strict = begin[~_MAY_TOUCH[1:]]
    own = np.zeros((len(strict), scores.shape[1]), dtype=bool)  # The tags that a strict B- may not touch.
    own[np.arange(len(strict)), strict] = own[np.arange(len(strict)), strict + 1] = True
    total = scores[0].copy()
    total[inside] = -np.inf
    back = np.zeros(scores.shape, dtype=np.int64)
    for i in range(1, len(scores)):
        back[i] = total.argmax()
        back[i, inside] = np.where(total[begin] >= total[inside], begin, inside)
        if touching[i]:
            back[i, strict] = np.where(own, -np.inf, total).argmax(axis=1)
        total = total[back[i]] + scores[i]
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
    brackets; a plural ending written apart stays with its goods.

    Args:
        words: offsets of the words that have logits, in order; words left out are bridged inside a span.
        logits: *Shape:* (words, tags).

    Returns:
        Spans in order, with ids ``e1``, ``e2``, … and no values.
    """
    if not len(words):
        return []
    scores = log_softmax(logits, temperature)
    gaps = [text[a:b] for (_, a), (b, _) in pairwise(words)]
    touching = np.array(
        [False, *("\n" not in g and text[e - 1].isalnum() for g, (_, e) in zip(gaps, words, strict=False))]
    )
    out: list[Entity] = []
    for first, last in _paragraphs(text, words):
        path = best_path(scores[first:last], touching[first:last])
        for a, b, label in _runs(path):
            edges = _trim(text, words, first + a, first + b, label)
            if edges is None:
                continue
            a, b = edges
            score = float(np.exp(scores[np.arange(a, b), path[a - first : b - first]]).mean())
            if label == "PRODUCT" and b < last and not path[b - first] and gaps[b - 1] == " ":
                b += fold(text[slice(*words[b])]) in _ENDINGS
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
