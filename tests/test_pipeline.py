from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
import spacy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language

from tejarat import pipeline
from tejarat.doc import set_entities
from tejarat.errors import ModelError
from tejarat.schema import Article, Entity, Label
from tejarat.text.words import at_edges

SCHEMA = json.loads((Path(__file__).parents[1] / "docs" / "output.schema.json").read_text("utf-8"))
ARTICLES = [
    Article("a", "۲۱ آبان ۱۴۰۴\nصادرات پسته ایران به عراق با ۱۲ درصد رشد به 3.5 میلیون دلار رسید."),
    Article("b", "رتبه چهارم واردات گندم از روسیه؛ ارزش آن ۲۰۰ هزار یورو بود «به گفته گمرک».", "2024-01-01"),
    Article("c", ""),
    Article("d", "قيمت هر كيلو شكر در بازار تهران 57/3 هزار تومان اعلام شد. " * 30),
]


@pytest.fixture(scope="module")
def nlp(tiny_model: Path) -> Language:
    return pipeline.load(tiny_model)


def test_the_stations_stand_in_order(nlp: Language) -> None:
    assert tuple(nlp.pipe_names) == pipeline.STATIONS


def test_facts_come_in_order_with_id_and_date(nlp: Language) -> None:
    found = list(pipeline.extract(nlp, ARTICLES))
    assert [(f.id, f.date, f.text) for f in found] == [
        ("a", "2025-11-12", ARTICLES[0].text),
        ("b", "2024-01-01", ARTICLES[1].text),
        ("c", None, ""),
        ("d", None, ARTICLES[3].text),
    ]
    assert any(f.entities for f in found)
    for facts in found:
        jsonschema.Draft202012Validator(SCHEMA).validate(facts.to_dict())


def test_bare_texts_are_numbered(nlp: Language) -> None:
    assert [f.id for f in pipeline.extract(nlp, ["الف", "ب"])] == ["1", "2"]


def test_batches_change_nothing(nlp: Language) -> None:
    one = [f.to_dict() for f in pipeline.extract(nlp, ARTICLES, batch_size=1)]
    assert one == [f.to_dict() for f in pipeline.extract(nlp, ARTICLES, batch_size=100)]
    singly = []
    for article in ARTICLES:
        singly += [f.to_dict() for f in pipeline.extract(nlp, [article])]
    assert singly == one


def test_extraction_is_a_stream(nlp: Language) -> None:
    def endless() -> Iterator[str]:
        while True:
            yield "صادرات پسته " * 9

    assert next(iter(pipeline.extract(nlp, endless(), batch_size=4))).id == "1"


PROCESSES = """
import multiprocessing, sys
from tejarat import pipeline

if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv[2])
    nlp = pipeline.load(sys.argv[1])
    texts = ["صادرات پسته ایران به عراق 3.5 میلیون دلار", "رتبه چهارم واردات گندم"] * 2
    alone = list(pipeline.extract(nlp, texts))
    assert list(pipeline.extract(nlp, texts, batch_size=1, n_process=2)) == alone
"""


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_processes_share_the_work(tiny_model: Path, tmp_path: Path, start: str) -> None:
    # In a process of its own, as users have it: this one has torch's threads, which a fork does not survive.
    script = tmp_path / "script.py"
    script.write_text(PROCESSES, "utf-8")
    subprocess.run([sys.executable, script, tiny_model, start], check=True, timeout=120)


def test_a_saved_pipeline_gives_the_same_anywhere(nlp: Language, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path / "saved")
    again = pipeline.load(tmp_path / "saved")
    expected = [f.to_dict() for f in pipeline.extract(nlp, ARTICLES)]
    assert [f.to_dict() for f in pipeline.extract(again, ARTICLES)] == expected
    code = (
        "import json, sys, spacy\n"
        "doc = spacy.load(sys.argv[1])(sys.argv[2])\n"
        "print(json.dumps(doc._.facts.to_dict()))\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "saved"), ARTICLES[0].text],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(run.stdout) == {**expected[0], "id": ""}


def test_our_stations_serve_in_other_pipelines(tiny_model: Path) -> None:
    nlp = spacy.blank("fa")
    nlp.add_pipe("trade_sentences")
    nlp.add_pipe("trade_tagger", config={"model": str(tiny_model)})
    assert nlp(ARTICLES[0].text)._.date == "2025-11-12"


def test_a_place_without_a_model_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        list(pipeline.extract(pipeline.load(tmp_path), ["الف"]))
    (tmp_path / "config.cfg").write_text("[nlp")
    with pytest.raises(ModelError):
        pipeline.load(tmp_path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    text=st.one_of(
        st.text(),
        st.text("صادرات پسته ایران ۳.۵ میلیون دلار %٪$«»\n\u200c\u202b\u064b🔹\ufeff/،", max_size=200),
    )
)
def test_every_span_is_the_text_between_its_offsets(nlp: Language, text: str) -> None:
    (facts,) = pipeline.extract(nlp, [text])
    assert facts.text == text
    last = 0
    for entity in facts.entities:
        assert last <= entity.start
        assert text[entity.start : entity.end] == entity.text
        assert at_edges(text, entity.start, entity.end)
        last = entity.end
    jsonschema.Draft202012Validator(SCHEMA).validate(facts.to_dict())


@pytest.mark.parametrize(
    ("unit", "length"),
    [
        ("صادرات پسته به عراق 3.5 میلیون دلار شد. ", 2000),
        ("🔹 ۵ ", 1000),
        ("ا", 200_000),
        ("\n", 200_000),
        ("é", 200_000),
    ],
)
def test_long_texts(nlp: Language, unit: str, length: int) -> None:
    # A random tagger sees a span in almost every word, so texts of many words are kept shorter here.
    text = (unit * length)[:length]
    (facts,) = pipeline.extract(nlp, [text])
    assert all(text[e.start : e.end] == e.text for e in facts.entities)


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("MONEY", "{} میلیون دلار"),
        ("PERCENT", "{} درصد"),
        ("RANK", "رتبه {}"),
        ("COUNTRY", "{}"),
        ("PRODUCT", "{}"),
    ],
)
@pytest.mark.parametrize("digits", [20, 400, 5000])
def test_numbers_beyond_all_measure_are_no_trouble(
    nlp: Language, label: Label, text: str, digits: int
) -> None:
    text = text.format("9" * digits)
    doc = nlp.make_doc(f"{text} صادرات در سال {text} تن")
    set_entities(doc, [Entity("e1", 0, len(text), label, text)])
    with nlp.select_pipes(disable=["trade_tagger"]):
        json.dumps(nlp(doc)._.facts.to_dict(), allow_nan=False)
