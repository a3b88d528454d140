"""The same work over Ray Data: rows of Parquet files go through actors that hold the model each.

:func:`extract_dataset` is for one's own Ray job (``docs/scale.md``); :class:`Ray` is what ``--engine ray`` gives to a
job of :mod:`tejarat.batch.job`, so that parts, resuming and quarantine are the same as on one machine.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tejarat.batch.engine import RECORDS, Work
from tejarat.batch.manifest import Part
from tejarat.errors import EngineError, InputError, JobChangedError, MissingExtraError
from tejarat.io.readers import article_of, check, read, row_of
from tejarat.io.seen import SeenKeys
from tejarat.io.sources import PARQUET, files
from tejarat.schema import Article, ArticleFacts

if TYPE_CHECKING:
    import pyarrow as pa

    from tejarat.batch.job import Batch, Render

COLUMNS = ("id", "date", "text")


class ExtractRows:
    """What an actor runs: rows with ``text`` (and ``id``, ``date``, ``path``) in, one row each out, in order.

    Out: ``path``, ``id`` (null where none was given), ``facts`` (the published form as JSON, null where the row
    could not be read), ``fault`` (why).
    """

    def __init__(self, work: Work, with_text: bool = True) -> None:
        self._extract = replace(work, render=None).start()
        self.with_text = with_text

    def __call__(self, table: pa.Table) -> pa.Table:
        import pyarrow as pa

        rows = table.to_pylist()
        records = [_record(row) for row in rows]
        made = self._extract(records)
        return pa.table(
            {
                "path": pa.array([row.get("path") for row in rows], pa.string()),
                "id": pa.array([_given(row) for row in rows], pa.string()),
                "facts": pa.array([self._json(one) for one in made], pa.string()),
                "fault": pa.array(
                    [one.reason if isinstance(one, InputError) else None for one in made], pa.string()
                ),
            }
        )

    def _json(self, made: ArticleFacts | InputError) -> str | None:
        if isinstance(made, InputError):
            return None
        return json.dumps(made.to_dict(with_text=self.with_text), ensure_ascii=False, allow_nan=False)


def _given(row: dict[str, Any]) -> str | None:
    name = row.get("id")
    return None if name is None or name == "" else str(name)


def _record(row: dict[str, Any]) -> Article | InputError:
    """A row as a record; its default id is not known here, where nobody knows the row's number."""
    try:
        return check(article_of(row_of(row), "-"), "", 0, SeenKeys(0))
    except ValueError as error:
        return InputError("", None, str(error))


def extract_dataset(
    dataset: Any,
    work: Work | None = None,
    *,
    actors: int | tuple[int, int] = 1,
    gpus: float = 0,
    with_text: bool = True,
) -> Any:
    """A Ray dataset of rows with ``text`` to one as :class:`ExtractRows` gives it.

    Args:
        dataset: a ``ray.data.Dataset``.
        work: the model and backend; the shipped model if None.
        actors: how many hold the model, or the least and the most of them; each takes one core.
        gpus: GPUs of each actor, for the torch backend.
        with_text: whether the articles' text is in the published form.
    """
    data = _ray().data
    size = actors if isinstance(actors, tuple) else (actors, actors)
    # Ray makes one block of small files whatever number it is asked for, and one actor would have all of it.
    return dataset.repartition(target_num_rows_per_block=RECORDS).map_batches(
        ExtractRows,
        fn_constructor_args=(replace(work or Work(), threads=1), with_text),
        batch_size=RECORDS,
        batch_format="pyarrow",
        compute=data.ActorPoolStrategy(min_size=size[0], max_size=size[1]),
        num_cpus=1,
        num_gpus=gpus or None,
    )


@dataclass(slots=True)
class Ray:
    """A source of a job: see :class:`tejarat.batch.job.Source`."""

    paths: list[Path]
    work: Work
    actors: int

    @classmethod
    def over(cls, paths: Sequence[str | Path], leave: frozenset[Path], work: Work, actors: int) -> Ray:
        """The Parquet files that the paths name.

        Raises:
            EngineError: a file is none, or there is none.
            MissingExtraError: Ray is not installed.
        """
        _ray()
        found: list[Path] = []
        for named in paths:
            for path in files(named, leave):
                if isinstance(path, InputError):
                    raise EngineError("ray", str(path))
                if path.suffix != PARQUET:
                    raise EngineError("ray", f"{path} is no *.parquet; the local engine reads it")
                if not path.is_file():
                    raise EngineError("ray", f"{path}: no such file")
                found.append(path)
        return cls(list({path.resolve(): path for path in reversed(found)}.values())[::-1], work, actors)

    def batches(self, done: list[Part]) -> Generator[Batch, None, None]:
        """Batches in the order of the files and their rows. Only the driver sees whether an id comes twice."""
        from tejarat.batch.job import Batch

        ids = SeenKeys()
        skipped = sum(part.records for part in done)
        if sum(1 for _ in islice(read(self.paths, ids=ids), skipped)) != skipped:
            raise JobChangedError(str(self.paths[0]), ["input"])
        rows = self._rows(skipped)
        render: Render = self.work.render  # type: ignore[assignment]
        while group := list(islice(rows, RECORDS)):
            made = [_made(row, ids) for row in group]
            rendered = [one if isinstance(one, InputError) else render(one) for one in made]
            yield Batch(len(made), sum(len(row[2] or "") for row in group), b"", rendered)

    def _rows(self, skipped: int) -> Iterator[tuple[Path, int, str | None, str | None, str | None]]:
        """Path, row number, facts, fault and given id of each row behind the skipped ones."""
        import pyarrow.parquet as pq

        ray = _ray()
        if not ray.is_initialized():
            ray.init(include_dashboard=False, log_to_driver=False, logging_level="ERROR")
        context = ray.data.DataContext.get_current()
        context.execution_options.preserve_order = True
        context.enable_progress_bars = False
        left = list(self.paths)
        while left and (size := pq.read_metadata(left[0]).num_rows) <= skipped:
            skipped -= size
            left.pop(0)
        if not left:
            return
        known = pq.read_schema(left[0]).names
        dataset = ray.data.read_parquet(
            [str(path.resolve()) for path in left],
            include_paths=True,
        ).select_columns([*(name for name in COLUMNS if name in known), "path"])
        form = self.work.render.form  # type: ignore[union-attr]
        out = extract_dataset(
            dataset,
            self.work,
            actors=self.actors or _cpus(ray),
            with_text=form.with_text and form.name != "comtrade",
        )
        named = {str(path.resolve()): path for path in left}
        number, current = 0, ""
        for batch in out.iter_batches(batch_size=RECORDS, batch_format="pyarrow"):
            for row in batch.to_pylist():
                number = number + 1 if row["path"] == current else 1
                current = row["path"]
                if skipped:
                    skipped -= 1
                else:
                    yield named[current], number, row["facts"], row["fault"], row["id"]


def _made(
    row: tuple[Path, int, str | None, str | None, str | None], ids: SeenKeys
) -> ArticleFacts | InputError:
    path, number, told, fault, given = row
    if told is None:
        return InputError(str(path), number, fault or "", given)
    name = given or f"{path.stem}:{number}"
    if ids.add(name):
        return InputError(str(path), number, f"the id {name!r} was read before", name)
    return replace(ArticleFacts.from_dict(json.loads(told)), id=name)


def _cpus(ray: Any) -> int:
    return max(1, int(ray.cluster_resources().get("CPU", 1)) - 1)  # One is left to the reading.


def _ray() -> Any:
    try:
        import ray
        import ray.data
    except ImportError:
        raise MissingExtraError("the engine ray", "ray", "ray[data]") from None
    return ray
