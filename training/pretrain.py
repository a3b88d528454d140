#!/usr/bin/env python3
"""Pre-trains the compact encoder: a WordPiece tokenizer, then masked-language modelling with whole-word masks.

    python training/pretrain.py --text DIR/*.txt.xz --output models/base-compact --budget-minutes 90

Texts are plain (or .xz/.gz) with documents separated by an empty line, or JSONL with a `text` field. Documents
are cleaned and de-duplicated; those that speak the trade desk's language (`--prefer`) are seen more often.
Piece embeddings start from skip-gram vectors of the same pieces (`--no-warm-start` leaves them random), which
saves a small encoder the slow first part of pre-training, and attention starts out local. The loss is computed at masked places only. The
learning rate follows the share of the budget used (minutes or steps); checkpoints resume, and the log line
gives loss and tokens/s. The result is a Hugging Face folder: config, fp16 safetensors, tokenizer.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import lzma
import math
import platform
import random
import re
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from safetensors import safe_open
from safetensors.torch import save_file
from tokenizers import Tokenizer

from tejarat.tagger.tokenizer import train_tokenizer
from tejarat.text import normalize

PERSIAN = re.compile("[\u0600-\u06ff]")
CHECKPOINT = "checkpoint.safetensors"


def main(argv: Sequence[str] | None = None) -> int:
    args = _arguments().parse_args(argv)
    if not args.budget_minutes and not args.steps:
        print("give --steps or --budget-minutes", file=sys.stderr)
        return 2
    torch.manual_seed(args.seed)
    torch.set_flush_denormal(True)  # before any worker thread starts; denormal gradients cost tenfold time
    if args.threads:
        torch.set_num_threads(args.threads)
    args.work.mkdir(parents=True, exist_ok=True)
    tokenizer, pieces, starts, digest = prepare(args)
    model = new_model(args, tokenizer.get_vocab_size())
    if not args.no_warm_start:
        warm_start(model, pieces, args)
        local_start(model)
    log = train(model, pieces, starts, tokenizer, args)
    save(model, tokenizer, args, {**log, "data_sha256": digest})
    return 0


# --- text ------------------------------------------------------------------------------------------------


def documents(path: Path) -> Iterator[str]:
    """Documents of one file: JSONL by its `text`, otherwise paragraphs up to an empty line."""
    opener: Any = {".xz": lzma.open, ".gz": gzip.open}.get(path.suffix, open)
    with opener(path, "rt", encoding="utf-8") as file:
        if ".jsonl" in path.suffixes:
            yield from (json.loads(line)["text"] for line in file if line.strip())
            return
        lines: list[str] = []
        for line in file:
            if line.strip():
                lines.append(line.strip())
            elif lines:
                yield "\n".join(lines)
                lines = []
        if lines:
            yield "\n".join(lines)


def clean(paths: Sequence[Path], min_words: int = 8) -> Iterator[str]:
    """Documents that are Persian and not seen before; paragraphs that recur are dropped too."""
    seen: set[bytes] = set()
    for path in paths:
        for document in documents(path):
            kept: list[str] = []
            for line in document.split("\n"):
                letters = sum(c.isalpha() for c in line)
                mark = hashlib.blake2b(normalize.solid(line).encode(), digest_size=8).digest()
                if letters and len(PERSIAN.findall(line)) >= 0.6 * letters and mark not in seen:
                    seen.add(mark)
                    kept.append(line)
            if sum(len(line.split()) for line in kept) >= min_words:
                yield "\n".join(kept)


def prepare(args: argparse.Namespace) -> tuple[Tokenizer, np.ndarray, np.ndarray, str]:
    """The tokenizer, all documents as one row of piece ids, and which pieces begin a word.

    Cached in the work folder under a digest of the cleaned text and the vocabulary size.
    """
    texts = list(clean(args.text))
    if args.prefer:
        words = re.compile("|".join(map(re.escape, args.prefer)))
        liked = [t for t in texts if len(set(words.findall(normalize.fold(t)))) >= 3]
        print(f"{len(texts)} documents, {len(liked)} of them preferred {args.prefer_times} times", flush=True)
        texts += liked * (args.prefer_times - 1)
    random.Random(args.seed).shuffle(texts)
    digest = hashlib.sha256("\0".join(texts).encode()).hexdigest()
    cache = args.work / f"pieces-{digest[:12]}-{args.vocab_size}.npz"
    vocabulary = cache.with_suffix(".tokenizer.json")
    if cache.exists() and vocabulary.exists():
        return (
            Tokenizer.from_file(str(vocabulary)),
            *(np.load(cache)[k] for k in ("pieces", "starts")),
            digest,
        )
    tokenizer = train_tokenizer(texts, args.vocab_size)
    sep = tokenizer.token_to_id("[SEP]")
    ids: list[np.ndarray] = []
    for i in range(0, len(texts), 512):
        for encoding in tokenizer.encode_batch(texts[i : i + 512], add_special_tokens=False):
            ids.append(np.asarray([*encoding.ids, sep], dtype=np.uint16))
    pieces = np.concatenate(ids)
    inner = np.zeros(tokenizer.get_vocab_size(), dtype=bool)
    for piece, index in tokenizer.get_vocab().items():
        inner[index] = piece.startswith("##")
    starts = ~inner[pieces]
    np.savez(cache, pieces=pieces, starts=starts)
    tokenizer.save(str(vocabulary))
    return tokenizer, pieces, starts, digest


# --- model -----------------------------------------------------------------------------------------------


def new_model(args: argparse.Namespace, vocab_size: int) -> transformers.BertForMaskedLM:
    config = transformers.BertConfig(
        vocab_size=vocab_size,
        hidden_size=args.hidden,
        num_hidden_layers=args.layers,
        num_attention_heads=args.heads,
        intermediate_size=4 * args.hidden,
        max_position_embeddings=512,
        type_vocab_size=1,
        hidden_dropout_prob=args.dropout,
        attention_probs_dropout_prob=args.dropout,
        pad_token_id=0,
    )
    return transformers.BertForMaskedLM(config)


def warm_start(model: transformers.BertForMaskedLM, pieces: np.ndarray, args: argparse.Namespace) -> None:
    """Piece embeddings from skip-gram vectors, scaled to the standard deviation that BERT starts from."""
    cache = args.work / f"skipgram-{len(pieces)}-{args.hidden}.npy"
    if cache.exists():
        vectors = np.load(cache)
    else:
        from gensim.models import Word2Vec

        rows = [[str(p) for p in row] for row in np.array_split(pieces, max(1, len(pieces) // 256))]
        skipgram = Word2Vec(
            rows, vector_size=args.hidden, window=5, sg=1, negative=5, min_count=5, sample=1e-4,
            epochs=args.skipgram_epochs, workers=args.threads or 2, seed=args.seed,
        )  # fmt: skip
        vectors = np.zeros((model.config.vocab_size, args.hidden), dtype=np.float32)
        for word, row in skipgram.wv.key_to_index.items():
            vectors[int(word)] = skipgram.wv.vectors[row]
        np.save(cache, vectors)
    known = np.abs(vectors).sum(1) > 0
    vectors[known] -= vectors[known].mean(0)
    vectors[known] *= model.config.initializer_range / vectors[known].std()
    table = model.get_input_embeddings().weight
    with torch.no_grad():
        table[torch.from_numpy(known)] = torch.from_numpy(vectors[known])


def local_start(model: transformers.BertForMaskedLM, std: float = 0.04) -> None:
    """Attention that looks nearby from the first step: sinusoidal positions, and keys that start equal to queries.

    Learned absolute positions start without any notion of near and far, and a small encoder spends its first
    thousands of steps on finding one.
    """
    table = model.bert.embeddings.position_embeddings.weight
    places, width = table.shape
    rate = torch.exp(-math.log(1000.0) * torch.arange(0, width, 2) / width)
    angle = torch.arange(places)[:, None] * rate
    waves = torch.stack([angle.sin(), angle.cos()], dim=-1).reshape(places, width)
    with torch.no_grad():
        table.copy_(waves * (model.config.initializer_range * math.sqrt(2)))
        for layer in model.bert.encoder.layer:
            query, key = layer.attention.self.query, layer.attention.self.key
            query.weight.normal_(0.0, std)
            key.weight.copy_(query.weight)


# --- masked-language modelling -----------------------------------------------------------------------------


def mask(
    ids: np.ndarray, starts: np.ndarray, rng: np.random.Generator, rate: float, mask_id: int, vocab: int
) -> tuple[np.ndarray, np.ndarray]:
    """Whole-word masks: of the chosen pieces 80 % become [MASK], 10 % another piece, 10 % stay.

    *Shape:* ids, starts (batch, seq) → masked ids (batch, seq), chosen (batch, seq) of bool.
    """
    word = np.cumsum(starts, axis=1)
    lottery = rng.random((ids.shape[0], int(word.max()) + 1))
    chosen = np.take_along_axis(lottery, word, axis=1) < rate
    chosen &= ids >= 5  # special pieces are never masked
    fate = rng.random(ids.shape)
    out = np.where(chosen & (fate < 0.8), mask_id, ids)
    other = rng.integers(5, vocab, ids.shape)
    return np.where(chosen & (fate >= 0.9), other, out), chosen


def train(
    model: transformers.BertForMaskedLM,
    pieces: np.ndarray,
    starts: np.ndarray,
    tokenizer: Tokenizer,
    args: argparse.Namespace,
) -> dict[str, Any]:
    """Trains until the budget is used; returns the figures for the card."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model.to(device).train()
    cls, mask_id, vocab = (
        tokenizer.token_to_id("[CLS]"),
        tokenizer.token_to_id("[MASK]"),
        model.config.vocab_size,
    )
    decay = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": decay, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=args.lr, betas=(0.9, 0.98), fused=True)
    step, spent, seen = 0, 0.0, 0
    checkpoint = args.work / CHECKPOINT
    if checkpoint.exists():
        step, spent, seen = restore(checkpoint, model, optimizer)
        print(f"resumed at step {step}", flush=True)
    length = args.seq - 1
    rows = len(pieces) // length
    begin, losses, last_save = time.monotonic(), [], time.monotonic()
    while True:
        elapsed = spent + time.monotonic() - begin
        used = max(
            step / args.steps if args.steps else 0.0,
            elapsed / 60 / args.budget_minutes if args.budget_minutes else 0.0,
        )
        if used >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = args.lr * min(1.0, (step + 1) / args.warmup_steps) * (1 - used)
        rng = np.random.default_rng((args.seed, step))
        shift = int(rng.integers(0, length))  # rows start elsewhere each time: fresh contexts every epoch
        at = np.minimum(rng.integers(0, rows, args.batch) * length + shift, len(pieces) - length)
        index = at[:, None] + np.arange(length)
        ids = np.pad(pieces[index].astype(np.int64), ((0, 0), (1, 0)), constant_values=cls)
        word = np.pad(starts[index], ((0, 0), (1, 0)), constant_values=True)
        masked, chosen = mask(ids, word, rng, args.mask_rate, mask_id, vocab)
        with torch.autocast("cuda", torch.bfloat16, enabled=device.type == "cuda"):
            hidden = model.bert(torch.from_numpy(masked).to(device)).last_hidden_state
            where = torch.from_numpy(chosen).to(device)
            loss = torch.nn.functional.cross_entropy(
                model.cls(hidden[where]).float(), torch.from_numpy(ids).to(device)[where]
            )
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        seen += ids.size
        losses.append(loss.item())
        if step % args.log_every == 0:
            rate = seen / (spent + time.monotonic() - begin)
            mean = sum(losses[-args.log_every :]) / args.log_every
            print(
                json.dumps(
                    {
                        "step": step,
                        "loss": round(mean, 4),
                        "tokens": seen,
                        "tokens_per_s": round(rate),
                        "used": round(used, 4),
                    }
                ),
                flush=True,
            )
        if time.monotonic() - last_save > 60 * args.save_minutes:
            last_save = time.monotonic()
            keep(checkpoint, model, optimizer, step, spent + time.monotonic() - begin, seen)
    tail = losses[-500:] or [math.nan]
    return {
        "steps": step, "tokens_seen": seen, "minutes": round((spent + time.monotonic() - begin) / 60, 1),
        "final_loss": round(sum(tail) / len(tail), 4), "pieces": len(pieces), "device": device.type,
    }  # fmt: skip


def keep(
    path: Path,
    model: transformers.BertForMaskedLM,
    optimizer: torch.optim.Optimizer,
    step: int,
    spent: float,
    seen: int,
) -> None:
    """Writes a checkpoint, safetensors only; a half-written one is never left."""
    tensors = {f"model.{name}": tensor.clone() for name, tensor in model.state_dict().items()}
    for number, state in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{number}.{name}": tensor.clone() for name, tensor in state.items()}
    temporary = path.with_suffix(".tmp")
    save_file(tensors, temporary, metadata={"step": str(step), "spent": str(spent), "seen": str(seen)})
    temporary.replace(path)


def restore(
    path: Path, model: transformers.BertForMaskedLM, optimizer: torch.optim.Optimizer
) -> tuple[int, float, int]:
    """Reads a checkpoint of :func:`keep` back; returns steps, seconds and tokens so far."""
    with safe_open(path, "pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        meta = file.metadata()
    model.load_state_dict({n.removeprefix("model."): t for n, t in tensors.items() if n.startswith("model.")})
    states: dict[int, dict[str, torch.Tensor]] = {}
    for name, tensor in tensors.items():
        if name.startswith("optimizer."):
            _, number, part = name.split(".", 2)
            states.setdefault(int(number), {})[part] = tensor
    optimizer.load_state_dict({"state": states, "param_groups": optimizer.state_dict()["param_groups"]})
    return int(meta["step"]), float(meta["spent"]), int(meta["seen"])


def save(
    model: transformers.BertForMaskedLM, tokenizer: Tokenizer, args: argparse.Namespace, log: dict[str, Any]
) -> None:
    """The Hugging Face folder: fp16 safetensors, config, tokenizer, and how it was made (pretraining.json)."""
    args.output.mkdir(parents=True, exist_ok=True)
    model.to("cpu").half().save_pretrained(args.output)
    fast = transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="[UNK]", sep_token="[SEP]", pad_token="[PAD]",
        cls_token="[CLS]", mask_token="[MASK]", model_max_length=512,
    )  # fmt: skip
    fast.save_pretrained(args.output)
    settings = {
        k: [p.name for p in v] if k == "text" else str(v) if isinstance(v, Path) else v
        for k, v in vars(args).items()
    }
    settings.pop("work")
    settings["output"] = args.output.name
    versions = {
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "python": platform.python_version(),
    }
    record = {**log, "settings": settings, "normalizer_version": normalize.VERSION, "versions": versions}
    (args.output / "pretraining.json").write_text(
        json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8"
    )
    print(json.dumps(log), flush=True)


def _arguments() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--text", type=Path, nargs="+", required=True, help="text files (.txt, .xz, .gz, .jsonl)")
    p.add_argument("--output", type=Path, required=True)
    p.add_argument("--work", type=Path, default=Path("runs/pretrain"), help="cache and checkpoints")
    p.add_argument("--prefer", nargs="*", default=[], help="documents with three of these words are repeated")
    p.add_argument("--prefer-times", type=int, default=3)
    p.add_argument("--vocab-size", type=int, default=16000)
    p.add_argument("--hidden", type=int, default=256)
    p.add_argument("--layers", type=int, default=4)
    p.add_argument("--heads", type=int, default=4)
    p.add_argument("--dropout", type=float, default=0.0, help="little text seen few times needs none")
    p.add_argument("--seq", type=int, default=128)
    p.add_argument("--batch", type=int, default=32)
    p.add_argument("--lr", type=float, default=1e-3)
    p.add_argument("--warmup-steps", type=int, default=200)
    p.add_argument("--mask-rate", type=float, default=0.2)
    p.add_argument("--steps", type=int, default=0)
    p.add_argument("--budget-minutes", type=float, default=0)
    p.add_argument("--no-warm-start", action="store_true")
    p.add_argument("--skipgram-epochs", type=int, default=3)
    p.add_argument("--threads", type=int, default=0)
    p.add_argument("--seed", type=int, default=20251112)
    p.add_argument("--log-every", type=int, default=50)
    p.add_argument("--save-minutes", type=float, default=5)
    return p


if __name__ == "__main__":
    sys.exit(main())
