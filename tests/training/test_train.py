"""Fine-tuning, from config to a folder that the tagger loads, on a corpus and a base that fit into a test."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_models import TEXTS, write_compact, write_parsbert

from tejarat.corpus.augment import Augmentation, Sample
from tejarat.errors import TejaratError
from tejarat.tagger.decode import bio_tags
from tejarat.tagger.model import ModelSettings, load_model, piece_encoder
from tejarat.tagger.tagger import Tagger
from tejarat.tagger.tokenizer import train_tokenizer

from examples import IGNORED, EpochBatches, examples  # isort: skip
from train import main, new_model, parameter_groups, part, read_config  # isort: skip

CONFIGS = Path(__file__).parents[2] / "training" / "configs"
ARTICLE = """# tejarat article 1
id: {id}
date: 2025-11-12
kind: trade
---
صادرات {{p1:{product}}} به {{c:{country}}} امسال به {{m1:{amount} میلیون دلار}} رسید و {{t1:{percent} درصد}} رشد کرد.
---
export IR -> IQ; products p1; value m1 {amount}000000 USD; growth t1 {percent}
"""
GOODS = ("پسته", "گندم", "شکر", "نفت", "فرش دستباف")
PLACES = ("عراق", "روسیه", "ترکیه", "کره جنوبی")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("corpus")
    for i in range(40):
        text = ARTICLE.format(
            id=f"a{i}", product=GOODS[i % 5], country=PLACES[i % 4], amount=i + 2, percent=3 * i + 1
        )
        (folder / f"a{i}.txt").write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    write_compact(folder)
    (folder / "tejarat.json").unlink()
    return folder


def config(tmp_path: Path, base: Path, corpus: Path, *changes: str) -> list[str]:
    paths = {"base": base, "corpus": corpus, "output": tmp_path / "out", "work": tmp_path / "work"}
    changes = (*(f'{k}="{v}"' for k, v in paths.items()), "threads=1", "batch_tokens=512", *changes)
    return [str(CONFIGS / "compact.toml"), *(word for change in changes for word in ("--set", change))]


def test_training_learns_and_the_folder_serves(tmp_path: Path, base: Path, corpus: Path) -> None:
    argv = config(
        tmp_path, base, corpus, "epochs=12", "learning_rate=1e-2", "layer_decay=1.0", "window=32", "stride=8",
        "average_last=2", "augment=false", "class_weights.PRODUCT=1.5",
    )  # fmt: skip
    assert main(argv) == 0
    out = tmp_path / "out"
    metrics = json.loads((out / "metrics.json").read_text("utf-8"))
    assert metrics["dev"]["micro"]["f1"] > 0.5
    assert metrics["dev"]["MONEY"]["support"] == 4
    assert metrics["dev_product"]["seen"]["support"] == 4
    assert metrics["data"]["train_articles"] == 32
    losses = [line["loss"] for line in metrics["history"] if "loss" in line]
    assert losses[-1] < losses[0]
    card = (out / "README.md").read_text("utf-8")
    for figure in (metrics["data"]["train_sha256"], f"| seed | {metrics['seed']} |", metrics["command"]):
        assert str(figure) in card
    model = load_model(out)
    assert model.settings.temperature == metrics["calibration"]["temperature"] != 1.0
    assert (model.settings.window, model.settings.stride) == (32, 8)
    text = "صادرات گندم به روسیه امسال به 7 میلیون دلار رسید"
    assert {e.label for e in Tagger(model).tag(text)} & {"MONEY", "PRODUCT", "COUNTRY"}


def test_training_resumes(tmp_path: Path, base: Path, corpus: Path) -> None:
    assert main(config(tmp_path, base, corpus, "epochs=1")) == 0
    argv = config(tmp_path, base, corpus, "epochs=2")
    assert main([*argv, "--resume"]) == 0
    metrics = json.loads((tmp_path / "out" / "metrics.json").read_text("utf-8"))
    assert metrics["epochs"] == 2
    assert {line["epoch"] for line in metrics["history"] if "loss" in line} == {
        2.0
    }  # The first was not run again.


def test_parsbert_layout_trains(tmp_path: Path, corpus: Path) -> None:
    folder = tmp_path / "parsbert"
    folder.mkdir()
    write_parsbert(folder)
    assert main(config(tmp_path, folder, corpus, "epochs=1", "window=32", "stride=8")) == 0
    assert (tmp_path / "out" / "tokenizer.json").is_file()
    assert load_model(tmp_path / "out").settings.base == str(folder)


@pytest.mark.parametrize("change", ["epoch=3", "augment.typo=1", "nonsense"])
def test_a_wrong_key_is_one_line(change: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(CONFIGS / "compact.toml"), "--set", change]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_configs_are_readable_and_changes_reach_them() -> None:
    for path in CONFIGS.glob("*.toml"):
        assert read_config(path).base
    changed = read_config(CONFIGS / "compact.toml", ["seed=7", "augment.typos=0.5", "base=a/b"])
    assert (changed.seed, changed.augment and changed.augment.typos, changed.base) == (7, 0.5, "a/b")
    assert read_config(CONFIGS / "compact.toml", ["augment=false"]).augment is None
    with pytest.raises(TejaratError):
        read_config(CONFIGS / "none.toml")


def test_examples_label_the_first_piece_of_each_word() -> None:
    tokenizer = train_tokenizer(TEXTS, 120, min_frequency=1)
    settings = ModelSettings(window=64, stride=8)
    sample = Sample("صادرات پسته به 12 درصد", ((7, 11, "PRODUCT"), (15, 22, "PERCENT")))
    (example,) = examples(sample, piece_encoder(tokenizer, settings), settings)
    tags = bio_tags()
    assert [tags[t] for t in example.tags if t != IGNORED] == [
        "O",
        "B-PRODUCT",
        "O",
        "B-PERCENT",
        "I-PERCENT",
    ]
    assert example.tags[0] == example.tags[-1] == IGNORED
    pieces = [tokenizer.id_to_token(i) for i in example.ids]
    assert all(t == IGNORED for t, p in zip(example.tags, pieces, strict=True) if p.startswith("##"))


def test_an_epoch_has_every_word_and_the_same_seed_makes_the_same() -> None:
    settings = ModelSettings(window=32, stride=8)
    encoder = piece_encoder(train_tokenizer(TEXTS, 300, min_frequency=1), settings)
    samples = [Sample(text * n, ()) for n, text in enumerate(TEXTS * 3, 1)]

    def batches(how: Augmentation | None, epoch: int) -> list[torch.Tensor]:
        data = EpochBatches(samples, encoder, settings, budget=256, how=how, seed=1)
        data.set_epoch(epoch)
        return [data[i]["input_ids"] for i in range(len(data))]

    def equal(a: list[torch.Tensor], b: list[torch.Tensor]) -> bool:
        return len(a) == len(b) and all(torch.equal(x, y) for x, y in zip(a, b, strict=True))

    assert equal(batches(Augmentation(), 3), batches(Augmentation(), 3))
    assert not equal(batches(Augmentation(), 3), batches(Augmentation(), 4))
    plain = EpochBatches(samples, encoder, settings, budget=256, how=None, seed=1)
    labelled = sum(int((plain[i]["labels"] != IGNORED).sum()) for i in range(len(plain)))
    assert labelled >= sum(len(e.decided) for e in _pages(samples, encoder, settings))
    sizes = [plain[i]["input_ids"].numel() for i in range(len(plain))]
    assert max(sizes) < 2 * 256


def _pages(samples: list[Sample], encoder: object, settings: ModelSettings) -> object:
    class Nothing:
        def logits(self, ids: np.ndarray, mask: np.ndarray) -> np.ndarray:
            return np.zeros((*ids.shape, len(bio_tags())), np.float32)

    model = Nothing()
    model.encoder, model.settings = encoder, settings  # type: ignore[attr-defined]
    return Tagger(model).scores(s.text for s in samples)  # type: ignore[arg-type]


def test_lower_layers_learn_more_slowly(base: Path) -> None:
    run = read_config(CONFIGS / "compact.toml", [f'base="{base}"', "layer_decay=0.5", "learning_rate=1.0"])
    model = new_model(run)
    groups = parameter_groups(model, run)
    rate = {id(p): g["lr"] for g in groups for p in g["params"]}
    named = dict(model.named_parameters())
    assert len(rate) == len(named)
    assert rate[id(named["classifier.weight"])] == 1.0
    assert rate[id(named["bert.encoder.layer.1.output.dense.weight"])] == 0.5
    assert rate[id(named["bert.encoder.layer.0.output.dense.weight"])] == 0.25
    assert rate[id(named["bert.embeddings.word_embeddings.weight"])] == 0.125
    decay = {id(p): g["weight_decay"] for g in groups for p in g["params"]}
    assert decay[id(named["classifier.bias"])] == 0.0 < decay[id(named["classifier.weight"])]


def test_a_smaller_part_lies_in_a_larger() -> None:
    rows = [{"id": f"a{i}"} for i in range(50)]
    small, large = ({r["id"] for r in part(rows, f)} for f in (0.2, 0.6))
    assert (len(small), len(large)) == (10, 30)
    assert small < large
    assert part(rows, 1.0) is rows
