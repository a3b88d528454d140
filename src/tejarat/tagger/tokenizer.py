"""The tokenizer of the compact encoder: WordPiece over the project's own normalisation table.

Normalisation happens inside the tokenizer, so offsets into the text as given come for free: `ي/ی`, digit
scripts, tatweel, diacritics and separators meet the model in one form, and ZWNJ is dropped, which makes the
kept half-space and the lost one (`می‌شود`, `میشود`) the same word. Digits are single pieces: any number is
made of the same ten pieces, and its length in pieces is its magnitude.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from tejarat.text.normalize import DROPPED, FOLDS

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def new_tokenizer() -> Tokenizer:
    """An untrained tokenizer with the normaliser and pre-tokeniser of the compact encoder."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=64))
    tokenizer.normalizer = _normalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.BertPreTokenizer(), pre_tokenizers.Digits(individual_digits=True)]
    )
    tokenizer.decoder = decoders.WordPiece(prefix="##")
    return tokenizer


def train_tokenizer(texts: Iterable[str], vocab_size: int, min_frequency: int = 2) -> Tokenizer:
    """Learns a WordPiece vocabulary; ``[CLS] … [SEP]`` is added by the post-processor."""
    tokenizer = new_tokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=vocab_size,
        min_frequency=min_frequency,
        special_tokens=list(SPECIAL),
        initial_alphabet=[*"0123456789%$,./()«»:;!?-", "؟", "،", "؛"],
        limit_alphabet=400,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(t, tokenizer.token_to_id(t)) for t in ("[CLS]", "[SEP]")],
    )
    return tokenizer


def _normalizer() -> normalizers.Normalizer:
    by_target: dict[str, list[str]] = defaultdict(list)
    for source, target in FOLDS.items():
        by_target[target].append(source)
    steps: list[normalizers.Normalizer] = [normalizers.NFKC()]
    steps += [
        normalizers.Replace(Regex(_char_class(sources)), target) for target, sources in by_target.items()
    ]
    steps += [normalizers.Replace(Regex(_char_class(DROPPED)), ""), normalizers.Lowercase()]
    return normalizers.Sequence(steps)


def _char_class(chars: Iterable[str]) -> str:
    return "[" + "".join(re.escape(c) for c in chars) + "]"
