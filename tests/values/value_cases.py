"""The case tables of this folder, and the ways of writing that must make no difference."""

from __future__ import annotations

import csv
from pathlib import Path

from hypothesis import strategies as st

_FOLDER = Path(__file__).parent / "cases"
_ARABIC = str.maketrans("یک0123456789۰۱۲۳۴۵۶۷۸۹", "يك" + "٠١٢٣٤٥٦٧٨٩" * 2)

_WORDS = (
    "سه صد هزار میلیون میلیارد و تا نیم ممیز دهم بین دلار تومان ریال همت یورو درصد % ٪ $ رتبه سومین سی ام تن کیلو بشکه راس"
    " هر برای به صفر ایران عراق خراسان رضوی شمالی استان مرکزی کشور جهان اوراسیا شمال 3 57/3 1.250.000 ۱۲٬۵۰۰ 3-4 ، . - ( )"
    " کاهش افزایش منفی قیمت پسته ها های \u200c \u0640 \u200f"
)
WORDS = _WORDS.split(" ")
#: Texts out of the words that the grammars look for, and of anything else.
TEXTS = st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=14).map(" ".join) | st.text(
    max_size=80
)


def rows(name: str) -> list[dict[str, str]]:
    """The rows of ``cases/<name>.tsv`` by column."""
    with (_FOLDER / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def pairs(name: str) -> list[tuple[str, str]]:
    """Input and expected of a table with two columns."""
    return [(first, second) for first, second in (tuple(row.values()) for row in rows(name))]


def variants(text: str) -> list[str]:
    """The same words with Arabic letters and digits, tatweel, and without half-spaces."""
    arabic = text.translate(_ARABIC)
    stretched = text.replace("ا", "ا\u0640", 1)
    return [arabic, stretched, text.replace("\u200c", ""), "\u202b" + text + "\u202c"]


def marked(text: str) -> tuple[str, int, int]:
    """A text with its span in square brackets: the text without them, and the span's offsets."""
    start, end = text.index("["), text.index("]") - 1
    return text.replace("[", "", 1).replace("]", "", 1), start, end


def amount(cell: str) -> tuple[float, float | None]:
    """`3..4` or `3`."""
    low, _, high = cell.partition("..")
    return float(low), float(high) if high else None
