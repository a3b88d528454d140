"""Fitting scores: known coefficients come back, wrong scores are mended, and articles stay apart."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("scipy", reason="training extra")

import calibrate
from calibrate import BINS, Judged, calibration_error, fit, judged, left_out, measures, predict, write

from tejarat.corpus.format import parse
from tejarat.linker.confidence import DECISIONS, TERMS, Calibration
from tejarat.linker.scorer import shipped


def made(count: int = 3000) -> Judged:
    rng = np.random.default_rng(5)
    rows = -rng.exponential(0.5, size=(count, len(TERMS)))
    chance = 1 / (1 + np.exp(-(1.0 + 2.0 * rows[:, 0] + rows[:, 4])))
    right = (rng.random(count) < chance).astype(float)
    return Judged(rows, right, np.full(count, 0.99), np.arange(count) // 7)


def test_known_coefficients_come_back() -> None:
    data = made()
    weights = fit(data.rows, data.right, ridge=1.0)
    assert weights[0] == pytest.approx(2.0, abs=0.3)
    assert weights[4] == pytest.approx(1.0, abs=0.3)
    assert weights[-1] == pytest.approx(1.0, abs=0.3)
    assert (weights[: len(DECISIONS)] >= 0).all()


def test_scores_of_left_out_articles_are_honest() -> None:
    data = made()
    scores = left_out(data)
    assert calibration_error(scores, data.right) < 0.05 < 0.3 < calibration_error(data.plain, data.right)


def test_a_left_out_article_teaches_nothing_about_itself() -> None:
    data = made(300)
    turned = Judged(
        data.rows, np.where(data.article == 0, 1 - data.right, data.right), data.plain, data.article
    )
    own = data.article == 0
    np.testing.assert_array_equal(left_out(data)[own], left_out(turned)[own])


def test_the_error_by_hand() -> None:
    scores, right = np.array([0.05, 0.05, 0.95, 1.0]), np.array([0.0, 1.0, 1.0, 1.0])
    assert calibration_error(scores, right, BINS) == pytest.approx((0.9 + 0.05) / 4)
    assert measures(scores, right)["auc"] == pytest.approx(2.5 / 3, abs=1e-4)


def test_what_is_written_is_what_the_linker_reads(tmp_path: Path) -> None:
    scorer = tmp_path / "scorer.npz"
    scorer.write_bytes(b"x")
    data = made(500)
    told = write(data, scorer)
    read = Calibration.load(tmp_path / "calibration.json")
    assert read is not None
    assert told == json.loads((tmp_path / "calibration.json").read_text("utf-8"))
    expected = predict(fit(data.rows, data.right), data.rows[:1])[0]
    assert read.probability(dict(zip(TERMS, data.rows[0].tolist(), strict=True))) == pytest.approx(
        expected, abs=1e-3
    )


def test_relations_are_judged_against_gold() -> None:
    body = (
        "# tejarat article 1\nid: a\ndate: 2025-11-12\nkind: trade\n---\n"
        "امسال {m:65 میلیون دلار} {p:سیمان} از {c:ایران} به {c:عراق} صادر شد.\n---\n"
    )
    facts = calibrate.with_read_values(parse(body).facts)
    data = judged([facts], shipped())
    assert data.rows.shape == (len(data.right), len(TERMS))
    assert data.right.tolist() == [0.0] * len(data.right)  # the gold has no relation
