#!/usr/bin/env python3
"""The learning curve: tagger and linker trained on shares of the corpus, scored end to end.

    python training/curve.py --fraction 0.1 --gold corpus/articles real-dev.jsonl --work runs/curve

Each share trains a tagger by training/configs/compact.toml and a scorer by train_linker.py on the same articles; a
smaller share lies within a larger one. Gold is a corpus folder (its test split) or a file of output format 1. The
line that comes out goes into `curve.jsonl` of the work folder, where earlier ones stay.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import train
import train_linker
from evaluate import load_gold

from tejarat import metrics
from tejarat.linker.assemble import link
from tejarat.linker.scorer import Scorer
from tejarat.schema import ArticleFacts
from tejarat.tagger.model import load_model
from tejarat.tagger.tagger import Tagger
from tejarat.text.sentences import sentences
from tejarat.values import read_value


def main(argv: Sequence[str] | None = None) -> int:
    args = _arguments().parse_args(argv)
    folder = args.work / f"{args.fraction:g}"
    model, scorer = folder / "tagger", folder / "scorer.npz"
    changes = [f"fraction={args.fraction}", f"output={model}", f"work={folder / 'checkpoints'}", *args.set]
    if not (model / "tejarat.json").exists():
        train.run(train.read_config(args.config, changes))
    if not scorer.exists():
        share = ["--fraction", str(args.fraction), "--output", str(scorer), "--folds", "3"]
        corpus = ["--corpus", str(args.corpus), "--splits", str(args.corpus.parent / "splits.json")]
        train_linker.main([*corpus, *share])
    tagger, weights = Tagger(load_model(model, "torch")), Scorer.load(scorer)
    line: dict[str, Any] = {"fraction": args.fraction, "set": args.set}
    for path in args.gold:
        gold = load_gold(path, "test" if path.is_dir() else None)
        scores = metrics.score(gold, list(found(gold, tagger, weights))).to_dict()
        line[path.stem] = {
            "spans": scores["spans"]["ALL"]["f1"],
            "products": scores["spans"]["PRODUCT"]["f1"],
            "slots": scores["slots"]["ALL"]["f1"],
            "relations_exact": scores["relations_exact"]["f1"],
        }
    print(json.dumps(line), flush=True)
    with (args.work / "curve.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    return 0


def found(gold: Sequence[ArticleFacts], tagger: Tagger, scorer: Scorer) -> Iterator[ArticleFacts]:
    """What a tagger and a scorer make of the bare texts."""
    for facts, spans in zip(gold, tagger.pipe(g.text for g in gold), strict=True):
        entities = tuple(replace(e, value=read_value(e.label, e.text)) for e in spans)
        day = date.fromisoformat(facts.date) if facts.date else None
        relations = link(facts.text, day, sentences(facts.text), entities, scorer)
        yield replace(facts, entities=entities, relations=relations)


def _arguments() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--fraction", type=float, required=True, help="share of the training articles")
    p.add_argument("--gold", type=Path, nargs="+", default=[Path("corpus/articles")])
    p.add_argument("--corpus", type=Path, default=Path("corpus/articles"))
    p.add_argument("--config", type=Path, default=Path("training/configs/compact.toml"))
    p.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="as for training/train.py")
    p.add_argument("--work", type=Path, default=Path("runs/curve"))
    return p


if __name__ == "__main__":
    sys.exit(main())
