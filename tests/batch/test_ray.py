from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import SENTENCES
from typer.testing import CliRunner

from tejarat.batch import ray as batch_ray
from tejarat.cli import app

ray = pytest.importorskip("ray")


@pytest.fixture(scope="module")
def cluster() -> Iterator[None]:
    """A Ray of this machine, with room for two actors beside the reading."""
    os.environ.setdefault(
        "RAY_worker_niceness", "0"
    )  # Ray's own is 15: on a busy machine it would not get on.
    ray.init(num_cpus=3, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    # Or the first actor to come up would have had a small input before the second is there.
    ray.data.DataContext.get_current().wait_for_min_actors_s = 120
    yield
    ray.shutdown()


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "news"
    folder.mkdir()
    for part in range(3):
        texts = [f"{SENTENCES[n % 4]} {SENTENCES[(n * part) % 4]}" for n in range(40)]
        ids = [None if n == 7 else f"a{part}-{n}" for n in range(40)]
        if part == 1:
            texts[3], ids[5] = " ", "a0-5"  # No text; an id that was read before.
        table = pa.table({"id": ids, "text": texts, "title": ["x"] * 40})
        pq.write_table(table, folder / f"{part}.parquet", row_group_size=9)
    return folder


def extract(*args: object) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["extract", *map(str, args)], catch_exceptions=False)
    return done.exit_code, done.stderr


@pytest.fixture
def workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which each process that holds an extractor leaves a line for every batch that it worked on."""
    folder = tmp_path / "workers"
    folder.mkdir()

    class Signing(batch_ray.ExtractRows):
        def __call__(self, table: pa.Table) -> pa.Table:
            with (folder / str(os.getpid())).open("a") as stream:
                stream.write(f"{len(table)}\n")
            return super().__call__(table)

    monkeypatch.setattr(batch_ray, "ExtractRows", Signing)
    monkeypatch.setattr(batch_ray, "RECORDS", 8)
    return folder


def test_the_same_rows_as_on_one_machine(
    cluster: None, workers: Path, archive: Path, tmp_path: Path, tiny_model: Path
) -> None:
    for engine in ("local", "ray"):
        told = extract(
            archive, "-o", tmp_path / f"{engine}.jsonl", "--model", tiny_model, "--engine", engine,
            "--processes", 2, "--quiet",
        )  # fmt: skip
        assert told[0] == 1
    local, over_ray = (
        [json.loads(line) for line in (tmp_path / f"{e}.jsonl").read_text("utf-8").splitlines()]
        for e in ("local", "ray")
    )
    assert len(local) == 118
    assert over_ray == local
    bad = [(tmp_path / f"{e}.quarantine.jsonl").read_text("utf-8") for e in ("local", "ray")]
    assert bad[0] == bad[1]
    assert len(bad[0].splitlines()) == 2
    done = [sum(map(int, path.read_text().split())) for path in workers.iterdir()]
    assert sum(done) == 120
    assert len(done) == 2, "one actor did all the work"


def test_other_input_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "a"}\n')
    code, told = extract(tmp_path / "a.jsonl", "-o", tmp_path / "o.jsonl", "--engine", "ray")
    assert code == 1
    assert "the local engine reads it" in told
    code, told = extract(tmp_path / "a.jsonl", "--engine", "ray")
    assert (code, "--output" in told) == (1, True)
