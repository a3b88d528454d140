"""Both passes over an article: rows that belong together, and answers that are probabilities."""

from __future__ import annotations

import numpy as np
from articles import reading

from tejarat.linker.assemble import Settings, relation, statements
from tejarat.linker.judge import FILLERS, judge, propose, survey
from tejarat.linker.scorer import shipped

BODY = (
    "سال گذشته {m:65 میلیون دلار} {p:سیمان} از {c:ایران} به {c:عراق} و {m:20 میلیون دلار} به {c:عمان} صادر شد.\n"
    "بودجه شهرداری {m:3 میلیارد تومان} است."
)


def test_every_candidate_has_its_weights() -> None:
    judgement = judge(reading(BODY), shipped())
    assert [a.kind for a in judgement.anchors] == ["money", "goods", "money", "money"]
    for question in ("role", "flow", "modality"):
        np.testing.assert_allclose(judgement.anchor[question].sum(axis=1), 1.0)
        assert len(judgement.anchor[question]) == len(judgement.anchors)
    for question in FILLERS:
        sizes = [len(options) for options in judgement.candidates(question)]
        assert [len(weights) for weights in judgement.filler[question]] == sizes
    assert len(judgement.join) == len(judgement.pairs) == len(judgement.pair_rows)


def test_what_states_nothing_has_no_candidates() -> None:
    judgement = judge(reading(BODY), shipped())
    assert judgement.fact(0) > 0.5 > judgement.fact(3)
    assert judgement.areas[0]
    assert not judgement.areas[3]
    assert all(3 not in pair for pair in judgement.pairs)


def test_the_second_pass_sees_the_first_answers() -> None:
    judgement = judge(reading(BODY), shipped())
    assert judgement.anchor_rows[0].own["1:fact"] > 0.5
    iraq = {c.code: c.row.own for c in judgement.areas[0]}["IQ"]
    oman = {c.code: c.row.own for c in judgement.areas[0]}["OM"]
    assert iraq["1:own2"] > oman["1:own2"]
    assert iraq["1:rank2"] == 0.0


def test_proposals_follow_the_flows_given() -> None:
    page = reading(BODY)
    judgement = survey(page)
    propose(page, judgement, ["export", None, None, None])
    assert judgement.areas[0][0].row.shared["flow=export"] == 1.0
    assert judgement.areas[1:] == [[], [], []]
    assert judgement.pairs == []


def test_an_empty_article_has_nothing_to_judge() -> None:
    judgement = judge(reading("باران آمد."), shipped())
    assert judgement.anchors == []
    assert judgement.join.shape == (0,)


def test_what_only_the_second_pass_believes_is_left_alone() -> None:
    page = reading(BODY)
    judgement = judge(page, shipped())
    place = 3  # the city's budget: the first pass looked for no candidates
    judgement.anchor["role"][place] = [0.0, 1.0, 0.0, 0.0]
    assert judgement.fact(place) == 1.0
    found = statements(judgement, Settings())
    assert all(place not in s.anchors for s in found)
    assert all(relation(page, judgement, s, Settings()).reporters for s in found)
