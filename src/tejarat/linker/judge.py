"""Every question of an article asked at once, and then once more in the light of the other answers.

The first pass weighs each candidate by its own features. The second adds what the first said of its neighbours:
whether the statement before had the same reporter, whether another amount claims the same goods, how well an
amount's slots can be filled at all. An article is coherent, and this is where the linker uses it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tejarat.linker import candidates as C
from tejarat.linker.candidates import AreaCandidate, MentionCandidate
from tejarat.linker.features import MEASURES, Anchor, Row
from tejarat.linker.reading import Reading
from tejarat.linker.scorer import Scorer
from tejarat.schema import FLOWS, Flow

Matrix = npt.NDArray[np.float64]
FILLERS = ("area", "product", "period")

#: Below this probability of stating anything, an anchor's slots are not looked at.
ALIVE = 0.1


@dataclass(slots=True)
class Judgement:
    """The candidates of an article and what the scorer says of them.

    ``anchor[q]`` has a row for each anchor (q: role, flow, modality); ``filler[q][i]`` a row for each candidate of
    anchor i (q: area, product, period; no candidates where the anchor states nothing); ``join`` the probability
    that the two anchors of each of ``pairs`` measure one flow.
    """

    anchors: list[Anchor]
    anchor_rows: list[Row]
    areas: list[list[AreaCandidate]] = field(default_factory=list)
    products: list[list[MentionCandidate]] = field(default_factory=list)
    periods: list[list[MentionCandidate]] = field(default_factory=list)
    pairs: list[tuple[int, int]] = field(default_factory=list)
    pair_rows: list[Row] = field(default_factory=list)
    anchor: dict[str, Matrix] = field(default_factory=dict)
    filler: dict[str, list[Matrix]] = field(default_factory=dict)
    join: Matrix = field(default_factory=lambda: np.zeros(0))

    def candidates(self, question: str) -> Sequence[Sequence[AreaCandidate | MentionCandidate]]:
        lists: dict[str, Sequence[Sequence[AreaCandidate | MentionCandidate]]]
        lists = {"area": self.areas, "product": self.products, "period": self.periods}
        return lists[question]

    def fact(self, index: int) -> float:
        """The probability that an anchor states a flow at all; a percent is a share or a growth, others a fact."""
        weights = self.anchor["role"][index]
        told = weights[2:].sum() if self.anchors[index].kind == "percent" else weights[1]
        return float(told / (told + weights[0]))


def judge(reading: Reading, scorer: Scorer) -> Judgement:
    """Both passes over an article."""
    judgement = survey(reading)
    ask_anchors(judgement, scorer)
    alive = [judgement.fact(i) >= ALIVE for i in range(len(judgement.anchors))]
    flows = [FLOWS[int(np.argmax(row))] for row in judgement.anchor["flow"]]
    propose(reading, judgement, [flow if live else None for flow, live in zip(flows, alive, strict=True)])
    ask_fillers(judgement, scorer)
    consider(judgement)
    ask_anchors(judgement, scorer, again=True)
    ask_fillers(judgement, scorer, again=True)
    return judgement


def survey(reading: Reading) -> Judgement:
    """The article's anchors and their features."""
    anchors = C.anchors(reading)
    return Judgement(anchors, [C.anchor_features(reading, a) for a in anchors])


def propose(reading: Reading, judgement: Judgement, flows: Sequence[Flow | None]) -> None:
    """Candidates for the slots of the anchors that have a flow, and the pairs of them that may join."""
    for anchor, flow in zip(judgement.anchors, flows, strict=True):
        judgement.areas.append(C.area_candidates(reading, anchor, flow) if flow else [])
        judgement.products.append(C.product_candidates(reading, anchor, flow) if flow else [])
        judgement.periods.append(C.period_candidates(reading, anchor) if flow else [])
    live = [i for i, flow in enumerate(flows) if flow]
    for place, i in enumerate(live):
        for j in live[place + 1 :]:
            a, b = judgement.anchors[i], judgement.anchors[j]
            if b.sentence - a.sentence > 1:
                break
            if joinable(a, b):
                judgement.pairs.append((i, j))
                judgement.pair_rows.append(C.join_features(reading, a, b))


def joinable(a: Anchor, b: Anchor) -> bool:
    """Whether two anchors may be asked to join: near, and not of one kind (save goods)."""
    return abs(b.sentence - a.sentence) <= 1 and (a.kind != b.kind or a.kind in ("goods", "percent"))


def ask_anchors(judgement: Judgement, scorer: Scorer, *, again: bool = False) -> None:
    for question in ("role", "flow", "modality"):
        judgement.anchor[question] = scorer.probabilities(question, judgement.anchor_rows, again=again)


def ask_fillers(judgement: Judgement, scorer: Scorer, *, again: bool = False) -> None:
    for question in FILLERS:
        lists = judgement.candidates(question)
        rows = [c.row for options in lists for c in options]
        weights = scorer.probabilities(question, rows, again=again)
        cuts = np.cumsum([len(options) for options in lists])[:-1]
        judgement.filler[question] = np.split(weights, cuts) if lists else []
    judgement.join = scorer.probabilities("join", judgement.pair_rows, again=again)[:, 1]


# --- what the first answers tell of each other -------------------------------------------------------------


def consider(judgement: Judgement) -> None:
    """Adds to every row what the first pass said of it and of its neighbours; names begin with `1:`."""
    if not judgement.anchors:
        return
    facts = [judgement.fact(i) for i in range(len(judgement.anchors))]
    partners = _partners(judgement)
    live = [i for i, options in enumerate(judgement.areas) if options]
    before = {i: j for j, i in pairwise(live)}
    after = dict(pairwise(live))
    together: dict[int, list[int]] = {}
    for i, anchor in enumerate(judgement.anchors):
        together.setdefault(anchor.sentence, []).append(i)
    mean = sum(facts) / len(facts)
    for i, anchor in enumerate(judgement.anchors):
        here = [j for j in together[anchor.sentence] if j != i and judgement.anchors[j].kind in MEASURES]
        _consider_anchor(judgement, i, facts, mean, here, partners)
    for question in FILLERS:
        answers = _Answers(judgement, question, facts)
        for i in live:
            here = [j for j in together[judgement.anchors[i].sentence] if j != i and answers.tables[j]]
            beside = {
                "before": before.get(i),
                "after": after.get(i),
                "joined": partners.get(i, (None, 0.0))[0],
            }
            _consider_filler(judgement, question, i, answers, here, beside)
            for option in judgement.candidates(question)[i]:
                option.row.own["1:joined"] = partners.get(i, (i, -1.0))[1]
                option.row.own["1:fact"] = facts[i]
    _consider_pairs(judgement, facts)


def _partners(judgement: Judgement) -> dict[int, tuple[int, float]]:
    """Each anchor's likeliest partner in a statement and how likely it is."""
    best: dict[int, tuple[int, float]] = {}
    for (i, j), weight in zip(judgement.pairs, judgement.join.tolist(), strict=True):
        for a, b in ((i, j), (j, i)):
            if a not in best or weight > best[a][1]:
                best[a] = (b, weight)
    return best


def _consider_anchor(
    judgement: Judgement,
    i: int,
    facts: Sequence[float],
    mean: float,
    here: Sequence[int],
    partners: dict[int, tuple[int, float]],
) -> None:
    anchor, f = judgement.anchors[i], judgement.anchor_rows[i].own
    for question, matrix in judgement.anchor.items():
        for c, weight in enumerate(matrix[i]):
            f[f"1:{question}{c}"] = float(weight)
    f["1:fact"] = facts[i]
    for name, j in (("before", i - 1), ("after", i + 1)):
        if 0 <= j < len(facts) and abs(judgement.anchors[j].sentence - anchor.sentence) <= 1:
            f[f"1:fact_{name}"] = facts[j]
            f[f"1:same_kind_{name}"] = float(judgement.anchors[j].kind == anchor.kind)
            for c, weight in enumerate(judgement.anchor["flow"][j]):
                f[f"1:flow{c}_{name}"] = float(weight)
        else:
            f[f"1:fact_{name}"] = -1.0
    f["1:facts_here"] = sum(facts[j] for j in here)
    f["1:most_here"] = max((facts[j] for j in here), default=-1.0)
    f["1:article"] = mean
    for question in FILLERS:
        weights = judgement.filler[question][i]
        for c in range(1, weights.shape[1]):
            f[f"1:{question}_best{c}"] = float(weights[:, c].max(initial=-1.0))
    partner, weight = partners.get(i, (i, -1.0))
    f["1:join"], f["1:join_fact"] = weight, facts[partner]


class _Answers:
    """The first answers to one question: of each anchor by what names a candidate (an area's code, a mention
    itself), and their sum over the article, weighed by how surely the anchors state a flow."""

    def __init__(self, judgement: Judgement, question: str, facts: Sequence[float]) -> None:
        self.facts = facts
        self.tables: list[dict[object, Matrix]] = []
        self.sums: dict[object, Matrix] = {}
        self.total = 0.0
        lists = zip(judgement.candidates(question), judgement.filler[question], facts, strict=True)
        for options, weights, fact in lists:
            table = {_name(c): w for c, w in zip(options, weights, strict=True)}
            self.tables.append(table)
            self.total += fact if table else 0.0
            for name, weight in table.items():
                self.sums[name] = self.sums.get(name, 0.0) + fact * weight

    def elsewhere(self, i: int, name: object, answer: int) -> float:
        """The mean weight of a candidate over all other anchors; -1 where there is none."""
        total = self.total - self.facts[i]
        if total <= 1e-9:
            return -1.0
        return float(self.sums[name][answer] - self.facts[i] * self.tables[i][name][answer]) / total


def _name(candidate: AreaCandidate | MentionCandidate) -> object:
    return candidate.code if isinstance(candidate, AreaCandidate) else id(candidate.mention)


def _consider_filler(
    judgement: Judgement,
    question: str,
    i: int,
    answers: _Answers,
    here: Sequence[int],
    beside: Mapping[str, int | None],
) -> None:
    options, weights = judgement.candidates(question)[i], judgement.filler[question][i]
    tables = answers.tables
    for c in range(1, weights.shape[1]):
        column = weights[:, c]
        ranks = np.argsort(np.argsort(-column))
        top = float(column.max(initial=-1.0))
        for option, weight, rank in zip(options, column.tolist(), ranks.tolist(), strict=True):
            f, name = option.row.own, _name(option)
            f[f"1:own{c}"] = weight
            f[f"1:rank{c}"] = float(rank)
            f[f"1:lead{c}"] = weight - top if rank else weight - _second(column)
            for where, j in beside.items():
                other = tables[j].get(name) if j is not None else None
                f[f"1:{where}{c}"] = -1.0 if other is None else float(other[c])
            told = [float(tables[j][name][c]) for j in here if name in tables[j]]
            f[f"1:here{c}"] = max(told, default=-1.0)
            f[f"1:article{c}"] = answers.elsewhere(i, name, c)


def _second(column: Matrix) -> float:
    return float(np.partition(column, -2)[-2]) if len(column) > 1 else 0.0


def _consider_pairs(judgement: Judgement, facts: Sequence[float]) -> None:
    tables = {question: _Answers(judgement, question, facts).tables for question in FILLERS}
    best: dict[int, list[tuple[float, int]]] = {}
    for number, ((i, j), weight) in enumerate(zip(judgement.pairs, judgement.join.tolist(), strict=True)):
        best.setdefault(i, []).append((weight, number))
        best.setdefault(j, []).append((weight, number))
    for number, ((i, j), weight) in enumerate(zip(judgement.pairs, judgement.join.tolist(), strict=True)):
        f = judgement.pair_rows[number].own
        f["1:own"] = weight
        for side, a in (("first", i), ("second", j)):
            f[f"1:fact_{side}"] = facts[a]
            f[f"1:other_{side}"] = max((w for w, n in best[a] if n != number), default=-1.0)
        flow = judgement.anchor["flow"]
        f["1:one_flow"] = float(flow[i] @ flow[j])
        for question, rows in tables.items():
            for c in range(1, judgement.filler[question][i].shape[1]):
                shared = [float(w[c] * rows[j][n][c]) for n, w in rows[i].items() if n in rows[j]]
                apart = [float(abs(w[c] - rows[j][n][c])) for n, w in rows[i].items() if n in rows[j]]
                f[f"1:{question}{c}_both"] = max(shared, default=-1.0)
                f[f"1:{question}{c}_apart"] = max(apart, default=-1.0)
