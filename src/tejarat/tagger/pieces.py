"""Word pieces of a text, word by word: what the encoder reads, aligned with what we decide about.

Every word is folded (:func:`tejarat.text.normalize.fold`) and encoded alone, so a word's pieces are exactly
known whatever the tokenizer drops or glues (ZWNJ, direction marks, an emoji written onto a word), no text can
smuggle in a special piece (`[SEP]`), and words that recur cost one dictionary look-up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from tejarat.text.normalize import fold

Ints = npt.NDArray[np.int64]

_CACHED_WORDS = 200_000


@dataclass(frozen=True, slots=True)
class Pieces:
    """Pieces of consecutive words: word ``i`` has ``ids[bounds[i]:bounds[i + 1]]``, which may be empty.

    *Shape:* ids (pieces,), bounds (words + 1,).
    """

    ids: Ints
    bounds: Ints

    def __len__(self) -> int:
        return len(self.bounds) - 1


class PieceEncoder:
    """A tokenizer seen as a function from words to pieces.

    ``longest`` caps the pieces of one word: what is longer is no language (a run of 10,000 digits, a base64
    blob), and its first pieces decide for it.
    """

    def __init__(self, tokenizer: Tokenizer, longest: int) -> None:
        tokenizer.no_truncation()
        tokenizer.no_padding()
        self.tokenizer = tokenizer
        self.longest = longest
        frame = tokenizer.encode("", add_special_tokens=True).ids
        self.opening, self.closing = (frame[:1], frame[-1:]) if len(frame) > 1 else ([], frame)
        self.pad = next((i for t in ("[PAD]", "<pad>") if (i := tokenizer.token_to_id(t)) is not None), 0)
        self._cache: dict[str, tuple[int, ...]] = {}

    def encode(self, text: str, words: Sequence[tuple[int, int]]) -> Pieces:
        """Pieces of the words at these offsets, without the pieces that frame a window."""
        folded = fold(text)
        # A space before the word is kept: byte-level and sentence-piece vocabularies tell words by it.
        keys = [(" " if s and folded[s - 1].isspace() else "") + folded[s:e] for s, e in words]
        cache = self._cache
        if len(cache) > _CACHED_WORDS:
            cache.clear()
        for key in keys:
            if key not in cache:
                ids = self.tokenizer.encode(key, add_special_tokens=False).ids
                cache[key] = tuple(ids[: self.longest])
        rows = [cache[key] for key in keys]
        bounds = np.zeros(len(rows) + 1, dtype=np.int64)
        np.cumsum([len(row) for row in rows], out=bounds[1:])
        return Pieces(np.fromiter((i for row in rows for i in row), np.int64, int(bounds[-1])), bounds)
