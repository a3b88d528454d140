"""The one table of characters that are written in several ways in Persian text.

:func:`fold` maps each character to exactly one character, so offsets into the folded text are offsets into
the text as given. :func:`key` additionally drops what carries no meaning for looking a word up (ZWNJ,
diacritics, tatweel) and is for dictionary keys only. The tokenizer of the shipped encoder is built from the
same table (:data:`FOLDS`, :data:`DROPPED`), so the model and the grammars see one form.
"""

from __future__ import annotations

import re
import unicodedata

VERSION = "1"

_DIGITS = {chr(base + d): str(d) for base in (0x0660, 0x06F0) for d in range(10)}

#: One character to one character: the ways of writing the same letter, digit or sign.
FOLDS: dict[str, str] = {
    **_DIGITS,
    "ي": "ی", "ى": "ی", "ې": "ی", "ئ": "ئ", "ك": "ک", "ڪ": "ک", "ة": "ه", "ۀ": "ه", "ہ": "ه", "ە": "ه",
    "أ": "ا", "إ": "ا", "ٱ": "ا", "ؤ": "و",
    "٫": ".", "٬": ",", "٪": "%", "﹪": "%", "％": "%", "،": "،", "؍": "/", "⁄": "/", "∕": "/",
    "\u00a0": " ", "\u2002": " ", "\u2003": " ", "\u2009": " ", "\u202f": " ", "\u3000": " ",
    "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-", "ـ": "ـ",
    "＄": "$",
}  # fmt: skip
FOLDS = {a: b for a, b in FOLDS.items() if a != b}

#: Characters that carry no meaning for recognising a word: joiners, direction marks, BOM, tatweel, diacritics.
DROPPED: str = (
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad\u0640\u0670"
    + "".join(chr(c) for c in range(0x064B, 0x0660))
)

_FOLD_TABLE = str.maketrans(FOLDS)
_DROP_TABLE = str.maketrans("", "", DROPPED)
_SPACES = re.compile(r"\s+")


def fold(text: str) -> str:
    """One form for letters, digits and signs; ``len(fold(t)) == len(t)`` and offsets stay."""
    return text.translate(_FOLD_TABLE)


def key(text: str) -> str:
    """The form under which names are looked up: folded, NFC, joiners and diacritics dropped, one space."""
    text = unicodedata.normalize("NFC", text).translate(_FOLD_TABLE).translate(_DROP_TABLE)
    return _SPACES.sub(" ", text).strip().casefold()


def solid(text: str) -> str:
    """:func:`key` without any space: `کشور ها`, `کشور‌ها` and `کشورها` are one."""
    return key(text).replace(" ", "")
