"""``tejarat corpus``: check, count and convert annotated articles."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tejarat.cli.shell import FAULT, NOTHING, console, say

if TYPE_CHECKING:
    from tejarat.corpus.check import Finding
    from tejarat.corpus.format import CorpusArticle
    from tejarat.corpus.stats import Stats

#: The share of word runs that may recur in other articles of a corpus.
MOST_REPETITION = 0.02

app = typer.Typer(help="Check, count and convert annotated articles.", no_args_is_help=True)


class CorpusForm(StrEnum):
    """Other tools' forms of a corpus; the names of ``tejarat.corpus.convert.FORMATS``."""

    brat = "brat"
    labelstudio = "labelstudio"
    doccano = "doccano"
    docbin = "docbin"
    conll = "conll"
    jsonl = "jsonl"


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="Folder of articles.")] = Path("corpus/articles"),
    review: Annotated[bool, typer.Option("--review", help="List places worth a second look too.")] = False,
) -> None:
    """Check annotated articles; a line for every fault."""
    from tejarat.corpus import check as checks
    from tejarat.corpus.stats import repetition
    from tejarat.values import read_value

    articles, findings = _articles(folder)
    for article in articles:
        findings += checks.faults(article, lambda _, entity: read_value(entity.label, entity.text))
    findings += checks.duplicate_ids(articles)
    for finding in findings:
        typer.echo(str(finding))
    if review:
        for article in articles:
            for place in checks.reviews(article):
                typer.echo(f"review {place}")
    share = repetition(articles)
    if share > MOST_REPETITION:
        runs = sorted(checks.repeated(articles).items(), key=lambda item: -len(item[1]))
        for run, ids in runs[:10]:
            typer.echo(f"repeated in {', '.join(ids)}: {run}")
        typer.echo(f"{folder}: {share:.1%} of word runs recur; at most {MOST_REPETITION:.0%} may")
    typer.echo(f"{len(articles)} articles, {len(findings)} faults, repetition {share:.2%}")
    if findings or share > MOST_REPETITION:
        raise typer.Exit(FAULT)


@app.command()
def stats(
    folder: Annotated[Path, typer.Argument(help="Folder of articles.")] = Path("corpus/articles"),
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Count what a corpus holds, whole and by split."""
    from tejarat.corpus.splits import find_splits_file, load_splits_file
    from tejarat.corpus.stats import by_split, repetition
    from tejarat.values.products import read_product

    articles, findings = _articles(folder)
    for finding in findings:
        say(str(finding))
    splits_file = find_splits_file(folder)
    splits = load_splits_file(splits_file) if splits_file else {}
    counted = by_split(articles, dict(splits), read_product)
    share = repetition(articles)
    if as_json:
        data = {name: one.to_dict() for name, one in counted.items()}
        typer.echo(json.dumps({"repetition": round(share, 6), "splits": data}, ensure_ascii=False, indent=1))
    else:
        _show_stats(counted, share)
    if findings:
        raise typer.Exit(FAULT)


@app.command()
def convert(
    source: Annotated[
        Path, typer.Argument(metavar="PATH", help="Folder of articles; with --from, what is to be read.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="File or new folder to write; with --from, a new folder.")
    ],
    to: Annotated[CorpusForm | None, typer.Option("--to", help="Form to write the articles in.")] = None,
    source_form: Annotated[
        CorpusForm | None, typer.Option("--from", help="Form to read; articles are written from it.")
    ] = None,
) -> None:
    """Take annotated articles to another tool, or back."""
    if (to is None) == (source_form is None):
        raise typer.BadParameter("give one of them", param_hint="--to or --from")
    from tejarat.corpus import convert as converters

    findings: list[Finding] = []
    if source_form is not None:
        articles = converters.read(source, source_form.value)
        converters.write_corpus(articles, output)
    else:
        assert to is not None
        articles, findings = _articles(source)
        for finding in findings:
            say(str(finding))
        converters.write(articles, to.value, output)
        if lost := converters.form(to.value).LOSES:
            say(f"{to.value} holds words and labels; lost: {lost}")
    say(f"{len(articles)} articles written to {output}")
    if findings:
        raise typer.Exit(FAULT)


def _articles(folder: Path) -> tuple[list[CorpusArticle], list[Finding]]:
    """The articles of a folder, and a finding for each that cannot be read."""
    from tejarat.corpus.check import Finding
    from tejarat.corpus.format import load
    from tejarat.errors import CorpusError

    if not folder.is_dir():
        say(f"{folder}: no such folder")
        raise typer.Exit(NOTHING)
    articles: list[CorpusArticle] = []
    findings: list[Finding] = []
    for path in sorted(folder.rglob("*.txt")):
        try:
            articles.append(load(path))
        except (CorpusError, OSError) as error:
            line, reason = (error.line, error.reason) if isinstance(error, CorpusError) else (1, str(error))
            findings.append(Finding(str(path), line, reason))
    if not articles and not findings:
        say(f"{folder}: no articles (*.txt) in this folder")
        raise typer.Exit(NOTHING)
    return articles, findings


def _show_stats(counted: dict[str, Stats], share: float) -> None:
    from rich.table import Table

    table = Table(header_style="dim")
    table.add_column("")
    for name in counted:
        table.add_column(name, justify="right")
    data = {name: one.to_dict() for name, one in counted.items()}
    whole = data["all"]
    rows = [(name, [name]) for name in ("articles", "negatives", "words", "relations")]
    rows += [
        (f"{group}: {name}", [group, name]) for group in ("spans", "flows", "slots") for name in whole[group]
    ]
    rows += [(f"distinct {name}", ["distinct", name]) for name in whole["distinct"]]
    for title, path in rows:
        cells = []
        for one in data.values():
            value: Any = one
            for step in path:
                value = value[step]
            cells.append(f"{value:,}")
        table.add_row(title, *cells)
    out = console(sys.stdout)
    out.print(table)
    out.print(f"repetition {share:.2%}")
