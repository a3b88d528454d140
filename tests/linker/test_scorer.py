"""The tree walker gives what LightGBM itself predicts, and refuses files that are not its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tejarat.errors import ModelError
from tejarat.linker.scorer import FORMAT, QUESTIONS, Scorer, pack, shipped

lightgbm = pytest.importorskip("lightgbm", reason="training extra")


@pytest.mark.parametrize("question", ["role", "join"])
def test_walks_trees_as_lightgbm_does(question: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    names = [f"f{i}" for i in range(12)]
    rows = rng.normal(size=(400, 12)).round(2)
    classes = len(QUESTIONS[question])
    labels = (rows[:, 0] * 2 + rows[:, 1] * rows[:, 2] > 0.3).astype(int) + (rows[:, 3] > 1) * (classes > 2)
    params = {"objective": "binary", "verbosity": -1, "num_leaves": 9, "num_threads": 1}
    if classes > 2:
        params |= {"objective": "multiclass", "num_class": classes}
    booster = lightgbm.train(params, lightgbm.Dataset(rows, labels), 25)
    arrays = {"format": np.array(FORMAT)}
    for other in QUESTIONS:
        source = booster if len(QUESTIONS[other]) == classes else _constant(len(QUESTIONS[other]))
        arrays |= pack(other, names, source.dump_model()["tree_info"])
    np.savez(tmp_path / "scorer.npz", **arrays)
    ours = Scorer.load(tmp_path / "scorer.npz").probabilities(
        question, [dict(zip(names, row, strict=True)) for row in rows]
    )
    theirs = booster.predict(rows)
    np.testing.assert_allclose(ours if classes > 2 else ours[:, 1], theirs, atol=1e-9)


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
    with pytest.raises(ModelError, match="no 'tejarat scorer 1' file"):
        Scorer.load(tmp_path / "x.npz")
    with pytest.raises(ModelError, match="cannot read"):
        Scorer.load(tmp_path / "missing.npz")


def test_pickled_content_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", format=np.array([object()], dtype=object))
    with pytest.raises(ModelError):
        Scorer.load(tmp_path / "x.npz")
