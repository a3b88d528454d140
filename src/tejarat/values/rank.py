"""Ranks and among whom they are held."""

from __future__ import annotations

import re
from functools import cache

from tejarat.schema import Rank
from tejarat.values.numbers import read_ordinal
from tejarat.values.places import FoundArea, find_areas
from tejarat.values.plain import LETTER, Plain, plain
from tejarat.values.tables import any_of, rows

_NOUN = re.compile(
    r"^(?:رتبه|رده|ردیف|جایگاه|مقام|مرتبه|رنک|پله|مکان|جای)(?:\s*های?|\s*ها)?(?:\s*ی)?(?:\s+(?:شماره|برتر))?\s*"
)
_TO = re.compile(r"\s+(?:تا|الی|و)\s+|\s*-\s*")
_AND_OR_TO = re.compile(r"\s+(?:تا|الی)\s+|\s*-\s*|\s+و\s+")
_SENTENCE = re.compile(r"[.!?؟؛\n](?!\d)")


def read_rank(text: str) -> Rank | None:
    """The position of a RANK span: `رتبه چهارم`, `سومین`, `رتبه‌های اول تا سوم`; None where it states none."""
    form = " ".join(plain(text).text.split()).strip(" «»()\"'")
    body = _NOUN.sub("", form)
    rank = read_ordinal(body)
    if rank is not None:
        return Rank(rank) if rank > 0 else None
    for match in _AND_OR_TO.finditer(body):
        first, last = read_ordinal(body[: match.start()]), read_ordinal(body[match.end() :])
        if first and last and first < last:
            return Rank(first, last)
    words = body.split(" ")
    for size in range(min(len(words), 5), 0, -1):  # words that do not belong: `سومین شریک`, `مشترک دوم`
        for i in range(len(words) - size + 1):
            rank = read_ordinal(" ".join(words[i : i + size]))
            if rank:
                return Rank(rank)
    return None
