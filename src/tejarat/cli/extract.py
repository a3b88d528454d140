"""``tejarat extract``: trade facts out of articles, few or millions."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tejarat.cli.progress import Reporter, reporter
from tejarat.cli.shell import FAULT, NOTHING, console, say
from tejarat.errors import EngineError, InputError, NothingToReadError

if TYPE_CHECKING:
    from tejarat.batch.job import Job, Source, Summary
    from tejarat.io.outputs import FormName
    from tejarat.io.readers import Record
    from tejarat.schema import ArticleFacts


class Format(StrEnum):
    """Forms of output."""

    jsonl = "jsonl"
    parquet = "parquet"
    comtrade = "comtrade"
    table = "table"


class Backend(StrEnum):
    """What runs the model."""

    auto = "auto"
    onnx = "onnx"
    torch = "torch"


class Engine(StrEnum):
    """Where the work is done."""

    local = "local"
    ray = "ray"


#: Articles of the first batch where the result is shown: something is to be seen soon.
FIRST = 4
INTERRUPTED = 130


def extract(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH...",
            help="Text files, folders, globs, *.jsonl or *.csv [.gz, .zst], *.parquet, or - for standard input.",
        ),
    ],
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            help="File to write, or a new folder (a name that ends in /) for a file in parts; without it the "
            "result is shown.",
        ),
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
    engine: Annotated[
        Engine, typer.Option(help="This machine, or a Ray cluster (Parquet input only).")
    ] = Engine.local,
    processes: Annotated[
        int, typer.Option(min=0, help="Processes that share the work; 0 chooses by input and machine.")
    ] = 0,
    restart: Annotated[
        bool, typer.Option("--restart", help="Begin anew, whatever an earlier run has done.")
    ] = False,
    no_text: Annotated[
        bool, typer.Option("--no-text", help="Leave the articles' text out of the output.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar and no summary.")] = False,
    log_json: Annotated[bool, typer.Option("--log-json", help="Tell of the run in JSON lines.")] = False,
) -> None:
    """Extract trade facts from articles.

    A run that was broken off goes on when the same command is given again. Exit codes: 0 all done, 1 some records
    could not be read (the rest is done) or a fault, 2 nothing to extract from or wrong usage, 3 stopped before the
    end (what is done is kept), 130 interrupted (likewise).
    """
    target = None if output is None else Path(output)
    form = form or _form_of(target)
    if form is Format.parquet and target is None:
        raise typer.BadParameter("parquet is written to a file: name it with --output", param_hint="--format")
    from tejarat.batch.engine import Work

    job = None
    if target is not None and output is not None and form is not Format.table and not _is_stream(target):
        job = _job(target, form, no_text, is_folder=output.endswith("/") or target.is_dir())
    work = Work(model, backend.value)
    run = _Run(paths, job, quiet, log_json)
    if engine is Engine.ray and job is None:
        raise EngineError(
            "ray", "name a file or folder with --output, of the form jsonl, parquet or comtrade"
        )
    try:
        if job is None:
            summary = run.stream(work, processes, target, form, with_text=not no_text)
        else:
            summary = run.job(job, work, processes, on_ray=engine is Engine.ray, restart=restart)
    except KeyboardInterrupt:
        say(
            f"interrupted; the same command goes on with what is kept in {job.folder}"
            if job
            else "interrupted"
        )
        raise typer.Exit(INTERRUPTED) from None
    if summary.quarantined:
        raise typer.Exit(FAULT)
    if not summary.articles:
        if not log_json:
            say("nothing to extract from")
        raise typer.Exit(NOTHING)


class _Run:
    """One command: its input, how it tells of it, and what is left out of the input."""

    def __init__(self, paths: list[str], job: Job | None, quiet: bool, as_json: bool) -> None:
        from tejarat.io.sources import Meter, survey

        self.paths = paths
        own = (job.target, job.folder, job.quarantine) if job else ()
        self.leave = frozenset(path.resolve() for path in own)
        self.listing = survey(paths, self.leave) if job else None
        self.meter = Meter(self.listing.bytes if self.listing else 0)
        self.quiet, self.as_json = quiet, as_json

    def job(self, job: Job, work: Any, processes: int, *, on_ray: bool, restart: bool) -> Summary:
        """Writes to a file or folder, in parts."""
        from dataclasses import asdict

        from tejarat.batch.job import Summary
        from tejarat.batch.manifest import terms
        from tejarat.tagger.shipped import shipped_model_path

        job.check()
        with reporter(
            self.meter, shown=not self.quiet, as_json=self.as_json, where=str(job.quarantine)
        ) as told:
            source = self._source(job, work, processes, told, on_ray)
            if source is None:
                return Summary(quarantined=told.told)
            assert self.listing is not None
            engine = "ray" if on_ray else "local"
            settings = {**asdict(job.form), "backend": work.backend, "engine": engine}
            if restart:
                job.forget()
            found = terms(work.model or shipped_model_path(), settings, self.listing.digest)
            summary = job.run(source, found, advance=told.advance)
            if not self.quiet:
                told.end(summary, str(job.target))
        return summary

    def _source(self, job: Job, work: Any, processes: int, told: Reporter, on_ray: bool) -> Source | None:
        """Where the results come from; None where there is no record at all."""
        from dataclasses import replace

        from tejarat.batch.job import Local, Render

        work = replace(work, render=Render(job.form))
        if on_ray:
            from tejarat.batch.ray import Ray

            return Ray.over(self.paths, self.leave, work, processes)
        records = self._records(told)
        first = next(records, None)
        # The first record is read before the model is loaded: with nothing to do the answer comes at once.
        return None if first is None else Local(chain([first], records), work, processes, str(job.folder))

    def _records(self, told: Reporter) -> Iterator[Record]:
        from tejarat.io.readers import read

        for record in read(self.paths, meter=self.meter, leave=self.leave):
            if isinstance(record, NothingToReadError):
                told.show(str(record))
            else:
                yield record

    def stream(
        self, work: Any, processes: int, output: Path | None, form: Format, *, with_text: bool
    ) -> Summary:
        """Shows the result, or writes it to a pipe, as it comes."""
        from tejarat.batch.engine import chunks, run
        from tejarat.batch.job import Summary

        summary = Summary()
        shown = not self.quiet and (output is not None or not sys.stdout.isatty())
        with reporter(self.meter, shown=shown, as_json=self.as_json, where="") as told:
            records = self._records(told)
            first = next(records, None)
            if first is None:
                return summary

            def facts() -> Iterator[ArticleFacts]:
                for _, made in run(work, chunks(chain([first], records), FIRST), processes):
                    errors = [one for one in made if isinstance(one, InputError)]
                    summary.quarantined += len(errors)
                    summary.articles += len(made) - len(errors)
                    told.advance(summary, errors)
                    yield from (one for one in made if not isinstance(one, InputError))

            _write(facts(), output, form, with_text=with_text)
        return summary


def _form_of(output: Path | None) -> Format:
    if output is None:
        return Format.table
    endings = output.suffixes[-2:]
    return (
        Format.parquet
        if endings[-1:] == [".parquet"]
        else Format.comtrade
        if ".csv" in endings
        else Format.jsonl
    )


def _is_stream(output: Path) -> bool:
    """Whether it is a pipe or a device, which is written to in place."""
    return output.exists() and not output.is_file() and not output.is_dir()


def _job(output: Path, form: Format, no_text: bool, *, is_folder: bool) -> Job:
    from tejarat.batch.job import Job
    from tejarat.io.outputs import Form

    return Job(output, Form.of(_name(form), output.name, with_text=not no_text), is_folder)


def _name(form: Format) -> FormName:
    assert form is not Format.table
    return form.value  # type: ignore[return-value]


def _write(facts: Iterator[ArticleFacts], output: Path | None, form: Format, *, with_text: bool) -> None:
    from tejarat.io import writers

    if form is Format.table and output is None:
        writers.table(facts, console(sys.stdout))
    elif form is Format.table and output is not None:
        with writers.atomic(output) as path, path.open("w", encoding="utf-8") as stream:
            writers.table(facts, console(stream))
    else:
        from tejarat.io.outputs import Form

        shape = Form.of(_name(form), output.name if output else "", with_text=with_text)
        if shape.is_parquet:
            assert output is not None
            writers.parquet(facts, output, with_text=with_text)
            return
        out = output.open("wb") if output else sys.stdout.buffer
        out.write(shape.head)
        for one in facts:
            out.writelines(shape.render(one))
            out.flush()
