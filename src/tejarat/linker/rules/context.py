"""Fourth station: who, with whom and when, carried through the document until it is replaced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from tejarat.linker.reading import Mention, Reading
from tejarat.linker.rules import attach
from tejarat.linker.rules.flows import Clause
from tejarat.linker.rules.words import has

_POSTS = ("گمرک", "مرز", "پایانه", "بندر", "بنادر")
#: How many sentences make the lead.
LEAD = 3


def home(reading: Reading, sentence: int) -> str:
    """The code of Iran or the province whose flow a sentence tells where it names no other reporter."""
    if country := foreign_topic(reading):
        return country
    province = province_of(reading, sentence)
    if province is None:
        return "IR"
    keys = reading.keys[slice(*reading.bounds[sentence])]
    if any(has("province", k) for k in keys) and not any(k.startswith(_POSTS) for k in keys):
        return province
    if any(m.value == "IR" for m in reading.in_sentence[sentence]) or nation(keys):
        return "IR"
    return province if owned(reading, province) else "IR"


@lru_cache(maxsize=16)
def foreign_topic(reading: Reading) -> str | None:
    """The country that an article tells of which speaks of Iran nowhere; None for all other articles."""
    areas = reading.by_kind["area"]
    if any(str(m.value).startswith("IR") for m in areas) or not areas:
        return None
    if any(
        nation(reading.keys[slice(*b)]) or has("ours", k)
        for b in reading.bounds
        for k in reading.keys[slice(*b)]
    ):
        return None
    weights: Counter[str] = Counter()
    for sentence in range(len(reading.sentences)):
        for group in attach.groups(reading, sentence, "area"):
            if group.role in ("owner", "bare"):
                for m in group.members:
                    weights[str(m.value)] += 2 if sentence <= 1 else 1
    return weights.most_common(1)[0][0] if weights else None


def nation(keys: Sequence[str]) -> bool:
    """Whether a sentence says `کشور` or `کشورمان` and means Iran."""
    return any(has("nation", k) and (i == 0 or not has("other", keys[i - 1])) for i, k in enumerate(keys))


def owned(reading: Reading, province: str) -> bool:
    """Whether the article tells of a province's own flow: `صادرات کرمان`, `صادرات استان`."""
    for cue in reading.by_kind["cue"]:
        after = [reading.word(cue.last + k, cue.sentence) for k in range(3)]
        if cue.detail in ("noun", "adjective") and any(has("province", w) for w in after):
            return True
    return any(
        m.value == province
        and any(
            0 <= m.first - c.last <= 2 and c.detail == "noun"
            for c in reading.in_sentence[m.sentence]
            if c.kind == "cue"
        )
        for m in reading.by_kind["area"]
    )


def province_of(reading: Reading, sentence: int) -> str | None:
    """`استان`: the province named in the sentence, or the one that the article names most; cities count less."""
    found = [m for m in reading.by_kind["area"] if str(m.value).startswith("IR-")]
    here = [m for m in found if m.sentence == sentence and m.detail == "province"]
    if here:
        return str(here[0].value)
    weights: Counter[str] = Counter()
    for m in found:
        weights[str(m.value)] += (3 if m.detail == "province" else 1) + (2 if m.sentence == 0 else 0)
    return weights.most_common(1)[0][0] if weights else None


def this_country(reading: Reading, word: int) -> Mention | None:
    """`این کشور`: the foreign country named last before a word."""
    found = [
        m for m in reading.by_kind["area"] if m.first < word and m.value != "IR" and m.detail == "country"
    ]
    return found[-1] if found else None


def says_this_country(reading: Reading, sentence: int) -> bool:
    """Whether a sentence speaks of `این کشور` or `دو کشور`."""
    keys = reading.keys[slice(*reading.bounds[sentence])]
    return any(a in ("این", "آن", "دو") and b.startswith("کشور") for a, b in pairwise(keys))


def period(reading: Reading, first: int, clause: tuple[int, int], used: Mention | None) -> Mention | None:
    """The time of what begins at word ``first``: its clause's, its sentence's, the one ``used`` last, the lead's.

    Args:
        clause: the words ``[first, last)`` of its clause.
        used: the period of the statement before.
    """
    sentence = reading.sentence_of[first]
    here = [m for m in reading.in_sentence[sentence] if m.kind == "period" and told(reading, m)]
    inside = [m for m in here if clause[0] <= m.first < clause[1]]
    for pool in (inside, here):
        before = [m for m in pool if m.first < first]
        if pool:
            return before[-1] if before else next(iter(pool))
    if used is not None and 0 <= sentence - used.sentence <= 6:
        return used
    back: list[int] = [*range(sentence - 1, max(-1, sentence - 1 - LEAD), -1), *range(LEAD)]
    for s in back:
        if s >= len(reading.sentences) or (s > sentence > 0):
            continue
        past = [
            m
            for m in reading.in_sentence[s]
            if m.kind == "period" and told(reading, m) and not ahead(reading, m)
        ]
        if past:
            return past[-1]
    return None


def told(reading: Reading, m: Mention) -> bool:
    """Whether a period dates a flow: it is no day of a header, and nothing only compared with."""
    value: Any = m.value
    header = m.sentence <= 1 and value.first is not None and value.first == value.last
    return not header and not compared(reading, m)


def ahead(reading: Reading, m: Mention) -> bool:
    """Whether a period begins after the article's day."""
    value: Any = m.value
    return reading.day is not None and value.first is not None and value.first > reading.day


def compared(reading: Reading, m: Mention) -> bool:
    """Whether a period is only what a change is measured against: `نسبت به مدت مشابه سال قبل`."""
    if m.detail == "same":
        return True
    return any(has("compare", reading.word(m.first - k, m.sentence)) for k in (1, 2, 3)) and not has(
        "compare", reading.word(m.first, m.sentence)
    )


def yearly(reading: Reading, clause: Clause) -> bool:
    """Whether a clause tells a rate or habit, which belongs to no period: `سالانه`, `روزانه`."""
    return any(has("yearly", reading.keys[i]) for i in range(clause.first, clause.last))


def _customs(reading: Reading, m: Mention) -> bool:
    """Whether a province is named only as the place of a customs house or border crossing."""
    return reading.word(m.first - 1, m.sentence).startswith(("گمرک", "مرز", "پایانه", "بندر"))
