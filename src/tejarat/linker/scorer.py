"""Weighs candidates: gradient-boosted trees over their named features, learned from the corpus.

The trees are data (`linker/data/scorer.npz`, plain arrays, never unpickled), made by ``training/train_linker.py``;
this module only walks them. One model a question: an anchor's ``role``, its ``flow`` and ``modality``, whether an
``area`` reports or is the partner, whether a ``product`` or a ``period`` belongs to an anchor, whether two anchors
``join`` in one statement.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tejarat.errors import ModelError

if TYPE_CHECKING:
    from tejarat.linker.features import Features

FORMAT = "tejarat scorer 1"
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


@dataclass(frozen=True, slots=True)
class Trees:
    """An additive model. *Shape:* all node arrays (trees, nodes); ``tree_class`` (trees,); a leaf's children are itself."""

    names: Mapping[str, int]
    feature: npt.NDArray[np.int32]
    threshold: Matrix
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    value: Matrix
    tree_class: npt.NDArray[np.int32]
    depth: int
    classes: int

    def probabilities(self, rows: Sequence[Features]) -> Matrix:
        """*Shape:* (rows, classes), each row summing to one."""
        if not rows:
            return np.zeros((0, self.classes))
        matrix = np.zeros((len(rows), len(self.names) + 1))
        for i, row in enumerate(rows):
            for name, number in row.items():
                column = self.names.get(name)
                if column is not None:
                    matrix[i, column] = number
        trees = np.arange(len(self.tree_class))
        at = np.zeros((len(rows), len(trees)), dtype=np.int32)
        index = np.arange(len(rows))[:, None]
        for _ in range(self.depth):
            goes_left = matrix[index, self.feature[trees, at]] <= self.threshold[trees, at]
            at = np.where(goes_left, self.left[trees, at], self.right[trees, at])
        leaves = self.value[trees, at]
        if self.classes == 2:
            yes = 1.0 / (1.0 + np.exp(-leaves.sum(axis=1)))
            return np.stack([1.0 - yes, yes], axis=1)
        raw = np.stack([leaves[:, self.tree_class == c].sum(axis=1) for c in range(self.classes)], axis=1)
        raw = np.exp(raw - raw.max(axis=1, keepdims=True))
        result: Matrix = raw / raw.sum(axis=1, keepdims=True)
        return result


class Scorer:
    """All questions' models. ``load`` reads the file that training wrote."""

    def __init__(self, models: Mapping[str, Trees]) -> None:
        self._models = dict(models)

    def probabilities(self, question: str, rows: Sequence[Features], *, again: bool = False) -> Matrix:
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
                return cls({q: unpack(q, data) for q in ALL if f"{q}.names" in data})
        except (OSError, KeyError, ValueError) as error:
            raise ModelError(f"cannot read the linker's scorer {path}: {error}") from None


@lru_cache(maxsize=1)
def shipped() -> Scorer:
    """The scorer that comes with the package."""
    with as_file(files("tejarat.linker") / "data/scorer.npz") as path:
        return Scorer.load(path)


def pack(
    question: str, names: Sequence[str], trees: Sequence[Mapping[str, Any]]
) -> dict[str, npt.NDArray[Any]]:
    """Arrays of one model from LightGBM's published tree dump (``Booster.dump_model()['tree_info']``)."""
    flat = [_flatten(t["tree_structure"]) for t in trees]
    size = max(len(f) for f in flat)
    arrays: dict[str, npt.NDArray[Any]] = {
        part: np.zeros((len(flat), size), dtype=kind) for part, kind in _PARTS.items()
    }
    for i, nodes in enumerate(flat):
        for j, (feature, threshold, left, right, value) in enumerate(nodes):
            for part, number in zip(_PARTS, (feature, threshold, left, right, value), strict=True):
                arrays[part][i, j] = number
    classes = len(QUESTIONS[question.removesuffix(AGAIN)])
    arrays["tree_class"] = np.arange(len(flat), dtype=np.int32) % (1 if classes == 2 else classes)
    arrays["names"] = np.array(names)
    arrays["depth"] = np.array(max(_depth(t["tree_structure"]) for t in trees))
    return {f"{question}.{part}": array for part, array in arrays.items()}


_PARTS = {
    "feature": np.int32,
    "threshold": np.float64,
    "left": np.int32,
    "right": np.int32,
    "value": np.float64,
}


def unpack(question: str, data: Mapping[str, npt.NDArray[Any]]) -> Trees:
    """One model out of the arrays of :func:`pack`."""
    names = {str(n): i for i, n in enumerate(data[f"{question}.names"])}
    parts = {part: data[f"{question}.{part}"] for part in (*_PARTS, "tree_class")}
    return Trees(
        names=names,
        depth=int(data[f"{question}.depth"]),
        classes=len(QUESTIONS[question.removesuffix(AGAIN)]),
        **parts,
    )


def _flatten(root: Mapping[str, Any]) -> list[tuple[int, float, int, int, float]]:
    nodes: list[tuple[int, float, int, int, float]] = []

    def walk(node: Mapping[str, Any]) -> int:
        at = len(nodes)
        if "leaf_value" in node and "split_feature" not in node:
            nodes.append((0, 0.0, at, at, float(node["leaf_value"])))
            return at
        nodes.append((0, 0.0, 0, 0, 0.0))
        left, right = walk(node["left_child"]), walk(node["right_child"])
        nodes[at] = (int(node["split_feature"]), float(node["threshold"]), left, right, 0.0)
        return at

    walk(root)
    return nodes


def _depth(node: Mapping[str, Any]) -> int:
    if "split_feature" not in node:
        return 0
    return 1 + max(_depth(node["left_child"]), _depth(node["right_child"]))
