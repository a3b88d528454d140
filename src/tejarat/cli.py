"""The command line: arguments and messages. Each command calls plain functions, imported when it runs.

Exit codes: 0 all done, 1 something could not be read, written or is at fault, 2 nothing to work on or wrong usage.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from tejarat import __version__
from tejarat.errors import InputError, NothingToReadError, TejaratError

if TYPE_CHECKING:
    from rich.console import Console

    from tejarat.corpus.check import Finding
    from tejarat.corpus.format import CorpusArticle
    from tejarat.corpus.stats import Stats
    from tejarat.schema import Article, ArticleFacts

FAULT, NOTHING = 1, 2
#: The share of word runs that may recur in other articles of a corpus.
MOST_REPETITION = 0.02
#: Width of a table that goes to no terminal.
PLAIN_WIDTH = 180


class OneLineErrors(TyperGroup):
    """Shows our errors as one line, and ends with exit code 1."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except TejaratError as error:
            _say(str(error))
            raise typer.Exit(FAULT) from None


app = typer.Typer(
    cls=OneLineErrors,
    name="tejarat",
    help="Trade facts out of Persian news.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
corpus_app = typer.Typer(help="Check, count and convert annotated articles.", no_args_is_help=True)
app.add_typer(corpus_app, name="corpus")


class Format(StrEnum):
    """Forms of output."""

    jsonl = "jsonl"
    parquet = "parquet"
    table = "table"


class CorpusForm(StrEnum):
    """Other tools' forms of a corpus; the names of ``tejarat.corpus.convert.FORMATS``."""

    brat = "brat"
    labelstudio = "labelstudio"
    doccano = "doccano"
    docbin = "docbin"
    conll = "conll"
    jsonl = "jsonl"


class Backend(StrEnum):
    """What runs the model."""

    auto = "auto"
    onnx = "onnx"
    torch = "torch"


def main() -> None:
    """The entry point of the command ``tejarat``."""
    app()


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"tejarat {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    pass


@app.command()
def extract(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...", help="Text files, folders, globs, *.jsonl[.gz], or - for standard input."
        ),
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; without it the result is shown.")
    ] = None,
    form: Annotated[
        Format | None,
        typer.Option("--format", help="Form of the output; by default told by the file's name."),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="Folder or hub name of a model, or a saved pipeline; by default the shipped one."),
    ] = None,
    backend: Annotated[Backend, typer.Option(help="What runs the model.")] = Backend.auto,
    no_text: Annotated[
        bool, typer.Option("--no-text", help="Leave the articles' text out of the output.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
) -> None:
    """Extract trade facts from articles."""
    form = form or _form_of(output)
    if form is Format.parquet and output is None:
        raise typer.BadParameter("parquet is written to a file: name it with --output", param_hint="--format")
    from tejarat.io.readers import read

    counts = {"articles": 0, "faults": 0}
    shows_progress = not quiet and sys.stderr.isatty() and (output is not None or not sys.stdout.isatty())
    with _progress(shows_progress) as (advance, say):

        def articles() -> Iterator[Article]:
            for record in read(paths):
                if isinstance(record, InputError):
                    counts["faults"] += not isinstance(record, NothingToReadError)
                    say(str(record))
                else:
                    counts["articles"] += 1
                    yield record

        # The first record is read before the model is loaded: with nothing to do the answer comes at once.
        waiting = articles()
        first = next(waiting, None)
        if first is not None:
            pipeline = _pipeline()
            nlp = pipeline.load(model, backend=backend.value)
            facts = pipeline.extract(nlp, _chain(first, waiting))
            _write((advance(f) for f in facts), output, form, with_text=not no_text)
    if counts["faults"]:
        raise typer.Exit(FAULT)
    if not counts["articles"]:
        _say("nothing to extract from")
        raise typer.Exit(NOTHING)


@corpus_app.command()
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


@corpus_app.command()
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
        _say(str(finding))
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


@corpus_app.command()
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
            _say(str(finding))
        converters.write(articles, to.value, output)
        if lost := converters.form(to.value).LOSES:
            _say(f"{to.value} holds words and labels; lost: {lost}")
    _say(f"{len(articles)} articles written to {output}")
    if findings:
        raise typer.Exit(FAULT)


def _form_of(output: Path | None) -> Format:
    if output is None:
        return Format.table
    return Format.parquet if output.suffix == ".parquet" else Format.jsonl


def _pipeline() -> Any:
    """:mod:`tejarat.pipeline`; torch is kept out while spaCy is imported, which would take it in for nothing."""
    with _hidden("torch", "cupy"):
        from tejarat import pipeline
    return pipeline


@contextlib.contextmanager
def _hidden(*packages: str) -> Iterator[None]:
    """Makes packages that are not imported yet look absent."""
    absent = [name for name in packages if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in absent:
            sys.modules.pop(name, None)


def _write(facts: Iterable[ArticleFacts], output: Path | None, form: Format, *, with_text: bool) -> None:
    from tejarat.io import writers

    if form is Format.parquet:
        assert output is not None
        writers.parquet(facts, output, with_text=with_text)
    elif form is Format.jsonl:
        writers.jsonl(facts, output or sys.stdout, with_text=with_text)
    elif output is None:
        writers.table(facts, _console(sys.stdout))
    else:
        with writers.atomic(output) as path, path.open("w", encoding="utf-8") as stream:
            writers.table(facts, _console(stream))


def _console(stream: Any) -> Console:
    from rich.console import Console

    return Console(file=stream, width=None if stream.isatty() else PLAIN_WIDTH, highlight=False)


@contextlib.contextmanager
def _progress(shown: bool) -> Iterator[tuple[Any, Any]]:
    """Two functions: one counts an article and hands it on, one writes a line to standard error."""
    if not shown:
        yield (lambda facts: facts), _say
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    console = Console(stderr=True)
    columns = (
        SpinnerColumn(),
        TextColumn("articles"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("extract", total=None)

        def advance(facts: ArticleFacts) -> ArticleFacts:
            progress.advance(task)
            return facts

        yield advance, lambda line: console.print(line, markup=False, highlight=False, soft_wrap=True)


def _articles(folder: Path) -> tuple[list[CorpusArticle], list[Finding]]:
    """The articles of a folder, and a finding for each that cannot be read."""
    from tejarat.corpus.check import Finding
    from tejarat.corpus.format import load
    from tejarat.errors import CorpusError

    if not folder.is_dir():
        _say(f"{folder}: no such folder")
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
        _say(f"{folder}: no articles (*.txt) in this folder")
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
    console = _console(sys.stdout)
    console.print(table)
    console.print(f"repetition {share:.2%}")


def _chain(first: Article, rest: Iterable[Article]) -> Iterator[Article]:
    yield first
    yield from rest


def _say(line: str) -> None:
    typer.echo(line, err=True)


if __name__ == "__main__":
    main()
