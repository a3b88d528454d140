"""A model for the tests of whole pipelines: right in form, made in a moment, and random in content."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
sys.path[:0] = [str(TESTS / "tagger"), str(TESTS.parent / "training")]

#: How much the tagger leans to "no span", so that it finds some in most sentences and not in every word.
LEANING = 1.0


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tagger's folder in ONNX: a table that gives each piece its tags' logits."""
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from tiny_models import TEXTS

    from tejarat.tagger.decode import bio_tags
    from tejarat.tagger.model import ModelSettings
    from tejarat.tagger.tokenizer import train_tokenizer

    folder = tmp_path_factory.mktemp("tiny")
    tokenizer = train_tokenizer(TEXTS * 3, 400, min_frequency=1)
    tokenizer.save(str(folder / "tokenizer.json"))
    tags = len(bio_tags())
    table = np.random.default_rng(3).normal(size=(tokenizer.get_vocab_size(), tags)).astype(np.float32)
    table[:, bio_tags().index("O")] += LEANING

    def tensor(name: str, kind: int, *shape: str | int) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, kind, shape)

    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["logits"])],
        "tiny",
        [
            tensor("input_ids", TensorProto.INT64, "batch", "sequence"),
            tensor("attention_mask", TensorProto.INT64, "batch", "sequence"),
        ],
        [tensor("logits", TensorProto.FLOAT, "batch", "sequence", tags)],
        [numpy_helper.from_array(table, "table")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, str(folder / "model.onnx"))
    ModelSettings(window=32, stride=8, base="tiny", temperature=1.5).save(folder)
    return folder
