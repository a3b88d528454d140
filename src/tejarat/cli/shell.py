"""What all commands share: the application, its errors as one line, its streams."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.core import TyperGroup

from tejarat import __version__
from tejarat.errors import InputError, JobError, TejaratError

if TYPE_CHECKING:
    from rich.console import Console

FAULT, NOTHING, STOPPED = 1, 2, 3
#: Width of a table that goes to no terminal.
PLAIN_WIDTH = 180


Read = TypeVar("Read")


class OneLineErrors(TyperGroup):
    """Shows our errors as one line, and ends with exit code 1, or 3 where a job can be gone on with."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except TejaratError as error:
            say(str(error))
            raise typer.Exit(STOPPED if isinstance(error, JobError) else FAULT) from None


app = typer.Typer(
    cls=OneLineErrors,
    name="tejarat",
    help="Trade facts out of Persian news.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


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


def say(line: str) -> None:
    """A line on standard error."""
    typer.echo(line, err=True)


def readable(records: Iterable[Read | InputError], faults: list[TejaratError]) -> Iterator[Read]:
    """The records that could be read; of the others a line is said, and they are put into ``faults``."""
    for record in records:
        if isinstance(record, InputError):
            faults.append(record)
            say(str(record))
        else:
            yield record


def console(stream: Any) -> Console:
    """A console that writes tables to the stream, wide where that is no terminal."""
    from rich.console import Console

    return Console(file=stream, width=None if stream.isatty() else PLAIN_WIDTH, highlight=False)
