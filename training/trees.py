"""LightGBM's trees as ONNX models, which the linker runs with the runtime that it has anyway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper

from tejarat.linker.scorer import AGAIN, QUESTIONS

OPSETS = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)]


def packed(
    question: str, names: Sequence[str], boosters: Sequence[lightgbm.Booster]
) -> dict[str, npt.NDArray[Any]]:
    """What the scorer's file holds of one model: its columns and an ONNX graph of raw scores.

    Several boosters over the same columns become their mean.
    """
    classes = len(QUESTIONS[question.removesuffix(AGAIN)])
    targets = 1 if classes == 2 else classes
    trees = [
        (number % targets, tree["tree_structure"])
        for booster in boosters
        for number, tree in enumerate(booster.dump_model()["tree_info"])
    ]
    graph = ensemble(trees, targets, len(names), 1.0 / len(boosters))
    return {
        f"{question}.names": np.array(names),
        f"{question}.onnx": np.frombuffer(graph.SerializeToString(), dtype=np.uint8),
    }


def ensemble(
    trees: Sequence[tuple[int, Mapping[str, Any]]], targets: int, columns: int, scale: float
) -> onnx.ModelProto:
    """The trees as one node.

    *Shape:* rows (n, columns + 1) of float32, the last column unused → raw (n, targets), the sum of each target's
    leaves times ``scale``.
    """
    nodes: dict[str, list[Any]] = {k: [] for k in ("treeids", "nodeids", "featureids", "values", "modes")}
    nodes |= {"truenodeids": [], "falsenodeids": []}
    leaves: dict[str, list[Any]] = {k: [] for k in ("treeids", "nodeids", "ids", "weights")}

    def walk(tree: int, target: int, node: Mapping[str, Any], count: list[int]) -> int:
        place, count[0] = count[0], count[0] + 1
        inner = "split_feature" in node
        row = len(nodes["modes"])
        nodes["treeids"].append(tree)
        nodes["nodeids"].append(place)
        nodes["featureids"].append(int(node["split_feature"]) if inner else 0)
        nodes["values"].append(_at_most(node["threshold"]) if inner else 0.0)
        nodes["modes"].append("BRANCH_LEQ" if inner else "LEAF")
        nodes["truenodeids"].append(0)
        nodes["falsenodeids"].append(0)
        if inner:
            nodes["truenodeids"][row] = walk(tree, target, node["left_child"], count)
            nodes["falsenodeids"][row] = walk(tree, target, node["right_child"], count)
        else:
            leaves["treeids"].append(tree)
            leaves["nodeids"].append(place)
            leaves["ids"].append(target)
            leaves["weights"].append(float(node["leaf_value"]) * scale)
        return place

    for number, (target, root) in enumerate(trees):
        walk(number, target, root, [0])
    node = helper.make_node(
        "TreeEnsembleRegressor", ["rows"], ["raw"], domain="ai.onnx.ml", n_targets=targets,
        aggregate_function="SUM", post_transform="NONE",
        **{f"nodes_{k}": v for k, v in nodes.items()}, **{f"target_{k}": v for k, v in leaves.items()},
    )  # fmt: skip
    rows = helper.make_tensor_value_info("rows", TensorProto.FLOAT, [None, columns + 1])
    raw = helper.make_tensor_value_info("raw", TensorProto.FLOAT, [None, targets])
    model = helper.make_model(helper.make_graph([node], "trees", [rows], [raw]), opset_imports=OPSETS)
    model.ir_version = 9
    return model


def _at_most(threshold: float) -> float:
    """The largest float32 that is no more: `x <= threshold` then says the same of every float32 x."""
    value = np.float32(threshold)
    return float(np.nextafter(value, np.float32(-np.inf)) if float(value) > threshold else value)
