"""Where words begin and end: the one place that decides, for the corpus, the tagger and spaCy's tokens.

White space and punctuation are edges. ZWNJ, diacritics and direction marks between letters are inside a word,
and so is a separator between two digits (`3.5`, `۱۲٬۵۰۰`, `57/3`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_INNER = r"\w\u0640\u064b-\u065f\u0670\u0300-\u036f"
_JOINERS = r"\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad"
_WORD = re.compile(rf"[{_INNER}]+(?:(?:[{_JOINERS}]+|(?<=\d)[.,٬٫/](?=\d))[{_INNER}]+)*")
_TOKEN = re.compile(rf"{_WORD.pattern}|\s+|.", re.DOTALL)


def tokens(text: str) -> Iterator[tuple[int, int]]:
    """Offsets that tile the text: words, runs of white space, and every other character alone."""
    for match in _TOKEN.finditer(text):
        yield match.span()


def words(text: str) -> list[tuple[int, int]]:
    """:func:`tokens` without white space."""
    return [(m.start(), m.end()) for m in _TOKEN.finditer(text) if not m.group().isspace()]


def at_edges(text: str, start: int, end: int) -> bool:
    """Whether a span starts and ends at a word's edge, and neither edge is white space."""
    if not 0 <= start < end <= len(text) or text[start].isspace() or text[end - 1].isspace():
        return False
    lo = max(0, start - 200)
    # A word cut by the look-back window can only be cut at its left end, which is no candidate edge.
    edges = {m.start() + lo for m in _TOKEN.finditer(text[lo : end + 200])}
    ends = {m.end() + lo for m in _TOKEN.finditer(text[lo : end + 200])}
    return start in edges and end in ends
