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
_PLURAL_END = re.compile(r"(?<=\w{3})(?:های|هایی|ها)$")
_ADJECTIVE_ENDS = ("ه ای", "ای", "ی")
_LONGEST = 5


@lru_cache(maxsize=4096)
def read_product(text: str) -> Product:
    """The normalised name of a PRODUCT span and, where the table tells, its chapter (two digits)."""
    words = _words(text)
    names, chapters = _table()
    given = plain(" ".join(_NOT_NAME.sub(" ", _JOINERS.sub(" ", text)).split())).text
    for form in (given, " ".join(words)):
        known = names.get(form.replace(" ", ""))
        if known is not None:
            return Product(known, chapters[known])
    name = " ".join(words) or given or text.strip()
    return Product(name, _chapter(words))


def _words(text: str) -> list[str]:
    """Plain words without the plural; the ZWNJ inside a name counts as a space."""
    out: list[str] = []
    for word in _NOT_NAME.sub(" ", plain(_JOINERS.sub(" ", text)).text).split():
        if word in _PLURAL_WORD:
            continue
        stem = _PLURAL_END.sub("", word)
        out.append(stem if stem != word and (stem not in ("تن", "ب")) else word)
    return out


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
        names.setdefault("".join(_words(row["name"])), row["name"])
        names.setdefault(plain(row["name"]).text.replace(" ", ""), row["name"])
        chapters[row["name"]] = row["chapter"]
    return names, chapters
