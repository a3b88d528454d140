"""Ranks and among whom they are held."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from tejarat.schema import Rank
from tejarat.values.numbers import read_ordinal
from tejarat.values.places import find_areas
from tejarat.values.plain import LETTER, plain
from tejarat.values.tables import any_of, rows

_NOUN = re.compile(
    r"^(?:رتبه|رده|ردیف|جایگاه|مقام|مرتبه|رنک|پله|مکان|جای)(?:\s*های?|\s*ها)?(?:\s*ی)?(?:\s+(?:شماره|برتر))?(?:\s+|(?=\d))"
)
_AND_OR_TO = re.compile(r"\s+(?:تا|الی)\s+|\s*-\s*|\s+و\s+")
_SENTENCE = re.compile(r"[.!?؟؛\n](?!\d)")
_WORD = re.compile(r"[^\W_]+|[،:]")
#: `این کشور` is the other side; `دومین کشور صادرکننده` is no scope by itself.
_NOT_OURS = re.compile(r"(?:این|آن|دو|هر|سه|چند|\d)\s*$")
_STATES = re.compile(r"\s*(?:صادر|وارد|تولید)\s*(?:کننده|کنندگان)|\s*(?:هدف|های)")
_AMONG = re.compile(
    r"(?:در|میان|بین|سطح|کل)\s+(?:\S+\s+)?$|(?:کننده|کنندگان|کالا\S*|صادرات|بازار|سوم|دوم|اول|نخست)\s+(?:\S+\s+)?$"
)

#: How many words away the words that tell the scope may stand.
_REACH = 9


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


def scope_of(text: str, start: int, end: int) -> str | None:
    """Among whom the rank at ``[start, end)`` is held, as the words around it in its sentence say.

    One of `world`, `country`, `partner` or a region code; None where nothing tells, or where goods are ranked.
    The nearest words win, those after the rank before those as near in front of it.
    """
    view = plain(text)
    first, last = view.at(start), view.at(end)
    before = _SENTENCE.split(view.text[max(0, first - 160) : first])[-1]
    after = _SENTENCE.split(view.text[last : last + 160])[0]
    best: tuple[float, str] | None = None
    for side, clause in (("before", before), ("after", after)):
        for a, b, scope in (*_cues(clause), *_regions(clause)):
            between = clause[b:] if side == "before" else clause[:a]
            away = sum(2.0 if w in "،:" else 1.0 for w in _WORD.findall(between)) * (
                1.5 if side == "before" else 1
            )
            if away <= _REACH and (best is None or away < best[0]):
                best = (away, scope)
    return None if best is None or best[1] == "goods" else best[1]


def _cues(clause: str) -> Iterator[tuple[int, int, str]]:
    pattern, scopes = _grammar()
    for match in pattern.finditer(clause):
        scope = scopes["".join(match[1].split())]
        theirs = _NOT_OURS.search(clause[: match.start()]) or _STATES.match(clause, match.end())
        if match[1] == "کشور" and theirs:
            continue
        yield match.start(), match.end(), scope


def _regions(clause: str) -> Iterator[tuple[int, int, str]]:
    for area in find_areas(clause):
        if area.kind == "region" and area.code != "WORLD" and _AMONG.search(clause, 0, area.start):
            yield area.start, area.end, area.code


@cache
def _grammar() -> tuple[re.Pattern[str], dict[str, str]]:
    table = rows("scopes")
    scopes = {"".join(plain(r["words"]).text.split()): r["scope"] for r in table}
    return re.compile(rf"(?<!{LETTER})({any_of(r['words'] for r in table)})(?!{LETTER})"), scopes
