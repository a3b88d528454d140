"""Overlapping windows over a whole article: nothing is dropped, however long it is.

A window is a run of whole words. Where two windows overlap, the cut between what they decide lies in the
middle of the overlap, so each word is read in the window in which it stands most central.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from tejarat.tagger.pieces import Ints, PieceEncoder, Pieces

#: Pieces of a window that frame it: [CLS] and [SEP].
FRAME = 2


@dataclass(frozen=True, slots=True)
class Window:
    """Words ``first <= i < last`` are read, words ``own_first <= i < own_last`` are decided here."""

    first: int
    last: int
    own_first: int
    own_last: int


def longest_word(window: int) -> int:
    """Pieces that one word may have: a quarter of a window, so that every window has several words."""
    return max(1, (window - FRAME) // 4)


def lay(bounds: Ints, window: int, stride: int, first: int | None = None) -> list[Window]:
    """Windows over words, given the words' piece bounds.

    Args:
        bounds: see :class:`~tejarat.tagger.pieces.Pieces`; *Shape:* (words + 1,).
        window: most pieces of a window, its frame included.
        stride: most pieces that two neighbours share; at most half a window.
        first: most pieces of the first window, where it shall differ (training moves the cuts by it).

    Returns:
        Windows whose own words tile all words, in order. No words, no windows.
    """
    room = window - FRAME
    if room < 1 or not 0 <= 2 * stride <= room:
        raise ValueError(f"a window of {window} pieces cannot overlap by {stride}")
    words = len(bounds) - 1
    ranges: list[tuple[int, int]] = []
    start = 0
    while start < words:
        size = min(first or room, room) if not ranges else room
        end = int(np.searchsorted(bounds, bounds[start] + size, side="right")) - 1
        end = min(max(end, start + 1), words)
        ranges.append((start, end))
        if end == words:
            break
        start = max(start + 1, int(np.searchsorted(bounds, bounds[end] - stride)))
    cuts = [0, *(_middle(bounds, b, a) for (_, a), (b, _) in pairwise(ranges)), words]
    return [Window(a, b, own, cut) for (a, b), own, cut in zip(ranges, cuts, cuts[1:], strict=False)]


def _middle(bounds: Ints, first: int, last: int) -> int:
    """The word edge nearest to the middle of the pieces of words ``first <= i < last``."""
    # Whole numbers: with a float searchsorted would convert all bounds at every call.
    cut = int(np.searchsorted(bounds, (bounds[first] + bounds[last] + 1) // 2))
    return min(max(cut, first), last)


def rows(pieces: Pieces, windows: Sequence[Window], encoder: PieceEncoder) -> list[list[int]]:
    """The ids of each window with its frame, as the encoder reads them."""
    ids, bounds = pieces.ids, pieces.bounds
    return [
        [*encoder.opening, *ids[bounds[w.first] : bounds[w.last]].tolist(), *encoder.closing] for w in windows
    ]


def own_words(pieces: Pieces, window: Window, frame: int) -> tuple[Ints, Ints]:
    """Words that the window decides and the place of their first piece in its row.

    ``frame`` is the number of pieces before the first word. Words without pieces are left out.

    *Shape:* both (own words with pieces,).
    """
    return _places(pieces, window, window.own_first, window.own_last, frame)


def read_words(pieces: Pieces, window: Window, frame: int) -> tuple[Ints, Ints]:
    """As :func:`own_words` for all words that the window reads."""
    return _places(pieces, window, window.first, window.last, frame)


def _places(pieces: Pieces, window: Window, first: int, last: int, frame: int) -> tuple[Ints, Ints]:
    bounds = pieces.bounds
    words = np.arange(first, last)
    words = words[bounds[words + 1] > bounds[words]]
    return words, bounds[words] - bounds[window.first] + frame


def batches(lengths: Sequence[int], budget: int) -> Iterator[list[int]]:
    """Groups rows of like length: indices whose rows, padded to the longest, hold at most ``budget`` pieces.

    A row longer than the budget is a group of its own.
    """
    group: list[int] = []
    for i in sorted(range(len(lengths)), key=lambda i: (lengths[i], i)):
        # Sorted upwards, so the row at hand is the longest of its group.
        if group and (len(group) + 1) * lengths[i] > budget:
            yield group
            group = []
        group.append(i)
    if group:
        yield group


def pad(rows: Sequence[Sequence[int]], fill: int) -> tuple[Ints, Ints]:
    """Rows as one array and its attention mask; *Shape:* both (rows, longest row)."""
    width = max(map(len, rows))
    ids = np.full((len(rows), width), fill, dtype=np.int64)
    mask = np.zeros((len(rows), width), dtype=np.int64)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = row
        mask[i, : len(row)] = 1
    return ids, mask
