"""Loading models and running them: what is missing is named, and the two backends agree."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tiny_models import TEXTS

from tejarat.errors import MissingExtraError, ModelError, ModelFilesError, ModelLabelsError, ModelLoadError
from tejarat.tagger.model import ModelSettings, TokenClassifier, load_model, read_settings
from tejarat.tagger.onnx import OnnxModel
from tejarat.tagger.tagger import Tagger
from tejarat.tagger.torch import TorchModel
from tejarat.text import normalize

LONG = "\n\n".join(TEXTS * 8)


def assert_same_spans(one: TokenClassifier, other: TokenClassifier, *texts: str) -> None:
    labels = set()
    for text in texts:
        left, right = Tagger(one).tag(text), Tagger(other).tag(text)
        assert [(e.start, e.end, e.label) for e in left] == [(e.start, e.end, e.label) for e in right]
        assert [e.score for e in left] == pytest.approx([e.score for e in right], abs=2e-4)
        labels |= {e.label for e in left}
    assert len(labels) > 1  # The models are random; what they find must be something.


def edit_json(path: Path, **changes: object) -> None:
    data = json.loads(path.read_text("utf-8"))
    data.update(changes)
    path.write_text(json.dumps(data), "utf-8")


@pytest.fixture
def copy(compact: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(compact, tmp_path / "model"))


def test_both_backends_find_the_same_spans(compact: Path, exported: Path) -> None:
    ours, theirs = load_model(compact), load_model(exported)
    assert isinstance(ours, TorchModel)
    assert isinstance(theirs, OnnxModel)
    assert_same_spans(ours, theirs, *TEXTS, LONG)


def test_int8_answers_do_not_depend_on_the_batch(compact: Path, tmp_path: Path) -> None:
    from export import export

    report = export(compact, tmp_path, TEXTS, variant="int8")
    assert report["shipped"] == "int8"
    model = load_model(tmp_path)
    ids = np.random.default_rng(0).integers(5, 90, (6, 20))
    together = model.logits(ids, np.ones_like(ids))
    alone = np.concatenate([model.logits(row[None], np.ones_like(row[None])) for row in ids])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_a_hub_layout_with_only_a_vocabulary_works(parsbert: Path) -> None:
    model = load_model(parsbert)
    # BERT's own clean_text drops the half-space, lower-casing takes the hat off alef: offsets stay ours.
    text = "شوینده‌ها و آرد کشورهای آسیا"
    for entity in Tagger(model).tag(text):
        assert text[entity.start : entity.end] == entity.text
    assert model.settings.window == 64  # Its positions; the default window does not fit.
    names = [model.encoder.tokenizer.id_to_token(i) for i in model.encoder.encode("آ", [(0, 1)]).ids]
    assert names == ["ا"]


def test_a_smaller_encoder_shrinks_the_window_with_a_warning(parsbert: Path) -> None:
    with pytest.warns(UserWarning, match="at most 64 pieces"):
        load_model(parsbert)


@pytest.mark.parametrize("backend", ["onnx", "torch"])
def test_a_saved_model_loads_again(backend: str, compact: Path, exported: Path, tmp_path: Path) -> None:
    model = load_model(exported if backend == "onnx" else compact)
    model.save(tmp_path)
    assert_same_spans(load_model(tmp_path), model, LONG)
    assert read_settings(tmp_path) == model.settings


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "tejarat.json"])
def test_what_an_onnx_folder_lacks_is_named(name: str, exported: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(exported, tmp_path / "model"))
    (folder / name).unlink()
    with pytest.raises(ModelFilesError, match=name):
        load_model(folder, "onnx")


def test_pickled_weights_are_not_loaded(copy: Path) -> None:
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    with pytest.raises(ModelFilesError, match=r"model\.safetensors"):
        load_model(copy)


def test_labels_of_another_task_are_named(copy: Path) -> None:
    config = json.loads((copy / "config.json").read_text("utf-8"))
    names = {**config["id2label"], "3": "B-PERSON"}
    edit_json(copy / "config.json", id2label=names, label2id={v: int(k) for k, v in names.items()})
    with pytest.raises(ModelLabelsError, match=r"knows B-PERSON.*lacks B-PERCENT"):
        load_model(copy)


def test_labels_in_another_order_and_spelling_are_mapped(copy: Path, compact: Path) -> None:
    """The same weights with their output rows turned round find the same spans."""
    from safetensors.numpy import load_file, save_file

    config = json.loads((copy / "config.json").read_text("utf-8"))
    count = len(config["id2label"])
    names = {str(count - 1 - int(k)): v.lower().replace("-", "_") for k, v in config["id2label"].items()}
    edit_json(copy / "config.json", id2label=names, label2id={v: int(k) for k, v in names.items()})
    weights = load_file(copy / "model.safetensors")
    for name in ("classifier.weight", "classifier.bias"):
        weights[name] = np.ascontiguousarray(weights[name][::-1])
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})
    assert_same_spans(load_model(copy), load_model(compact), LONG)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"format": 2}, "format 2, known is 1"),
        ({"window": 3}, "impossible window"),
        ({"stride": 31}, "impossible window"),
        ({"temperature": 0}, "impossible window"),
        ({"window": "wide"}, "broken"),
        ({"labels": 7}, "broken"),
    ],
)
def test_impossible_settings_are_refused(changes: dict[str, object], reason: str, copy: Path) -> None:
    edit_json(copy / "tejarat.json", **changes)
    with pytest.raises(ModelLoadError, match=reason):
        load_model(copy)


def test_another_normalisation_table_is_warned_of(copy: Path) -> None:
    edit_json(copy / "tejarat.json", normalizer="0")
    with pytest.warns(UserWarning, match=f"table 0, this is table {normalize.VERSION}"):
        load_model(copy)


@pytest.mark.parametrize(
    ("name", "backend", "reason"),
    [
        (Path("no/such/folder"), "auto", "no such folder"),
        ("./nowhere", "auto", "no such folder"),
        ("a/b/c", "torch", "no such folder"),
        ("a/b", "gguf", "no backend 'gguf'"),
    ],
)
def test_models_that_are_not_there(name: str | Path, backend: str, reason: str) -> None:
    with pytest.raises(ModelLoadError, match=reason):
        load_model(name, backend)  # type: ignore[arg-type]


def test_a_hub_name_that_cannot_be_had_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(ModelError) as caught:
        load_model("tejarat-test/not-in-any-cache", "torch")
    assert "tejarat-test/not-in-any-cache" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_broken_onnx_file_is_one_line(exported: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(exported, tmp_path / "model"))
    (folder / "model.onnx").write_bytes(b"no graph")
    with pytest.raises(ModelLoadError) as caught:
        load_model(folder)
    assert "\n" not in str(caught.value)


def test_without_torch_the_extra_is_named(compact: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtraError, match=r"tejarat\[train\]"):
        load_model(compact, "torch")


def test_the_default_backend_imports_neither_torch_nor_transformers(exported: Path) -> None:
    program = (
        "import sys; from tejarat.tagger.model import load_model; from tejarat.tagger.tagger import Tagger; "
        "Tagger(load_model(sys.argv[1])).tag('صادرات پسته'); "
        "sys.exit(bool({'torch', 'transformers', 'datasets', 'spacy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program, str(exported)], check=False).returncode == 0


def test_settings_default_to_our_tags_and_table() -> None:
    settings = ModelSettings()
    assert (settings.window, settings.stride, settings.normalizer) == (128, 32, normalize.VERSION)
