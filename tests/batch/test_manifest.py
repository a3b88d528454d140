from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tejarat.batch.manifest import NAME, Manifest, Part, Terms, folder_digest, quarantine_line
from tejarat.errors import InputError, JobChangedError, JobPlaceError

TERMS = Terms("1", "model", {"form": "jsonl"}, "listing")
LINES = st.lists(st.dictionaries(st.sampled_from(["id", "reason"]), st.text(), min_size=1), max_size=3)


def part(number: int) -> Part:
    return Part(number, 8, 7, 3, 1, "r", 100, "d")


@settings(deadline=None)
@given(counts=st.lists(LINES, max_size=6), cut=st.integers(0, 10_000))
def test_a_manifest_cut_anywhere_keeps_its_whole_lines(
    tmp_path_factory: pytest.TempPathFactory, counts: list[list[dict[str, Any]]], cut: int
) -> None:
    folder = tmp_path_factory.mktemp("job")
    manifest = Manifest.open(folder, TERMS)
    for number, quarantine in enumerate(counts):
        manifest.add(part(number), quarantine)
    manifest.close()
    whole = (folder / NAME).read_bytes()
    cut %= len(whole) + 1
    (folder / NAME).write_bytes(whole[:cut])
    kept = whole[:cut].count(b"\n") - 1
    again = Manifest.open(folder, TERMS)
    assert again.parts == [part(n) for n in range(max(kept, 0))]
    assert list(again.quarantine()) == [line for lines in counts[: max(kept, 0)] for line in lines]
    again.add(part(len(again.parts)), [])
    again.close()
    assert (folder / NAME).read_bytes().startswith(whole[:cut].rpartition(b"\n")[0])
    last = Manifest.open(folder, TERMS)
    assert last.parts == again.parts
    last.close()


@pytest.mark.parametrize("field", Terms.__slots__)
def test_other_terms_are_refused_by_name(tmp_path: Path, field: str) -> None:
    Manifest.open(tmp_path, TERMS).close()
    before = (tmp_path / NAME).read_bytes()
    with pytest.raises(JobChangedError, match=f"another {field};.*--restart"):
        Manifest.open(
            tmp_path, replace(TERMS, **{field: {"form": "parquet"} if field == "settings" else "x"})
        )
    assert (tmp_path / NAME).read_bytes() == before


def test_one_process_at_a_time(tmp_path: Path) -> None:
    first = Manifest.open(tmp_path, TERMS)
    with pytest.raises(JobPlaceError, match="another process"):
        Manifest.open(tmp_path, TERMS)
    first.close()
    Manifest.open(tmp_path, TERMS).close()


def test_another_file_is_no_manifest(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text('{"a": 1}\n')
    with pytest.raises(JobPlaceError, match="no manifest"):
        Manifest.open(tmp_path, TERMS)
    assert (tmp_path / NAME).read_text() == '{"a": 1}\n'


def test_a_digest_knows_names_and_contents_and_leaves_papers_out(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    first = folder_digest(tmp_path)
    (tmp_path / "README.md").write_text("paper")
    assert folder_digest(tmp_path) == first
    (tmp_path / "a").write_text("2")
    second = folder_digest(tmp_path)
    (tmp_path / "a").rename(tmp_path / "b")
    assert len({first, second, folder_digest(tmp_path)}) == 3


def test_a_quarantine_line() -> None:
    line = quarantine_line(InputError("news.jsonl", 3, "no text", "a"))
    assert line == {"id": "a", "file": "news.jsonl", "line": 3, "reason": "no text"}
