from __future__ import annotations

from pathlib import Path

import pytest

from tejarat.corpus.dataset import digest, load_splits, spans
from tejarat.corpus.splits import save_splits_file
from tejarat.errors import CorpusError

ARTICLE = """# tejarat article 1
id: {id}
date: 2025-11-12
kind: {kind}
---
{{p1:پسته}} به {{c:عراق}} رفت، شماره {id}.
---
{relation}"""


def write(folder: Path, count: int, *, prefix: str = "a", kind: str = "trade") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    relation = "export IR -> IQ; products p1\n" if kind == "trade" else ""
    for i in range(count):
        name = f"{prefix}-{i:02}"
        (folder / f"{name}.txt").write_text(ARTICLE.format(id=name, kind=kind, relation=relation), "utf-8")


def test_rows_hold_text_and_spans(tmp_path: Path) -> None:
    write(tmp_path / "articles", 20)
    data = load_splits(tmp_path / "articles")
    assert {name: len(split) for name, split in data.items()} == {"train": 16, "dev": 2, "test": 2}
    row = data["train"][0]
    assert row["date"] == "2025-11-12"
    assert [(row["text"][s:e], label) for s, e, label in spans(row)] == [
        ("پسته", "PRODUCT"),
        ("عراق", "COUNTRY"),
    ]


def test_the_splits_file_holds(tmp_path: Path) -> None:
    write(tmp_path / "articles", 3)
    save_splits_file(tmp_path / "splits.json", {"a-00": "test", "a-01": "dev", "a-02": "train"})
    data = load_splits(tmp_path / "articles")
    assert [data[s]["id"] for s in ("train", "dev", "test")] == [["a-02"], ["a-01"], ["a-00"]]


def test_splits_are_written_where_asked_for_and_stay(tmp_path: Path) -> None:
    write(tmp_path / "articles", 10)
    load_splits(tmp_path / "articles")
    assert not (tmp_path / "splits.json").exists()
    first = load_splits(tmp_path / "articles", write_splits=True)
    write(tmp_path / "articles", 30, prefix="b")
    later = load_splits(tmp_path / "articles", seed=5, write_splits=True)
    assert all(set(first[s]["id"]) <= set(later[s]["id"]) for s in ("train", "dev", "test"))
    assert {s: len(later[s]) for s in later} == {"train": 32, "dev": 4, "test": 4}


def test_extra_folders_train_only(tmp_path: Path) -> None:
    write(tmp_path / "articles", 10)
    write(tmp_path / "more", 4, prefix="x", kind="negative")
    data = load_splits(tmp_path / "articles", extra=[tmp_path / "more"])
    assert {i for i in data["train"]["id"] if i.startswith("x")} == {"x-00", "x-01", "x-02", "x-03"}
    assert not any(i.startswith("x") for s in ("dev", "test") for i in data[s]["id"])


def test_a_broken_article_is_skipped_with_its_line(tmp_path: Path) -> None:
    write(tmp_path / "articles", 2)
    (tmp_path / "articles" / "b.txt").write_text("# tejarat article 1\nid: b\n", "utf-8")
    with pytest.warns(UserWarning, match=r"b\.txt:3"):
        data = load_splits(tmp_path / "articles")
    assert sum(map(len, data.values())) == 2


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no article"):
        load_splits(tmp_path)


def test_one_id_in_two_files_is_an_error(tmp_path: Path) -> None:
    write(tmp_path / "articles" / "one", 1)
    write(tmp_path / "articles" / "two", 1)
    with pytest.raises(CorpusError, match="share an id"):
        load_splits(tmp_path / "articles")


def test_the_digest_knows_content_and_no_order() -> None:
    one = {"id": "1", "date": None, "text": "پسته", "entities": [{"start": 0, "end": 4, "label": "PRODUCT"}]}
    two = {"id": "2", "date": None, "text": "خرما", "entities": []}
    assert digest([one, two]) == digest([two, one])
    assert digest([one]) != digest([{**one, "entities": []}])
