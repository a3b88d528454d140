"""What may belong together: anchors (measures and goods that may state a flow) and what may fill their slots.

An *anchor* is a MONEY, PERCENT or RANK span, a quantity, or a list of goods. Each candidate carries named
features: how far apart two mentions stand, what stands between them, which words stand around. Nothing is
decided here; :mod:`tejarat.linker.scorer` weighs the features and :mod:`tejarat.linker.assemble` decides.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from tejarat.linker.reading import Mention, Reading
from tejarat.schema import FLOWS, Entity, Flow
from tejarat.values.money import is_unit_price
from tejarat.values.percent import sign_of
from tejarat.values.rank import scope_of

Features = dict[str, float]
AnchorKind = Literal["money", "percent", "rank", "quantity", "goods"]
FAR = 60.0

_ANCHORS = ("money", "percent", "rank", "quantity")
_THIS_COUNTRY = frozenset(["کشور", "کشورمان", "کشورشان"])


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


@dataclass(frozen=True, slots=True)
class AreaCandidate:
    """A country, province or region of the article that may report or be the partner."""

    code: str
    mention: Mention | None
    features: Features


@dataclass(frozen=True, slots=True)
class MentionCandidate:
    """A product or period that may belong to an anchor."""

    mention: Mention
    features: Features


def anchors(reading: Reading) -> list[Anchor]:
    """Every measure, and every list of goods, in order of the text."""
    out = [
        Anchor(m.kind, m.first, m.last, m.sentence, (m,))  # type: ignore[arg-type]
        for kind in _ANCHORS
        for m in reading.by_kind[kind]  # type: ignore[index]
    ]
    lists: dict[int, list[Mention]] = {}
    for m in reading.by_kind["product"]:
        lists.setdefault(m.group, []).append(m)
    for members in lists.values():
        out.append(Anchor("goods", members[0].first, members[-1].last, members[0].sentence, tuple(members)))
    return sorted(out, key=lambda a: (a.first, a.last))


def anchor_features(reading: Reading, anchor: Anchor) -> Features:
    """Features for an anchor's role, flow and modality."""
    f: Features = {f"is={anchor.kind}": 1.0}
    s = anchor.sentence
    first, last = reading.bounds[s]
    for step in range(1, 5):
        if word := reading.word(anchor.first - step, s):
            f[f"-{step}={word}"] = 1.0
            f[f"left={word}"] = 1.0
        if word := reading.word(anchor.last + step - 1, s):
            f[f"+{step}={word}"] = 1.0
            f[f"right={word}"] = 1.0
    for index in range(max(first, anchor.first - 12), min(last, anchor.last + 12)):
        if not anchor.first <= index < anchor.last:
            f[f"near={reading.keys[index]}"] = 1.0
    for index in range(max(first, last - 4), last):
        f[f"final={reading.keys[index]}"] = 1.0
    for word in reading.keys[first:last]:
        f[f"in={word}"] = 1.0
    f["sentence"] = float(s)
    f["sentence_words"] = float(last - first)
    f["at"] = float(anchor.first - first)
    f["left_in_sentence"] = float(last - anchor.last)
    f["is_headline"] = float(s == 0 and len(reading.sentences) > 1)
    for kind in (*_ANCHORS, "product", "area", "period"):
        f[f"n_{kind}"] = float(reading.between(kind, first, last))
    f.update(_cue_features(reading, anchor.first, anchor.last, s))
    f.update(_signal_features(reading, anchor))
    for kind in ("area", "product", "period", "money", "quantity", "percent", "rank"):
        before, after = _nearest(reading, kind, anchor)
        f[f"{kind}_before"], f[f"{kind}_after"] = before, after
    if anchor.kind == "goods":
        f["goods"] = float(len(anchor.mentions))
    else:
        f.update(_value_features(reading, anchor))
    return f


def area_candidates(reading: Reading, anchor: Anchor, flow: Flow) -> Iterator[AreaCandidate]:
    """Every area of the article, and Iran always: it trades even where it is not named."""
    by_code: dict[str, list[Mention]] = {}
    for m in reading.by_kind["area"]:
        by_code.setdefault(str(m.value), []).append(m)
    by_code.setdefault("IR", [])
    shared = _area_shared(reading, anchor)
    totals = Counter({code: len(ms) for code, ms in by_code.items()})
    leading = {
        kind: next((c for c, _ in totals.most_common() if _area_kind(c) == kind), "")
        for kind in ("country", "province", "region")
    }
    foreign_before = [m for m in reading.by_kind["area"] if m.first < anchor.first and m.value != "IR"]
    last_foreign = str(foreign_before[-1].value) if foreign_before else ""
    for code, mentions in by_code.items():
        f: Features = dict(shared)
        f[f"flow={flow}"] = 1.0
        f[f"is={anchor.kind}"] = 1.0
        kind = _area_kind(code)
        f[f"area={kind}"] = 1.0
        f["area_count"] = float(len(mentions))
        f["area_leads"] = float(leading.get(kind) == code)
        f["area_only"] = float(sum(_area_kind(c) == kind for c in by_code) == 1)
        f["area_last_foreign"] = float(code == last_foreign)
        f["area_first_sentence"] = float(mentions[0].sentence) if mentions else FAR
        f["area_first_word"] = float(min(mentions[0].first, 300)) if mentions else 300.0
        f["area_city"] = float(bool(mentions) and all(m.detail == "city" for m in mentions))
        f["provinces"] = float(sum(_area_kind(c) == "province" for c in by_code))
        near = _add_nearest(reading, anchor, mentions, f)
        yield AreaCandidate(code, near, f)


def product_candidates(reading: Reading, anchor: Anchor, flow: Flow) -> Iterator[MentionCandidate]:
    """The products of the sentence, of the two before it, of the one after, and of the headline."""
    for m in reading.by_kind["product"]:
        gap = anchor.sentence - m.sentence
        if not (-1 <= gap <= 2 or m.sentence == 0):
            continue
        f: Features = {f"flow={flow}": 1.0, f"is={anchor.kind}": 1.0}
        _pair(reading, anchor, m, f)
        f["own"] = float(any(m is x for x in anchor.mentions))
        f["products_in_sentence"] = float(
            sum(x.kind == "product" for x in reading.in_sentence[anchor.sentence])
        )
        f["measures_in_sentence"] = float(
            sum(x.kind in _ANCHORS for x in reading.in_sentence[anchor.sentence])
        )
        f["product_leads"] = float(m.sentence == 0)
        yield MentionCandidate(m, f)


def period_candidates(reading: Reading, anchor: Anchor) -> Iterator[MentionCandidate]:
    """The periods of the article up to the sentence after the anchor's; far ones only from the lead."""
    periods = reading.by_kind["period"]
    before = [m for m in periods if m.first < anchor.first]
    for m in periods:
        gap = anchor.sentence - m.sentence
        if not (-1 <= gap <= 4 or m.sentence <= 2):
            continue
        f: Features = {f"is={anchor.kind}": 1.0, f"period={m.detail}": 1.0}
        _pair(reading, anchor, m, f)
        f["period_sentence"] = float(m.sentence)
        f["period_first"] = float(m is periods[0])
        f["period_latest"] = float(bool(before) and m is before[-1])
        f["periods_in_sentence"] = float(
            sum(x.kind == "period" for x in reading.in_sentence[anchor.sentence])
        )
        f["periods_since"] = float(reading.between("period", m.last, anchor.first))
        first, last = getattr(m.value, "first", None), getattr(m.value, "last", None)
        f["period_days"] = float((last - first).days) if first and last else -1.0
        f["period_open"] = float(bool(last and reading.day and last >= reading.day))
        for word in _around(reading, anchor):
            f[f"near={word}"] = 1.0
        yield MentionCandidate(m, f)


def join_features(reading: Reading, a: Anchor, b: Anchor) -> Features:
    """Whether two anchors measure one flow in one statement; ``a`` stands before ``b``."""
    f: Features = {
        f"pair={a.kind}+{b.kind}": 1.0,
        f"is={a.kind}": 1.0,
        f"then={b.kind}": 1.0,
        "words": float(min(b.first - a.last, FAR)),
        "sentences": float(b.sentence - a.sentence),
        "number_of_anchors": float(sum(x.kind in _ANCHORS for x in reading.in_sentence[b.sentence])),
    }
    for what in ("comma", "and", "that", "area", "product", "period", "cue", *_ANCHORS):
        f[f"between_{what}"] = float(reading.between(what, a.last, b.first))
    if b.first - a.last <= 12:
        for word in reading.keys[a.last : b.first]:
            f[f"mid={word}"] = 1.0
    for step in (1, 2, 3):
        f[f"a+{step}={reading.word(a.last + step - 1, a.sentence)}"] = 1.0
        f[f"b-{step}={reading.word(b.first - step, b.sentence)}"] = 1.0
        f[f"b+{step}={reading.word(b.last + step - 1, b.sentence)}"] = 1.0
    return f


def _cue_features(reading: Reading, first: int, last: int, sentence: int) -> Features:
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
    closest = min(here, key=lambda m: _gap(m, first, last), default=None)
    if closest:
        f[f"closest={closest.value}"] = 1.0
        f[f"closest_kind={closest.detail}"] = 1.0
        f["closest_words"] = float(_gap(closest, first, last))
    f["cues_of_article"] = float(sum(m.detail != "weak" for m in reading.by_kind["cue"]))
    return f


def _signal_features(reading: Reading, anchor: Anchor) -> Features:
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


def _value_features(reading: Reading, anchor: Anchor) -> Features:
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
    f["told_before"] = float(any(m.first < anchor.first for m in same))
    f["told_after"] = float(any(m.first > anchor.first for m in same))
    return f


def _area_shared(reading: Reading, anchor: Anchor) -> Features:
    s = anchor.sentence
    first, last = reading.bounds[s]
    keys = reading.keys[first:last]
    f: Features = {
        "says_province": float("استان" in keys or "استانی" in keys),
        "says_country": float(any(k in _THIS_COUNTRY for k in keys)),
        "says_this_country": float("این کشور" in " ".join(keys)),
        "areas_in_sentence": float(sum(m.kind == "area" for m in reading.in_sentence[s])),
        "foreign_in_sentence": float(
            sum(
                m.kind == "area" and _area_kind(str(m.value)) == "country" and m.value != "IR"
                for m in reading.in_sentence[s]
            )
        ),
        "customs": float(any(k.startswith("گمرک") for k in keys)),
    }
    for word in _around(reading, anchor):
        f[f"near={word}"] = 1.0
    return f


def _around(reading: Reading, anchor: Anchor) -> set[str]:
    first, last = reading.bounds[anchor.sentence]
    return {
        reading.keys[i]
        for i in range(max(first, anchor.first - 6), min(last, anchor.last + 6))
        if not anchor.first <= i < anchor.last
    }


def _add_nearest(reading: Reading, anchor: Anchor, mentions: list[Mention], f: Features) -> Mention | None:
    """Features of the closest mention before and after the anchor; returns the closest of all."""
    before = [m for m in mentions if m.first < anchor.first]
    after = [m for m in mentions if m.first >= anchor.first]
    for side, mention in (("before", before[-1] if before else None), ("after", after[0] if after else None)):
        f[f"{side}_sentences"] = FAR
        if mention is not None:
            g: Features = {}
            _pair(reading, anchor, mention, g)
            f.update({f"{side}_{name}": value for name, value in g.items()})
    return min(
        mentions,
        key=lambda m: (abs(m.sentence - anchor.sentence), _gap(m, anchor.first, anchor.last)),
        default=None,
    )


def _pair(reading: Reading, anchor: Anchor, m: Mention, f: Features) -> None:
    """Where a mention stands to an anchor: distance, order, what is between, the words before it."""
    lo, hi = reading.group_bounds[m.kind, m.group]
    gap = _gap(m, anchor.first, anchor.last)
    list_gap = max(lo - anchor.last, anchor.first - hi, 0)
    f["words"] = float(min(gap, 200))
    f["list_words"] = float(min(list_gap, 200))
    f["order"] = float((m.first > anchor.first) - (m.first < anchor.first))
    f["sentences"] = float(anchor.sentence - m.sentence)
    members = [x for x in reading.in_sentence[m.sentence] if x.kind == m.kind and x.group == m.group]
    f["list_size"] = float(len(members))
    f["list_place"] = float(members.index(m))
    same_kind = "product" if anchor.kind == "goods" else anchor.kind
    a, b = (hi, anchor.first) if m.first < anchor.first else (anchor.last, lo)
    for what in ("comma", "and", "that", "cue", "area", "product", "period", *_ANCHORS):
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
    closest = min(cues, key=lambda c: _gap(c, m.first, m.last), default=None)
    if closest is not None:
        f[f"m_cue={closest.value}"] = 1.0
        f["m_cue_words"] = float(_gap(closest, m.first, m.last))
        f["m_cue_before"] = float(closest.first < m.first)
    f["m_at"] = float(m.first - reading.bounds[m.sentence][0])


def _nearest(reading: Reading, kind: str, anchor: Anchor) -> tuple[float, float]:
    own = {id(m) for m in anchor.mentions}
    here = [m for m in reading.in_sentence[anchor.sentence] if m.kind == kind and id(m) not in own]
    before = min((anchor.first - m.last for m in here if m.last <= anchor.first), default=FAR)
    after = min((m.first - anchor.last for m in here if m.first >= anchor.last), default=FAR)
    return float(before), float(after)


def _gap(m: Mention, first: int, last: int) -> int:
    return max(m.first - last, first - m.last, 0)


def _area_kind(code: str) -> str:
    if code == "IR":
        return "iran"
    if code.startswith("IR-"):
        return "province"
    return "country" if len(code) == 2 and code != "EU" else "region"
