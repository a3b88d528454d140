from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tejarat.tagger.windows import FRAME, batches, lay, longest_word, pad


def bounds_of(sizes: list[int]) -> np.ndarray:
    return np.concatenate(([0], np.cumsum(sizes, dtype=np.int64))).astype(np.int64)


@st.composite
def texts(draw: st.DrawFn) -> tuple[np.ndarray, int, int, int | None]:
    window = draw(st.integers(6, 40))
    stride = draw(st.integers(0, (window - FRAME) // 2))
    sizes = draw(st.lists(st.integers(0, longest_word(window)), max_size=200))
    first = draw(st.none() | st.integers(1, window))
    return bounds_of(sizes), window, stride, first


@given(texts())
def test_own_words_tile_the_text_and_no_window_is_too_long(
    case: tuple[np.ndarray, int, int, int | None],
) -> None:
    bounds, window, stride, first = case
    windows = lay(bounds, window, stride, first)
    owned = [word for w in windows for word in range(w.own_first, w.own_last)]
    assert owned == list(range(len(bounds) - 1))
    for w in windows:
        assert w.first <= w.own_first <= w.own_last <= w.last
        assert bounds[w.last] - bounds[w.first] <= window - FRAME


@given(texts())
def test_the_cut_of_an_overlap_lies_in_its_middle(case: tuple[np.ndarray, int, int, int | None]) -> None:
    bounds, window, stride, first = case
    windows = lay(bounds, window, stride, first)
    for left, right in pairwise(windows):
        assert left.own_last == right.own_first
        before = bounds[left.own_last] - bounds[right.first]
        after = bounds[left.last] - bounds[left.own_last]
        # The cut is a word's edge, so it may miss the middle by the pieces of one word.
        assert abs(before - after) <= 2 * longest_word(window)


def test_neighbours_share_the_stride() -> None:
    windows = lay(bounds_of([1] * 100), 32, 10)
    assert [(w.first, w.last) for w in windows] == [(0, 30), (20, 50), (40, 70), (60, 90), (80, 100)]
    assert [(w.own_first, w.own_last) for w in windows] == [(0, 25), (25, 45), (45, 65), (65, 85), (85, 100)]


def test_a_short_text_is_one_window_and_no_text_is_none() -> None:
    (window,) = lay(bounds_of([2, 1, 3]), 32, 10)
    assert (window.first, window.last, window.own_first, window.own_last) == (0, 3, 0, 3)
    assert lay(bounds_of([]), 32, 10) == []


def test_a_million_words_are_laid_at_once() -> None:
    windows = lay(bounds_of([1] * 1_000_000), 128, 32)
    assert len(windows) == pytest.approx(1_000_000 / (126 - 32), rel=0.01)


def test_an_overlap_of_more_than_half_a_window_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot overlap"):
        lay(bounds_of([1, 1]), 12, 6)


@given(st.lists(st.integers(1, 50), max_size=60), st.integers(1, 200))
def test_batches_hold_every_row_once_within_the_budget(lengths: list[int], budget: int) -> None:
    groups = list(batches(lengths, budget))
    assert sorted(i for group in groups for i in group) == list(range(len(lengths)))
    for group in groups:
        assert len(group) == 1 or len(group) * max(lengths[i] for i in group) <= budget


def test_padding_is_masked() -> None:
    ids, mask = pad([[5, 6, 7], [8]], fill=9)
    assert ids.tolist() == [[5, 6, 7], [8, 9, 9]]
    assert mask.tolist() == [[1, 1, 1], [1, 0, 0]]
