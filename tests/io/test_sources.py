from __future__ import annotations

import gzip
import os
from pathlib import Path

import pyarrow as pa
import pytest

from tejarat.io.sources import Meter, files, kind, opened, survey


def tree(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)


def test_folders_are_walked_in_the_order_of_names(tmp_path: Path) -> None:
    tree(
        tmp_path,
        "b.txt",
        "a/z.jsonl.zst",
        "a/b/c.csv",
        "a.txt",
        "c.parquet",
        ".hidden/a.txt",
        "d.dat",
        "e.tsv.gz",
    )
    found = [str(p.relative_to(tmp_path)) for p in files(tmp_path) if isinstance(p, Path)]
    assert found == ["a/b/c.csv", "a/z.jsonl.zst", "a.txt", "b.txt", "c.parquet", "e.tsv.gz"]
    left = frozenset([(tmp_path / "a").resolve(), (tmp_path / "b.txt").resolve()])
    assert [p.name for p in files(tmp_path, left) if isinstance(p, Path)] == [
        "a.txt",
        "c.parquet",
        "e.tsv.gz",
    ]
    assert [p.name for p in files(str(tmp_path / "*.txt"), left) if isinstance(p, Path)] == ["a.txt"]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.txt", ""),
        ("a.jsonl", ".jsonl"),
        ("a.csv.gz", ".csv"),
        ("a.ndjson.zst", ".ndjson"),
        ("a.b.parquet", ".parquet"),
    ],
)
def test_kinds(name: str, form: str) -> None:
    assert kind(Path(name)) == form


def test_a_survey_knows_names_and_sizes(tmp_path: Path) -> None:
    tree(tmp_path, "a.txt", "b.txt")
    first = survey([tmp_path])
    assert (first.files, first.bytes) == (2, 10)
    os.utime(tmp_path / "a.txt", (1, 1))
    assert survey([tmp_path]) == first
    (tmp_path / "a.txt").write_text("longer")
    second = survey([tmp_path])
    (tmp_path / "a.txt").rename(tmp_path / "c.txt")
    assert len({first.digest, second.digest, survey([tmp_path]).digest}) == 3


def test_a_meter_counts_bytes_on_disk(tmp_path: Path) -> None:
    data = os.urandom(400_000)
    (tmp_path / "a").write_bytes(data)
    (tmp_path / "b.gz").write_bytes(gzip.compress(data))
    with pa.CompressedOutputStream(tmp_path / "c.zst", "zstd") as out:
        out.write(data)
    meter = Meter(survey([tmp_path / "a", tmp_path / "b.gz", tmp_path / "c.zst"]).bytes)
    before = 0
    for name in ("a", "b.gz", "c.zst"):
        with opened(tmp_path / name, meter) as stream:
            assert stream.read(1000) == data[:1000]
            assert before < meter.done < meter.total
            assert stream.read() == data[1000:]
        before += (tmp_path / name).stat().st_size
        assert meter.done == before
    assert meter.done == meter.total
