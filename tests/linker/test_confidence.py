"""Scores of relations: probabilities, monotone in the decisions, and of the scorer that ships."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
from articles import marked
from hypothesis import given
from hypothesis import strategies as st

from tejarat.errors import ModelError
from tejarat.linker.assemble import trace
from tejarat.linker.confidence import DECISIONS, FORMAT, TERMS, Calibration, terms
from tejarat.linker.scorer import Scorer, shipped
from tejarat.text.sentences import sentences

BODY = "صادرات {p:سیمان} {c:ایران} به {c:عراق} امسال با {t:۱۲ درصد} رشد به {m:65 میلیون دلار} رسید."
logs = st.fixed_dictionaries({name: st.floats(-7, 0) for name in TERMS})


def test_a_score_is_the_calibrations_of_its_terms() -> None:
    text, entities = marked(BODY)
    found = trace(text, date(2025, 11, 12), sentences(text), entities)
    calibration = shipped().calibration
    assert calibration is not None
    for told in found.told:
        of = terms(found.judgement, told.relation, told.statements)
        assert set(of) == set(TERMS)
        assert all(of[name] <= 0 for name in DECISIONS)
        assert told.relation.score == calibration.probability(of)


@given(logs, st.sampled_from(DECISIONS), st.floats(0, 7))
def test_a_surer_decision_never_lowers_the_score(of: dict[str, float], name: str, more: float) -> None:
    calibration = shipped().calibration
    assert calibration is not None
    surer = {**of, name: min(0.0, of[name] + more)}
    assert 0.0 <= calibration.probability(of) <= calibration.probability(surer) <= 1.0


def test_without_a_calibration_the_score_is_fact_times_flow() -> None:
    text, entities = marked(BODY)
    bare = Scorer(shipped()._models)
    found = trace(text, date(2025, 11, 12), sentences(text), entities, bare)
    assert [t.relation.score for t in found.told] == [max(s.score for s in t.statements) for t in found.told]


def test_the_shipped_calibration_is_of_the_shipped_scorer() -> None:
    data = files("tejarat.linker") / "data"
    told = json.loads((data / "calibration.json").read_text("utf-8"))
    assert told["scorer"] == hashlib.sha256((data / "scorer.npz").read_bytes()).hexdigest()
    assert told["after"]["calibration_error"] < told["before"]["calibration_error"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"format": "other"}',
        f'{{"format": "{FORMAT}", "weights": {{"weather": 1}}, "intercept": 0}}',
    ],
)
def test_another_file_is_refused(tmp_path: Path, content: str) -> None:
    place = tmp_path / "calibration.json"
    assert Calibration.load(place) is None
    place.write_text(content)
    with pytest.raises(ModelError, match="calibration"):
        Calibration.load(place)
