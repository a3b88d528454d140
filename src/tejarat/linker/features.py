"""What the linker knows about a candidate: named numbers, told from places and words, never from a model.

Distances are counted in words; :data:`FAR` stands for "none in reach". A feature `-1=به` says that the word before
is `به`.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from tejarat.linker.reading import Mention, Reading
from tejarat.schema import FLOWS, Entity
from tejarat.values.money import is_unit_price
from tejarat.values.percent import sign_of
from tejarat.values.rank import scope_of

Features = dict[str, float]
AnchorKind = Literal["money", "percent", "rank", "quantity", "goods"]
FAR = 60.0
MEASURES = ("money", "percent", "rank", "quantity")

_PREPOSITIONS = frozenset(["به", "از", "با", "در", "کشور", "استان", "برای", "بین", "میان", "مقصد", "بازار"])
_THIS_COUNTRY = frozenset(["کشور", "کشورمان", "کشورشان"])
#: `این کشورها`, `این اتحادیه`: a group of partners named before.
_THESE = frozenset(
    ["کشورها", "کشورهای", "اتحادیه", "منطقه", "بلوک", "قاره", "حوزه", "پیمان", "بازارها", "مقاصد"]
)
_AGAIN = frozenset(["معادل", "برابر", "یعنی", "حدودا"])


@dataclass(frozen=True, slots=True)
class Row:
    """What a model weighs: features of its own, and those that it shares with the others of its list."""

    own: Features
    shared: Features = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A measure or list of goods that may be (part of) a statement. ``mentions`` has the goods of a list."""

    kind: AnchorKind
    first: int
    last: int
    sentence: int
    mentions: tuple[Mention, ...]

    @property
    def mention(self) -> Mention:
        return self.mentions[0]


def cue_features(reading: Reading, first: int, last: int, sentence: int) -> Features:
    f: Features = {}
    here = [m for m in reading.in_sentence[sentence] if m.kind == "cue"]
    for flow in FLOWS:
        cues = [m for m in here if m.value == flow]
        strong = [m for m in cues if m.detail != "weak"]
        f[f"{flow}_before"] = min((first - m.last for m in strong if m.last <= first), default=FAR)
        f[f"{flow}_after"] = min((m.first - last for m in strong if m.first >= last), default=FAR)
        f[f"{flow}_weak"] = min((abs(m.first - first) for m in cues if m.detail == "weak"), default=FAR)
        f[f"{flow}_here"] = float(len(strong))
        for back in (1, 2, 3):
            past = reading.in_sentence[sentence - back] if sentence >= back else []
            f[f"{flow}_{back}_ago"] = float(
                any(m.kind == "cue" and m.value == flow and m.detail != "weak" for m in past)
            )
        if sentence + 1 < len(reading.in_sentence):
            f[f"{flow}_next"] = float(
                any(
                    m.kind == "cue" and m.value == flow and m.detail != "weak"
                    for m in reading.in_sentence[sentence + 1]
                )
            )
        f[f"{flow}_in_headline"] = float(
            any(m.kind == "cue" and m.value == flow and m.detail != "weak" for m in reading.in_sentence[0])
        )
        total = max(1, sum(m.detail != "weak" for m in reading.by_kind["cue"]))
        f[f"{flow}_of_article"] = (
            sum(m.value == flow and m.detail != "weak" for m in reading.by_kind["cue"]) / total
        )
    past_cues = [m for m in reading.by_kind["cue"] if m.last <= first and m.detail != "weak"]
    if past_cues:
        f[f"last_cue={past_cues[-1].value}"] = 1.0
        f["last_cue_words"] = float(min(first - past_cues[-1].last, 200))
    closest = min(here, key=lambda m: gap(m, first, last), default=None)
    if closest:
        f[f"closest={closest.value}"] = 1.0
        f[f"closest_kind={closest.detail}"] = 1.0
        f["closest_words"] = float(gap(closest, first, last))
        f.update(_beside("cue", reading, closest))
    f["cues_of_article"] = float(sum(m.detail != "weak" for m in reading.by_kind["cue"]))
    return f


def signal_features(reading: Reading, anchor: Anchor) -> Features:
    """How far the closest word of each signal stands before and after, and how often the sentence has it."""
    first, last = reading.bounds[anchor.sentence]
    f: Features = {}
    for signal, places in reading.signals(anchor.sentence).items():
        f[f"{signal}_left"] = float(min((anchor.first - i for i in places if i < anchor.first), default=FAR))
        f[f"{signal}_right"] = float(
            min((i - anchor.last + 1 for i in places if i >= anchor.last), default=FAR)
        )
        f[f"{signal}_count"] = float(len(places))
        f[f"{signal}_at_end"] = float(any(i >= last - 5 for i in places))
    f["of_sentence"] = (anchor.first - first) / max(1, last - first)
    return f


def layout(reading: Reading, anchor: Anchor) -> Features:
    """How the measures of the sentence alternate with what may fill their slots.

    In `عراق با ۶۵ میلیون دلار، افغانستان با ۳۵ میلیون دلار` each has its own; in `۵ تن عسل و ۳ تن پسته به عراق` the
    one at the end is shared.
    """
    first, last = reading.bounds[anchor.sentence]
    kind = "product" if anchor.kind == "goods" else anchor.kind
    row = [m for m in reading.in_sentence[anchor.sentence] if m.kind == kind]
    before = [m for m in row if m.last <= anchor.first]
    after = [m for m in row if m.first >= anchor.last]
    f: Features = {"row_before": float(len(before)), "row_after": float(len(after))}
    ends = (before[-1].last if before else first, after[0].first if after else last)
    for what in ("area", "product", "period", "cue", "comma", "and", "that"):
        f[f"row_{what}_left"] = float(min(9, reading.between(what, ends[0], anchor.first)))
        f[f"row_{what}_right"] = float(min(9, reading.between(what, anchor.last, ends[1])))
    for what in ("area", "product"):
        f[f"row_{what}_head"] = float(
            min(9, reading.between(what, first, row[0].first if row else anchor.first))
        )
        f[f"row_{what}_tail"] = float(
            min(9, reading.between(what, row[-1].last if row else anchor.last, last))
        )
    return f


def value_features(reading: Reading, anchor: Anchor) -> Features:
    f: Features = {}
    value = anchor.mention.value
    if not isinstance(value, Entity):
        f[f"unit={getattr(value, 'unit', '')}"] = 1.0
        f["size"] = math.log10(max(1e-6, abs(getattr(value, "amount", 0.0))))
        return f
    read = value.value
    if anchor.kind == "money":
        f["unit_price"] = float(is_unit_price(reading.text, value.start, value.end))
        f[f"currency={getattr(read, 'currency', '')}"] = 1.0
        f["size"] = math.log10(max(1e-6, abs(getattr(read, "amount", 0.0))))
    elif anchor.kind == "percent":
        f["sign"] = float(sign_of(reading.text, value.start, value.end))
        f["size"] = float(getattr(read, "percent", 0.0))
    else:
        f[f"scope={scope_of(reading.text, value.start, value.end)}"] = 1.0
        f["size"] = float(getattr(read, "rank", 0))
    same = [
        m for m in reading.by_kind[anchor.kind]  # type: ignore[index]
        if m is not anchor.mention and isinstance(m.value, Entity) and m.value.value == read
    ]  # fmt: skip
    earlier = [
        m for m in reading.in_sentence[anchor.sentence] if m.kind == anchor.kind and m.last <= anchor.first
    ]
    f["restated"] = float(
        bool(earlier)
        and anchor.first - earlier[-1].last <= 6
        and any(k in _AGAIN for k in reading.keys[earlier[-1].last : anchor.first])
    )
    f["told_before"] = float(any(m.first < anchor.first for m in same))
    f["told_after"] = float(any(m.first > anchor.first for m in same))
    return f


def area_shared(reading: Reading, anchor: Anchor) -> Features:
    s = anchor.sentence
    first, last = reading.bounds[s]
    keys = reading.keys[first:last]
    f: Features = {
        "says_province": float("استان" in keys or "استانی" in keys),
        "says_country": float(any(k in _THIS_COUNTRY for k in keys)),
        "says_this_country": float("این کشور" in " ".join(keys)),
        "says_these": float(any(a == "این" and b in _THESE for a, b in pairwise(keys))),
        "areas_in_sentence": float(sum(m.kind == "area" for m in reading.in_sentence[s])),
        "foreign_in_sentence": float(
            sum(
                m.kind == "area" and area_kind(str(m.value)) == "country" and m.value != "IR"
                for m in reading.in_sentence[s]
            )
        ),
        "customs": float(any(k.startswith("گمرک") for k in keys)),
    }
    so_far = Counter(area_kind(str(m.value)) for m in reading.areas_before(anchor.first))
    for kind in ("iran", "province", "country"):
        here = [m for m in reading.in_sentence[s] if m.kind == "area" and area_kind(str(m.value)) == kind]
        f[f"{kind}_here"] = float(len(here))
        f[f"{kind}_nearest"] = float(min((gap(m, anchor.first, anchor.last) for m in here), default=FAR))
        f[f"{kind}_so_far"] = float(so_far[kind])
    domestic = last_area(reading, anchor, lambda m: area_kind(str(m.value)) in ("iran", "province"))
    if domestic:
        f[f"last_domestic={area_kind(str(domestic.value))}"] = 1.0
        f["last_domestic_sentences"] = float(s - domestic.sentence)
    for word in around(reading, anchor):
        f[f"near={word}"] = 1.0
    f.update(layout(reading, anchor))
    cues = [m for m in reading.in_sentence[s] if m.kind == "cue" and m.detail != "weak"]
    closest = min(cues, key=lambda m: gap(m, anchor.first, anchor.last), default=None)
    if closest is not None:
        f[f"cue={closest.value}"] = 1.0
        f.update(_beside("cue", reading, closest))
    return f


def last_area(reading: Reading, anchor: Anchor, wanted: Callable[[Mention], bool]) -> Mention | None:
    """The last area named before an anchor that is of the kind wanted."""
    return next((m for m in reversed(reading.areas_before(anchor.first)) if wanted(m)), None)


def area_habits(reading: Reading, mentions: list[Mention]) -> Features:
    """How the article as a whole speaks of an area: after which words it stands, and how often beside a flow word."""
    f: Features = {}
    for m in mentions:
        before = reading.word(m.first - 1, m.sentence)
        f[f"said_{before if before in _PREPOSITIONS else 'other'}"] = f.get(f"said_{before}", 0.0) + 1
        if any(c.kind == "cue" and 0 <= m.first - c.last <= 1 for c in reading.in_sentence[m.sentence]):
            f["said_after_cue"] = f.get("said_after_cue", 0.0) + 1
    f["said_in_headline"] = float(sum(m.sentence == 0 for m in mentions))
    return f


def order(candidates: list[tuple[Features, Mention | None]], anchor: Anchor) -> None:
    """Adds to each candidate how many others stand closer to the anchor."""

    def key(m: Mention | None) -> float:
        return (
            999.0
            if m is None
            else 100.0 * abs(m.sentence - anchor.sentence) + min(gap(m, anchor.first, anchor.last), 99)
        )

    distances = sorted(key(m) for _, m in candidates)
    for f, m in candidates:
        f["closer_ones"] = float(bisect_left(distances, key(m)))


def _beside(name: str, reading: Reading, m: Mention) -> Features:
    """The two words before and after a mention."""
    f: Features = {}
    for step in (1, 2):
        f[f"{name}-{step}={reading.word(m.first - step, m.sentence)}"] = 1.0
        f[f"{name}+{step}={reading.word(m.last + step - 1, m.sentence)}"] = 1.0
    return f


def around(reading: Reading, anchor: Anchor) -> set[str]:
    first, last = reading.bounds[anchor.sentence]
    return {
        reading.forms[i]
        for i in range(max(first, anchor.first - 6), min(last, anchor.last + 6))
        if not anchor.first <= i < anchor.last
    }


def add_nearest(reading: Reading, anchor: Anchor, mentions: list[Mention], f: Features) -> Mention | None:
    """Features of the closest mention before and after the anchor; returns the closest of all."""
    before = [m for m in mentions if m.first < anchor.first]
    after = [m for m in mentions if m.first >= anchor.first]
    for side, mention in (("before", before[-1] if before else None), ("after", after[0] if after else None)):
        f[f"{side}_sentences"] = FAR
        if mention is not None:
            g: Features = {}
            pair(reading, anchor, mention, g)
            f.update({f"{side}_{name}": value for name, value in g.items()})
    return min(
        mentions,
        key=lambda m: (abs(m.sentence - anchor.sentence), gap(m, anchor.first, anchor.last)),
        default=None,
    )


def pair(reading: Reading, anchor: Anchor, m: Mention, f: Features) -> None:
    """Where a mention stands to an anchor: distance, order, what is between, the words before it."""
    lo, hi = reading.group_bounds[m.kind, m.group]
    distance = gap(m, anchor.first, anchor.last)
    list_gap = max(lo - anchor.last, anchor.first - hi, 0)
    f["words"] = float(min(distance, 200))
    f["list_words"] = float(min(list_gap, 200))
    f["order"] = float((m.first > anchor.first) - (m.first < anchor.first))
    f["sentences"] = float(anchor.sentence - m.sentence)
    members = [x for x in reading.in_sentence[m.sentence] if x.kind == m.kind and x.group == m.group]
    f["list_size"] = float(len(members))
    f["list_place"] = float(members.index(m))
    same_kind = "product" if anchor.kind == "goods" else anchor.kind
    a, b = (hi, anchor.first) if m.first < anchor.first else (anchor.last, lo)
    for what in ("comma", "and", "that", "cue", "area", "product", "period", *MEASURES):
        f[f"between_{what}"] = float(min(9, reading.between(what, a, b)))
    f["between_same"] = float(min(9, reading.between(same_kind, a, b)))
    for step in (1, 2):
        if word := reading.word(lo - step, m.sentence):
            f[f"m-{step}={word}"] = 1.0
        if word := reading.word(hi + step - 1, m.sentence):
            f[f"m+{step}={word}"] = 1.0
        if word := reading.word(anchor.first - step, anchor.sentence):
            f[f"a-{step}={word}"] = 1.0
        if word := reading.word(anchor.last + step - 1, anchor.sentence):
            f[f"a+{step}={word}"] = 1.0
    # Another anchor of the same kind that stands closer to the mention competes for it.
    rivals = [x for x in reading.in_sentence[m.sentence] if x.kind == same_kind and x is not anchor.mention]
    nearest = min((max(lo - x.last, x.first - hi, 0) for x in rivals if x.kind != m.kind), default=FAR)
    f["rival"] = float(min(nearest, FAR))
    f["rival_nearer"] = float(nearest < list_gap)
    cues = [x for x in reading.in_sentence[m.sentence] if x.kind == "cue" and x.detail != "weak"]
    closest = min(cues, key=lambda c: gap(c, m.first, m.last), default=None)
    if closest is not None:
        f[f"m_cue={closest.value}"] = 1.0
        f["m_cue_words"] = float(gap(closest, m.first, m.last))
        f["m_cue_before"] = float(closest.first < m.first)
    f["m_at"] = float(m.first - reading.bounds[m.sentence][0])
    f["lines"] = float(min(9, abs(reading.line_of[anchor.sentence] - reading.line_of[m.sentence])))


def nearest(reading: Reading, kind: str, anchor: Anchor) -> tuple[float, float]:
    own = {id(m) for m in anchor.mentions}
    here = [m for m in reading.in_sentence[anchor.sentence] if m.kind == kind and id(m) not in own]
    before = min((anchor.first - m.last for m in here if m.last <= anchor.first), default=FAR)
    after = min((m.first - anchor.last for m in here if m.first >= anchor.last), default=FAR)
    return float(before), float(after)


def gap(m: Mention, first: int, last: int) -> int:
    return max(m.first - last, first - m.last, 0)


@lru_cache(maxsize=1024)
def area_kind(code: str) -> str:
    if code == "IR":
        return "iran"
    if code.startswith("IR-"):
        return "province"
    return "country" if len(code) == 2 and code != "EU" else "region"
