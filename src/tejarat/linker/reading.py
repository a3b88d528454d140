"""The article as the linker sees it: words, sentences, and every mention that may matter, in order.

A :class:`Reading` is made once per article and answers questions of place: which mentions stand in a sentence,
what stands between two of them. Everything is counted in words, so half-spaces and digits do not matter.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Literal, get_args

from tejarat.schema import Entity, Flow
from tejarat.text import normalize
from tejarat.text.words import words
from tejarat.values.periods import FoundPeriod, find_periods
from tejarat.values.places import find_areas
from tejarat.values.quantity import FoundQuantity, find_quantities

Kind = Literal["money", "percent", "rank", "quantity", "product", "area", "period", "cue"]
KINDS: tuple[Kind, ...] = get_args(Kind)

#: Words that may stand between the members of a list.
_GLUE = frozenset(
    ["،", ",", "و", "-", "–", "/", "(", ")", "«", "»", "نیز", "همچنین", "انواع", "کشور", "کشورهای", "های"]
)
_COMMAS = frozenset(["،", ",", "؛", ";", ":", "(", ")", "«", "»", "-", "–", "…"])


@dataclass(frozen=True, slots=True)
class Mention:
    """Something in the text that may be a cue, a measure or a filler.

    ``start`` and ``end`` are character offsets, ``first`` and ``last`` its first word and the one after its last.
    ``group`` numbers the list (`پسته، خرما و زعفران`) that it belongs to; ``value`` is an Entity for the five
    labels, an area code, a FoundQuantity, a FoundPeriod or a flow.
    """

    kind: Kind
    start: int
    end: int
    first: int
    last: int
    sentence: int
    group: int
    value: Entity | FoundQuantity | FoundPeriod | str
    detail: str = ""


class Reading:
    """One article, read. ``keys`` are its words in look-up form, ``sentence_of`` each word's sentence."""

    def __init__(
        self, text: str, day: date | None, sentences: Sequence[tuple[int, int]], entities: Sequence[Entity]
    ) -> None:
        self.text, self.day = text, day
        self.entity_ids = {(e.start, e.end): e.id for e in entities}
        spans = words(text)
        self.starts = [s for s, _ in spans]
        self.ends = [e for _, e in spans]
        self.keys = [normalize.key(text[s:e]) for s, e in spans]
        self.sentences = [s for s in sentences if text[s[0] : s[1]].strip()]
        begins = [s for s, _ in self.sentences]
        self.sentence_of = [max(0, bisect_right(begins, s) - 1) for s in self.starts]
        self.bounds = _bounds(self.sentence_of, len(self.sentences))
        self.line_of = [text.count("\n", 0, s + _indent(text[s:e])) for s, e in self.sentences]
        self.mentions = self._mentions(entities)
        self.by_kind: dict[Kind, list[Mention]] = {k: [] for k in KINDS}
        self.in_sentence: list[list[Mention]] = [[] for _ in self.sentences]
        for mention in self.mentions:
            self.by_kind[mention.kind].append(mention)
            self.in_sentence[mention.sentence].append(mention)
        self.group_bounds: dict[tuple[Kind, int], tuple[int, int]] = {}
        for m in self.mentions:
            lo, hi = self.group_bounds.get((m.kind, m.group), (m.first, m.last))
            self.group_bounds[m.kind, m.group] = (min(lo, m.first), max(hi, m.last))
        self.areas: dict[str, list[Mention]] = {}
        for m in self.by_kind["area"]:
            self.areas.setdefault(str(m.value), []).append(m)
        self.areas.setdefault("IR", [])  # it trades even where it is not named
        self.habits: dict[
            str, dict[str, float]
        ] = {}  # what the features say of each area, once for all anchors
        self.area_starts = [m.first for m in self.by_kind["area"]]
        self.forms = self._forms()
        self._sums = self._running_sums()
        self._signals: dict[int, dict[str, list[int]]] = {}

    def signals(self, sentence: int) -> dict[str, list[int]]:
        """The places of each signal's words (linker/data/signal_words.tsv) in a sentence."""
        if sentence not in self._signals:
            found: dict[str, list[int]] = {signal: [] for signal in signal_words()}
            for index in range(*self.bounds[sentence]):
                for signal, beginnings in signal_words().items():
                    if self.keys[index].startswith(beginnings):
                        found[signal].append(index)
            self._signals[sentence] = found
        return self._signals[sentence]

    def areas_before(self, word: int) -> list[Mention]:
        """The areas named before a word."""
        return self.by_kind["area"][: bisect_left(self.area_starts, word)]

    def between(self, what: str, first: int, last: int) -> int:
        """How many of ``what`` (a kind of mention, 'comma', 'and', 'that') begin between two words."""
        if last <= first:
            return 0
        sums = self._sums[what]
        return sums[last] - sums[first]

    def word(self, index: int, sentence: int) -> str:
        """The form of a word, or '' outside the sentence."""
        first, last = self.bounds[sentence]
        return self.forms[index] if first <= index < last else ""

    def _forms(self) -> list[str]:
        """The words as features see them: what fills a slot is only its kind, so that no name decides a relation."""
        forms = list(self.keys)
        for m in self.mentions:
            if m.kind != "cue":
                forms[m.first : m.last] = [f"<{m.kind}>"] * (m.last - m.first)
        return forms

    def _mentions(self, entities: Sequence[Entity]) -> list[Mention]:
        taken = [(e.start, e.end) for e in entities]
        found: list[tuple[Kind, int, int, Entity | FoundQuantity | FoundPeriod | str, str]] = []
        for e in entities:
            if e.label == "COUNTRY":
                code = getattr(e.value, "code", None)
                if code:
                    found.append(("area", e.start, e.end, code, "country"))
            else:
                kinds: dict[str, Kind] = {
                    "MONEY": "money",
                    "PERCENT": "percent",
                    "RANK": "rank",
                    "PRODUCT": "product",
                }
                found.append((kinds[e.label], e.start, e.end, e, ""))
        for area in find_areas(self.text):
            if area.kind != "country" and not _overlaps(area.start, area.end, taken):
                found.append(("area", area.start, area.end, area.code, area.kind))
        measures = [(e.start, e.end) for e in entities if e.label in ("MONEY", "PERCENT", "RANK")]
        for quantity in find_quantities(self.text):
            if not quantity.per and not _overlaps(quantity.start, quantity.end, measures):
                found.append(("quantity", quantity.start, quantity.end, quantity, ""))
        for period in find_periods(self.text, self.day):
            found.append(("period", period.start, period.end, period, period.kind))
        found += self._cues()
        found.sort(key=lambda f: (f[1], f[2]))
        return self._grouped(found)

    def _cues(self) -> list[tuple[Kind, int, int, str, str]]:
        table = flow_words()
        out: list[tuple[Kind, int, int, str, str]] = []
        at = 0
        while at < len(self.keys):
            for length in (3, 2, 1):
                hit = table.get(" ".join(self.keys[at : at + length]))
                if hit:
                    out.append(
                        (
                            "cue",
                            self.starts[at],
                            self.ends[min(at + length, len(self.ends)) - 1],
                            hit[0],
                            hit[1],
                        )
                    )
                    at += length - 1
                    break
            at += 1
        return out

    def _grouped(
        self, found: list[tuple[Kind, int, int, Entity | FoundQuantity | FoundPeriod | str, str]]
    ) -> list[Mention]:
        out: list[Mention] = []
        last_of: dict[Kind, Mention] = {}
        group = 0
        for kind, start, end, value, detail in found:
            first = bisect_right(self.starts, start) - 1
            last = bisect_left(self.ends, end) + 1
            if first < 0 or first >= len(self.keys):
                continue
            last = max(last, first + 1)
            sentence = self.sentence_of[first]
            before = last_of.get(kind)
            together = (
                before is not None
                and before.sentence == sentence
                and kind in ("area", "product")
                and 0 < first - before.last <= 4
                and all(k in _GLUE for k in self.keys[before.last : first])
            )
            if before is None or not together:
                group += 1
            number = before.group if together and before else group
            mention = Mention(kind, start, end, first, last, sentence, number, value, detail)
            out.append(mention)
            last_of[kind] = mention
        return out

    def _running_sums(self) -> dict[str, list[int]]:
        marks: dict[str, list[int]] = {k: [0] * len(self.keys) for k in KINDS}
        marks["comma"] = [int(k in _COMMAS) for k in self.keys]
        marks["and"] = [int(k == "و") for k in self.keys]
        marks["that"] = [int(k == "که") for k in self.keys]
        for mention in self.mentions:
            marks[mention.kind][mention.first] += 1
        sums: dict[str, list[int]] = {}
        for name, row in marks.items():
            total, running = 0, [0]
            for value in row:
                total += value
                running.append(total)
            sums[name] = running
        return sums


@lru_cache(maxsize=1)
def flow_words() -> dict[str, tuple[Flow, str]]:
    """Look-up form of each flow word → its flow and kind; source: linker/data/flow_words.tsv."""
    table: dict[str, tuple[Flow, str]] = {}
    for line in (files("tejarat.linker") / "data/flow_words.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            flow, form, kind = line.split("\t")[:3]
            table[normalize.key(form)] = (flow, kind)  # type: ignore[assignment]
    return table


@lru_cache(maxsize=1)
def signal_words() -> dict[str, tuple[str, ...]]:
    """Signal → beginnings of its words, in look-up form; source: linker/data/signal_words.tsv."""
    table: dict[str, tuple[str, ...]] = {}
    for line in (files("tejarat.linker") / "data/signal_words.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            signal, beginnings = line.split("\t")
            table[signal] = tuple(normalize.key(b) for b in beginnings.split())
    return table


def _bounds(sentence_of: list[int], count: int) -> list[tuple[int, int]]:
    bounds = [(0, 0)] * count
    for index, sentence in enumerate(sentence_of):
        first, last = bounds[sentence]
        bounds[sentence] = (first if last else index, index + 1)
    return bounds


def _indent(sentence: str) -> int:
    return len(sentence) - len(sentence.lstrip())


def _overlaps(start: int, end: int, spans: Sequence[tuple[int, int]]) -> bool:
    return any(s < end and start < e for s, e in spans)
