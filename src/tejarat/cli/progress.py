"""How a job tells what it does: a bar on a terminal, JSON lines in a log, one line at the end."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import typer

from tejarat.cli.shell import say
from tejarat.errors import InputError

if TYPE_CHECKING:
    from tejarat.batch.job import Summary
    from tejarat.io.sources import Meter

#: Lines about records that cannot be read; the others stand in the quarantine file only.
MOST_LINES = 20
#: Seconds between two lines of progress in a log.
EVERY = 10.0


@dataclass(slots=True)
class Reporter:
    """Tells of a run in its way; ``where`` names the quarantine file, if there will be one."""

    meter: Meter
    as_json: bool = False
    where: str = ""
    told: int = 0
    show: Callable[[str], None] = say
    tick: Callable[[Summary], None] = lambda summary: None
    started: float = field(default_factory=time.monotonic)
    _last: float = 0.0

    def error(self, error: InputError) -> None:
        """A line about a record that could not be read."""
        self.told += 1
        if self.where and self.told > MOST_LINES:
            return
        if self.as_json:
            self.log("unreadable", id=error.article, file=error.path, line=error.line, reason=error.reason)
        else:
            self.show(str(error))
        if self.where and self.told == MOST_LINES and not self.as_json:
            self.show(f"further records that cannot be read are listed in {self.where} only")

    def advance(self, summary: Summary, errors: list[InputError]) -> None:
        """What a job calls after every batch."""
        for error in errors:
            self.error(error)
        self.tick(summary)
        if self.as_json and time.monotonic() - self._last > EVERY:
            self._last = time.monotonic()
            self.log("progress", **self.figures(summary))

    def figures(self, summary: Summary) -> dict[str, Any]:
        """Sums, articles/s of this run, and seconds left where the input's size is known."""
        seconds = time.monotonic() - self.started
        left = self.left(seconds)
        return {
            "articles": summary.articles,
            "relations": summary.relations,
            "quarantined": summary.quarantined,
            "resumed": summary.resumed,
            "seconds": round(seconds, 1),
            "articles_per_second": round((summary.articles - summary.resumed) / max(seconds, 1e-9), 2),
            "seconds_left": None if left is None else round(left),
        }

    def left(self, seconds: float) -> float | None:
        """Seconds left, by the share of the input's bytes that is read."""
        share = min(self.meter.done / self.meter.total, 1.0) if self.meter.total else 0.0
        return seconds * (1 - share) / share if share > 0 else None

    def end(self, summary: Summary, target: str) -> None:
        """The line at the end."""
        figures = self.figures(summary)
        if self.as_json:
            self.log("done", output=target, quarantine=self.where if summary.quarantined else None, **figures)
            return
        bad = f", {summary.quarantined:,} records not read (see {self.where})" if summary.quarantined else ""
        again = f", {summary.resumed:,} of them done before" if summary.resumed else ""
        rate = figures["articles_per_second"]
        self.show(
            f"{target}: {summary.articles:,} articles{again}, {summary.relations:,} relations{bad}, {rate:,} articles/s"
        )

    def log(self, event: str, **data: Any) -> None:
        """A line of the log."""
        line = {"event": event, "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **data}
        typer.echo(json.dumps(line, ensure_ascii=False), err=True)


@contextmanager
def reporter(meter: Meter, *, shown: bool, as_json: bool, where: str) -> Iterator[Reporter]:
    """A reporter, with a bar on standard error where it is ``shown``."""
    out = Reporter(meter, as_json, where)
    if not shown or as_json or not sys.stderr.isatty():
        yield out
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    terminal = Console(stderr=True)
    columns = (SpinnerColumn(), BarColumn(), TextColumn("{task.fields[told]}"), TimeElapsedColumn())
    with Progress(*columns, console=terminal, transient=True) as progress:
        task = progress.add_task("", total=meter.total or None, told="")

        def tick(summary: Summary) -> None:
            figures = out.figures(summary)
            told = f"{summary.articles:,} articles · {figures['articles_per_second']:,}/s"
            if summary.quarantined:
                told += f" · {summary.quarantined:,} not read"
            if (left := figures["seconds_left"]) is not None:
                told += f" · {left // 3600}:{left % 3600 // 60:02}:{left % 60:02} left"
            progress.update(task, completed=min(meter.done, meter.total) if meter.total else 0, told=told)

        out.tick = tick
        out.show = lambda line: terminal.print(line, markup=False, highlight=False, soft_wrap=True)
        yield out
        out.show = say
