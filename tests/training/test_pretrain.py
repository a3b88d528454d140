"""Pre-training on a page of text: it runs, learns, resumes where it stopped, and its folder loads as a base."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pretrain
import pytest
import torch
import transformers

SENTENCES = [
    "صادرات پسته از استان کرمان به هند در سال گذشته افزایش یافت و ارزش آن به سه میلیون دلار رسید.",
    "واردات گندم از روسیه در شش ماهه نخست امسال کاهش یافته و وزیر کشاورزی از برداشت خوب خبر داد.",
    "رئیس اتاق بازرگانی گفت که مبادلات تجاری با عراق و ترکیه بیشتر از سال پیش بوده است.",
    "قیمت هر تن فولاد در بورس کالا امروز بالا رفت و کارخانه‌ها تولید خود را افزایش دادند.",
]
SMALL = [
    "--hidden", "32", "--heads", "2", "--layers", "1", "--vocab-size", "300", "--seq", "32", "--batch", "4", "--lr", "3e-3",
    "--warmup-steps", "2", "--log-every", "5", "--threads", "1", "--skipgram-epochs", "1",
]  # fmt: skip


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "news.txt"
    documents = [
        " ".join(SENTENCES[i % 4 :] + SENTENCES[: i % 4]) + f"\nخبر شماره {i} از خبرگزاری" for i in range(40)
    ]
    path.write_text("\n\n".join(documents), encoding="utf-8")
    return path


def run(text: Path, folder: Path, *more: str) -> dict[str, object]:
    arguments = [
        "--text",
        str(text),
        "--output",
        str(folder / "base"),
        "--work",
        str(folder / "work"),
        *SMALL,
        *more,
    ]
    assert pretrain.main(arguments) == 0
    record: dict[str, object] = json.loads((folder / "base/pretraining.json").read_text("utf-8"))
    return record


def test_the_result_is_a_base_for_fine_tuning(text: Path, tmp_path: Path) -> None:
    record = run(text, tmp_path, "--steps", "12")
    assert record["steps"] == 12
    assert record["device"] in ("cpu", "cuda")
    model = transformers.AutoModelForTokenClassification.from_pretrained(tmp_path / "base", num_labels=3)
    tokenizer = transformers.AutoTokenizer.from_pretrained(tmp_path / "base")
    out = model(**tokenizer("صادرات ۱۲ تن پسته", return_tensors="pt"))
    assert out.logits.shape[2] == 3
    assert not (tmp_path / "base/pytorch_model.bin").exists()


def test_it_learns(text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(text, tmp_path, "--steps", "60")
    losses = [json.loads(line)["loss"] for line in capsys.readouterr().out.splitlines() if '"loss"' in line]
    assert losses[-1] < losses[0] - 0.5


def test_a_checkpoint_brings_everything_back(text: Path, tmp_path: Path) -> None:
    config = transformers.BertConfig(
        vocab_size=50, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32
    )

    def fresh() -> tuple[transformers.BertForMaskedLM, torch.optim.Optimizer]:
        model = transformers.BertForMaskedLM(config)
        return model, torch.optim.AdamW(model.parameters(), lr=0.01)

    model, optimizer = fresh()
    model(input_ids=torch.tensor([[5, 6, 7]]), labels=torch.tensor([[5, 6, 7]])).loss.backward()
    optimizer.step()
    pretrain.keep(tmp_path / "c.safetensors", model, optimizer, 3, 4.5, 600)
    other, again = fresh()
    assert pretrain.restore(tmp_path / "c.safetensors", other, again) == (3, 4.5, 600)
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), other.parameters(), strict=True))
    old, new = optimizer.state_dict()["state"], again.state_dict()["state"]
    assert old.keys() == new.keys()
    assert all(torch.equal(old[i][k], new[i][k]) for i in old for k in old[i])


def test_masks_fall_on_whole_words_and_never_on_special_pieces() -> None:
    rng = np.random.default_rng(3)
    ids = rng.integers(5, 100, (64, 40))
    ids[:, 0] = 2
    starts = rng.random(ids.shape) < 0.6
    starts[:, 0] = True
    masked, chosen = pretrain.mask(ids, starts, rng, 0.2, mask_id=4, vocab=100)
    word = np.cumsum(starts, axis=1)
    for row in range(len(ids)):
        for w in np.unique(word[row]):
            inside = chosen[row][(word[row] == w) & (ids[row] >= 5)]
            assert inside.all() or not inside.any()
    assert not chosen[:, 0].any()
    assert (masked[~chosen] == ids[~chosen]).all()
    assert 0.1 < chosen.mean() < 0.3
    assert 0.7 < (masked[chosen] == 4).mean() < 0.9


def test_text_that_recurs_or_is_not_persian_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    same = SENTENCES[0]
    path.write_text(
        f"{same}\n\n{same}\n\nThis is an English paragraph of more than eight words here.\n\n{SENTENCES[1]}\n"
    )
    assert list(pretrain.clean([path])) == [SENTENCES[0], SENTENCES[1]]


def test_without_a_budget_it_says_so(text: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert pretrain.main(["--text", str(text), "--output", str(tmp_path / "x")]) == 2
    assert "--steps or --budget-minutes" in capsys.readouterr().err
