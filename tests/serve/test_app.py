from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

pytest.importorskip("fastapi")
from fastapi.testclient import TestClient

from tejarat import pipeline
from tejarat.serve.app import Limits, make_app

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "output.schema.json").read_text(encoding="utf-8"))
TEXT = "🔹 صادرات پسته ایران به هند در سال ۱۴۰۳ به ۱۹۰ میلیون دلار رسید."
HOME = "http://127.0.0.1:8765"
LIMITS = Limits(characters=200, articles=3, body=5_000, seconds=20)


@pytest.fixture(scope="module")
def nlp() -> Any:
    return pipeline.load()


@pytest.fixture
def client(nlp: Any, tmp_path: Path) -> Iterator[TestClient]:
    with TestClient(make_app(nlp, tmp_path, LIMITS), base_url=HOME) as made:
        yield made


def test_one_article_and_many_in_the_output_schema(client: TestClient) -> None:
    one = client.post("/extract", json={"text": TEXT, "id": "a", "date": "2025-11-12"}).json()
    jsonschema.validate(one, SCHEMA)
    assert (one["id"], one["date"], one["text"]) == ("a", "2025-11-12", TEXT)
    assert [e["text"] for e in one["entities"] if e["label"] == "MONEY"] == ["۱۹۰ میلیون دلار"]
    many = client.post("/extract", json=[{"text": TEXT}, {"text": "باران"}]).json()
    assert [m["id"] for m in many] == ["1", "2"]
    assert many[0]["relations"] == one["relations"]
    assert many[1]["relations"] == []
    assert client.post("/extract", json=[]).json() == []


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({}, 422, "text"),
        ({"text": ""}, 422, "text"),
        ({"text": 5}, 422, "text"),
        ({"text": "x", "file": "/etc/passwd"}, 422, "file"),
        ({"text": "x", "date": "1404/05/01"}, 422, "date"),
        ({"text": "x", "date": "2025-13-01"}, 400, "no day"),
        ("text", 422, "body"),
        ({"text": "x" * 201}, 413, "200"),
        ([{"text": "x"}] * 4, 413, "3"),
        ({"text": "x" * 6000}, 413, "5,000"),
    ],
)
def test_bad_requests_are_told_in_one_line(client: TestClient, body: Any, status: int, reason: str) -> None:
    answer = client.post("/extract", json=body)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert reason in error
    assert "\n" not in error


def test_other_bodies_hosts_and_ways(client: TestClient) -> None:
    assert (
        client.post("/extract", content=b"{", headers={"Content-Type": "application/json"}).status_code == 422
    )
    assert (
        client.post("/extract", content=TEXT.encode(), headers={"Content-Type": "text/plain"}).status_code
        == 422
    )
    assert client.post("/extract", content=iter([b"x" * 3000, b"x" * 3000])).status_code == 413
    assert client.get("/health", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/extract").json() == {"error": "Method Not Allowed"}
    assert client.get("/nowhere").status_code == 404


def test_work_that_takes_too_long_is_given_up(nlp: Any) -> None:
    class Slow:
        def pipe(self, docs: Any, **options: Any) -> Iterator[Any]:
            time.sleep(0.5)
            return nlp.pipe(docs, **options)

        def make_doc(self, text: str) -> Any:
            return nlp.make_doc(text)

    with TestClient(make_app(Slow(), limits=Limits(seconds=0.1)), base_url=HOME) as client:  # type: ignore[arg-type]
        answer = client.post("/extract", json={"text": TEXT})
    assert answer.status_code == 503
    assert "0.1 seconds" in answer.json()["error"]


def test_link_reads_the_given_spans(client: TestClient) -> None:
    start = TEXT.index("۱۹۰")
    money = {"start": start, "end": start + len("۱۹۰ میلیون دلار"), "label": "MONEY"}
    facts = client.post("/link", json={"text": TEXT, "id": "a", "entities": [money]}).json()
    jsonschema.validate(facts, SCHEMA)
    assert [e["value"] for e in facts["entities"]] == [{"amount": 190e6, "currency": "USD"}]
    for bad in (money | {"end": start + 1}, money | {"end": 999}):
        assert client.post("/link", json={"text": TEXT, "entities": [bad]}).status_code == 422
    assert client.post("/link", json={"text": TEXT, "entities": [money, money]}).status_code == 422


def test_save_list_load_and_save_again(client: TestClient, tmp_path: Path) -> None:
    facts = client.post("/extract", json={"text": TEXT, "id": "a/b"}).json()
    answer = client.post("/articles", json=facts)
    assert (answer.status_code, answer.json()) == (201, {"name": "a-b", "warnings": []})
    assert [p.name for p in tmp_path.iterdir()] == ["a-b.txt"]
    assert [e["id"] for e in client.get("/articles").json()] == ["a/b"]
    loaded = client.get("/articles/a-b").json()
    jsonschema.validate(loaded, SCHEMA)
    assert [e["text"] for e in loaded["entities"]] == [e["text"] for e in facts["entities"]]
    loaded["relations"] = []
    assert client.put("/articles/a-b", json=loaded).status_code == 200
    assert client.get("/articles/a-b").json()["relations"] == []
    assert client.put("/articles/other", json=loaded).status_code == 404
    assert client.get("/articles/..%2Fa-b").status_code == 404
    assert client.post("/articles", json={"id": "x"}).status_code == 422


def test_without_a_folder_nothing_is_saved(nlp: Any) -> None:
    with TestClient(make_app(nlp), base_url=HOME) as client:
        assert client.get("/health").json()["saves"] is False
        assert client.get("/articles").json() == []
        assert client.post("/articles", json={}).status_code == 409


def test_pages_ask_nothing_of_other_hosts(client: TestClient) -> None:
    for path in ("/", "/docs"):
        page = client.get(path)
        assert page.status_code == 200
        assert "default-src 'none'" in page.text
        assert "//cdn" not in page.text
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/extract", "/link", "/articles", "/health"} <= set(paths)
