"""``tejarat report``: a page to look at facts with."""

from __future__ import annotations

from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from tejarat.cli.shell import FAULT, NOTHING, readable, say
from tejarat.errors import TejaratError


class Language(StrEnum):
    """What a page opens in."""

    fa = "fa"
    en = "en"


def report(
    facts: Annotated[
        Path, typer.Argument(metavar="FACTS", help="What tejarat extract wrote: *.jsonl[.gz] or *.parquet.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The page to write.")] = Path("report.html"),
    language: Annotated[Language, typer.Option(help="What the page opens in.")] = Language.fa,
    title: Annotated[str, typer.Option(help="The page's heading.")] = "",
) -> None:
    """Make one HTML page of extracted facts: charts, a table, and every article with its relations."""
    from tejarat.report import page
    from tejarat.report.facts import read_facts

    faults: list[TejaratError] = []
    waiting = readable(read_facts(facts), faults)
    first = next(waiting, None)
    if first is None:
        say(f"{facts}: no facts to show")
        raise typer.Exit(FAULT if faults else NOTHING)
    count = page.write(chain([first], waiting), output, language=language.value, title=title)
    say(f"{count} articles shown in {output}")
    if faults:
        raise typer.Exit(FAULT)
