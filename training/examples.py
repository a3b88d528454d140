"""Training batches: the windows of inference, labelled at each word's first piece, made anew every epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
import torch
from torch.utils.data import Dataset

from tejarat.corpus.augment import Augmentation, Sample, augment, surface_bank
from tejarat.tagger.decode import tag_words
from tejarat.tagger.model import ModelSettings
from tejarat.tagger.pieces import PieceEncoder
from tejarat.tagger.windows import FRAME, lay, pad, read_words, rows
from tejarat.text.words import words

#: What cross entropy leaves out: frames, padding, and pieces that do not begin a word.
IGNORED = -100

Batch = dict[str, torch.Tensor]


@dataclass(frozen=True, slots=True)
class Example:
    """One window: piece ids and the tag of each piece, or :data:`IGNORED`."""

    ids: list[int]
    tags: list[int]


def examples(
    sample: Sample, encoder: PieceEncoder, settings: ModelSettings, random: Random | None = None
) -> list[Example]:
    """The windows of one article; ``random`` moves the places where windows begin."""
    found = words(sample.text)
    tags = np.asarray(tag_words(found, sample.spans), dtype=np.int64)
    pieces = encoder.encode(sample.text, found)
    room = settings.window - FRAME
    first = random.randint(room // 2, room) if random else None
    windows = lay(pieces.bounds, settings.window, settings.stride, first)
    out = []
    for window, ids in zip(windows, rows(pieces, windows, encoder), strict=True):
        labels = np.full(len(ids), IGNORED, dtype=np.int64)
        read, places = read_words(pieces, window, len(encoder.opening))
        labels[places] = tags[read]
        out.append(Example(ids, labels.tolist()))
    return out


class EpochBatches(Dataset[Batch]):
    """An epoch as ready batches of windows of like length, about ``budget`` pieces each.

    :meth:`set_epoch` writes every article afresh. The number of batches stays that of the plain articles, so the
    learning-rate schedule knows it; their sizes move a little instead.
    """

    def __init__(
        self,
        samples: Sequence[Sample],
        encoder: PieceEncoder,
        settings: ModelSettings,
        *,
        budget: int,
        how: Augmentation | None,
        seed: int,
        goods: Sequence[str] = (),
    ) -> None:
        self.samples = list(samples)
        self.encoder = encoder
        self.settings = settings
        self.how = how
        self.seed = seed
        self.bank = surface_bank(self.samples, goods)
        plain = [e for s in self.samples for e in examples(s, encoder, settings)]
        if not plain:
            raise ValueError("no training text")
        self.batches = max(1, round(sum(len(e.ids) for e in plain) / budget))
        self._plan: list[list[Example]] = []
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Makes the batches of an epoch; the same seed and epoch make the same ones."""
        random = Random(f"{self.seed}-{epoch}")
        pool: list[Example] = []
        for sample in self.samples:
            written = augment(sample, random, self.how, self.bank) if self.how else sample
            pool += examples(written, self.encoder, self.settings, random)
        random.shuffle(pool)
        pool.sort(key=lambda e: len(e.ids))
        area = np.cumsum([len(e.ids) for e in pool])
        place = np.minimum((area - 1) * self.batches // area[-1], self.batches - 1)
        self._plan = [[] for _ in range(self.batches)]
        for batch, example in zip(place.tolist(), pool, strict=True):
            self._plan[batch].append(example)
        self._plan = [batch or [pool[-1]] for batch in self._plan]

    def __len__(self) -> int:
        return self.batches

    def __getitem__(self, index: int) -> Batch:
        """*Shape:* input_ids, attention_mask, labels (windows, longest window)."""
        batch = self._plan[index]
        ids, mask = pad([e.ids for e in batch], self.encoder.pad)
        labels, _ = pad([e.tags for e in batch], IGNORED)
        return {
            "input_ids": torch.from_numpy(ids),
            "attention_mask": torch.from_numpy(mask),
            "labels": torch.from_numpy(labels),
        }


def unwrap(batches: list[Any]) -> Batch:
    """The data loader's collator: its items are batches already."""
    (batch,) = batches
    out: Batch = batch
    return out
