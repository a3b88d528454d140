"""The form of a text that the grammars read, with the way back to the text as given.

Letters, digits and signs are folded, and what carries no meaning (ZWNJ, direction marks, tatweel, diacritics)
is left out, so `سی‌صد`, `سيـصد` and `سیصد` are one. A space stays a space: where words may also be joined, a
grammar says so itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from tejarat.text import normalize

_DROPPED = re.compile(f"[{re.escape(normalize.DROPPED)}]+")
_DROPPED_SET = frozenset(normalize.DROPPED)
_MADDA = "\u0653"

#: A letter, in a character class's complement: `(?!{LETTER})` is "no letter follows".
LETTER = r"[^\W\d_]"


@dataclass(frozen=True, slots=True)
class Plain:
    """``text`` is the plain form; ``start(i)`` and ``end(i)`` turn offsets in it into offsets as given."""

    text: str
    _kept: tuple[int, ...] | None = field(default=None, repr=False)

    def start(self, i: int) -> int:
        """The given text's offset of plain character ``i``, as the start of a span."""
        return i if self._kept is None else self._kept[i]

    def end(self, i: int) -> int:
        """The given text's offset after plain character ``i - 1``, as the end of a span."""
        return i if self._kept is None else self._kept[i - 1] + 1 if i else 0

    def at(self, offset: int) -> int:
        """The plain offset of the first character kept at or after ``offset`` of the given text."""
        if self._kept is None:
            return min(max(offset, 0), len(self.text))
        lo, hi = 0, len(self._kept)
        while lo < hi:
            middle = (lo + hi) // 2
            lo, hi = (middle + 1, hi) if self._kept[middle] < offset else (lo, middle)
        return lo


@lru_cache(maxsize=32)
def plain(text: str) -> Plain:
    """The plain form of a text; see :class:`Plain`."""
    folded = normalize.fold(text)
    if not _DROPPED.search(folded):
        return Plain(folded)
    kept: list[int] = []
    out: list[str] = []
    for i, c in enumerate(folded):
        if c == _MADDA and out and out[-1] == "ا":  # decomposed آ
            out[-1] = "آ"
        elif c not in _DROPPED_SET:
            out.append(c)
            kept.append(i)
    return Plain("".join(out), tuple(kept))
