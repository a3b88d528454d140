"""How right extracted facts are: strict spans, their values, and relations slot by slot.

*Spans* count where offsets and label agree. *Values* are judged on the spans found. *Relations* of one flow are
aligned one to one within an article so that most slots agree, the way templates are scored since MUC; then every
(slot, filler) pair counts. Fillers are compared by what they mean: area codes, the words of goods, amounts to eight
digits, quantities in base units, periods to the day before or after. A's export to B and B's import from A are one
fact, so a gold relation may be met from either side.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from tejarat.errors import MissingExtraError
from tejarat.schema import LABELS, ArticleFacts, Country, Entity, Money, Percent, Rank, Relation, Value

SLOTS = (
    "reporters", "partners", "products", "value", "quantity", "share", "growth", "rank", "rank_scope", "period",
    "modality",
)  # fmt: skip

Filler = str | tuple[Any, ...]
Pair = tuple[str, Filler]
Telling = tuple[str, list[Pair]]

#: Units that say the same in another size.
_BASE_UNITS = {"kg": ("t", 0.001)}
_OTHER_SIDE = {"export": "import", "import": "export"}
#: Between alignments of equally many slots, the one of relations alike in size wins.
_SIZE_WEIGHT = 0.001
_NEVER = -1e6

_SAME_LETTER = str.maketrans({"ي": "ی", "ك": "ک", "ۀ": "ه", "ة": "ه"})
_SILENT = re.compile(r"[\u064b-\u065f\u0640\s\u200b-\u200f]+")


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of right, predicted and gold items, and the ratios of them; 0 where a ratio has no denominator."""

    right: int = 0
    predicted: int = 0
    gold: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.predicted + self.gold) if self.right else 0.0

    @property
    def defined(self) -> bool:
        """Whether there is gold, so that the score says anything."""
        return self.gold > 0

    def __add__(self, other: Score) -> Score:
        return Score(self.right + other.right, self.predicted + other.predicted, self.gold + other.gold)

    def to_dict(self) -> dict[str, float | int]:
        ratios = {"p": round(self.precision, 4), "r": round(self.recall, 4), "f1": round(self.f1, 4)}
        return {**ratios, "gold": self.gold, "pred": self.predicted}


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How many of ``total`` judgements are right."""

    right: int = 0
    total: int = 0

    @property
    def accuracy(self) -> float:
        return self.right / self.total if self.total else 0.0

    def to_dict(self) -> dict[str, float | int]:
        return {"accuracy": round(self.accuracy, 4), "n": self.total}


@dataclass(frozen=True, slots=True)
class Report:
    """All scores over some articles. ``missing`` counts gold articles without a prediction."""

    documents: int
    missing: int
    spans: Mapping[str, Score]
    values: Mapping[str, Accuracy]
    slots: Mapping[str, Score]
    exact: Score
    errors: Sequence[tuple[str, ...]] = field(default=())

    @property
    def all_spans(self) -> Score:
        return sum(self.spans.values(), Score())

    @property
    def all_slots(self) -> Score:
        return sum(self.slots.values(), Score())

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON; ``ALL`` is the micro average."""
        return {
            "documents": self.documents,
            "missing": self.missing,
            "spans": {k: s.to_dict() for k, s in {**self.spans, "ALL": self.all_spans}.items()},
            "values": {k: a.to_dict() for k, a in self.values.items()},
            "slots": {k: s.to_dict() for k, s in {**self.slots, "ALL": self.all_slots}.items()},
            "relations_exact": self.exact.to_dict(),
        }


def score(gold: Iterable[ArticleFacts], predicted: Iterable[ArticleFacts]) -> Report:
    """Scores predictions against gold, article by article (by id); predictions of other articles are left out.

    Raises:
        MissingExtraError: scipy, which aligns relations, is not installed.
    """
    golds = {article.id: article for article in gold}
    found = {article.id: article for article in predicted}
    tally = _Tally()
    for name, article in golds.items():
        other = found.get(name) or ArticleFacts(name, None, "")
        tally.add_spans(article, other)
        tally.add_relations(article, other)
    return tally.report(len(golds), sum(name not in found for name in golds))


class _Tally:
    """Counts that grow article by article."""

    def __init__(self) -> None:
        self.spans: dict[str, Score] = {}
        self.values: dict[str, Accuracy] = {}
        self.slots: dict[str, Score] = {}
        self.exact = Score()
        self.errors: list[tuple[str, ...]] = []

    def add_spans(self, gold: ArticleFacts, found: ArticleFacts) -> None:
        golds, founds = ({(e.start, e.end, e.label): e for e in side.entities} for side in (gold, found))
        self._count(
            self.spans, (k[2] for k in golds.keys() & founds), (k[2] for k in founds), (k[2] for k in golds)
        )
        for place in sorted(golds.keys() & founds.keys()):
            self._add_value(gold.id, golds[place], founds[place])
        self.errors += [(gold.id, "missed", k[2], golds[k].text) for k in sorted(golds.keys() - founds)]
        self.errors += [(gold.id, "spurious", k[2], founds[k].text) for k in sorted(founds.keys() - golds)]

    def _add_value(self, article: str, gold: Entity, found: Entity) -> None:
        if gold.label == "PRODUCT" or gold.value is None:
            return
        right = same_value(gold.value, found.value)
        so_far = self.values.get(gold.label, Accuracy())
        self.values[gold.label] = Accuracy(so_far.right + right, so_far.total + 1)
        if not right:
            self.errors.append((article, "value", gold.text, str(gold.value), str(found.value)))

    def add_relations(self, gold: ArticleFacts, found: ArticleFacts) -> None:
        golds = [tellings(r, gold.entities) for r in gold.relations]
        founds = [tellings(r, found.entities)[0] for r in found.relations]
        hits = align(golds, founds)
        right = [slot for agreed in hits.values() for slot, _ in agreed]
        in_gold = [slot for forms in golds for slot, _ in forms[0][1]]
        self._count(self.slots, right, [slot for _, pairs in founds for slot, _ in pairs], in_gold)
        whole = sum(
            len(agreed) == len(golds[x][0][1]) == len(founds[y][1]) for (x, y), agreed in hits.items()
        )
        self.exact += Score(whole, len(founds), len(golds))

    def _count(
        self, scores: dict[str, Score], right: Iterable[str], found: Iterable[str], gold: Iterable[str]
    ) -> None:
        a, b, c = Counter(right), Counter(found), Counter(gold)
        for name in b.keys() | c.keys():
            scores[name] = scores.get(name, Score()) + Score(a[name], b[name], c[name])

    def report(self, documents: int, missing: int) -> Report:
        def ordered(scores: dict[str, Any], order: Sequence[str]) -> dict[str, Any]:
            return {name: scores[name] for name in order if name in scores}

        spans, values = ordered(self.spans, sorted(self.spans)), ordered(self.values, LABELS)
        slots = ordered(self.slots, SLOTS)
        return Report(documents, missing, spans, values, slots, self.exact, self.errors)


def same_value(gold: Value, found: Value | None) -> bool:
    """Whether two values of one label say the same; the name of a country does not count."""
    if isinstance(gold, Country) and isinstance(found, Country):
        return gold.code == found.code
    if isinstance(gold, Money | Percent | Rank) and type(gold) is type(found):
        return all(_near(getattr(gold, name), getattr(found, name)) for name in gold.__slots__)
    return False


def pairs(relation: Relation, entities: Iterable[Entity] = ()) -> list[Pair]:
    """The (slot, filler) pairs of a relation; goods that point to a span are told by the span's words."""
    words = {e.id: e.text for e in entities}
    out: list[Pair] = [("reporters", a.code) for a in relation.reporters]
    out += [("partners", a.code) for a in relation.partners]
    out += [("products", product_key(words.get(p.entity or "", p.name))) for p in relation.products]
    if relation.value:
        money = relation.value.value
        out.append(("value", (*_range(money.amount, money.amount_max), money.currency)))
    if relation.quantity:
        unit, factor = _BASE_UNITS.get(relation.quantity.unit, (relation.quantity.unit, 1.0))
        out.append(("quantity", (_eight(relation.quantity.amount * factor), unit)))
    for slot, filler in (("share", relation.share), ("growth", relation.growth)):
        if filler:
            out.append((slot, _range(filler.value.percent, filler.value.percent_max)))
    if relation.rank:
        out.append(("rank", _range(relation.rank.value.rank, relation.rank.value.rank_max)))
        if relation.rank_scope not in (None, "partner"):
            out.append(("rank_scope", str(relation.rank_scope)))
    if relation.period:
        out.append(("period", (relation.period.start, relation.period.end)))
    if relation.modality != "actual":
        out.append(("modality", relation.modality))
    return out


def tellings(relation: Relation, entities: Iterable[Entity] = ()) -> list[Telling]:
    """A relation as flow and pairs and, where both sides are known, the same told from the other side."""
    entities = tuple(entities)
    out: list[Telling] = [(relation.flow, pairs(relation, entities))]
    if relation.flow in _OTHER_SIDE and relation.reporters and relation.partners:
        other = replace(relation, reporters=relation.partners, partners=relation.reporters)
        out.append((_OTHER_SIDE[relation.flow], pairs(other, entities)))
    return out


def align(golds: Sequence[Sequence[Telling]], founds: Sequence[Telling]) -> dict[tuple[int, int], list[Pair]]:
    """The one-to-one alignment of gold and found relations in which most pairs agree.

    Returns:
        (index of gold, index of found) → the pairs that agree.
    """
    if not golds or not founds:
        return {}
    hits: dict[tuple[int, int], list[Pair]] = {}
    weights = [[_NEVER] * len(founds) for _ in golds]
    for x, forms in enumerate(golds):
        for y, (flow, found) in enumerate(founds):
            agreed = max(
                (agreeing(told, found) for side, told in forms if side == flow), key=len, default=None
            )
            if agreed is not None:
                hits[x, y] = agreed
                weights[x][y] = len(agreed) - _SIZE_WEIGHT * abs(len(forms[0][1]) - len(found))
    return {place: hits[place] for place in _assign(weights) if place in hits}


def agreeing(gold: Iterable[Pair], found: Iterable[Pair]) -> list[Pair]:
    """The gold pairs that have their like among the found ones, each of which serves once."""
    rest = list(found)
    out: list[Pair] = []
    for pair in gold:
        place = next((n for n, other in enumerate(rest) if _same(pair, other)), None)
        if place is not None:
            out.append(pair)
            del rest[place]
    return out


def product_key(name: str) -> str:
    """A name of goods with letters, spaces and marks that do not tell goods apart taken out."""
    return _SILENT.sub("", unicodedata.normalize("NFKC", name).translate(_SAME_LETTER))


def _assign(weights: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    try:
        from scipy.optimize import linear_sum_assignment
    except ImportError:
        raise MissingExtraError("scoring relations", "train", "scipy") from None
    rows, columns = linear_sum_assignment([list(row) for row in weights], maximize=True)
    return list(zip(rows.tolist(), columns.tolist(), strict=True))


def _same(a: Pair, b: Pair) -> bool:
    if a[0] != b[0]:
        return False
    if a[0] != "period":
        return a[1] == b[1]
    try:
        days = [(date.fromisoformat(x) - date.fromisoformat(y)).days for x, y in zip(a[1], b[1], strict=True)]
    except ValueError:
        return a[1] == b[1]
    return max(map(abs, days)) <= 1


def _near(a: object, b: object) -> bool:
    if isinstance(a, int | float) and isinstance(b, int | float):
        return abs(a - b) <= 1e-6 * max(1.0, abs(a), abs(b))
    return a == b


def _range(low: float, high: float | None) -> tuple[float, float]:
    return _eight(low), _eight(high or low)


def _eight(number: float) -> float:
    """The number to eight significant digits."""
    return float(f"{float(number):.8g}")
