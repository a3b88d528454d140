"""The shipped model on real-looking articles: what a user sees, and what must not change it."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tejarat
from tejarat import pipeline
from tejarat.schema import Article, ArticleFacts, Relation
from tejarat.text.words import at_edges

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.txt"))


@pytest.fixture(scope="module")
def nlp():  # type: ignore[no-untyped-def]
    return tejarat.load()


def facts_of(nlp, text: str, day: str | None = None) -> ArticleFacts:  # type: ignore[no-untyped-def]
    (facts,) = pipeline.extract(nlp, [Article("a", text, day)])
    return facts


def brief(r: Relation) -> tuple[object, ...]:
    sides = (frozenset(a.code for a in r.reporters), frozenset(a.code for a in r.partners))
    return (
        r.flow,
        *sides,
        r.value.value.amount if r.value else None,
        r.growth.value.percent if r.growth else None,
    )


def test_facts_of_the_pistachio_article(nlp) -> None:  # type: ignore[no-untyped-def]
    facts = facts_of(nlp, (ROOT / "examples/kerman-pistachio.txt").read_text("utf-8"))
    assert facts.date == "2025-10-19"
    by_value = {r.value.value.amount: r for r in facts.relations if r.value}
    assert {a.code for a in by_value[190e6].partners} == {"IN"}
    assert {a.code for a in by_value[54e6].partners} == {"DE"}
    whole = by_value[702e6]
    assert [a.code for a in whole.reporters] == ["IR-08"]
    assert whole.flow == "export"
    assert [p.name for p in whole.products] == ["پسته"]
    assert whole.quantity is not None
    assert (whole.quantity.amount, whole.quantity.unit) == (105_000, "t")
    assert whole.period is not None
    assert (whole.period.start, whole.period.end) == ("2024-03-20", "2025-03-20")
    prices = [e for e in facts.entities if e.text == "۶۵۰ هزار تومان"]
    assert prices
    assert not any(r.value and r.value.entity == prices[0].id for r in facts.relations)


def test_the_newspaper_of_2005_is_read_with_its_letters_and_decimals(nlp) -> None:  # type: ignore[no-untyped-def]
    facts = facts_of(nlp, (ROOT / "examples/newspaper-2005.txt").read_text("utf-8"))
    values = [r.value.value.amount for r in facts.relations if r.value]
    assert 12.6e6 in values
    partners = {a.code for r in facts.relations for a in r.partners}
    assert partners >= {"IQ", "AZ", "AF"}


BASE = (
    "صادرات پسته کرمان به هند در هفت ماه نخست امسال با ۱۲ درصد رشد به ۱۹۰ میلیون دلار رسید.\n"
    "واردات گندم کشور از روسیه هم ۸ درصد کاهش یافت و ۴۰ میلیون دلار شد."
)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda t: t.translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹", "0123456789")), id="ascii digits"),
        pytest.param(lambda t: t.translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩")), id="arabic digits"),
        pytest.param(lambda t: t.translate(str.maketrans("یک", "يك")), id="arabic letters"),
        pytest.param(lambda t: t.replace(" درصد", "٪"), id="percent sign"),
        pytest.param(lambda t: unicodedata.normalize("NFD", t), id="decomposed"),
        pytest.param(lambda t: t.replace("میلیون دلار", "میلیون\u200cدلار"), id="half-space"),
    ],
)
def test_spelling_does_not_change_the_facts(nlp, change) -> None:  # type: ignore[no-untyped-def]
    expected = {brief(r) for r in facts_of(nlp, BASE, "2025-11-12").relations}
    assert {e[3] for e in expected} == {190e6, 40e6}
    assert {brief(r) for r in facts_of(nlp, change(BASE), "2025-11-12").relations} == expected


@pytest.mark.parametrize(("country", "code"), [("عراق", "IQ"), ("آلمان", "DE"), ("تاجیکستان", "TJ")])
@pytest.mark.parametrize("product", ["زعفران", "فرش دستباف"])
def test_another_country_and_product_change_only_themselves(
    nlp, country: str, code: str, product: str
) -> None:  # type: ignore[no-untyped-def]
    found = facts_of(nlp, BASE.replace("هند", country).replace("پسته", product), "2025-11-12")
    first = next(r for r in found.relations if r.value and r.value.value.amount == 190e6)
    assert [a.code for a in first.partners] == [code]
    assert [p.name for p in first.products] == [product]
    assert first.growth is not None
    assert first.growth.value.percent == 12.0


ODD = st.text(
    alphabet=st.sampled_from(
        "صادرات پسته به عراق 3میلیون دلار٪۱۲٬.,()«»\n\t\u200c\u200f\u202b\ufeff🔹👩‍🌾é{}\\"
    ),
    max_size=300,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(ODD, st.text(max_size=120)))
def test_any_text_gives_spans_that_lie_in_it(nlp, text: str) -> None:  # type: ignore[no-untyped-def]
    facts = facts_of(nlp, text)
    assert facts.text == text
    end = 0
    for e in facts.entities:
        assert text[e.start : e.end] == e.text
        assert at_edges(text, e.start, e.end)
        assert e.start >= end
        end = e.end
    for r in facts.relations:
        assert 0 <= r.evidence.start <= r.evidence.end <= len(text)


def test_a_text_of_200000_characters_is_read_to_its_end(nlp) -> None:  # type: ignore[no-untyped-def]
    text = (BASE + "\n\n" + "هوا امروز در تهران آفتابی بود و باد ملایمی وزید. " * 20 + "\n\n") * 180
    assert len(text) >= 200_000
    facts = facts_of(nlp, text, "2025-11-12")
    assert all(text[e.start : e.end] == e.text for e in facts.entities)
    assert facts.entities[-1].start > len(text) - 2_000
    assert sum(e.label == "MONEY" for e in facts.entities) == 360


def test_the_command_of_the_readme(tmp_path: Path) -> None:
    out = tmp_path / "facts.jsonl"
    command = [
        sys.executable,
        "-m",
        "tejarat",
        "extract",
        *map(str, EXAMPLES),
        "--output",
        str(out),
        "--format",
        "jsonl",
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [line["id"] for line in lines] == [path.stem for path in EXAMPLES]
    schema = json.loads((ROOT / "docs/output.schema.json").read_text("utf-8"))
    for line in lines:
        jsonschema.validate(line, schema)
        assert line["relations"]


def test_inference_needs_neither_torch_nor_transformers() -> None:
    code = (
        "import sys; sys.modules['torch'] = None; sys.modules['transformers'] = None\n"
        "import tejarat; nlp = tejarat.load()\n"
        "assert nlp('صادرات پسته به هند ۳ میلیون دلار بود.').ents\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
