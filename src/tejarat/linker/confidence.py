"""How sure a relation is: the probability that it is right in all its slots.

Every decision that made a relation has a probability of its own: that an anchor states a flow, that two anchors
measure one, who reports, what the goods are. Their logarithms, weighed by a logistic model of a dozen coefficients
(`calibration.json`, beside the scorer), give the relation's score. ``training/calibrate.py`` fits it on articles
that the scorer has not seen.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tejarat.errors import ModelError

if TYPE_CHECKING:
    from tejarat.linker.judge import Judgement
    from tejarat.linker.statement import Statement
    from tejarat.schema import Relation

FORMAT = "tejarat calibration 1"
#: What the model weighs: logarithms of a relation's least sure decision of each kind, then the shape of it.
DECISIONS = ("fact", "flow", "modality", "joined", "apart", "reporters", "partners", "products", "period")
TERMS = (*DECISIONS, "undated", "no_partner", "no_goods", "numbers", "rules", "told_again")
#: No decision is surer, or less sure, than this lets it be.
_FLOOR = 1e-3


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic model over :data:`TERMS`."""

    weights: Mapping[str, float]
    intercept: float

    def probability(self, terms: Mapping[str, float]) -> float:
        """That a relation with these terms is right."""
        raw = self.intercept + sum(weight * terms[name] for name, weight in self.weights.items())
        return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, raw))))

    @classmethod
    def load(cls, path: Path) -> Calibration | None:
        """None where there is no such file.

        Raises:
            ModelError: the file is of another form.
        """
        try:
            data = json.loads(path.read_text("utf-8"))
            if data["format"] != FORMAT or not set(data["weights"]) <= set(TERMS):
                raise ValueError("its format or terms are not those of this version")
            weights = {str(name): float(weight) for name, weight in data["weights"].items()}
            return cls(weights, float(data["intercept"]))
        except FileNotFoundError:
            return None
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise ModelError(f"cannot read the linker's calibration {path}: {error}") from None


def relation_score(
    judgement: Judgement, relation: Relation, statements: Sequence[Statement], calibration: Calibration | None
) -> float:
    """The relation's score in [0, 1]; without a calibration the plain product of fact and flow."""
    if calibration is None:
        return min(1.0, max(0.0, max(s.score for s in statements)))
    return calibration.probability(terms(judgement, relation, statements))


def terms(judgement: Judgement, relation: Relation, statements: Sequence[Statement]) -> dict[str, float]:
    """What the calibration weighs, by :data:`TERMS`; of a relation that is told again, its surest telling."""
    told = [_decisions(judgement, s) for s in statements]
    best = max(told, key=lambda decisions: sum(decisions.values()))
    return {
        **best,
        "undated": float(relation.period is None),
        "no_partner": float(not relation.partners),
        "no_goods": float(not relation.products),
        "numbers": math.log(max(len(s.anchors) for s in statements)),
        "rules": float(sum(len(s.rules) for s in statements)),
        "told_again": math.log(len(statements)),
    }


def _decisions(judgement: Judgement, statement: Statement) -> dict[str, float]:
    """The logarithm of the least sure decision of each kind of one statement."""
    rows = [(i, judgement.anchor) for i in statement.anchors]
    out = {
        "fact": _least(judgement.fact(i) for i, _ in rows),
        "flow": _least(float(anchor["flow"][i].max()) for i, anchor in rows),
        "modality": _least(float(anchor["modality"][i].max()) for i, anchor in rows),
    }
    own = set(statement.anchors)
    joins = [
        (len(own & set(pair)), float(weight))
        for pair, weight in zip(judgement.pairs, judgement.join, strict=True)
    ]
    out["joined"] = _least(weight for members, weight in joins if members == 2)
    out["apart"] = _least(1.0 - weight for members, weight in joins if members == 1)
    for slot in ("reporters", "partners", "products", "period"):
        weighed = [w for w in statement.weighed if w.slot == slot]
        out[slot] = _least(w.weight if w.taken else 1.0 - w.weight for w in weighed)
    return out


def _least(probabilities: Iterable[float]) -> float:
    return math.log(min(1.0, max(_FLOOR, min(probabilities, default=1.0))))
