"""Names of goods: one spelling for the ways of writing a name, and its chapter of the Harmonized System.

``data/products.tsv`` lists trade names as the press writes them with their chapter. A name that is not in the
table takes the chapter of the longest run of its words that is, the first such run winning, since a Persian
noun stands before what describes it.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from tejarat.schema import Product
from tejarat.values.plain import plain
from tejarat.values.tables import rows

_JOINERS = re.compile("[\u200b-\u200d\ufeff]+")
_NOT_NAME = re.compile(r"[^\w%.\-/]+|(?<!\d)\.|\.(?!\d)")
_PLURAL_WORD = frozenset(("ها", "های", "هایی", "هاي"))
_PLURAL_END = re.compile(r"(?:(?<=\w{3})|(?<=گل))(?:های|هایی|ها)$")
_ADJECTIVE_ENDS = ("ه ای", "ای", "ی")
_LONGEST = 5


@lru_cache(maxsize=4096)
def read_product(text: str) -> Product:
    """The normalised name of a PRODUCT span and, where the table tells, its chapter (two digits)."""
    written = _NOT_NAME.sub(" ", plain(_JOINERS.sub(" ", text)).text).split()
    singular = _singular(written)
    names, chapters = _table()
    for form in ("".join(written), plain("".join(text.split())).text, "".join(singular)):
        known = names.get(form)
        if known is not None:
            return Product(known, chapters[known])
    # Of a name that the table lacks only the last word loses its plural: `کالاهای اساسی` stays.
    name = " ".join((*written[:-1], *_singular(written[-1:]))) or text.strip()
    return Product(name, _chapter(singular))


def _singular(words: list[str]) -> list[str]:
    """The words without the plural, written onto them or apart."""
    return [_PLURAL_END.sub("", word) for word in words if word not in _PLURAL_WORD]


def _chapter(words: list[str]) -> str | None:
    names, chapters = _table()
    for size in range(min(len(words), _LONGEST), 0, -1):
        for i in range(len(words) - size + 1):
            run = words[i : i + size]
            for last in _stems(run[-1]):
                known = names.get("".join((*run[:-1], last)))
                if known is not None:
                    return chapters[known]
    return None


def _stems(word: str) -> list[str]:
    """The word, and what it may be an adjective or ezafe form of: `نفتی`, `پسته ای`, `سویای`."""
    return [word, *(word[: -len(e)] for e in _ADJECTIVE_ENDS if word.endswith(e) and len(word) - len(e) >= 2)]


@cache
def _table() -> tuple[dict[str, str], dict[str, str]]:
    """Names by their letters without spaces, and chapters by name."""
    names: dict[str, str] = {}
    chapters: dict[str, str] = {}
    for row in rows("products"):
        words = plain(row["name"]).text.split()
        for form in (words, _singular(words)):
            names.setdefault("".join(form), row["name"])
        chapters[row["name"]] = row["chapter"]
    return names, chapters
