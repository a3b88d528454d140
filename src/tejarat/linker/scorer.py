"""Weighs candidates: gradient-boosted trees over their named features, learned from the corpus.

The trees are data (`linker/data/scorer.npz`: the names of each model's columns and an ONNX graph, never pickled),
made by ``training/train_linker.py``; ONNX Runtime walks them. One model a question: an anchor's ``role``, its ``flow`` and ``modality``, whether an
``area`` reports or is the partner, whether a ``product`` or a ``period`` belongs to an anchor, whether two anchors
``join`` in one statement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import as_file, files
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tejarat.errors import ModelError
from tejarat.linker.confidence import Calibration

if TYPE_CHECKING:
    from tejarat.linker.features import Features, Row

FORMAT = "tejarat scorer 2"
#: Name of the file with the coefficients of relations' scores, beside the scorer's.
CALIBRATION = "calibration.json"
QUESTIONS: dict[str, tuple[str, ...]] = {
    "role": ("none", "fact", "share", "growth"),
    "flow": ("export", "import", "trade"),
    "modality": ("actual", "target", "potential"),
    "area": ("none", "reporter", "partner"),
    "product": ("no", "yes"),
    "period": ("no", "yes"),
    "join": ("no", "yes"),
}
#: What the second pass's models are called by.
AGAIN = "+"
ALL = (*QUESTIONS, *(q + AGAIN for q in QUESTIONS))
Matrix = npt.NDArray[np.float64]


class Trees:
    """One model: ``names`` are its columns, ``session`` gives the raw score of each class (of `yes`, for two)."""

    def __init__(self, names: Sequence[str], graph: bytes, classes: int) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # an article's rows are too few to share out
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self._columns = {name: i for i, name in enumerate(names)}
        self.classes = classes

    def probabilities(self, rows: Sequence[Row]) -> Matrix:
        """*Shape:* (rows, classes), each row summing to one."""
        if not rows:
            return np.zeros((0, self.classes))
        shared = {id(row.shared): row.shared for row in rows}
        place = {key: i for i, key in enumerate(shared)}
        matrix = self._matrix(list(shared.values()))[[place[id(row.shared)] for row in rows]]
        self._fill(matrix, [row.own for row in rows])
        (raw,) = self._session.run(None, {"rows": matrix})
        raw = raw.astype(np.float64)
        if self.classes == 2:
            yes = 1.0 / (1.0 + np.exp(-raw[:, 0]))
            return np.stack([1.0 - yes, yes], axis=1)
        raw = np.exp(raw - raw.max(axis=1, keepdims=True))
        result: Matrix = raw / raw.sum(axis=1, keepdims=True)
        return result

    def _matrix(self, features: Sequence[Features]) -> npt.NDArray[np.float32]:
        """*Shape:* (rows, columns + 1); the last column takes what the model does not know."""
        matrix = np.zeros((len(features), len(self._columns) + 1), dtype=np.float32)
        self._fill(matrix, features)
        return matrix

    def _fill(self, matrix: npt.NDArray[np.float32], features: Sequence[Features]) -> None:
        counts = [len(f) for f in features]
        known, last = self._columns.get, repeat(len(self._columns))
        columns = list(chain.from_iterable(map(known, f, last) for f in features))
        numbers = np.fromiter(chain.from_iterable(f.values() for f in features), np.float32, sum(counts))
        matrix[np.repeat(np.arange(len(features)), counts), columns] = numbers


class Scorer:
    """All questions' models. ``load`` reads the file that training wrote, and the calibration beside it."""

    def __init__(self, models: Mapping[str, Trees], calibration: Calibration | None = None) -> None:
        self._models = dict(models)
        self.calibration = calibration

    def probabilities(self, question: str, rows: Sequence[Row], *, again: bool = False) -> Matrix:
        """*Shape:* (rows, classes of the question), in the order of :data:`QUESTIONS`.

        ``again`` asks the models of the second pass (:mod:`tejarat.linker.judge`); a scorer that has none gives
        its first answer once more.
        """
        model = self._models.get(question + AGAIN) if again else None
        return (model or self._models[question]).probabilities(rows)

    @classmethod
    def load(cls, path: Path) -> Scorer:
        """Raises ModelError where the file is missing or of another form."""
        try:
            with np.load(path, allow_pickle=False) as data:
                if str(data["format"]) != FORMAT:
                    raise ModelError(f"{path} is no '{FORMAT}' file; make it with training/train_linker.py")
                models = {q: unpack(q, data) for q in ALL if f"{q}.names" in data}
                return cls(models, Calibration.load(path.with_name(CALIBRATION)))
        except (OSError, KeyError, ValueError, RuntimeError) as error:
            raise ModelError(f"cannot read the linker's scorer {path}: {error}") from None


@lru_cache(maxsize=1)
def shipped() -> Scorer:
    """The scorer that comes with the package."""
    with as_file(files("tejarat.linker") / "data/scorer.npz") as path:
        return Scorer.load(path)


def unpack(question: str, data: Mapping[str, npt.NDArray[Any]]) -> Trees:
    """One model out of the arrays of the scorer's file."""
    classes = len(QUESTIONS[question.removesuffix(AGAIN)])
    return Trees([str(n) for n in data[f"{question}.names"]], data[f"{question}.onnx"].tobytes(), classes)
