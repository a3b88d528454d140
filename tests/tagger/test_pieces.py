from __future__ import annotations

import numpy as np
import pytest
from tokenizers import Tokenizer, normalizers

from tejarat.tagger.pieces import PieceEncoder
from tejarat.tagger.tokenizer import train_tokenizer
from tejarat.text.words import words

TEXTS = ["صادرات پسته ایران به عراق ۱۲ درصد رشد کرد و به 3.5 میلیون دلار رسید", "کشورهای می‌شود گفت"]


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train_tokenizer(TEXTS * 3, 300, min_frequency=1)


def surfaces(encoder: PieceEncoder, text: str) -> list[list[str]]:
    pieces = encoder.encode(text, words(text))
    names = [encoder.tokenizer.id_to_token(i) for i in pieces.ids.tolist()]
    return [names[a:b] for a, b in zip(pieces.bounds, pieces.bounds[1:], strict=False)]


def test_every_way_of_writing_a_word_has_the_same_pieces(tokenizer: Tokenizer) -> None:
    encoder = PieceEncoder(tokenizer, 30)
    modern, old = "کشورهای می‌شود ۱۲٫۵٪", "كشورهاي ميشود 12.5%"
    assert surfaces(encoder, modern) == surfaces(encoder, old)


def test_pieces_are_those_of_the_whole_text(tokenizer: Tokenizer) -> None:
    encoder = PieceEncoder(tokenizer, 30)
    whole = tokenizer.encode(TEXTS[0], add_special_tokens=False).ids
    assert encoder.encode(TEXTS[0], words(TEXTS[0])).ids.tolist() == whole


def test_a_word_glued_to_an_emoji_keeps_its_own_pieces(tokenizer: Tokenizer) -> None:
    glued, apart = (
        surfaces(PieceEncoder(tokenizer, 30), "🔹صادرات"),
        surfaces(PieceEncoder(tokenizer, 30), "صادرات"),
    )
    assert glued[1:] == apart


def test_no_text_smuggles_in_a_special_piece(tokenizer: Tokenizer) -> None:
    encoder = PieceEncoder(tokenizer, 30)
    frame = {tokenizer.token_to_id(t) for t in ("[CLS]", "[SEP]", "[PAD]", "[MASK]")}
    text = "[SEP] صادرات [CLS][MASK]"
    assert not frame & set(encoder.encode(text, words(text)).ids.tolist())


def test_words_that_the_tokenizer_drops_have_no_pieces(tokenizer: Tokenizer) -> None:
    text = "صادرات \u200c پسته \u200f"
    assert [len(word) > 0 for word in surfaces(PieceEncoder(tokenizer, 30), text)] == [
        True,
        False,
        True,
        False,
    ]


def test_a_word_has_at_most_so_many_pieces(tokenizer: Tokenizer) -> None:
    pieces = PieceEncoder(tokenizer, 7).encode("1" * 500, [(0, 500)])
    assert np.diff(pieces.bounds).tolist() == [7]


def test_the_frame_and_the_padding_are_the_tokenizers(tokenizer: Tokenizer) -> None:
    encoder = PieceEncoder(tokenizer, 7)
    assert (encoder.opening, encoder.closing) == (
        [tokenizer.token_to_id("[CLS]")],
        [tokenizer.token_to_id("[SEP]")],
    )
    assert encoder.pad == tokenizer.token_to_id("[PAD]")


def test_truncation_and_padding_set_in_the_file_are_switched_off(tokenizer: Tokenizer) -> None:
    copy = Tokenizer.from_str(tokenizer.to_str())
    copy.enable_truncation(4)
    copy.enable_padding(length=16)
    text = TEXTS[0]
    expected = PieceEncoder(tokenizer, 30).encode(text, words(text)).ids
    assert PieceEncoder(copy, 30).encode(text, words(text)).ids.tolist() == expected.tolist()


def test_folding_reaches_tokenizers_with_another_normaliser(tokenizer: Tokenizer) -> None:
    bert = Tokenizer.from_str(tokenizer.to_str())
    bert.normalizer = normalizers.BertNormalizer(clean_text=True, lowercase=True)
    encoder = PieceEncoder(bert, 30)
    assert surfaces(encoder, "ايران كشور ۱۲") == surfaces(encoder, "ایران کشور 12")
