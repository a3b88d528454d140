"""Percentages, and whether the words around one tell of a rise or a fall (``data/signs.tsv``)."""

from __future__ import annotations

import re
from functools import cache

from tejarat.schema import Percent
from tejarat.values.numbers import find_numbers
from tejarat.values.plain import LETTER, plain
from tejarat.values.tables import any_of, rows

_MARK = re.compile(
    rf"\s*(?P<minus>-)?\s*(?:واحد\s*)?(?:در\s*صد(?:ی+|ش|شان|اش|ست|است|اند)?(?!{LETTER})|%|پرسنت)"
)
_BEFORE = re.compile(r"%\s*$")
_MINUS = re.compile(r"(?:(?<![\w%])-|[▼🔻↓]|(?<!\w)(?:منفی|منهای))\s*$")
_PLUS = re.compile(r"(?:\+|[▲🔺↑]|(?<!\w)مثبت)\s*$")
_TO = re.compile(r"\s*(?:تا|الی|-)\s*")
_SENTENCE = re.compile(r"[.!?؟؛\n](?!\d)|(?<!\d)[.]")
_WORDS = re.compile(r"[^\W_]+(?:[.,/]\d+)*|[،:]")
_ABOUT = re.compile(r"(?:بیش|بیشتر|کمتر|بالاتر|پایینتر|فراتر)\s+از\s*$|(?:دستکم|حداقل|حداکثر)\s*$")

#: How many words away a governing word may stand, and what a comma or colon between costs.
_REACH = 14
_COMMA = 3


def read_percent(text: str) -> Percent | None:
    """The percentage of a PERCENT span, or None. Percentage points count as percentages; `منفی ۵ درصد` is −5."""
    form = plain(text).text
    numbers = find_numbers(form, decimal=True)
    for i, number in enumerate(numbers):
        mark = _MARK.match(form, number.end)
        if mark is None and not _BEFORE.search(form, 0, number.start):
            continue
        low, high = number.amount, number.amount_max
        if high is None and i and form[numbers[i - 1].end : number.start].strip(" %") in ("تا", "الی", "-"):
            low, high = numbers[i - 1].amount, number.amount  # `20% تا 30%`
        minus = _MINUS.search(form, 0, number.start) or (mark and mark["minus"])
        sign = -1 if minus else 1
        if (
            mark
            and i + 1 < len(numbers)
            and high is None
            and _TO.fullmatch(form, mark.end(), numbers[i + 1].start)
        ):
            high = numbers[i + 1].amount  # `20 درصد تا 30 درصد`
        return Percent(sign * low, None if high is None else sign * high)
    return None


def sign_of(text: str, start: int, end: int) -> int:
    """−1 or +1 where the clause around the percentage at ``[start, end)`` tells of a fall or rise, else 0.

    The nearest governing word wins; a noun before `…درصدی` and a noun or verb after `…درصد` stand nearest.
    """
    view = plain(text)
    first, last = view.at(start), view.at(end)
    before = _SENTENCE.split(view.text[max(0, first - 160) : first])[-1]
    after = _SENTENCE.split(view.text[last : last + 160])[0]
    inside = view.text[first:last]
    if _MINUS.search(before) or inside.lstrip().startswith(("-", "منفی")):
        return -1
    if _PLUS.search(before):
        return 1
    pattern, signs = _grammar()
    before = _ABOUT.sub("", before)
    suffixed = bool(re.search(r"صدی+\s*$", inside))
    best: tuple[float, int] | None = None
    for side, clause in (("before", before), ("after", after)):
        for match in pattern.finditer(clause):
            sign, only = signs["".join(match[1].split())]
            if only not in ("any", side) or (
                side == "before" and re.match(r"\s+از(?!\w)", clause[match.end() :])
            ):
                continue
            between = clause[match.end() :] if side == "before" else clause[: match.start()]
            away = float(sum(_COMMA if w in "،:" else 1 for w in _WORDS.findall(between)))
            away += 0.5 if (side == "before") != suffixed else 0
            if away <= _REACH and (best is None or away < best[0]):
                best = (away, sign)
    return best[1] if best else 0


@cache
def _grammar() -> tuple[re.Pattern[str], dict[str, tuple[int, str]]]:
    table = rows("signs")
    signs = {"".join(plain(r["words"]).text.split()): (int(r["sign"]), r["side"]) for r in table}
    words = any_of(r["words"] for r in table)
    return re.compile(rf"(?<!{LETTER})({words})(?:ی|یافته|یافت|ش|شان|اش|ها|های)?(?!{LETTER})"), signs
