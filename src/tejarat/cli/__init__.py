"""The command line: arguments and messages. Each command calls plain functions, imported when it runs.

Exit codes: 0 all done, 1 something could not be read, written or is at fault, 2 nothing to work on or wrong usage,
3 a job that stopped before its end (the same command goes on), 130 interrupted.
"""

from __future__ import annotations

from tejarat.cli import annotate, corpus, explain, extract, report, serve
from tejarat.cli.shell import app, main

__all__ = ["app", "main"]

app.command()(extract.extract)
app.command()(explain.explain)
app.command()(report.report)
app.command()(serve.serve)
app.command()(annotate.annotate)
app.add_typer(corpus.app, name="corpus")
