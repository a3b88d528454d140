"""First station: where a flow is stated, in which direction, and whether it happened.

A sentence is cut into clauses (Persian ends a clause with its verb); each measure looks for its flow word in its
clause, then in its sentence, then in the sentence before. Prices, budgets and production are left alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from tejarat.linker.reading import Mention, Reading
from tejarat.linker.rules.words import has
from tejarat.schema import Entity, Flow, Modality
from tejarat.values.money import is_unit_price
from tejarat.values.percent import sign_of

#: How far, in words, a price, budget or production word may stand from the measure that it governs.
_REACH = 7
_STOPS = frozenset(["؛", ";", ".", "!", "؟", ":", "…", "»"])
#: `تجاری` states a flow only after one of these; elsewhere it is part of a body's name.
_TRADING = ("مبادل", "شریک", "شرک", "تراز", "طرف", "حجم", "دادوستد")
#: Finite forms that make `وارد` and `صادر` a flow; `وارد مدار شد` has another word between.
_LIGHT = frozenset(
    ["شد", "شده", "کرد", "کرده", "می", "میشود", "میکند", "کردند", "کردیم", "شدند", "کنیم", "کنند", "کند"]
)
#: A sign written before a percentage: `(+۱۳٪)`.
_SIGNED = re.compile(r"[+\-−▲▼🔺🔻]\s?$")
#: What governs each kind of measure when it states no flow.
_BLOCKERS: dict[str, tuple[str, ...]] = {
    "money": ("finance", "price", "stop"),
    "quantity": ("price", "making", "stop"),
    "percent": ("finance", "price", "making", "stop"),
    "rank": ("making",),
}
#: Below this an amount of money is a price, whatever the words.
_SMALL = 1000


@dataclass(frozen=True, slots=True)
class Clause:
    """Words ``[first, last)`` of one sentence."""

    first: int
    last: int
    sentence: int


@lru_cache(maxsize=256)
def clauses(reading: Reading, sentence: int) -> list[Clause]:
    """The clauses of a sentence: they end at a stop, or at a finite verb that a comma, `و` or `که` follows."""
    first, last = reading.bounds[sentence]
    out: list[Clause] = []
    start = first
    for i in range(first, last):
        key = reading.keys[i]
        after = reading.keys[i + 1] if i + 1 < last else ""
        verb = has("verb", key) and after in ("،", ",", "و", "که", "»", "اما", "ولی")
        if (key in _STOPS or verb) and i + 1 > start:
            out.append(Clause(start, i + 1, sentence))
            start = i + 1
    if start < last:
        out.append(Clause(start, last, sentence))
    return out


def clause_of(reading: Reading, word: int) -> Clause:
    """The clause that a word stands in."""
    found = clauses(reading, reading.sentence_of[word])
    return next(c for c in found if c.first <= word < c.last)


def cues(reading: Reading, sentence: int) -> list[Mention]:
    """The words of a sentence that state a flow by themselves."""
    return [m for m in reading.in_sentence[sentence] if m.kind == "cue" and strong(reading, m)]


def strong(reading: Reading, cue: Mention) -> bool:
    """Whether a flow word states a flow without help: not a name's part, and no `وارد مدار شد`."""
    key, s = reading.keys[cue.first], cue.sentence
    before, after = reading.word(cue.first - 1, s), reading.word(cue.last, s)
    if cue.detail == "weak":
        return False
    if key == "تجاری":
        return before.startswith(_TRADING)
    if key == "تجارت":
        return not before.startswith(("سازمان", "وزارت", "وزیر", "اتاق", "توسعه", "گروه"))
    if key == "وارد":
        return (
            after in _LIGHT
            or has("nation", after)
            or (reading.word(cue.first - 1, s) != "<money>" and after != "مدار")
        )
    return key != "ورود" or after in ("<product>", "کالا", "کالاها")


def weak_flow(reading: Reading, clause: Clause) -> Flow | None:
    """The direction of a clause without a flow word of its own, by its verb and the sides that it names.

    What goes `به` a foreign country goes out, what comes `از` one comes in; a foreign buyer (`عراق … خرید`) takes
    an export.
    """
    keys = reading.keys[clause.first : clause.last]
    foreign = [
        m
        for m in reading.in_sentence[clause.sentence]
        if m.kind == "area" and clause.first <= m.first < clause.last and not str(m.value).startswith("IR")
    ]
    marks = {_mark(reading, m) for m in foreign}
    if any(has("inward", k) for k in keys) and "from" in marks:
        return "import"
    if any(has("outward", k) for k in keys) and "to" in marks:
        return "export"
    if any(has("buy", k) for k in keys) and "" in marks:
        return "export"
    weak = [
        m
        for m in reading.in_sentence[clause.sentence]
        if m.kind == "cue" and clause.first <= m.first < clause.last
    ]
    found = [m for m in weak if m.detail == "weak" and m.value != "trade"]
    return found[0].value if found and marks else None  # type: ignore[return-value]


def _mark(reading: Reading, area: Mention) -> str:
    """`from` or `to` where that preposition stands before an area's list, else empty."""
    lo = reading.group_bounds["area", area.group][0]
    for i in range(lo - 1, max(lo - 5, -1), -1):
        word = reading.word(i, area.sentence)
        if has("from", word) or has("to", word):
            return "from" if has("from", word) else "to"
        if not has("place", word):
            break
    return ""


def flow_at(reading: Reading, first: int, last: int) -> tuple[Flow, int] | None:
    """The flow of what stands at words ``[first, last)`` and the word that tells it.

    The last cue before in the clause wins, then the first after it, then those of the sentence around.
    """
    sentence = reading.sentence_of[first]
    clause = clause_of(reading, first)
    here = cues(reading, sentence)
    inside = [m for m in here if clause.first <= m.first < clause.last]
    for pool in (inside, None, here):
        if pool is None:
            if weak := weak_flow(reading, clause):
                return weak, clause.first
            continue
        before = [m for m in pool if m.last <= first]
        after = [m for m in pool if m.first >= last]
        verb = next((m for m in after if m.detail == "verb" and pool is inside), None)
        cue = before[-1] if before else (verb or (after[0] if after else None))
        if cue is not None:
            return _both(reading, cue, pool), cue.first
    return None


def _both(reading: Reading, cue: Mention, pool: list[Mention]) -> Flow:
    """`صادرات و واردات` told in one breath is trade."""
    for other in pool:
        gap = max(other.first - cue.last, cue.first - other.last)
        beside = gap == 1 and reading.keys[min(other.last, cue.last)] == "و"
        if beside and other.value != cue.value and "trade" not in (other.value, cue.value):
            return "trade"
    return cue.value  # type: ignore[return-value]


def modality(reading: Reading, first: int, last: int) -> Modality:
    """Whether the clause around words ``[first, last)`` tells of a fact, a goal or a possibility."""
    clause = clause_of(reading, first)
    after = [reading.keys[i] for i in range(last, clause.last)]
    around = [reading.keys[i] for i in range(clause.first, clause.last) if not first <= i < last]
    if any(has("aim", k) for k in around):
        return "target"
    if any(has("past", k) for k in after):
        return "actual"
    modes: tuple[Modality, ...] = ("potential", "target")
    return next((mode for mode in modes if any(has(mode, k) for k in around)), "actual")


def blocked(reading: Reading, measure: Mention, flow_word: int | None) -> bool:
    """Whether a measure is a price, a budget, production or a stop rather than a flow."""
    if measure.kind == "money" and is_unit_price(reading.text, measure.start, measure.end):
        return True
    amount = getattr(measure.value.value, "amount", None) if isinstance(measure.value, Entity) else None
    if amount is not None and amount < _SMALL:
        return True
    clause = clause_of(reading, measure.first)
    roles = _BLOCKERS[measure.kind]
    for i in range(measure.first - 1, max(clause.first, measure.first - _REACH) - 1, -1):
        if reading.keys[i] in ("صادرات", "واردات", "صادراتی", "وارداتی") or i == flow_word:
            return False
        if any(has(role, reading.keys[i]) for role in roles):
            return True
    for i in range(measure.last, min(clause.last, measure.last + 4)):
        if i == flow_word or reading.keys[i] in ("صادرات", "واردات"):
            return False
        if any(has(role, reading.keys[i]) for role in roles):
            return True
    return False


def percent_role(reading: Reading, m: Mention) -> str:
    """`growth` where the words next to a percentage tell of a change, else `share`."""
    s = m.sentence
    if _SIGNED.search(reading.text[max(0, m.start - 2) : m.start]):
        return "growth"
    after = [reading.word(m.last + k, s) for k in range(7)]
    before = [reading.word(m.first - k, s) for k in range(1, 4)]
    if (has("of", after[0]) and after[0] != "از") or (
        after[0] in ("از", "کل") and not any(has("rise", w) or has("fall", w) for w in after[:3])
    ):
        return "share"
    if "سهم" in before or "سهم" in after[:3]:
        return "share"
    if has("to", after[0]) and after[1] in ("<area>", "کشور", "کشورهای"):
        return "share"
    change = any(_changes(w) for w in (*_near(after[:3]), *_near(before)))
    change = change or any(has("than", w) for w in _near(after))
    if change or after[0] == "نسبت" or ("رشد" in after):
        return "growth"
    value = m.value
    if isinstance(value, Entity) and getattr(value.value, "percent", 0) < 0:
        return "growth"
    clause = clause_of(reading, m.first)
    compared = any(has("compare", reading.keys[i]) for i in range(clause.first, clause.last))
    told = isinstance(value, Entity) and sign_of(reading.text, value.start, value.end) != 0
    return "growth" if told and compared else "share"


def _changes(word: str) -> bool:
    """Whether a word tells of a rise or a fall, with a suffix too: `رشدی`, `افزایشی`."""
    return any(has(role, form) for role in ("rise", "fall") for form in (word, word.removesuffix("ی")))


def _near(words: list[str]) -> list[str]:
    """The words up to the next mark, verb or measure."""
    end = next(
        (i for i, w in enumerate(words) if w in ("،", ",", "؛", ".", "(", ")") or w.startswith("<")),
        len(words),
    )
    return words[:end]


#: The slot that each kind of measure fills; a percentage asks :func:`percent_role`.
_SLOTS = {"money": "value", "quantity": "quantity", "rank": "rank"}


def slot_of(reading: Reading, m: Mention) -> str:
    """The relation's slot that a measure fills."""
    return _SLOTS.get(m.kind) or percent_role(reading, m)
