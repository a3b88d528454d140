"""Sentences of Persian news: half-open spans that tile the text.

A sentence ends at a line break and after `.` `!` `?` `؟` `…` with whatever closes behind them; a bullet and the
closing line `انتهای پیام` begin one. A full stop within a number or after a single letter (`ه.ش`, `ق.م.`, `م. رضایی`)
ends nothing, nor does an ellipsis that stands for left-out words (`خرما و …`). White space belongs to the
sentence before it; a date header belongs to the sentence that it heads.
"""

from __future__ import annotations

import re

from tejarat.text.article import header_end
from tejarat.text.normalize import DROPPED, fold

_JOINERS = re.escape(DROPPED)
#: Signs that open an item of a list, in posts often without a line break before.
_BULLETS = "🔹🔸🔷🔶🔺🔻🔴🔵🟢🟡⚪⚫◾◽▪▫◼◻■□●○◆◇♦►▶▸✅✔☑📌📍❇✳✴⭐★✨➖➕•‣"
#: Joiners and direction marks, which may stand between a full stop and the space after it.
_MARKS = r"\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\u00ad"
_LINE_BREAKS = "\n\r\x0b\x0c\x85\u2028\u2029"

_PLACE = re.compile(
    rf"""
    [{_LINE_BREAKS}]\s*
  | (?P<stop>[.!?؟…](?:[ ]?[.!?؟…])*) (?:[ \u200c]?[»”)\]}}]|[’"'])* (?P<space>(?:[^\S{_LINE_BREAKS}]|[{_MARKS}])*)
  | (?<=\s)(?=[{_BULLETS}])
  | (?<![\w{_JOINERS}])(?=انتهای[\s\u200c]?(?:پیام|خبر|گزارش)\b)
    """,
    re.VERBOSE,
)
#: Latin words that carry a full stop; Persian ones are single letters.
_ABBREVIATIONS = frozenset(
    ["co", "corp", "dr", "etc", "inc", "jr", "ltd", "mr", "mrs", "ms", "no", "prof", "sr", "st", "vs", "vol"]
)
_LAST_WORD = re.compile(rf"[\w{_JOINERS}]*\Z")
_LOOK_BACK = 40
_PERSIAN = re.compile(r"[\u0600-\u06ff«(]")


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences, in order: they tile the text, and none is empty.

    Every sentence begins at the edge of a token of :func:`tejarat.text.words.tokens`.
    """
    if not text:
        return []
    plain = fold(text)
    body = max(header_end(text), len(text) - len(text.lstrip()))
    starts = [0]
    for match in _PLACE.finditer(plain):
        if starts[-1] < match.end() < len(text) and match.end() > body and _ends(plain, match):
            starts.append(match.end())
    return list(zip(starts, [*starts[1:], len(text)], strict=True))


def _ends(text: str, match: re.Match[str]) -> bool:
    """Whether a sentence ends at this place; line breaks, bullets and closing lines always end one."""
    stop = match["stop"]
    if stop is None:
        return True
    start = match.start("stop")
    if start and text[start - 1] in "([":
        return False  # an aside such as (!)
    following = text[match.end() : match.end() + 1]
    if following in _LINE_BREAKS:
        return False  # the line break that comes next ends it
    word = _word_before(text, start)
    tight = not match["space"].strip(DROPPED)
    if tight and not (_PERSIAN.match(following) and len(word) > 1):
        return False  # 3.5, tejarat.ir, ه.ش
    if stop == ".":
        return not _carries_stop(text, start, word)
    if "…" in stop or stop.count(".") > 1:
        return word != "و" and _closes(text, start, following)
    return following not in "،؛,;"


def _word_before(text: str, end: int) -> str:
    match = _LAST_WORD.search(text[max(0, end - _LOOK_BACK) : end])
    return match.group().strip(DROPPED) if match else ""


def _carries_stop(text: str, stop: int, word: str) -> bool:
    """Whether a single full stop belongs to the word before it: an initial, an abbreviation, an item's number."""
    if word.isdecimal():
        line = text[max(0, stop - _LOOK_BACK) : stop]
        return len(word) <= 2 and re.search(rf"(?:^|[{_LINE_BREAKS}])\s*{word}$", line) is not None
    return (len(word) <= 1 and word.isalpha()) or word.lower() in _ABBREVIATIONS


def _closes(text: str, start: int, following: str) -> bool:
    """Whether an ellipsis ends its sentence: not where words are left out in the middle of one."""
    before = text[max(0, start - 3) : start]
    return not (before[-1:].isspace() or before[-1:] in "«(\"'،," or following in "،؛,;»)")
