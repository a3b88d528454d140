from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from tejarat.errors import OutputError
from tejarat.io import writers
from tejarat.schema import (
    Area,
    ArticleFacts,
    Commodity,
    Country,
    Entity,
    Evidence,
    Filler,
    Money,
    Percent,
    Period,
    Product,
    Quantity,
    Rank,
    Relation,
)

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "output.schema.json").read_text("utf-8"))
TEXT = "صادرات پسته به عراق با 12 درصد رشد 3 تا 4 میلیون دلار بود؛ رتبه سوم"
FULL = ArticleFacts(
    "الف",
    "2025-11-12",
    TEXT,
    (
        Entity("e1", 7, 11, "PRODUCT", "پسته", 0.91234567, Product("پسته", "08")),
        Entity("e2", 15, 19, "COUNTRY", "عراق", 1.0, Country("IQ", "عراق")),
        Entity("e3", 23, 30, "PERCENT", "12 درصد", 0.5, Percent(12.0)),
        Entity("e4", 35, 55, "MONEY", "3 تا 4 میلیون دلار", 0.9, Money(3e6, "USD", 4e6)),
        Entity("e5", 61, 69, "RANK", "رتبه سوم", 0.9, None),
    ),
    (
        Relation(
            "r1",
            "export",
            (Area("IR-26", "قزوین"),),
            (Area("IQ", "عراق", "e2"), Area("EAEU", "EAEU")),
            (Commodity("پسته", "e1", "08"), Commodity("خرما", None)),
            Filler(Money(3e6, "USD", 4e6), "e4"),
            Quantity(2300.5, "t", None, 3, 9),
            Filler(Percent(3.25), None),
            Filler(Percent(-12.0, -10.0), "e3"),
            Filler(Rank(1, 3), "e5"),
            "world",
            Period("2024-03-20", "2025-03-20", "سال قبل"),
            "target",
            Evidence(0, 60),
            0.87654321,
        ),
        Relation("r2", "trade"),
    ),
)
BARE = ArticleFacts("b", None, "هیچ")


def pruned(data: Any) -> Any:
    """Without what is null, since a Parquet struct has all its fields."""
    if isinstance(data, dict):
        return {k: pruned(v) for k, v in data.items() if v is not None}
    return [pruned(v) for v in data] if isinstance(data, list) else data


@pytest.mark.parametrize("with_text", [True, False])
def test_jsonl(tmp_path: Path, with_text: bool) -> None:
    path = tmp_path / "out.jsonl"
    assert writers.jsonl([FULL, BARE], path, with_text=with_text) == 2
    data = [json.loads(line) for line in path.read_bytes().decode("utf-8").rstrip("\n").split("\n")]
    assert data == [f.to_dict(with_text=with_text) for f in (FULL, BARE)]
    for one in data:
        jsonschema.Draft202012Validator(SCHEMA).validate(one)
    assert [p.name for p in tmp_path.iterdir()] == ["out.jsonl"]
    stream = io.StringIO()
    writers.jsonl([FULL, BARE], stream, with_text=with_text)
    assert stream.getvalue() == path.read_text("utf-8")


def test_json_comes_back_as_the_same_facts(tmp_path: Path) -> None:
    stream = io.StringIO()
    writers.jsonl([FULL], stream)
    assert ArticleFacts.from_dict(json.loads(stream.getvalue())).to_dict() == FULL.to_dict()


def test_the_schema_refuses_what_is_wrong() -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    for path, value in (
        (("relations", 0, "flow"), "transit"),
        (("entities", 0, "start"), -1),
        (("date",), 3),
    ):
        data: Any = json.loads(json.dumps(FULL.to_dict()))
        place = data
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        assert not validator.is_valid(data)


@pytest.mark.parametrize("with_text", [True, False])
def test_parquet(tmp_path: Path, with_text: bool) -> None:
    path = tmp_path / "out.parquet"
    assert writers.parquet([FULL, BARE], path, with_text=with_text) == 2
    rows = pq.read_table(path).to_pylist()
    assert pruned(rows) == [pruned(f.to_dict(with_text=with_text)) for f in (FULL, BARE)]
    assert pq.read_schema(path).metadata[b"tejarat.output"] == b"1"
    assert [p.name for p in tmp_path.iterdir()] == ["out.parquet"]


def test_parquet_of_nothing_has_its_columns(tmp_path: Path) -> None:
    assert writers.parquet([], tmp_path / "out.parquet") == 0
    assert pq.read_table(tmp_path / "out.parquet").column_names == [
        "id",
        "date",
        "text",
        "entities",
        "relations",
    ]


def test_parquet_writes_row_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers, "ROWS", 2)
    writers.parquet([BARE] * 5, tmp_path / "out.parquet")
    assert pq.ParquetFile(tmp_path / "out.parquet").num_row_groups == 3


def breaking() -> Iterator[ArticleFacts]:
    yield FULL
    raise RuntimeError


@pytest.mark.parametrize("write", [writers.jsonl, writers.parquet])
def test_a_half_written_file_is_never_left(tmp_path: Path, write: Any) -> None:
    path = tmp_path / "out"
    path.write_text("old")
    with pytest.raises(RuntimeError):
        write(breaking(), path)
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("write", [writers.jsonl, writers.parquet])
def test_a_place_that_cannot_be_written(tmp_path: Path, write: Any) -> None:
    with pytest.raises(OutputError, match="no such folder"):
        write([FULL], tmp_path / "none" / "out")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match="cannot write"):
        write([FULL], tmp_path / "folder")


def test_an_error_of_reading_is_not_blamed_on_the_output(tmp_path: Path) -> None:
    def facts() -> Iterator[ArticleFacts]:
        (tmp_path / "missing model").read_bytes()
        yield FULL

    with pytest.raises(FileNotFoundError, match="missing model"):
        writers.jsonl(facts(), tmp_path / "out")


def test_a_link_keeps_pointing_at_its_file(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    writers.jsonl([BARE], tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert json.loads((tmp_path / "real").read_text())["id"] == "b"


def test_the_table_shows_every_slot_and_isolates_persian() -> None:
    stream = io.StringIO()
    assert writers.table([FULL, BARE], Console(file=stream, width=250)) == 2
    shown = stream.getvalue()
    for text in (
        "\u2068الف\u2069 · 2025-11-12", "export", "\u2068قزوین\u2069 IR-26", "\u2068عراق\u2069 IQ, EAEU",
        "\u2068پسته\u2069, \u2068خرما\u2069", "3,000,000–4,000,000 USD", "2,300.5 t", "3.25%", "-12–-10%",
        "1–3 (world)", "2024-03-20 … 2025-03-20", "target", "0.88", "trade", "no trade statement",
    ):  # fmt: skip
        assert text in shown


def test_empty_columns_are_left_out() -> None:
    stream = io.StringIO()
    writers.table(
        [ArticleFacts("a", None, "", (), (Relation("r1", "trade"),))], Console(file=stream, width=80)
    )
    assert "flow" in stream.getvalue()
    assert "quantity" not in stream.getvalue()


@pytest.mark.parametrize("width", [60, 80, 109, 110, 150, 250])
def test_every_line_of_a_table_closes_the_isolates_it_opens(width: int) -> None:
    names = ("سیب زمینی فرآوری شده", "میله آهنی", "شیر خشک", "مواد شوینده")
    relation = replace(FULL.relations[0], products=tuple(Commodity(name, None) for name in names))
    stream = io.StringIO()
    writers.table([replace(FULL, relations=(relation,))], Console(file=stream, width=width))
    shown = stream.getvalue()
    for line in shown.split("\n"):
        assert line.count("\u2068") == line.count("\u2069")
    if width < 80:
        return  # there numbers have to be folded
    words = {word.strip("\u2068\u2069,") for word in shown.split()}
    assert {"3,000,000–4,000,000", "2,300.5", "2024-03-20", "2025-03-20", "0.88"} <= words


@pytest.mark.parametrize(
    ("text", "isolated"),
    [
        ("export", "export"),
        ("قزوین IR-26", "[قزوین] IR-26"),
        ("شیر خشک, خرما", "[شیر خشک], [خرما]"),
        ("طلای 18 عیار 5", "[طلای 18 عیار] 5"),
        ("a م b", "a [م] b"),
    ],
)
def test_runs_of_persian_words_are_isolated(text: str, isolated: str) -> None:
    assert writers.isolate(text) == isolated.replace("[", "\u2068").replace("]", "\u2069")
