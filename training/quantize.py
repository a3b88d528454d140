"""int8 for an exported tagger, in two ways whose answers do not depend on what else is in a batch.

Dynamic quantisation takes the range of each activation from the batch at hand, padding and neighbours included,
so one article's spans could change with the company that it keeps. :func:`int8` therefore starts from the dynamic
graph and fixes every range to what calibration texts span; the arithmetic and its speed stay. :func:`int8_weights`
stores int8 and computes in float32: as small, slower, and nearly exact.
"""

from __future__ import annotations

import logging
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process

from tejarat.tagger.pieces import Ints


def int8(source: Path, target: Path, batches: Iterable[tuple[Ints, Ints]]) -> None:
    """int8 matrix products (weights per channel, reduced range) and embedding table.

    Args:
        batches: ids and masks, *shape* (batch, seq), that the ranges of activations are taken from.
    """
    logging.getLogger().setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as scratch:
        ready, dynamic = Path(scratch, "ready.onnx"), Path(scratch, "dynamic.onnx")
        quant_pre_process(str(source), str(ready), skip_symbolic_shape=True)
        quantize_dynamic(
            str(ready),
            str(dynamic),
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,  # Without VNNI a full range of weights overflows the 16-bit sums of AVX2.
            op_types_to_quantize=["MatMul", "Gemm", "Gather"],
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )
        model = onnx.load(str(dynamic))
    fix_ranges(model, batches)
    onnx.save(model, str(target))


def fix_ranges(model: onnx.ModelProto, batches: Iterable[tuple[Ints, Ints]]) -> None:
    """Replaces each dynamic range of the graph by the widest that the batches bring about, in place."""
    graph = model.graph
    dynamic = [node for node in graph.node if node.op_type == "DynamicQuantizeLinear"]
    names = [name for node in dynamic for name in node.output[1:3]]  # scale, zero point
    low: dict[str, float] = defaultdict(float)
    high: dict[str, float] = defaultdict(float)
    session = _probe(model, names)
    for ids, mask in batches:
        figures = iter(session.run(names, {"input_ids": ids, "attention_mask": mask}))
        for node, scale, zero in zip(dynamic, figures, figures, strict=False):
            low[node.name] = min(low[node.name], -float(zero) * float(scale))
            high[node.name] = max(high[node.name], (255 - float(zero)) * float(scale))
    nodes = list(graph.node)
    for i, node in enumerate(nodes):
        if node.op_type == "DynamicQuantizeLinear":
            quantized, scale_name, zero_name = node.output
            step = (high[node.name] - low[node.name]) / 255 or 1.0
            graph.initializer.extend(
                [
                    numpy_helper.from_array(np.array(step, np.float32), scale_name),
                    numpy_helper.from_array(np.array(round(-low[node.name] / step), np.uint8), zero_name),
                ]
            )
            inputs = [node.input[0], scale_name, zero_name]
            nodes[i] = helper.make_node("QuantizeLinear", inputs, [quantized], name=node.name)
    del graph.node[:]
    graph.node.extend(nodes)


def int8_weights(source: Path, target: Path, *, smallest: int = 4096) -> None:
    """Matrices and the embedding table stored as int8, one scale an output channel or row; float32 arithmetic.

    Tables of fewer values than ``smallest`` weigh nothing and stay as they are.
    """
    model = onnx.load(str(source))
    graph = model.graph
    gathered = {node.input[0] for node in graph.node if node.op_type == "Gather"}
    tables, nodes = [], []
    for table in graph.initializer:
        values = numpy_helper.to_array(table)
        if values.dtype != np.float32 or values.ndim != 2 or values.size < smallest:
            tables.append(table)
            continue
        axis = 0 if table.name in gathered else 1
        scale = np.abs(values).max(axis=1 - axis, keepdims=True) / 127
        scale[scale == 0] = 1
        small = np.round(values / scale).astype(np.int8)
        tables.append(numpy_helper.from_array(small, f"{table.name}.int8"))
        tables.append(
            numpy_helper.from_array(scale.squeeze(1 - axis).astype(np.float32), f"{table.name}.scale")
        )
        inputs = [f"{table.name}.int8", f"{table.name}.scale"]
        nodes.append(helper.make_node("DequantizeLinear", inputs, [table.name], axis=axis))
    nodes += list(graph.node)
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(tables)
    graph.node.extend(nodes)
    onnx.save(model, str(target))


def _probe(model: onnx.ModelProto, names: list[str]) -> onnxruntime.InferenceSession:
    """A session that also gives the named values; unoptimised, so that they all exist."""
    probe = onnx.ModelProto()
    probe.CopyFrom(model)
    for i, name in enumerate(names):
        kind = onnx.TensorProto.UINT8 if i % 2 else onnx.TensorProto.FLOAT
        probe.graph.output.append(helper.make_tensor_value_info(name, kind, None))
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        probe.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
