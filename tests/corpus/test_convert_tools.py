"""What comes back from the tools after people have worked there, what other people's files look like, and faults."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import spacy
from spacy.tokens import Doc, DocBin

from tejarat.corpus.convert import brat, decode, encode, labelstudio, read, write, write_corpus
from tejarat.corpus.format import CorpusArticle, parse
from tejarat.errors import InputError, NothingToReadError, OutputError
from tejarat.schema import FLOWS, LABELS, Filler, Money, Percent, Quantity

SOURCE = """# tejarat article 1
id: nut
date: 2025-11-12
kind: trade
---
😀 صادرات {p1:پسته} و {p2:گردو} به {c:عراق} به {m1:3 میلیون دلار} رسید، {t1:۱۲ درصد} کمتر از {m:4 میلیون دلار} پارسال.
---
export IR-08 -> IQ; products p1 p2; value m1 3000000 USD !; quantity 2 t; growth t1 -12; period 1403
"""
ARTICLE = parse(SOURCE)
AT = {e.text: (e.start, e.end) for e in ARTICLE.facts.entities}
ANCHOR = (2, 8)


# --- brat


def ann(article: CorpusArticle = ARTICLE) -> str:
    return brat.dumps(article.facts)


def with_ann(text: str) -> CorpusArticle:
    (article,) = decode(encode([ARTICLE], "brat") | {"nut.ann": text.encode()}, "brat", "x")
    return article


def test_brat_reads_standoff_with_events() -> None:
    lines = ann().splitlines()
    start, end = AT["پسته"]
    assert lines[0] == f"T1\tPRODUCT {start} {end}\tپسته"
    assert lines[6] == "T7\tExport 2 8\tصادرات"
    assert lines[7] == "E1\tExport:T7 Product:T1 Product2:T2 Value:T4 Growth:T5"
    assert lines[8].startswith('#1\tAnnotatorNotes E1\t{"reporters":[{"code":"IR-08"}]')
    assert set(encode([ARTICLE], "brat")) == {"annotation.conf", "tejarat.json", "nut.txt", "nut.ann"}


def test_brat_cuts_a_span_that_crosses_lines() -> None:
    article = parse("# tejarat article 1\nid: a\ndate: none\nkind: negative\n---\n{p:ماهی\n تازه}\n---\n")
    assert ann(article) == "T1\tPRODUCT 0 4;5 10\tماهی  تازه\n"


def test_every_type_in_brats_files_is_configured() -> None:
    sections = re.split(r"\[(\w+)\]\n", brat.config())[1:]
    config = dict(zip(sections[::2], sections[1::2], strict=True))
    assert config["entities"].split() == list(LABELS)
    types = [line.split()[0] for line in config["events"].strip().splitlines()]
    assert types == [flow.capitalize() for flow in FLOWS]
    roles = set(re.findall(r"(\w+)[?*]:", config["events"]))
    assert {"Product", "Value", "Growth"} < roles
    assert "Modality\tArg:<EVENT>, Value:target|potential" in config["attributes"]


def test_what_is_drawn_in_brat_wins() -> None:
    text = ann().replace(
        "E1\tExport:T7 Product:T1 Product2:T2 Value:T4", "E1\tImport:T7 Product2:T2 Value:T6"
    )
    text = text.replace("T7\tExport", "T7\tImport") + "A1\tModality E1 target\n#9\tAnnotatorNotes T1\tsure?\n"
    article = with_ann(text)
    (relation,) = article.facts.relations
    assert (relation.flow, relation.modality) == ("import", "target")
    assert [p.name for p in relation.products] == ["گردو"]
    assert relation.value == Filler(Money(4e6, "USD"), "e6")
    assert relation.growth == Filler(Percent(-12.0), "e5")
    assert relation.quantity == Quantity(2.0, "t")
    assert article.overrides == {("r1", "value")}


@pytest.mark.parametrize(
    ("old", "new", "place", "reason"),
    [
        ("\tپسته", "\tپستو", ":1", "is 'پسته', not 'پستو'"),
        ("PRODUCT 9", "PRODUCT x", ":1", "'TYPE START END'"),
        ("T1\tPRODUCT", "T1\tGPE", "", "'GPE' of T1 is no label"),
        ("Product:T1", "Seller:T1", ":8", "'seller' is no role"),
        ("Product:T1", "Product:T4", ":8", "leads to MONEY, not to PRODUCT"),
        ("Product:T1", "Product:T40", ":8", "'T40', which is no span"),
        ("Value:T4", "Value:T4 Value2:T6", ":8", "r1 has two arrows value"),
        ("Export:T7", "Export:T70", ":8", "lacks 'T70'"),
        ("E1\tExport:T7", "R1\tExport:T7", ":8", "neither T, E, A nor #"),
        ("T7\tExport 2", "T7\tExport 3", ":7", "is 'ادرات'"),
    ],
)
def test_faults_in_brats_files_are_told_with_their_line(old: str, new: str, place: str, reason: str) -> None:
    assert ann().count(old) == 1
    with pytest.raises(InputError, match=f"^x/nut.ann{place}: .*{re.escape(reason)}"):
        with_ann(ann().replace(old, new))


def test_a_text_is_missing() -> None:
    with pytest.raises(InputError, match=r"no a\.txt beside it"):
        decode({"a.ann": b""}, "brat", "x")


# --- Label Studio


def task() -> dict[str, Any]:
    (data,) = json.loads(encode([ARTICLE], "labelstudio")[""])
    return data  # type: ignore[no-any-return]


def from_task(data: Any) -> CorpusArticle:
    (article,) = decode({"": json.dumps([data]).encode()}, "labelstudio", "x.json")
    return article


def test_label_studio_counts_utf16_units() -> None:
    result = task()["annotations"][0]["result"]
    start, end = AT["پسته"]
    assert result[0] == {
        "id": "e1", "from_name": "label", "to_name": "text", "type": "labels",
        "value": {"start": start + 1, "end": end + 1, "labels": ["PRODUCT"], "text": "پسته"},
    }  # fmt: skip
    arrow = {"type": "relation", "from_id": "r1", "to_id": "e4", "direction": "right", "labels": ["value"]}
    assert arrow in result


def test_every_control_in_label_studios_tasks_is_configured() -> None:
    root = ElementTree.fromstring(labelstudio.config())
    controls = {one.get("name"): one.tag.lower() for one in root.iter() if one.get("toName") == "text"}
    choices = {one.get("value") for one in root.iter() if one.tag in ("Label", "Relation", "Choice")}
    for one in task()["annotations"][0]["result"]:
        if one["type"] != "relation":
            assert controls[one["from_name"]] == one["type"]
        said = [*one.get("labels", ()), *one.get("value", {}).get("labels", ())]
        assert {*said, *one.get("value", {}).get("choices", ())} <= choices


def test_what_is_drawn_in_label_studio_wins() -> None:
    data = task()
    result = data["annotations"][0]["result"]
    new = {"type": "labels", "from_name": "label", "to_name": "text", "id": "Xy_9"}
    start = AT["عراق"][0] + 1
    result.append(new | {"value": {"start": start - 3, "end": start - 1, "labels": ["trade"]}})
    result.append(
        {"type": "relation", "from_id": "e3", "to_id": "Xy_9", "direction": "left", "labels": ["partner"]}
    )
    result[:] = [one for one in result if one.get("to_id") != "e1"]
    article = from_task(data | {"id": 77, "project": 3})
    first, second = article.facts.relations
    assert [p.name for p in first.products] == ["گردو"]
    assert first.value == ARTICLE.facts.relations[0].value
    assert (second.flow, [(a.code, a.entity) for a in second.partners]) == ("trade", [("IQ", "e3")])


def test_the_last_annotation_counts_and_a_prediction_where_there_is_none() -> None:
    data = task()
    (annotation,) = data["annotations"]
    cancelled = {"result": [], "was_cancelled": True}
    assert from_task(data | {"annotations": [{"result": []}, annotation, cancelled]}).facts == ARTICLE.facts
    assert from_task(data | {"annotations": [], "predictions": [annotation]}).facts == ARTICLE.facts
    bare = from_task({"data": {"text": "سلام"}})
    assert (bare.facts.id, bare.facts.entities, bare.kind) == ("x-1", (), "negative")


def _break(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(result: Any) -> None:
        *steps, last = path.split(".")
        for step in steps:
            result = result[int(step)] if step.lstrip("-").isdigit() else result[step]
        result[last if isinstance(result, dict) else int(last)] = value

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_break("0.value.start", 1), "not within the text"),
        (_break("1.value.start", AT["پسته"][0] + 2), "overlaps the one before"),
        (_break("0.value.labels", ["GPE"]), "'GPE' is no label"),
        (_break("-1.labels", ["because"]), "'because' is no role"),
        (_break("-1.to_id", "e99"), "'e99', which is no span"),
        (_break("-1.from_id", "e1"), "a relation starts at 'e1'"),
        (_break("8.value.text", ["{"]), "the details of r1 are no JSON"),
        (_break("0.value", {}), "lacks 'start'"),
        (_break("0", []), "not the form"),
    ],
)
def test_faults_in_tasks_are_told(change: Callable[[Any], None], reason: str) -> None:
    data = task()
    change(data["annotations"][0]["result"])
    with pytest.raises(InputError, match=f"^x.json: task 1: .*{re.escape(reason)}"):
        from_task(data)


# --- doccano


def test_doccano_may_number_everything_anew_and_people_may_draw() -> None:
    data = json.loads(encode([ARTICLE], "doccano")[""])
    for one in data["entities"]:
        one["id"] += 1000
    for one in data["relations"]:
        one |= {"id": one["id"] + 500, "from_id": one["from_id"] + 1000, "to_id": one["to_id"] + 1000}
    data |= {"id": 9, "Comments": [], "entities": data["entities"][::-1]}
    assert decode({"": json.dumps(data).encode()}, "doccano", "x")[0].facts == ARTICLE.facts
    product = next(one for one in data["entities"] if one["label"] == "PRODUCT" and one["id"] == 1001)
    product["end_offset"] -= 1
    (article,) = decode({"": json.dumps(data).encode()}, "doccano", "x")
    assert [(p.name, p.entity) for p in article.facts.relations[0].products] == [
        ("پسته", "e1"),
        ("گرد", "e2"),
    ]


def test_doccanos_ids_are_unique_in_a_file() -> None:
    lines = [json.loads(line) for line in encode([ARTICLE, ARTICLE], "doccano")[""].decode().splitlines()]
    ids = [one["id"] for line in lines for one in line["entities"]]
    assert len(set(ids)) == len(ids) == 14
    assert {r["from_id"] for r in lines[1]["relations"]} == {13}


def test_doccano_without_relations() -> None:
    (article,) = decode(
        {"": b'{"id": 1, "text": "abc de", "label": [[0, 3, "PRODUCT"]]}\n'}, "doccano", "d/set.jsonl"
    )
    assert (article.facts.id, [e.text for e in article.facts.entities]) == ("set-1", ["abc"])


# --- DocBin, CoNLL, JSON Lines


def test_spacy_reads_the_doc_bin() -> None:
    import tejarat.doc  # noqa: F401  sets the extensions

    stored = DocBin().from_bytes(encode([ARTICLE], "docbin")[""])
    (doc,) = stored.get_docs(spacy.blank("fa").vocab)
    assert [(e.text, e.label_) for e in doc.ents] == [(e.text, e.label) for e in ARTICLE.facts.entities]
    assert doc._.relations == ARTICLE.facts.relations
    assert (doc._.article_id, doc._.date) == ("nut", "2025-11-12")


def test_a_doc_bin_of_somebody_else() -> None:
    doc = Doc(spacy.blank("fa").vocab, words=["a", "b"], ents=["B-PRODUCT", "B-GPE"])
    (article,) = decode({"": DocBin(docs=[doc]).to_bytes()}, "docbin", "dev.spacy")
    assert (article.facts.id, [e.text for e in article.facts.entities]) == ("dev-1", ["a"])


def test_conll_of_somebody_else() -> None:
    source = "-DOCSTART- -X- O\n\nنفت N B-PRODUCT\nخام N I-PRODUCT\nI N I-RANK\n\nو N O\r\n-DOCSTART-\n\nb\tB-MONEY\nc\tB-MONEY"
    first, second = decode({"": source.encode()}, "conll", "dev.conll")
    assert first.facts.text == "نفت خام I\nو"
    assert [(e.text, e.label) for e in first.facts.entities] == [("نفت خام", "PRODUCT"), ("I", "RANK")]
    assert [e.text for e in second.facts.entities] == ["b", "c"]
    assert (first.facts.id, second.facts.id) == ("dev-1", "dev-2")


def test_conll_is_words_and_tags() -> None:
    lines = encode([ARTICLE], "conll")[""].decode().split("\n")
    assert lines[:6] == ["# newdoc id = nut", "# date = 2025-11-12", "# kind = trade", "😀\tO", "صادرات\tO", "پسته\tB-PRODUCT"]  # fmt: skip
    assert "3\tB-MONEY" in lines
    assert "میلیون\tI-MONEY" in lines


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("conll", b"a\tO\nb\tB-GPE\n", "x:2: 'B-GPE' is no tag"),
        ("conll", b"\n", "x: holds no words"),
        ("conll", b"# newdoc id = a\n# date = soon\na\tO\n", "x:1: Invalid isoformat"),
        ("jsonl", b'{"id": "a"}\n', "x:1: lacks 'text'"),
        ("jsonl", b'\n{"id": "a", "text"\n', "x:2: Expecting"),
        ("jsonl", b"[]\n", "x:1: has not the form"),
        ("jsonl", b"\xff\n", "x:1: not UTF-8"),
        ("doccano", b'{"text": "a", "entities": [], "relations": [{"from_id": 1, "to_id": 2, "type": "value"}]}', "x:1: the relation 'value' starts at no"),
        ("docbin", b"what", "x: is no DocBin"),
        ("labelstudio", b"[\n{", "x:2: no JSON"),
        ("labelstudio", b'[{"text": "a"}]', "x: task 1: lacks 'data'"),
    ],
)  # fmt: skip
def test_faults_are_told_in_one_line(name: str, data: bytes, message: str) -> None:
    with pytest.raises(InputError) as caught:
        decode({"": data}, name, "x")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


# --- files


def test_files_and_folders_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    write([ARTICLE], "labelstudio", tmp_path / "tasks.json")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["tasks.config.xml", "tasks.json"]
    write([ARTICLE], "brat", tmp_path / "brat")
    assert read(tmp_path / "brat", "brat")[0].facts == ARTICLE.facts
    with pytest.raises(OutputError, match="not empty"):
        write([ARTICLE], "brat", tmp_path / "brat")
    with pytest.raises(OutputError, match="it is a file"):
        write_corpus([ARTICLE], tmp_path / "tasks.json")
    with pytest.raises(OutputError, match="no folder"):
        write_corpus([ARTICLE], tmp_path / "no" / "where")
    (tmp_path / "back").mkdir()
    write_corpus([ARTICLE, ARTICLE], tmp_path / "back")
    assert sorted(p.name for p in (tmp_path / "back").iterdir()) == ["nut-2.txt", "nut.txt"]
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_what_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(NothingToReadError, match="no such file"):
        read(tmp_path / "none", "jsonl")
    with pytest.raises(InputError, match="brat is read from a folder"):
        read(Path(__file__), "brat")
    with pytest.raises(NothingToReadError, match="no article"):
        read(tmp_path, "brat")
