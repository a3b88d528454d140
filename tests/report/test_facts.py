from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from statements import article, statement

from tejarat.errors import InputError
from tejarat.io import writers
from tejarat.report.facts import read_facts
from tejarat.schema import ArticleFacts, Entity, Money

SPAN = Entity("e1", 0, 7, "MONEY", "5 دلار!", 0.5, Money(5, "USD"))
FACTS = article("a", statement(1, usd=5, entity="e1", year=2024), text="5 دلار!", spans=(SPAN,))
BARE = article("b", text="x", spans=(Entity("e1", 0, 1, "RANK", "x"),))


def test_what_was_written_is_read_back_from_every_form(tmp_path: Path) -> None:
    writers.jsonl([FACTS, BARE], tmp_path / "f.jsonl")
    (tmp_path / "f.jsonl.gz").write_bytes(gzip.compress((tmp_path / "f.jsonl").read_bytes()))
    writers.parquet([FACTS, BARE], tmp_path / "f.parquet")
    for name in ("f.jsonl", "f.jsonl.gz", "f.parquet"):
        found = list(read_facts(tmp_path / name))
        assert [f.to_dict() for f in found if isinstance(f, ArticleFacts)] == [
            FACTS.to_dict(),
            BARE.to_dict(),
        ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "no JSON"),
        ("[]", "no article's facts"),
        ('{"id": "x"}', "lacks 'entities'"),
        (json.dumps(FACTS.to_dict() | {"text": "short"}), "not within the text"),
        (json.dumps(FACTS.to_dict()).replace("5.0", "NaN"), "NaN is no number"),
        ('{"id": "x", "entities": 3, "relations": []}', "no article's facts"),
    ],
)
def test_a_bad_line_is_told_and_the_rest_is_read(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "f.jsonl"
    path.write_text(line + "\n\n" + json.dumps(BARE.to_dict()), encoding="utf-8")
    bad, good = read_facts(path)
    assert isinstance(bad, InputError)
    assert bad.line == 1
    assert reason in bad.reason
    assert isinstance(good, ArticleFacts)


@pytest.mark.parametrize("name", ["absent.jsonl", "absent.parquet", "broken.parquet", "broken.jsonl.gz"])
def test_a_file_that_cannot_be_read_is_one_error(tmp_path: Path, name: str) -> None:
    if name.startswith("broken"):
        (tmp_path / name).write_bytes(b"no such thing")
    (error,) = read_facts(tmp_path / name)
    assert isinstance(error, InputError)
    assert error.path.endswith(name)
