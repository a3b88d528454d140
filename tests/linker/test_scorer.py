"""The scorer gives what LightGBM itself predicts, and refuses files that are not its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tejarat.errors import ModelError
from tejarat.linker.features import Row
from tejarat.linker.scorer import AGAIN, FORMAT, QUESTIONS, Scorer, shipped, unpack

lightgbm = pytest.importorskip("lightgbm", reason="training extra")


@pytest.mark.parametrize("question", ["role", "join"])
def test_weighs_as_lightgbm_does(question: str, tmp_path: Path) -> None:
    from trees import packed

    rng = np.random.default_rng(7)
    names = [f"f{i}" for i in range(12)]
    rows = rng.normal(size=(400, 12)).round(2).astype(np.float32)
    classes = len(QUESTIONS[question])
    labels = (rows[:, 0] * 2 + rows[:, 1] * rows[:, 2] > 0.3).astype(int) + (rows[:, 3] > 1) * (classes > 2)
    params = {"objective": "binary", "verbosity": -1, "num_leaves": 9, "num_threads": 1}
    if classes > 2:
        params |= {"objective": "multiclass", "num_class": classes}
    booster = lightgbm.train(params, lightgbm.Dataset(rows, labels), 25)
    arrays = {"format": np.array(FORMAT)}
    for other in QUESTIONS:
        source = booster if len(QUESTIONS[other]) == classes else _constant(len(QUESTIONS[other]))
        arrays |= packed(other, names, [source])
    again = _constant(classes)
    arrays |= packed(question + AGAIN, names, [again])
    np.savez(tmp_path / "scorer.npz", **arrays)
    scorer = Scorer.load(tmp_path / "scorer.npz")
    halves = [
        (dict(zip(names[:5], r[:5], strict=True)), dict(zip(names[5:], r[5:], strict=True))) for r in rows
    ]
    asked = [Row({**own, "unknown": 3.0}, shared) for own, shared in halves]
    for model, second in ((booster, False), (again, True)):
        ours = scorer.probabilities(question, asked, again=second)
        np.testing.assert_allclose(ours if classes > 2 else ours[:, 1], model.predict(rows), atol=1e-6)


def test_the_mean_of_several_models(tmp_path: Path) -> None:
    from trees import packed

    rng = np.random.default_rng(3)
    rows, names = rng.normal(size=(200, 4)).astype(np.float32), list("abcd")
    params = {"objective": "binary", "verbosity": -1, "num_threads": 1}
    models = [lightgbm.train(params, lightgbm.Dataset(rows, rows[:, column] > 0), 9) for column in (0, 1)]
    mean = unpack("join", packed("join", names, models))
    raw = np.mean([m.predict(rows, raw_score=True) for m in models], axis=0)
    ours = mean.probabilities([Row(dict(zip(names, r, strict=True))) for r in rows])[:, 1]
    np.testing.assert_allclose(ours, 1 / (1 + np.exp(-raw)), atol=1e-6)


def test_rows_with_and_without_shared_features_agree() -> None:
    first = Row({"is=money": 1.0, "words": 4.0})
    halves = Row({"words": 4.0}, {"is=money": 1.0})
    together = shipped().probabilities("role", [first, halves])
    np.testing.assert_array_equal(together[0], together[1])


def _constant(classes: int) -> lightgbm.Booster:
    rng = np.random.default_rng(1)
    params = {"objective": "binary", "verbosity": -1, "num_threads": 1}
    if classes > 2:
        params |= {"objective": "multiclass", "num_class": classes}
    return lightgbm.train(params, lightgbm.Dataset(rng.normal(size=(90, 12)), np.arange(90) % classes), 2)


def test_no_rows_no_probabilities() -> None:
    assert shipped().probabilities("role", []).shape == (0, len(QUESTIONS["role"]))


def test_another_file_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", format=np.array("other"))
    with pytest.raises(ModelError, match="no 'tejarat scorer 2' file"):
        Scorer.load(tmp_path / "x.npz")
    with pytest.raises(ModelError, match="cannot read"):
        Scorer.load(tmp_path / "missing.npz")


def test_pickled_content_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", format=np.array([object()], dtype=object))
    with pytest.raises(ModelError):
        Scorer.load(tmp_path / "x.npz")
