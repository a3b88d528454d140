"""Second station: which measures belong to one statement, and which are the rows of a list.

`۵ تن عسل به ارزش ۲ میلیون دلار` is one statement; `عراق با ۶۵ و افغانستان با ۳۵ میلیون دلار` are two. A slot is
filled once; what stands between two measures tells whether the second one goes on or begins anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tejarat.linker.reading import Mention, Reading
from tejarat.linker.rules.flows import blocked, clause_of, flow_at, modality, slot_of
from tejarat.linker.rules.words import has
from tejarat.schema import Flow, Modality

MEASURES = ("money", "percent", "rank", "quantity")
#: How many sentences a flow word may lie back for a measure that has none of its own.
_CARRY = 2


@dataclass(slots=True)
class Statement:
    """One flow with its measures by slot, or with goods alone. ``cue`` is the word that tells the flow."""

    flow: Flow
    modality: Modality
    sentence: int
    cue: int | None
    measures: dict[str, Mention] = field(default_factory=dict)
    goods: list[Mention] = field(default_factory=list)
    carried: bool = False

    @property
    def first(self) -> int:
        """The first word of its measures, or of its goods."""
        return min(m.first for m in (*self.measures.values(), *self.goods))

    @property
    def last(self) -> int:
        """The word after the last of its measures, or of its goods."""
        held = list(self.measures.values()) or self.goods
        return max(m.last for m in held)


def statements(reading: Reading) -> list[list[Statement]]:
    """The statements with measures, by sentence, in order of their first measure."""
    out: list[list[Statement]] = []
    last: list[Statement] = []  # the row told last
    for sentence in range(len(reading.sentences)):
        row: list[Statement] = []
        near = bool(last) and sentence - last[-1].sentence <= _CARRY
        for m in reading.in_sentence[sentence]:
            if m.kind not in MEASURES:
                continue
            told, carried = flow_at(reading, m.first, m.last), False
            if told is None and near and not row and _late_growth(reading, last[-1], m):
                last[-1].measures["growth"] = m
                continue
            if told is None and near and takes_up(reading, m):
                told, carried = (_carried(reading, last, m), -1), True
            if told is None or blocked(reading, m, told[1]):
                continue
            place(reading, row, m, told[0], told[1] if told[1] >= 0 else None, carried)
        last = row or last
        out.append(row)
    return [split_growths(reading, row) for row in out]


def _carried(reading: Reading, last: Sequence[Statement], m: Mention) -> Flow:
    """The flow that is gone on about: the last one told, but no balance where the sides are marked."""
    flows = [s.flow for s in reversed(last) if s.flow != "trade"]
    return flows[0] if flows else last[-1].flow


def _late_growth(reading: Reading, statement: Statement, m: Mention) -> bool:
    """Whether a sentence goes on with the growth of the statement before: `… صادر شد. ۲۷ درصد بیشتر از پارسال.`"""
    if m.kind != "percent" or "growth" in statement.measures or slot_of(reading, m) != "growth":
        return False
    alone = not any(x.kind in ("area", "product", "money") for x in reading.in_sentence[m.sentence])
    first, last = reading.bounds[m.sentence]
    return (
        alone
        and m.sentence - statement.sentence == 1
        and last - first <= 16
        and not blocked(reading, m, None)
    )


def split_growths(reading: Reading, row: list[Statement]) -> list[Statement]:
    """Growth of weight and growth of worth, both given, belong to two statements, each with its measure."""
    out: list[Statement] = []
    for statement in row:
        before = out[-1] if out else None
        if (
            before is not None
            and set(statement.measures) == {"growth"}
            and before.flow == statement.flow
            and {"value", "quantity", "growth"} <= set(before.measures)
        ):
            kinds = [growth_of(reading, s.measures["growth"]) for s in (before, statement)]
            other = {"value": "quantity", "quantity": "value"}
            second = kinds[1] or other.get(kinds[0] or "", "value")
            statement.measures[second] = before.measures.pop(second)
        out.append(statement)
    return out


def growth_of(reading: Reading, m: Mention) -> str | None:
    """Which measure grew, as the words next to a percentage say: `از نظر وزنی`, `ارزشی`."""
    for k in range(1, 5):
        for word in (
            reading.word(m.first - k, m.sentence),
            reading.word(m.last + k - 1, m.sentence) if k > 1 else "",
        ):
            if word.startswith(("وزن", "تناژ", "حجم")):
                return "quantity"
            if word.startswith(("ارزش", "دلاری", "ریالی", "قیمت", "مبلغ")):
                return "value"
            if word.startswith("<"):
                break
    return None


def takes_up(reading: Reading, m: Mention) -> bool:
    """Whether a measure without a flow word goes on about the flow told before: `سهم عراق از این رقم …`."""
    first, last = reading.bounds[m.sentence]
    kinds = {x.kind for x in reading.in_sentence[m.sentence]}
    if any(has(role, reading.keys[i]) for role in ("finance", "price", "making") for i in range(first, last)):
        return False
    anaphor = any(has("anaphor", reading.keys[i]) for i in range(first, last))
    return anaphor or "area" in kinds or (m.kind != "percent" and "product" in kinds)


def place(
    reading: Reading, row: list[Statement], m: Mention, flow: Flow, cue: int | None, carried: bool = False
) -> None:
    """Puts a measure into the statement of the row that it goes on with, or begins a new one."""
    slot = slot_of(reading, m)
    for statement in reversed(row[-2:]):
        if statement.flow == flow and slot not in statement.measures and goes_on(reading, statement, m, slot):
            statement.measures[slot] = m
            return
    row.append(Statement(flow, modality(reading, m.first, m.last), m.sentence, cue, {slot: m}, [], carried))


def goes_on(reading: Reading, statement: Statement, m: Mention, slot: str) -> bool:
    """Whether a measure tells more of a statement that ends before it."""
    last = max(x.last for x in statement.measures.values())
    if m.first < last:
        return False
    s = m.sentence
    between = range(last, m.first)
    lead = [reading.word(m.first - k, s) for k in range(1, 5)]
    gap = len(between)
    areas = reading.between("area", last, m.first)
    goods = reading.between("product", last, m.first)
    pair = {slot, *statement.measures}
    if pair >= {"value", "quantity"} and slot in ("value", "quantity"):
        told = "worth" if slot == "value" else "weight"
        return gap <= 2 or any(has(told, w) for w in lead) or (gap <= 5 and not areas and "و" not in lead)
    if slot == "growth" or "growth" in statement.measures:
        if areas and clause_of(reading, last - 1).first != clause_of(reading, m.first).first:
            return False
        other = any(
            x.kind == "cue" and x.value != statement.flow
            for x in reading.in_sentence[s]
            if last <= x.first < m.first
        )
        return not other and gap <= 18 and goods == 0
    if slot == "rank" or "rank" in statement.measures:
        return areas == 0 and goods == 0 and gap <= 12
    if slot == "share":
        part = any(has("part", reading.word(m.last + k, s)) for k in range(4)) or any(
            has("part", w) for w in lead
        )
        return areas == 0 and goods == 0 and gap <= 14 and part and reading.word(m.last, s) != "آن"
    return areas == 0 and goods == 0 and gap <= 10
