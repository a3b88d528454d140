#!/usr/bin/env python3
"""Fine-tunes an encoder as the tagger.

    python training/train.py training/configs/compact.toml --set epochs=20 --set augment.typos=0

The config names the base (a folder, or a model on the hub such as ParsBERT) and everything else; `--set` changes
one key. Windows are those of inference, articles are written afresh each epoch (`[augment]`), and the best epoch
is the one with the best strict span F1 on the dev articles, found with the very tagger that will run the model.
`--resume` goes on from the last checkpoint. The result is a Hugging Face folder with `tejarat.json` (settings
and temperature), `metrics.json` and a model card; `training/export.py` makes an ONNX model of it.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import platform
import re
import shlex
import sys
import time
import tomllib
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import datasets
import seqeval
import torch
import transformers
from card import write_card
from examples import EpochBatches, unwrap
from safetensors.torch import load_file
from scores import Scores, calibration_error, fit_temperature, product_recall, strict_f1

from tejarat.corpus.augment import Augmentation, Sample
from tejarat.corpus.dataset import Row, digest, load_splits, spans
from tejarat.corpus.splits import draw
from tejarat.errors import TejaratError
from tejarat.schema import LABELS
from tejarat.tagger.decode import bio_tags
from tejarat.tagger.model import ModelSettings, piece_encoder
from tejarat.tagger.pieces import PieceEncoder
from tejarat.tagger.tagger import Tagger
from tejarat.tagger.torch import TorchModel, load_tokenizer
from tejarat.values import tables

_LAYER = re.compile(r"\.layers?\.(\d+)\.")


@dataclasses.dataclass(frozen=True)
class Config:
    """One training run; see training/configs/ for what the keys do."""

    base: str
    output: Path
    work: Path
    corpus: Path = Path("corpus/articles")
    extra: tuple[Path, ...] = ()
    fraction: float = 1.0
    seed: int = 1
    window: int = 128
    stride: int = 32
    epochs: int = 30
    batch_tokens: int = 2048
    learning_rate: float = 3e-4
    layer_decay: float = 1.0
    weight_decay: float = 0.01
    warmup: float = 0.1
    dropout: float = 0.1
    label_smoothing: float = 0.0
    class_weights: dict[str, float] = dataclasses.field(default_factory=dict)
    patience: int = 8
    average_last: int = 0
    revision: str = "main"
    goods_table: bool = False
    threads: int = 0
    augment: Augmentation | None = dataclasses.field(default_factory=Augmentation)


def main(argv: Sequence[str] | None = None) -> int:
    args = _arguments().parse_args(argv)
    try:
        config = read_config(args.config, args.set)
        command = shlex.join(["python", "training/train.py", *(argv if argv is not None else sys.argv[1:])])
        if args.write_splits:
            load_splits(config.corpus, write_splits=True)
        run(config, resume=args.resume, command=command)
    except TejaratError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def run(config: Config, *, resume: bool = False, command: str = "") -> Scores:
    """Trains, calibrates, scores and saves; returns what stands in metrics.json."""
    transformers.utils.logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers.utils.logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    warnings.formatwarning = lambda message, *_: f"{message}\n"
    if config.threads:
        torch.set_num_threads(config.threads)
    transformers.set_seed(config.seed)
    data = load_splits(config.corpus, extra=config.extra)
    train = part(list(data["train"]), config.fraction)
    dev, test = list(data["dev"]), list(data["test"])
    settings = ModelSettings(window=config.window, stride=config.stride, base=config.base)
    model = new_model(config)
    encoder = piece_encoder(load_tokenizer(config.base), settings)
    samples = [Sample(r["text"], tuple(sorted(spans(r)))) for r in train]
    goods = [row["name"] for row in tables.rows("products")] if config.goods_table else []
    batches = EpochBatches(
        samples,
        encoder,
        settings,
        budget=config.batch_tokens,
        how=config.augment,
        seed=config.seed,
        goods=goods,
    )
    print(f"{len(train)} articles, {len(batches)} batches an epoch, {len(dev)} dev articles", flush=True)
    begin = time.monotonic()
    trainer = SpanTrainer(
        config=config, settings=settings, encoder=encoder, model=model, batches=batches, dev=dev
    )
    trainer.train(resume_from_checkpoint=resume and any(config.work.glob("checkpoint-*")))
    if config.average_last > 1:
        trainer.average(config.average_last)
    minutes = round((time.monotonic() - begin) / 60, 1)

    tagger = Tagger(TorchModel(trainer.network.eval(), encoder, settings))
    plain = list(tagger.pipe(r["text"] for r in dev))
    settings = dataclasses.replace(settings, temperature=fit_temperature(tagger, dev))
    tagger = Tagger(TorchModel(trainer.network, encoder, settings))
    found = list(tagger.pipe(r["text"] for r in dev))
    unseen = list(tagger.pipe(r["text"] for r in test))
    metrics: Scores = {
        "base": config.base,
        "dev": strict_f1(dev, found),
        "test": strict_f1(test, unseen),
        "dev_product": product_recall(dev, found, train),
        "test_product": product_recall(test, unseen, train),
        "calibration": {
            "temperature": settings.temperature,
            "ece_before": calibration_error(dev, plain),
            "ece_after": calibration_error(dev, found),
        },
        "data": {
            "train_articles": len(train), "dev_articles": len(dev), "test_articles": len(test),
            "train_sha256": digest(train), "dev_sha256": digest(dev), "test_sha256": digest(test),
            "fraction": config.fraction,
        },
        "minutes": minutes,
        "epochs": round(trainer.state.epoch or 0),
        "parameters": sum(p.numel() for p in trainer.network.parameters()),
        "seed": config.seed,
        "command": command,
        "config": plain_config(config),
        "versions": {
            "python": platform.python_version(), "torch": torch.__version__,
            "transformers": transformers.__version__, "datasets": datasets.__version__,
            "seqeval": getattr(seqeval, "__version__", "1.2.2"),
        },
        "history": trainer.history,
    }  # fmt: skip
    save(trainer.network, encoder, settings, metrics, config)
    print(json.dumps({"dev": metrics["dev"]["micro"], "test": metrics["test"]["micro"]}), flush=True)
    return metrics


def new_model(config: Config) -> Any:
    """The base with a new token-classification head, in float32; only safetensors are read, never a pickle.

    ``config.revision`` names the branch of a hub repository, for a base whose safetensors lie on one of their own.
    """
    tags = bio_tags()
    settings = transformers.AutoConfig.from_pretrained(
        config.base,
        revision=config.revision,
        id2label=dict(enumerate(tags)),
        label2id={t: i for i, t in enumerate(tags)},
    )
    for name in ("hidden_dropout_prob", "attention_probs_dropout_prob", "classifier_dropout", "embd_pdrop"):
        if hasattr(settings, name):
            setattr(settings, name, config.dropout)
    return transformers.AutoModelForTokenClassification.from_pretrained(
        config.base,
        config=settings,
        dtype=torch.float32,
        revision=config.revision,
        use_safetensors=True,
        trust_remote_code=False,
        ignore_mismatched_sizes=True,
    )


class SpanTrainer(transformers.Trainer):
    """Trainer over ready batches, which judges an epoch by the spans that the tagger finds."""

    def __init__(
        self,
        *,
        config: Config,
        settings: ModelSettings,
        encoder: PieceEncoder,
        model: Any,
        batches: EpochBatches,
        dev: list[Row],
    ) -> None:
        self.run_config = config
        self.network = model
        self.tagger = Tagger(TorchModel(model, encoder, settings))
        self.dev = dev
        self.history: list[dict[str, float]] = []
        weights = [config.class_weights.get(t[2:] or t, 1.0) for t in bio_tags()]
        self.criterion = torch.nn.CrossEntropyLoss(
            torch.tensor(weights), label_smoothing=config.label_smoothing
        )
        arguments = transformers.TrainingArguments(
            output_dir=str(config.work),
            num_train_epochs=config.epochs,
            per_device_train_batch_size=1,  # An item of the dataset is a batch.
            learning_rate=config.learning_rate,
            warmup_steps=round(config.warmup * config.epochs * len(batches)),
            lr_scheduler_type="linear",
            max_grad_norm=1.0,
            eval_strategy="epoch",
            save_strategy="epoch",
            logging_strategy="epoch",
            save_total_limit=max(2, config.average_last),
            load_best_model_at_end=True,
            metric_for_best_model="f1",
            greater_is_better=True,
            seed=config.seed,
            report_to="none",
            disable_tqdm=True,
            dataloader_pin_memory=False,
            remove_unused_columns=False,
        )
        callbacks: list[transformers.TrainerCallback] = [_NewEpoch(batches)]
        if config.patience:
            callbacks.append(transformers.EarlyStoppingCallback(config.patience))
        optimizer = torch.optim.AdamW(parameter_groups(model, config))
        super().__init__(
            model=model,
            args=arguments,
            train_dataset=batches,
            eval_dataset=batches,  # Asked for by the arguments; evaluate() reads the dev articles instead.
            data_collator=unwrap,
            callbacks=callbacks,
            optimizers=(optimizer, None),
        )

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: torch.Tensor | int | None = None,
    ) -> Any:
        labels = inputs.pop("labels")
        outputs = model(**inputs)
        self.criterion.to(labels.device)
        loss = self.criterion(outputs.logits.flatten(0, 1), labels.flatten())
        return (loss, outputs) if return_outputs else loss

    def evaluate(
        self, eval_dataset: Any = None, ignore_keys: Any = None, metric_key_prefix: str = "eval"
    ) -> dict[str, float]:
        """Strict span F1 over the dev articles, overall and per label."""
        self.network.eval()
        found = list(self.tagger.pipe(r["text"] for r in self.dev))
        scores = strict_f1(self.dev, found)
        metrics = {f"{metric_key_prefix}_f1": scores["micro"]["f1"]}
        metrics |= {f"{metric_key_prefix}_{n.lower()}": scores[n]["f1"] for n in LABELS if n in scores}
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        super().log(logs, start_time)
        line = {"epoch": round(self.state.epoch or 0, 2), **{k: round(v, 6) for k, v in logs.items()}}
        self.history.append(line)

    def average(self, count: int) -> None:
        """Takes the mean of the last checkpoints' weights where it is no worse than the best epoch."""
        best = self.evaluate(metric_key_prefix="best")["best_f1"]
        folders = sorted(self.run_config.work.glob("checkpoint-*"), key=lambda p: int(p.name[11:]))
        states = [load_file(folder / "model.safetensors") for folder in folders[-count:]]
        kept = {k: v.clone() for k, v in self.network.state_dict().items()}
        mean = {
            k: torch.stack([s[k].float() for s in states]).mean(0).to(v.dtype) for k, v in states[0].items()
        }
        self.network.load_state_dict(mean, strict=False)
        if self.evaluate(metric_key_prefix="average")["average_f1"] < best:
            self.network.load_state_dict(kept)


class _NewEpoch(transformers.TrainerCallback):
    def __init__(self, batches: EpochBatches) -> None:
        self.batches = batches

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.batches.set_epoch(round(state.epoch or 0))


def parameter_groups(model: Any, config: Config) -> list[dict[str, Any]]:
    """Parameters by layer: the learning rate falls by ``layer_decay`` a layer, from the head to the embeddings."""
    layers = 1 + max((int(m[1]) for n, _ in model.named_parameters() if (m := _LAYER.search(n))), default=-1)
    groups: dict[tuple[int, bool], list[Any]] = {}
    for name, parameter in model.named_parameters():
        match = _LAYER.search(name)
        # Distance from the head: the head 0, the last layer 1, the embeddings one more than the first layer.
        depth = layers - int(match[1]) if match else layers + 1 if "embeddings" in name else 0
        groups.setdefault((depth, parameter.ndim > 1), []).append(parameter)
    return [
        {
            "params": parameters,
            "lr": config.learning_rate * config.layer_decay**depth,
            "weight_decay": config.weight_decay if matrix else 0.0,
        }
        for (depth, matrix), parameters in sorted(groups.items(), key=lambda g: g[0])
    ]


def part(rows: list[Row], fraction: float) -> list[Row]:
    """A share of the articles for learning curves; a smaller share lies within a larger one."""
    if fraction >= 1:
        return rows
    chosen = sorted(rows, key=lambda r: draw(r["id"], 1))[: max(1, round(fraction * len(rows)))]
    return sorted(chosen, key=lambda r: str(r["id"]))


def save(model: Any, encoder: PieceEncoder, settings: ModelSettings, metrics: Scores, config: Config) -> None:
    """The Hugging Face folder, with settings, scores and card."""
    folder = config.output
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    transformers.AutoTokenizer.from_pretrained(config.base).save_pretrained(folder)
    encoder.tokenizer.save(str(folder / "tokenizer.json"))
    settings.save(folder)
    (folder / "metrics.json").write_text(json.dumps(metrics, ensure_ascii=False, indent=1) + "\n", "utf-8")
    write_card(folder, metrics)


# --- config --------------------------------------------------------------------------------------------------


def read_config(path: Path, changes: Sequence[str] = ()) -> Config:
    """Reads a TOML config; a change is ``key=value`` or ``table.key=value``, its value TOML or plain words.

    Raises:
        TejaratError: no such file, a key that there is not, or a value of the wrong type.
    """
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise TejaratError(f"{path}: {error}") from None
    for change in changes:
        name, sign, value = change.partition("=")
        if not sign:
            raise TejaratError(f"--set takes key=value, not {change!r}")
        *tables, leaf = name.strip().split(".")
        table = data
        for step in tables:
            table = table.setdefault(step, {})
        table[leaf] = _value(value.strip())
    how = data.pop("augment", {})
    for spec, given, where in ((Config, data, ""), (Augmentation, how or {}, "augment.")):
        unknown = set(given) - {f.name for f in dataclasses.fields(spec)}
        if unknown:
            raise TejaratError(f"{path}: there is no setting {where}{min(unknown)}")
    try:
        data |= {k: Path(data[k]) for k in ("output", "work", "corpus") if k in data}
        data["extra"] = tuple(Path(p) for p in data.get("extra", ()))
        data["augment"] = Augmentation(**how) if how is not False else None
        return Config(**data)
    except TypeError as error:
        raise TejaratError(f"{path}: {error}") from None


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"x = {text}")["x"]
    except tomllib.TOMLDecodeError:
        return text


def plain_config(config: Config) -> dict[str, Any]:
    """The config for JSON; paths by their last names, so that it says nothing of the machine."""
    out = dataclasses.asdict(config)
    for name in ("output", "work", "corpus"):
        out[name] = out[name].name
    out["extra"] = [p.name for p in config.extra]
    return out


def _arguments() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("config", type=Path, help="TOML file; see training/configs/")
    p.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="changes one key of the config"
    )
    p.add_argument(
        "--resume", action="store_true", help="goes on from the last checkpoint in the work folder"
    )
    p.add_argument(
        "--write-splits", action="store_true", help="first writes splits.json, new articles included"
    )
    return p


if __name__ == "__main__":
    sys.exit(main())
