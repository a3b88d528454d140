#!/usr/bin/env python3
"""Exports a fine-tuned tagger to ONNX, in int8 where that finds the same spans.

    python training/export.py models/tejarat-compact-torch models/tejarat-compact --texts corpus/articles

The folder that comes out is what `tejarat extract` loads: `model.onnx`, `tokenizer.json`, `tejarat.json`, the
scores and the card of the training, and `parity.json`, which says how far each variant parts from torch in
float32 on the texts given. The first of int8, int8-weights (see quantize.py) and fp32 that finds the same spans
often enough is shipped; `--variant` names one instead. int8 takes the ranges of its activations from the same texts.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import logging
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from card import write_card
from quantize import int8, int8_weights

from tejarat.corpus.dataset import read_articles
from tejarat.errors import TejaratError
from tejarat.tagger.decode import bio_tags, decode
from tejarat.tagger.model import ONNX_FILE, TOKENIZER_FILE, TokenClassifier, load_model
from tejarat.tagger.pieces import Ints
from tejarat.tagger.tagger import Page, Tagger
from tejarat.tagger.torch import TorchModel
from tejarat.tagger.windows import batches, lay, pad, rows
from tejarat.text.words import words

OPSET = 18
#: By preference: the fastest first.
VARIANTS = ("int8", "int8-weights", "fp32")
MEGABYTE = 1_000_000
COPIED = ("metrics.json", "README.md")


def main(argv: Sequence[str] | None = None) -> int:
    args = _arguments().parse_args(argv)
    try:
        report = export(
            args.model,
            args.output,
            texts_of(args.texts),
            min_agreement=args.min_agreement,
            max_mb=args.max_mb,
        )
    except TejaratError as error:
        print(error, file=sys.stderr)
        return 1
    print(json.dumps(report, ensure_ascii=False, indent=1))
    return 0


def export(
    source: Path,
    target: Path,
    texts: Sequence[str],
    *,
    variant: str | None = None,
    min_agreement: float = 0.99,
    max_mb: float = 40.0,
) -> dict[str, Any]:
    """Writes the ONNX folder; returns what stands in parity.json.

    Args:
        texts: what int8 is calibrated and parity is measured on.
        variant: one of :data:`VARIANTS` to ship; None takes the first that agrees.
        min_agreement: share of all spans that must be found by the variant and by torch alike.
        max_mb: size that the folder may have.

    Raises:
        TejaratError: the folder is larger than that, or the source is no tagger.
    """
    reference = TorchModel.load(source)
    expected = list(Tagger(reference).scores(texts))
    variants: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        folders = {name: Path(scratch, name) for name in VARIANTS}
        for folder in folders.values():
            folder.mkdir()
            reference.encoder.tokenizer.save(str(folder / TOKENIZER_FILE))
            dataclasses.replace(reference.settings, labels=tuple(bio_tags())).save(folder)
        plain = folders["fp32"] / ONNX_FILE
        to_onnx(reference, plain)
        int8(plain, folders["int8"] / ONNX_FILE, batches_of(reference, texts))
        int8_weights(plain, folders["int8-weights"] / ONNX_FILE)
        for name, folder in folders.items():
            variants[name] = parity(expected, load_model(folder, "onnx"))
            variants[name]["megabytes"] = round((folder / ONNX_FILE).stat().st_size / MEGABYTE, 2)
        agreeing = (n for n in VARIANTS if variants[n]["span_agreement"] >= min_agreement)
        shipped = variant or next(agreeing, "fp32")
        target.mkdir(parents=True, exist_ok=True)
        for file in folders[shipped].iterdir():
            shutil.copyfile(file, target / file.name)
    for name in COPIED:
        if (source / name).is_file():
            shutil.copyfile(source / name, target / name)
    report = {
        "shipped": shipped, "opset": OPSET, "articles": len(texts), "min_agreement": min_agreement,
        "spans": sum(len(spans_of(page, reference)) for page in expected), "variants": variants,
    }  # fmt: skip
    (target / "parity.json").write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")
    if (target / "metrics.json").is_file():
        write_card(target, json.loads((target / "metrics.json").read_text("utf-8")))
    size = sum(f.stat().st_size for f in target.iterdir()) / MEGABYTE
    if size > max_mb:
        raise TejaratError(f"{target} has {size:.1f} MB, more than {max_mb:g}; take int8 or a smaller base")
    return report


class _Logits(torch.nn.Module):
    """The model as a function of ids and mask, with our order of tags."""

    def __init__(self, model: Any, columns: list[int]) -> None:
        super().__init__()
        self.model = model
        self.register_buffer("columns", torch.tensor(columns))

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """*Shape:* (batch, seq) twice → (batch, seq, tags)."""
        logits = self.model(input_ids=input_ids, attention_mask=attention_mask).logits
        out: torch.Tensor = logits.index_select(-1, self.columns)
        return out


def to_onnx(model: TorchModel, path: Path) -> None:
    """One file, weights inside, batch and sequence of any size."""
    warnings.filterwarnings("ignore")
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    model.model.set_attn_implementation("eager")
    batch, seq = torch.export.Dim("batch", min=1, max=4096), torch.export.Dim("sequence", min=2, max=512)
    ids = torch.full((2, 16), model.encoder.pad, dtype=torch.int64)
    program = torch.onnx.export(
        _Logits(model.model, model.columns).eval(),
        (ids, torch.ones_like(ids)),
        input_names=["input_ids", "attention_mask"],
        output_names=["logits"],
        dynamic_shapes=({0: batch, 1: seq}, {0: batch, 1: seq}),
        opset_version=OPSET,
        verbose=False,
    )
    assert program is not None
    program.save(str(path), external_data=False)
    strip(path)


def strip(path: Path) -> None:
    """Takes the exporter's stack traces out of a model: they hold paths of the machine that made it."""
    import onnx

    model = onnx.load(str(path))
    for nodes in (model.graph.node, *(function.node for function in model.functions)):
        for node in nodes:
            node.doc_string = ""
            del node.metadata_props[:]
    for value in (*model.graph.value_info, *model.graph.input, *model.graph.output):
        del value.metadata_props[:]
    del model.graph.metadata_props[:]
    del model.metadata_props[:]
    onnx.save(model, str(path))


def batches_of(model: TokenClassifier, texts: Sequence[str]) -> Iterator[tuple[Ints, Ints]]:
    """Ids and masks of the texts' windows, as the tagger would batch them."""
    settings, encoder = model.settings, model.encoder
    lines: list[list[int]] = []
    for text in texts:
        pieces = encoder.encode(text, words(text))
        lines += rows(pieces, lay(pieces.bounds, settings.window, settings.stride), encoder)
    for group in batches([len(line) for line in lines], settings.max_batch_tokens):
        yield pad([lines[i] for i in group], encoder.pad)


def parity(expected: Sequence[Page], model: TokenClassifier) -> dict[str, Any]:
    """How far a model parts from the pages of another: texts with equal spans, spans in both of all, and the
    worst difference of a logit."""
    same = both = either = 0
    worst = 0.0
    for ours, theirs in zip(expected, Tagger(model).scores(p.text for p in expected), strict=True):
        if ours.logits.size:
            worst = max(worst, float(np.abs(ours.logits - theirs.logits).max()))
        left, right = spans_of(ours, model), spans_of(theirs, model)
        same += left == right
        both += len(left & right)
        either += len(left | right)
    return {
        "articles_identical": round(same / len(expected), 4) if expected else 1.0,
        "span_agreement": round(both / either, 5) if either else 1.0,
        "worst_logit_difference": float(f"{worst:.3g}"),
    }


def spans_of(page: Page, model: TokenClassifier) -> set[tuple[int, int, str]]:
    """The spans that a page's logits come to."""
    found = decode(page.text, page.decided, page.logits, model.settings.temperature)
    return {(e.start, e.end, e.label) for e in found}


def texts_of(folders: Sequence[Path]) -> list[str]:
    """Texts of corpus folders, and of plain files as they stand."""
    out: list[str] = []
    for path in folders:
        if path.is_dir():
            out += [article.facts.text for article in read_articles(path)]
        else:
            out.append(path.read_bytes().decode("utf-8"))
    return out


def _arguments() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("model", type=Path, help="folder made by training/train.py")
    p.add_argument("output", type=Path, help="folder to write")
    p.add_argument(
        "--texts", type=Path, nargs="+", default=[Path("corpus/articles")], help="what parity is measured on"
    )
    p.add_argument("--variant", choices=VARIANTS, help="ships this one, whatever its parity")
    p.add_argument(
        "--min-agreement", type=float, default=0.99, help="share of spans a variant must have in common"
    )
    p.add_argument("--max-mb", type=float, default=40.0, help="size that the folder may have")
    return p


if __name__ == "__main__":
    sys.exit(main())
