"""Scores a pipeline against gold: spans, values and relations, on gold spans and end to end.

    python training/evaluate.py --gold corpus/articles --split test --json scores.json
    python training/evaluate.py --gold gold.jsonl --model HooshvareLab/my-tagger --train-corpus corpus/articles

Gold is a file of output format 1 (one article a line) or a corpus folder. *On gold spans* tells what the linker does
with faultless spans, *end to end* what a user gets. The command ends with 1 where a score has no gold to stand on:
a figure that cannot be computed must not look like one that is.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from scores import product_recall, strict_f1
from spacy.language import Language
from spacy.tokens import Doc

from tejarat import __version__, metrics, pipeline
from tejarat.corpus.dataset import Row, read_articles
from tejarat.corpus.format import CorpusArticle
from tejarat.corpus.splits import SPLITS, Split, find_splits_file, load_splits_file, select
from tejarat.doc import set_entities
from tejarat.errors import CorpusError, TejaratError
from tejarat.schema import LABELS, Article, ArticleFacts, Filler, Percent, Value

Scores = dict[str, Any]


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command; returns its exit code."""
    args = _arguments().parse_args(argv)
    try:
        gold = load_gold(args.gold, args.split)
        train = load_gold(args.train_corpus, "train") if args.train_corpus else []
        nlp = pipeline.load(args.model, backend=args.backend)
        if args.linker == "rules":
            nlp.replace_pipe("trade_linker", "trade_linker", config={"by": "rules"})
        scores = evaluate(nlp, gold, train)
    except TejaratError as error:
        print(error, file=sys.stderr)
        return 1
    scores = {
        "gold": args.gold.name, "split": args.split, "model": args.model or "shipped", "linker": args.linker,
        "version": __version__,
        **scores,
    }  # fmt: skip
    show(scores, Console(width=None if sys.stdout.isatty() else 110))
    if args.json:
        args.json.write_text(json.dumps(scores, ensure_ascii=False, indent=1) + "\n", "utf-8")
    for what in scores["undefined"]:
        print(f"undefined: {what}", file=sys.stderr)
    return 1 if scores["undefined"] and not args.partial else 0


def evaluate(nlp: Language, gold: Sequence[ArticleFacts], train: Sequence[ArticleFacts] = ()) -> Scores:
    """All scores of a pipeline over gold articles.

    Args:
        nlp: the pipeline.
        gold: the articles with what is to be found.
        train: articles that the model was trained on; where given, goods known from them and new ones are told apart.
    """
    found = list(pipeline.extract(nlp, (Article(g.id, g.text, g.date) for g in gold)))
    linked = list(on_gold_spans(nlp, gold))
    rows = [row(article) for article in gold]
    spans = [article.entities for article in found]
    whole, linker = metrics.score(gold, found), metrics.score(gold, linked)
    scores: Scores = {
        "articles": len(gold),
        "seqeval": strict_f1(rows, spans),
        "end_to_end": whole.to_dict(),
        "on_gold_spans": linker.to_dict(),
        "undefined": undefined(whole),
    }
    if train:
        scores["products"] = product_recall(rows, spans, [row(article) for article in train])
    return scores


def on_gold_spans(nlp: Language, gold: Iterable[ArticleFacts]) -> Iterator[ArticleFacts]:
    """What the pipeline makes of gold spans: their values are read and relations built, but nothing is tagged."""

    def docs() -> Iterator[Doc]:
        for article in gold:
            doc = nlp.make_doc(article.text)
            doc._.article_id, doc._.date = article.id, article.date
            try:
                set_entities(doc, (replace(e, value=None, score=1.0) for e in article.entities))
            except ValueError as error:
                raise CorpusError(article.id, 1, str(error)) from None
            yield doc

    with nlp.select_pipes(disable=["trade_tagger"]):
        for doc in nlp.pipe(docs()):
            yield doc._.facts


def load_gold(path: Path, split: Split | None = None) -> list[ArticleFacts]:
    """Gold articles of a file of output format 1, or of a corpus folder (one split of it, if named).

    Raises:
        CorpusError: nothing there, a broken line, or a split asked of a corpus that has none.
    """
    if path.is_dir():
        articles = list(read_articles(path))
        if split:
            known = find_splits_file(path)
            if known is None:
                raise CorpusError(str(path), 1, "the corpus has no splits.json; leave --split out")
            wanted = set(select((a.facts.id for a in articles), load_splits_file(known), split))
            articles = [a for a in articles if a.facts.id in wanted]
        gold = [with_values(article) for article in articles]
    else:
        gold = list(_gold_lines(path))
    if not gold:
        raise CorpusError(str(path), 1, f"no articles{f' of the split {split!r}' if split else ''}")
    return gold


def _gold_lines(path: Path) -> Iterator[ArticleFacts]:
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(str(path), 1, str(error)) from None
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield ArticleFacts.from_dict(json.loads(line))
            except (ValueError, KeyError, TypeError) as error:
                raise CorpusError(
                    str(path), number, f"not an article of output format 1: {error!r}"
                ) from None


def with_values(article: CorpusArticle) -> ArticleFacts:
    """The gold of a corpus article; spans take the values that relations write out for them.

    A fall is negative in a relation and bare in its span, so growth loses its sign; values marked ``!`` differ on
    purpose and are left out.
    """
    values: dict[str, Value] = {}
    for relation in article.facts.relations:
        for slot in ("value", "share", "growth", "rank"):
            filler: Filler[Any] | None = getattr(relation, slot)
            if filler and filler.entity and (relation.id, slot) not in article.overrides:
                value = filler.value
                if isinstance(value, Percent):
                    size = None if value.percent_max is None else abs(value.percent_max)
                    value = Percent(abs(value.percent), size)
                values[filler.entity] = value
    entities = tuple(replace(e, value=values.get(e.id)) for e in article.facts.entities)
    return replace(article.facts, entities=entities)


def row(article: ArticleFacts) -> Row:
    """The article as a row of :mod:`tejarat.corpus.dataset`."""
    entities = [{"start": e.start, "end": e.end, "label": e.label} for e in article.entities]
    return {"id": article.id, "date": article.date, "text": article.text, "entities": entities}


def undefined(report: metrics.Report) -> list[str]:
    """The scores that have no gold: labels without a span, slots without a filler, no relation at all."""
    out = [f"spans {label}" for label in LABELS if not report.spans.get(label, metrics.Score()).defined]
    out += [f"slot {slot}" for slot in metrics.SLOTS if not report.slots.get(slot, metrics.Score()).defined]
    return out + ([] if report.exact.defined else ["relations"])


def show(scores: Scores, console: Console) -> None:
    """Tables: spans per label, values, and relations per slot from gold spans and end to end."""
    console.print(f"{scores['articles']} articles of {scores['gold']}, model {scores['model']}")
    whole, linker = scores["end_to_end"], scores["on_gold_spans"]
    spans = _table("spans", "P", "R", "F1", "seqeval F1", "gold", "found", "value right")
    for label, s in whole["spans"].items():
        strict = scores["seqeval"].get("micro" if label == "ALL" else label, {}).get("f1")
        value = whole["values"].get(label)
        judged = f"{value['accuracy']:.3f} of {value['n']}" if value and value["n"] else ""
        figures = (s["p"], s["r"], s["f1"], strict)
        spans.add_row(label, *map(_figure, figures), str(s["gold"]), str(s["pred"]), judged)
    console.print(spans)
    relations = _table("relation slots", "F1 gold spans", "P", "R", "F1 end to end", "gold", "found")
    lines = [(slot, linker["slots"].get(slot), whole["slots"].get(slot)) for slot in (*metrics.SLOTS, "ALL")]
    lines.append(("all slots right", linker["relations_exact"], whole["relations_exact"]))
    for name, alone, s in lines:
        if alone or s:
            one, two = alone or {}, s or {}
            figures = (one.get("f1"), two.get("p"), two.get("r"), two.get("f1"))
            counts = (str(d) for d in (two.get("gold", one.get("gold")), two.get("pred", 0)))
            relations.add_row(name, *map(_figure, figures), *counts)
    console.print(relations)
    for name, part in scores.get("products", {}).items():
        console.print(f"goods {name} in training: recall {_figure(part['recall'])} of {part['support']}")


def _table(*columns: str) -> Table:
    table = Table(header_style="dim")
    for n, name in enumerate(columns):
        table.add_column(name, justify="right" if n else "left")
    return table


def _figure(number: float | None) -> str:
    return "" if number is None else f"{number:.3f}"


def _arguments() -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--gold", type=Path, required=True, help="file of gold articles, or a corpus folder")
    p.add_argument("--split", choices=SPLITS, help="split of the corpus folder; all of it if left out")
    p.add_argument(
        "--model", help="folder or hub name of a model, or a saved pipeline; the shipped one if left out"
    )
    p.add_argument("--backend", choices=("auto", "onnx", "torch"), default="auto")
    p.add_argument(
        "--linker", choices=("scorer", "rules"), default="scorer", help="the learned linker, or that by rules"
    )
    p.add_argument(
        "--train-corpus", type=Path, help="corpus whose train split the model saw: scores new goods apart"
    )
    p.add_argument("--json", type=Path, metavar="OUT", help="write the scores there too")
    p.add_argument("--partial", action="store_true", help="end well even where a score is undefined")
    return p


if __name__ == "__main__":
    sys.exit(main())
