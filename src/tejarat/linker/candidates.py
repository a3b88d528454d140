"""What may belong together: anchors (measures and goods that may state a flow) and what may fill their slots.

An *anchor* is a MONEY, PERCENT or RANK span, a quantity, or a list of goods. Each candidate carries named features
(:mod:`tejarat.linker.features`). Nothing is decided here; :mod:`tejarat.linker.scorer` weighs the features and
:mod:`tejarat.linker.assemble` decides.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tejarat.linker.features import (
    FAR,
    MEASURES,
    Anchor,
    Features,
    Row,
    add_nearest,
    area_habits,
    area_kind,
    area_shared,
    around,
    cue_features,
    last_area,
    layout,
    nearest,
    order,
    pair,
    signal_features,
    value_features,
)
from tejarat.linker.reading import Mention, Reading
from tejarat.schema import Flow


@dataclass(frozen=True, slots=True)
class AreaCandidate:
    """A country, province or region of the article that may report or be the partner."""

    code: str
    mention: Mention | None
    row: Row


@dataclass(frozen=True, slots=True)
class MentionCandidate:
    """A product or period that may belong to an anchor."""

    mention: Mention
    row: Row


def anchors(reading: Reading) -> list[Anchor]:
    """Every measure, and every list of goods, in order of the text."""
    out = [
        Anchor(m.kind, m.first, m.last, m.sentence, (m,))  # type: ignore[arg-type]
        for kind in MEASURES
        for m in reading.by_kind[kind]  # type: ignore[index]
    ]
    lists: dict[int, list[Mention]] = {}
    for m in reading.by_kind["product"]:
        lists.setdefault(m.group, []).append(m)
    for members in lists.values():
        out.append(Anchor("goods", members[0].first, members[-1].last, members[0].sentence, tuple(members)))
    return sorted(out, key=lambda a: (a.first, a.last))


def anchor_features(reading: Reading, anchor: Anchor) -> Row:
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
            f[f"near={reading.forms[index]}"] = 1.0
    for index in range(max(first, last - 4), last):
        f[f"final={reading.forms[index]}"] = 1.0
    for word in reading.forms[first:last]:
        f[f"in={word}"] = 1.0
    f["sentence"] = float(s)
    f["sentence_words"] = float(last - first)
    f["at"] = float(anchor.first - first)
    f["left_in_sentence"] = float(last - anchor.last)
    f["is_headline"] = float(s == 0 and len(reading.sentences) > 1)
    for kind in (*MEASURES, "product", "area", "period"):
        f[f"n_{kind}"] = float(reading.between(kind, first, last))
    f.update(cue_features(reading, anchor.first, anchor.last, s))
    f.update(signal_features(reading, anchor))
    f.update(layout(reading, anchor))
    for kind in ("area", "product", "period", "money", "quantity", "percent", "rank"):
        before, after = nearest(reading, kind, anchor)
        f[f"{kind}_before"], f[f"{kind}_after"] = before, after
    if anchor.kind == "goods":
        f["goods"] = float(len(anchor.mentions))
    else:
        f.update(value_features(reading, anchor))
    return Row(f)


def area_candidates(reading: Reading, anchor: Anchor, flow: Flow) -> list[AreaCandidate]:
    """Every area of the article, and Iran always: it trades even where it is not named."""
    by_code = reading.areas
    shared = {**area_shared(reading, anchor), f"flow={flow}": 1.0, f"is={anchor.kind}": 1.0}
    totals = Counter({code: len(ms) for code, ms in by_code.items()})
    shared["provinces"] = float(sum(area_kind(c) == "province" for c in by_code))
    leading = {
        kind: next((c for c, _ in totals.most_common() if area_kind(c) == kind), "")
        for kind in ("country", "province", "region")
    }
    foreign = last_area(reading, anchor, lambda m: m.value != "IR")
    region = last_area(reading, anchor, lambda m: area_kind(str(m.value)) == "region")
    home = last_area(reading, anchor, lambda m: str(m.value).startswith("IR"))
    last_foreign, last_region, last_domestic = (str(m.value) if m else "" for m in (foreign, region, home))
    last_list = foreign.group if foreign else -1
    out: list[AreaCandidate] = []
    for code, mentions in by_code.items():
        if code not in reading.habits:
            reading.habits[code] = area_habits(reading, mentions)
        f = dict(reading.habits[code])
        kind = area_kind(code)
        f[f"area={kind}"] = 1.0
        f["area_count"] = float(len(mentions))
        f["area_leads"] = float(leading.get(kind) == code)
        f["area_only"] = float(sum(area_kind(c) == kind for c in by_code) == 1)
        f["area_last_foreign"] = float(code == last_foreign)
        f["area_first_sentence"] = float(mentions[0].sentence) if mentions else FAR
        f["area_first_word"] = float(min(mentions[0].first, 300)) if mentions else 300.0
        f["area_city"] = float(bool(mentions) and all(m.detail == "city" for m in mentions))
        f["area_is_last_region"] = float(code == last_region)
        f["area_in_last_list"] = float(any(m.group == last_list for m in mentions))
        f["area_is_last_domestic"] = float(code == last_domestic)
        out.append(AreaCandidate(code, add_nearest(reading, anchor, mentions, f), Row(f, shared)))
    order([(c.row.own, c.mention) for c in out], anchor)
    return out


def product_candidates(reading: Reading, anchor: Anchor, flow: Flow) -> list[MentionCandidate]:
    """The products of the sentence, of the two before it, of the one after, and of the headline."""
    shared: Features = {f"flow={flow}": 1.0, f"is={anchor.kind}": 1.0, **layout(reading, anchor)}
    here = reading.in_sentence[anchor.sentence]
    shared["products_in_sentence"] = float(sum(x.kind == "product" for x in here))
    shared["measures_in_sentence"] = float(sum(x.kind in MEASURES for x in here))
    out: list[MentionCandidate] = []
    for m in reading.by_kind["product"]:
        gap = anchor.sentence - m.sentence
        if not (-1 <= gap <= 2 or m.sentence == 0):
            continue
        f: Features = {}
        pair(reading, anchor, m, f)
        f["own"] = float(any(m is x for x in anchor.mentions))
        f["product_leads"] = float(m.sentence == 0)
        cues = [c for c in reading.by_kind["cue"] if c.detail != "weak" and c.sentence <= m.sentence]
        f["product_flow"] = float(cues[-1].value == flow) if cues else -1.0
        out.append(MentionCandidate(m, Row(f, shared)))
    order([(c.row.own, c.mention) for c in out], anchor)
    return out


def period_candidates(reading: Reading, anchor: Anchor) -> list[MentionCandidate]:
    """The periods of the article up to the sentence after the anchor's; far ones only from the lead."""
    periods = reading.by_kind["period"]
    shared: Features = {f"is={anchor.kind}": 1.0, **layout(reading, anchor)}
    shared |= {f"near={word}": 1.0 for word in around(reading, anchor)}
    here = reading.in_sentence[anchor.sentence]
    shared["periods_in_sentence"] = float(sum(x.kind == "period" for x in here))
    before = [m for m in periods if m.first < anchor.first]
    out: list[MentionCandidate] = []
    for m in periods:
        gap = anchor.sentence - m.sentence
        if not (-1 <= gap <= 4 or m.sentence <= 2):
            continue
        f: Features = {f"period={m.detail}": 1.0}
        pair(reading, anchor, m, f)
        f["period_sentence"] = float(m.sentence)
        f["period_first"] = float(m is periods[0])
        f["period_latest"] = float(bool(before) and m is before[-1])
        f["periods_since"] = float(reading.between("period", m.last, anchor.first))
        first, last = getattr(m.value, "first", None), getattr(m.value, "last", None)
        f["period_days"] = float((last - first).days) if first and last else -1.0
        f["period_open"] = float(bool(last and reading.day and last >= reading.day))
        out.append(MentionCandidate(m, Row(f, shared)))
    order([(c.row.own, c.mention) for c in out], anchor)
    return out


def join_features(reading: Reading, a: Anchor, b: Anchor) -> Row:
    """Whether two anchors measure one flow in one statement; ``a`` stands before ``b``."""
    f: Features = {
        f"pair={a.kind}+{b.kind}": 1.0,
        f"is={a.kind}": 1.0,
        f"then={b.kind}": 1.0,
        "words": float(min(b.first - a.last, FAR)),
        "sentences": float(b.sentence - a.sentence),
        "number_of_anchors": float(sum(x.kind in MEASURES for x in reading.in_sentence[b.sentence])),
    }
    for what in ("comma", "and", "that", "area", "product", "period", "cue", *MEASURES):
        f[f"between_{what}"] = float(reading.between(what, a.last, b.first))
    if b.first - a.last <= 12:
        for word in reading.forms[a.last : b.first]:
            f[f"mid={word}"] = 1.0
    for step in (1, 2, 3):
        f[f"a+{step}={reading.word(a.last + step - 1, a.sentence)}"] = 1.0
        f[f"b-{step}={reading.word(b.first - step, b.sentence)}"] = 1.0
        f[f"b+{step}={reading.word(b.last + step - 1, b.sentence)}"] = 1.0
    return Row(f)
