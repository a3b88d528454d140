"""The model card, written from the figures of the run and of the export; nothing in it is typed by hand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tejarat.schema import LABELS

_HEAD = """---
language: fa
license: mit
library_name: tejarat
pipeline_tag: token-classification
tags: [persian, named-entity-recognition, trade, economics]
---
# {name}

Finds trade facts in Persian news: money amounts (`MONEY`), percentages (`PERCENT`), ranks (`RANK`), countries
(`COUNTRY`) and goods (`PRODUCT`). It is the tagger of `tejarat`, where values are read and relations built from
its spans.

    tejarat extract article.txt --model {name}
"""


def write_card(folder: Path, metrics: Mapping[str, Any]) -> None:
    """Writes README.md from metrics.json and, where the model has been exported, parity.json."""
    parity = folder / "parity.json"
    report = json.loads(parity.read_text("utf-8")) if parity.is_file() else None
    (folder / "README.md").write_text(card(folder.name, metrics, report), "utf-8")


def card(name: str, metrics: Mapping[str, Any], parity: Mapping[str, Any] | None = None) -> str:
    """The card's text."""
    parts = [_HEAD.format(name=name), _training(metrics), _scores(metrics)]
    if parity:
        parts.append(_parity(parity))
    parts += [_limits(metrics), _licence(metrics)]
    return "\n".join(parts)


def _training(m: Mapping[str, Any]) -> str:
    data, config = m["data"], m["config"]
    versions = ", ".join(f"{k} {v}" for k, v in m["versions"].items())
    share = "" if data["fraction"] >= 1 else f" ({100 * data['fraction']:g} % of them)"
    return f"""## How it was made

| | |
|---|---|
| base | `{m["base"]}` |
| parameters | {m["parameters"] / 1e6:.1f} million |
| training articles | {data["train_articles"]}{share}, written and annotated for this project by its guidelines |
| dev / test articles | {data["dev_articles"]} / {data["test_articles"]} |
| SHA-256 of the training articles | `{data["train_sha256"]}` |
| SHA-256 of the dev articles | `{data["dev_sha256"]}` |
| SHA-256 of the test articles | `{data["test_sha256"]}` |
| seed | {m["seed"]} |
| windows | {config["window"]} pieces, {config["stride"]} shared with the next |
| epochs | {m["epochs"]} at most {config["epochs"]}; the best by strict span F1 on dev |
| time | {m["minutes"]} minutes |
| versions | {versions} |

    {m["command"]}
"""


def _scores(m: Mapping[str, Any]) -> str:
    rows = []
    for label in (*LABELS, "micro", "macro"):
        cells = [label]
        for split in ("dev", "test"):
            score = m[split].get(label)
            cells += [f"{score[k]:.3f}" for k in ("precision", "recall", "f1")] if score else ["–"] * 3
            cells.append(str(score["support"]) if score else "0")
        rows.append("| " + " | ".join(cells) + " |")
    known = []
    for split in ("dev", "test"):
        for name, score in m[f"{split}_product"].items():
            recall = "–" if score["recall"] is None else f"{score['recall']:.3f}"
            known.append(f"{recall} of {score['support']} {name} ({split})")
    c = m["calibration"]
    return f"""## Scores

Strict: a span counts where start, end and label are all right (seqeval, `mode="strict"`, IOB2, over words).
The dev articles chose the epoch and the temperature; the test articles were read once, at the end.

| label | dev P | R | F1 | spans | test P | R | F1 | spans |
|---|--:|--:|--:|--:|--:|--:|--:|--:|
{chr(10).join(rows)}

Recall of goods whose name stands in the training articles (seen) or not: {"; ".join(known)}.

Temperature {c["temperature"]}; expected calibration error of the spans' scores on dev {c["ece_before"]} before and
{c["ece_after"]} after it. A span's score is the mean probability of its words' tags.
"""


def _parity(p: Mapping[str, Any]) -> str:
    rows = [
        f"| {name} | {v['megabytes']:.1f} | {100 * v['articles_identical']:.1f} % | "
        f"{100 * v['span_agreement']:.2f} % | {v['worst_logit_difference']:.2g} |"
        for name, v in p["variants"].items()
    ]
    return f"""## Parity of the exported model

Against torch in float32, on {p["articles"]} articles with {p["spans"]} spans found; shipped here: **{p["shipped"]}**
(ONNX opset {p["opset"]}).

| variant | MB | articles with the same spans | spans in both, of all | worst logit difference |
|---|--:|--:|--:|--:|
{chr(10).join(rows)}
"""


def _limits(m: Mapping[str, Any]) -> str:
    return f"""## Limits

- Made for news about trade. Other text gets spans too, less reliably; nothing was trained on dialogue or verse.
- The articles were written after real news by few hands, {m["data"]["train_articles"]} of them in training, so real
  text holds goods and turns of phrase that it never saw; see the recall of unseen goods.
- It follows the project's annotation guidelines: words for goods in general, services and blocs are no spans,
  and an amount whose currency is not written with it is none either.
- Figures for real news, for spans with their values and for relations come from `training/evaluate.py`.
"""


def _licence(m: Mapping[str, Any]) -> str:
    return f"""## Licences

The model and the articles that fine-tuned it are under the MIT licence. The base `{m["base"]}` has terms of its
own: see its card. Where the base was pre-trained on crawled news, the rights in that text stay with its
publishers; the text was used for training only and is no part of this model's files.
"""
