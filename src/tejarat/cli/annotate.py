"""``tejarat annotate``: the model's reading of raw articles, to be corrected."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Annotated

import typer

from tejarat.cli.shell import FAULT, NOTHING, readable, say
from tejarat.errors import TejaratError


def annotate(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Raw articles, as tejarat extract takes them.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the files; made if absent.")],
    most: Annotated[
        int | None, typer.Option(min=1, help="Write only so many: those that the model is least certain of.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(help="Folder or hub name of a model, or a saved pipeline; by default the shipped one."),
    ] = None,
) -> None:
    """Pre-annotate raw articles for correction, as corpus files; correct them with tejarat serve --folder."""
    from tejarat.io.readers import read

    faults: list[TejaratError] = []
    waiting = readable(read(paths), faults)
    first = next(waiting, None)
    if first is None:
        say("nothing to annotate")
        raise typer.Exit(FAULT if faults else NOTHING)
    from tejarat import pipeline
    from tejarat.serve import annotate as work

    given = chain([first], waiting)
    written = 0
    for result in work.annotate(pipeline.extract(pipeline.load(model), given), output, most):
        if isinstance(result, str):
            written += 1
        else:
            faults.append(result)
            say(str(result))
    say(f"{written} articles written to {output}")
    if faults:
        raise typer.Exit(FAULT)
