from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from tiny_models import TEXTS, write_compact

from tejarat.errors import TejaratError
from tejarat.tagger.model import load_model
from tejarat.tagger.tagger import Tagger

from export import VARIANTS, export, parity, to_onnx  # isort: skip
from quantize import int8_weights  # isort: skip


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    write_compact(folder)
    return folder


@pytest.fixture(scope="module")
def exported(trained: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exported")
    export(trained, folder, TEXTS, min_agreement=0.0)
    return folder


def test_the_fastest_variant_that_agrees_is_shipped_and_reported(exported: Path) -> None:
    report = json.loads((exported / "parity.json").read_text("utf-8"))
    assert report["shipped"] == VARIANTS[0] == "int8"
    assert set(report["variants"]) == set(VARIANTS)
    plain = report["variants"]["fp32"]
    assert plain["articles_identical"] == plain["span_agreement"] == 1.0
    assert plain["worst_logit_difference"] < 1e-4
    assert report["variants"]["int8"]["worst_logit_difference"] > plain["worst_logit_difference"]
    assert report["spans"] > 0


def test_what_agrees_with_nothing_is_not_shipped(trained: Path, tmp_path: Path) -> None:
    assert export(trained, tmp_path, TEXTS, min_agreement=1.01)["shipped"] == "fp32"


def test_a_folder_too_large_is_refused(trained: Path, tmp_path: Path) -> None:
    with pytest.raises(TejaratError, match=r"more than 0\.001"):
        export(trained, tmp_path, TEXTS, max_mb=0.001)


def test_the_graph_takes_any_batch_and_length_and_stands_alone(exported: Path) -> None:
    model = load_model(exported)
    for shape in ((1, 2), (3, 17), (7, 32)):
        ids = np.full(shape, 7)
        assert model.logits(ids, np.ones_like(ids)).shape == (*shape, 11)
    graph = onnx.load(str(exported / "model.onnx"), load_external_data=False).graph
    assert not any(table.external_data for table in graph.initializer)


def test_padding_changes_nothing(exported: Path) -> None:
    model = load_model(exported)
    ids = np.random.default_rng(0).integers(5, 60, (1, 12))
    alone = model.logits(ids, np.ones_like(ids))
    padded = np.pad(ids, ((0, 0), (0, 9)))
    mask = np.pad(np.ones_like(ids), ((0, 0), (0, 9)))
    np.testing.assert_allclose(model.logits(padded, mask)[:, :12], alone, atol=1e-4)


def test_stored_int8_is_small_and_nearly_exact(trained: Path, tmp_path: Path) -> None:
    reference = load_model(trained, "torch")
    folder = tmp_path / "small"
    folder.mkdir()
    reference.save(folder)
    to_onnx(reference, tmp_path / "plain.onnx")  # type: ignore[arg-type]
    int8_weights(tmp_path / "plain.onnx", folder / "model.onnx", smallest=64)
    kinds = {
        t.data_type
        for t in onnx.load(str(folder / "model.onnx")).graph.initializer
        if t.name.endswith(".int8")
    }
    assert kinds == {onnx.TensorProto.INT8}
    pages = list(Tagger(reference).scores(TEXTS))
    assert parity(pages, load_model(folder, "onnx"))["worst_logit_difference"] < 0.5


def test_an_exported_model_holds_no_path_of_its_maker(trained: Path, tmp_path: Path) -> None:
    export(trained, tmp_path, TEXTS, variant="fp32")
    assert b'File "' not in (tmp_path / "model.onnx").read_bytes()
