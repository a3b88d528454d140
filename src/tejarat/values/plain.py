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
_MADDA = "\u0653"
_ALEF_MADDA = "ا\u0653"

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
    # A decomposed آ keeps its one letter; its sign is dropped with the diacritics.
    folded = folded.replace(_ALEF_MADDA, "آ" + _MADDA)
    kept: list[int] = []
    out: list[str] = []
    at = 0
    for match in _DROPPED.finditer(folded):
        out.append(folded[at : match.start()])
        kept.extend(range(at, match.start()))
        at = match.end()
    out.append(folded[at:])
    kept.extend(range(at, len(folded)))
    return Plain("".join(out), tuple(kept))
