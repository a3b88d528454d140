from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tejarat.batch import job as jobs
from tejarat.batch.job import Batch, Job, Render
from tejarat.batch.manifest import NAME, Part, Terms
from tejarat.errors import InputError, JobChangedError, JobPlaceError, JobStoppedError, OutputError
from tejarat.io.outputs import Form
from tejarat.schema import ArticleFacts, Relation

TERMS = Terms("1", "model", {}, "listing")


class Broken(Exception):
    """What a test breaks a job off with."""


class Given:
    """Results as they would come from an engine; None is a record that could not be read."""

    def __init__(self, form: Form, made: list[bool], size: int, stop: int | None = None) -> None:
        self.form, self.made, self.size, self.stop = form, made, size, stop
        self.worked_on: list[int] = []

    def batches(self, done: list[Part]) -> Generator[Batch, None, None]:
        start = sum(part.records for part in done)
        for first in range(start, len(self.made), self.size):
            if self.stop is not None and first >= self.stop:
                raise Broken
            numbers = range(first, min(first + self.size, len(self.made)))
            self.worked_on += numbers
            made = [self.one(n) for n in numbers]
            yield Batch(len(made), 10, bytes(numbers), made)

    def one(self, n: int) -> tuple[object, int] | InputError:
        if not self.made[n]:
            return InputError("news.jsonl", n, "no text", f"a{n}")
        return Render(self.form)(ArticleFacts(f"a{n}", None, "متن", (), (Relation("r1", "export"),)))


def content(path: Path) -> dict[str, bytes]:
    return {str(p.relative_to(path)): p.read_bytes() for p in sorted(path.rglob("*")) if p.is_file()}


@settings(max_examples=25, deadline=None)
@example(made=[False] * 4, stops=[1], suffix=".jsonl", is_folder=True)
@given(
    made=st.lists(st.booleans(), min_size=1, max_size=60),
    stops=st.lists(st.integers(0, 60), max_size=4),
    suffix=st.sampled_from([".jsonl", ".jsonl.gz", ".jsonl.zst", ".csv", ".parquet"]),
    is_folder=st.booleans(),
)
def test_a_broken_job_ends_as_an_unbroken_one(
    tmp_path_factory: pytest.TempPathFactory,
    made: list[bool],
    stops: list[int],
    suffix: str,
    is_folder: bool,
) -> None:
    form = Form.of("comtrade" if suffix == ".csv" else "parquet" if suffix == ".parquet" else "jsonl", suffix)
    places = [tmp_path_factory.mktemp("job") for _ in range(2)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "CHUNKS", 2)
        whole, broken = (Job(p / ("out" if is_folder else f"out{suffix}"), form, is_folder) for p in places)
        expected = whole.run(Given(form, made, 3), TERMS)
        worked_on: set[int] = set()
        for stop in [*stops, None]:
            source = Given(form, made, 3, stop)
            try:
                summary = broken.run(source, TERMS)
            except Broken:
                continue
            worked_on.update(source.worked_on)
    assert content(places[0]) == content(places[1])
    assert (summary.articles, summary.quarantined) == (expected.articles, expected.quarantined)
    assert (sum(made), len(made) - sum(made)) == (summary.articles, summary.quarantined)
    assert broken.quarantine.exists() == (not all(made))
    if not is_folder:
        assert not broken.folder.exists()


def test_what_is_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "CHUNKS", 1)
    for form, name in (("parquet", "o.parquet"), ("comtrade", "o.csv"), ("comtrade", "p.parquet")):
        shape = Form.of(form, name)  # type: ignore[arg-type]
        Job(tmp_path / name, shape).run(Given(shape, [True] * 5, 2), TERMS)
    assert pq.read_table(tmp_path / "o.parquet").column("id").to_pylist() == [f"a{n}" for n in range(5)]
    lines = (tmp_path / "o.csv").read_text("utf-8").splitlines()
    assert [line.split(",")[0] for line in lines] == ["articleId", *(f"a{n}" for n in range(5))]
    assert pq.read_table(tmp_path / "p.parquet").num_rows == 5


def test_the_quarantine_tells_id_place_and_reason(tmp_path: Path) -> None:
    form = Form.of("jsonl", "o.jsonl")
    Job(tmp_path / "o.jsonl", form).run(Given(form, [True, False, True], 2), TERMS)
    (line,) = (tmp_path / "o.quarantine.jsonl").read_text().splitlines()
    assert json.loads(line) == {"id": "a1", "file": "news.jsonl", "line": 1, "reason": "no text"}
    Job(tmp_path / "o.jsonl", form).run(Given(form, [True], 2), TERMS)
    assert not (tmp_path / "o.quarantine.jsonl").exists()


def test_a_done_folder_is_not_done_again(tmp_path: Path) -> None:
    form = Form.of("jsonl", "out")
    job = Job(tmp_path / "out", form, is_folder=True)
    job.run(Given(form, [True] * 5, 2), TERMS)
    again = Given(form, [True] * 5, 2)
    assert job.run(again, TERMS).resumed == 5
    assert not again.worked_on
    with pytest.raises(JobChangedError, match="another model"):
        job.run(again, Terms("1", "other", {}, "listing"))
    job.forget()
    assert job.run(again, Terms("1", "other", {}, "listing")).resumed == 0


def test_a_damaged_part_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "CHUNKS", 1)
    form = Form.of("jsonl", "o.jsonl")
    job = Job(tmp_path / "o.jsonl", form)
    with pytest.raises(Broken):
        job.run(Given(form, [True] * 9, 2, stop=5), TERMS)
    first = job.part(0)
    data = first.read_bytes()
    first.write_bytes(data[:-1])
    with pytest.raises(JobPlaceError, match="missing or damaged"):
        job.run(Given(form, [True] * 9, 2), TERMS)
    first.write_bytes(b"X" + data[1:])
    with pytest.raises(JobPlaceError, match="is damaged"):
        job.run(Given(form, [True] * 9, 2), TERMS)
    first.write_bytes(data)
    assert job.run(Given(form, [True] * 9, 2), TERMS).articles == 9


def test_places_that_cannot_be_written(tmp_path: Path) -> None:
    form = Form.of("jsonl", "o.jsonl")
    with pytest.raises(OutputError, match="no such folder"):
        Job(tmp_path / "no" / "o.jsonl", form).check()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").write_text("")
    with pytest.raises(OutputError, match="something else"):
        Job(tmp_path / "full", form, is_folder=True).check()


def test_a_full_disk_stops_with_a_line(tmp_path: Path) -> None:
    """``/dev/full`` fails as a full disk does."""
    form = Form.of("jsonl", "o.jsonl")
    job = Job(tmp_path / "o.jsonl", form)
    job.folder.mkdir()
    (job.folder / f".{job.part(0).name}.tmp").symlink_to("/dev/full")
    with pytest.raises(JobStoppedError, match="no space left on device"):
        job.run(Given(form, [True] * 9, 2), TERMS)
    assert not (job.folder / NAME).exists()
    assert job.run(Given(form, [True] * 9, 2), TERMS).articles == 9
