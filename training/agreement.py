#!/usr/bin/env python3
"""How well two annotations of the same articles agree: the first against the second, as if it were gold.

    python training/agreement.py corpus/articles corpus/agreement

Values are read by the program on both sides, so they differ only where the spans do. Articles that stand in the
second folder alone, or whose texts differ, are an error.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from train_linker import with_read_values

from tejarat import metrics
from tejarat.corpus.format import load_folder
from tejarat.errors import TejaratError


def main(argv: Sequence[str] | None = None) -> int:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("first", type=Path)
    p.add_argument("second", type=Path)
    p.add_argument("--json", action="store_true", help="all scores as JSON")
    args = p.parse_args(argv)
    try:
        first = {a.facts.id: with_read_values(a.facts) for a in load_folder(args.first)}
        second = [with_read_values(a.facts) for a in load_folder(args.second)]
    except TejaratError as error:
        print(error, file=sys.stderr)
        return 1
    odd = [f.id for f in second if f.id not in first or first[f.id].text != f.text]
    if odd or not second:
        print(f"not the same articles: {', '.join(odd) or 'none given'}", file=sys.stderr)
        return 1
    scores = metrics.score([first[f.id] for f in second], second).to_dict()
    if args.json:
        print(json.dumps(scores, ensure_ascii=False, indent=1))
        return 0
    print(f"{len(second)} articles")
    for part in ("spans", "slots"):
        for name, row in scores[part].items():
            print(f"{part:6} {name:12} F1 {row['f1']:.3f}  first {row['gold']}  second {row['pred']}")
    print(f"exact relations F1 {scores['relations_exact']['f1']:.3f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
