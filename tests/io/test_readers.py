from __future__ import annotations

import csv
import gzip
import io
import json
import os
import tracemalloc
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tejarat.errors import InputError, NothingToReadError
from tejarat.io.readers import read
from tejarat.schema import Article


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def lines(*records: object) -> str:
    return "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records)


def faults(path: Path) -> list[tuple[int | None, str]]:
    return [(r.line, r.reason) for r in read([path]) if isinstance(r, InputError)]


def stdin(content: str | bytes) -> list[Article | InputError]:
    data = content.encode("utf-8") if isinstance(content, str) else content
    return list(read(["-"], stdin=io.BytesIO(data)))


def test_a_text_file_is_read_exactly(tmp_path: Path) -> None:
    text = "\ufeff ۱. الف\r\n\tب\u200c\u0085 پ\n\n"
    assert list(read([write(tmp_path / "خبر.txt", text)])) == [Article("خبر", text)]


def test_any_other_name_is_one_text_too(tmp_path: Path) -> None:
    assert list(read([write(tmp_path / "news.md", "الف"), write(tmp_path / "plain", "ب")])) == [
        Article("news", "الف"),
        Article("plain", "ب"),
    ]


def test_json_lines(tmp_path: Path) -> None:
    source = "\ufeff" + lines({"id": "a", "text": "الف\u2028ب", "date": "2025-11-12"}) + "\n \n"
    source += lines({"text": "ب", "date": None, "url": "x"}, {"id": 7, "text": "پ"}).rstrip("\n")
    expected = [Article("a", "الف\u2028ب", "2025-11-12"), Article("news:4", "ب"), Article("7", "پ")]
    assert list(read([write(tmp_path / "news.jsonl", source)])) == expected
    packed = write(tmp_path / "news.jsonl.gz", gzip.compress(source.encode("utf-8")))
    assert list(read([packed])) == expected


def test_folders_and_globs_are_sorted_and_files_read_once(tmp_path: Path) -> None:
    write(tmp_path / "b.txt", "ب")
    write(tmp_path / "a" / "z.txt", "ز")
    write(tmp_path / "c.jsonl", lines({"text": "ج"}))
    for ignored in ("x.md", ".hidden.txt", ".git/d.txt"):
        write(tmp_path / ignored, "no")
    everything = ["z", "b", "c:1"]
    assert [r.id for r in read([tmp_path]) if isinstance(r, Article)] == everything
    twice: list[str | Path] = [
        tmp_path / "a" / "z.txt",
        tmp_path,
        str(tmp_path / "*.txt"),
        str(tmp_path / "a" / ".." / "b.txt"),
    ]
    assert [r.id for r in read(twice) if isinstance(r, Article)] == everything
    assert [r.id for r in read([str(tmp_path / "**" / "*.txt")]) if isinstance(r, Article)] == ["z", "b"]


def test_a_name_with_glob_signs_is_a_name_first(tmp_path: Path) -> None:
    assert list(read([write(tmp_path / "a[1].txt", "الف")])) == [Article("a[1]", "الف")]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b"{\n", "broken JSON at column 2"),
        (b'{"text": "a"} x\n', "broken JSON at column 15"),
        (b"[1]\n", "not a list"),
        (b'"a"\n', "not a string"),
        (b"12\n", "not a number"),
        (b'{"id": "a"}\n', "no text: the object has no 'text'"),
        (b'{"text": 3}\n', "'text' is a string, not a number"),
        (b'{"text": ["a"]}\n', "'text' is a string, not a list"),
        (b'{"text": " \\n\\ufeff"}\n', "no text: 'text' is empty"),
        (b'{"text": "a", "id": ["b"]}\n', "'id' is a string"),
        (b'{"text": "a", "id": true}\n', "'id' is a string"),
        (b'{"text": "a", "date": "12/11/2025"}\n', "YYYY-MM-DD"),
        (b'{"text": "a", "date": "2025-02-30"}\n', "YYYY-MM-DD"),
        (b'{"text": "a", "date": 20251112}\n', "YYYY-MM-DD"),
        (b'{"text": "a\\ud800"}\n', "surrogate"),
        (b'{"text": "\xff"}\n', "not UTF-8 at byte 10"),
        (b'{"text": ' + b"[" * 100_000 + b"\n", "JSON that cannot be read"),
        (b'{"text": ' + b"1" * 10_000 + b"}\n", "JSON that cannot be read"),
    ],
)
def test_a_broken_line_is_told_and_the_rest_is_read(tmp_path: Path, record: bytes, reason: str) -> None:
    path = write(tmp_path / "news.jsonl", b'{"text": "a"}\n' + record + b'{"text": "b"}\n')
    first, error, last = read([path])
    assert first == Article("news:1", "a")
    assert last == Article("news:3", "b")
    assert isinstance(error, InputError)
    assert error.line == 2
    assert reason in error.reason
    assert str(error).startswith(f"{path}:2: ")
    assert "\n" not in str(error)


def test_faults_of_whole_files(tmp_path: Path) -> None:
    assert faults(write(tmp_path / "a.txt", "")) == [(None, "no text: the file is empty")]
    assert faults(write(tmp_path / "b.txt", "\ufeff\n ")) == [(None, "no text: the file is empty")]
    assert faults(write(tmp_path / "c.jsonl", "\n\n")) == [(None, "no text: the file is empty")]
    assert faults(write(tmp_path / "d.txt", "الف\nب".encode("cp1256"))) == [(1, "not UTF-8 at byte 0")]
    assert faults(write(tmp_path / "e.txt", b"a\nb\n\xff")) == [(3, "not UTF-8 at byte 4")]
    assert faults(write(tmp_path / "f.jsonl.gz", b"no gzip")) != []
    assert faults(write(tmp_path / "g.jsonl.gz", gzip.compress(b'{"text": "a"}\n' * 99)[:-20])) != []
    assert faults(tmp_path / "none.txt") == [(None, "no such file or directory")]
    assert "*.jsonl" in faults(write(tmp_path / "h.json", "{}"))[0][1]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "a")
    path.chmod(0)
    assert faults(path) == [(None, "permission denied")]


def test_an_empty_place_is_nothing_to_read(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "*.txt"):
        (record,) = read([place])
        assert isinstance(record, NothingToReadError)
    (record,) = stdin("")
    assert isinstance(record, NothingToReadError)


def test_an_id_counts_once(tmp_path: Path) -> None:
    path = write(
        tmp_path / "news.jsonl", lines({"id": "a", "text": "1"}, {"id": "a", "text": "2"}, {"text": "3"})
    )
    write(tmp_path / "x" / "a.txt", "4")
    records = list(read([path, tmp_path / "x"]))
    assert [r.text for r in records if isinstance(r, Article)] == ["1", "3"]
    assert [(r.path, r.line, r.article, r.reason) for r in records if isinstance(r, InputError)] == [
        (str(path), 2, "a", "the id 'a' was read before"),
        (str(tmp_path / "x" / "a.txt"), None, "a", "the id 'a' was read before"),
    ]


def test_standard_input() -> None:
    assert stdin("الف\nب") == [Article("stdin", "الف\nب")]
    assert stdin("\n\ufeff الف") == [Article("stdin", "\n\ufeff الف")]
    assert stdin('\n \n{"text": "a"}\n{"id": "b", "text": "b"}') == [
        Article("stdin:3", "a"),
        Article("b", "b"),
    ]
    assert stdin('\ufeff{"text": "a"}') == [Article("stdin:1", "a")]
    (error,) = stdin(b"\xff")
    assert isinstance(error, InputError)
    (blank,) = stdin(" \n ")
    assert isinstance(blank, InputError)


def test_reading_is_lazy() -> None:
    class Endless(io.BytesIO):
        def __iter__(self) -> Iterator[bytes]:
            for n in range(10**9):
                yield json.dumps({"id": str(n), "text": "a"}).encode() + b"\n"

    records = islice(read(["-"], stdin=Endless()), 3)
    assert [r.id for r in records if isinstance(r, Article)] == ["0", "1", "2"]


def test_memory_does_not_grow_with_the_input() -> None:
    class Long(io.BytesIO):
        count = 0

        def __iter__(self) -> Iterator[bytes]:
            for n in range(self.count):
                yield b'{"id": "%d", "text": "%s"}\n' % (n, b"x" * 2000)

    peaks = []
    for count in (1000, 10_000):
        stream = Long()
        stream.count = count
        tracemalloc.start()
        assert sum(1 for _ in read(["-"], stdin=stream)) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 64 * 9000  # Ids only: the texts are 20 MB.


@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    for record in stdin(data) + stdin(b"{" + data):
        if isinstance(record, Article):
            record.text.encode("utf-8")


@given(st.text(min_size=1))
def test_texts_come_through_unchanged(text: str) -> None:
    if text.replace("\ufeff", "").strip():
        (article,) = stdin(json.dumps({"text": text}))
        assert isinstance(article, Article)
        assert article.text == text


def test_zstd(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl.zst"
    with pa.CompressedOutputStream(path, "zstd") as out:
        out.write(lines({"text": "الف"}, {"text": "ب"}).encode())
    whole = path.read_bytes()
    expected = [Article("news:1", "الف"), Article("news:2", "ب")]
    assert list(read([path])) == expected
    assert list(read([write(path, whole[:-3])]))[-1] not in expected
    more = [r.text for r in read([write(path, whole + whole)]) if isinstance(r, Article)]
    assert more == ["الف", "ب", "الف", "ب"]  # Ids by line: 1, 2, 3, 4.


def test_csv(tmp_path: Path) -> None:
    source = (
        '\ufeffdate,title,text,id\n2025-11-12,x,"الف, ""ب""\r\nپ",a\n\n,,ت,\n,,,c\n1,2\n2025,,ث,e\n,,ج,f\n'
    )
    records = list(read([write(tmp_path / "news.csv", source)]))
    assert [r for r in records if isinstance(r, Article)] == [
        Article("a", 'الف, "ب"\r\nپ', "2025-11-12"),
        Article("news:5", "ت"),
        Article("f", "ج"),
    ]
    assert [(r.line, r.reason.split(":")[0]) for r in records if isinstance(r, InputError)] == [
        (6, "no text"),
        (7, "2 fields where the header has 4"),
        (8, "'date' is a day written YYYY-MM-DD, not '2025'"),
    ]
    bad = b"text\nok\n\xff\nfine\n"
    first, error, last = read([write(tmp_path / "bad.csv", bad)])
    assert [first, last] == [Article("bad:2", "ok"), Article("bad:4", "fine")]
    assert isinstance(error, InputError)
    assert "not UTF-8" in error.reason
    assert list(read([write(tmp_path / "t.tsv", "id\ttext\n1\tالف, ب\n")])) == [Article("1", "الف, ب")]
    assert faults(write(tmp_path / "none.csv", "id,body\n1,2\n")) == [
        (1, "no text: the header has no column 'text'")
    ]
    assert faults(write(tmp_path / "empty.csv", "")) == [(None, "no text: the file is empty")]


@settings(deadline=None)
@given(
    st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
)
def test_csv_texts_come_through_unchanged(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    path = tmp_path_factory.mktemp("csv") / "news.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "text"])
        writer.writerows([f"id{n}", text] for n, text in enumerate(texts))
    found = {r.id: r.text for r in read([path]) if isinstance(r, Article)}
    assert found == {f"id{n}": t for n, t in enumerate(texts) if t.replace("\ufeff", "").strip()}


def test_parquet(tmp_path: Path) -> None:
    rows = {
        "text": ["الف", None, "", "ب"],
        "id": [7, 8, 9, None],
        "date": [date(2025, 11, 12), None, None, None],
        "other": [1, 2, 3, 4],
    }
    pq.write_table(pa.table(rows), tmp_path / "news.parquet", row_group_size=2)
    records = list(read([tmp_path / "news.parquet"]))
    assert [r for r in records if isinstance(r, Article)] == [
        Article("7", "الف", "2025-11-12"),
        Article("news:4", "ب"),
    ]
    assert [(r.line, r.reason) for r in records if isinstance(r, InputError)] == [
        (2, "no text: the object has no 'text'"),
        (3, "no text: 'text' is empty"),
    ]
    pq.write_table(pa.table({"body": ["الف"]}), tmp_path / "none.parquet")
    assert faults(tmp_path / "none.parquet") == [(None, "no text: there is no column 'text'")]
    assert len(faults(write(tmp_path / "bad.parquet", b"no parquet"))) == 1


def test_a_jobs_own_output_is_left_out(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", lines({"text": "1"}))
    own = write(tmp_path / "out.jsonl", lines({"text": "2"}))
    assert [r.text for r in read([tmp_path], leave=frozenset([own.resolve()])) if isinstance(r, Article)] == [
        "1"
    ]
