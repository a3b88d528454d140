from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from conftest import SENTENCES
from hypothesis import given, settings
from hypothesis import strategies as st

from tejarat import pipeline
from tejarat.batch import engine
from tejarat.batch.engine import Chunk, Work, chunks, process, run, sentence_spans
from tejarat.errors import InputError, ModelError
from tejarat.schema import Article, ArticleFacts

TEXTS = [f"۲۱ آبان ۱۴۰۴\n{a} {b}" for a in SENTENCES for b in SENTENCES]
RECORDS = [Article(str(n), text) for n, text in enumerate(TEXTS)]


@pytest.fixture(scope="module")
def plain(tiny_model: Path) -> list[ArticleFacts]:
    """What the spaCy pipeline gives."""
    return list(pipeline.extract(pipeline.load(tiny_model), RECORDS))


def test_the_engine_gives_what_the_pipeline_gives(tiny_model: Path, plain: list[ArticleFacts]) -> None:
    ((chunk, made),) = run(Work(str(tiny_model)), chunks(RECORDS))
    assert chunk.records == tuple(RECORDS)
    assert [f.to_dict() for f in made] == [f.to_dict() for f in plain]
    assert any(f.relations for f in plain)


def test_a_saved_pipeline_is_run_too(tiny_model: Path, tmp_path: Path, plain: list[ArticleFacts]) -> None:
    pipeline.load(tiny_model).to_disk(tmp_path / "nlp")
    ((_, made),) = run(Work(str(tmp_path / "nlp")), chunks(RECORDS))
    assert [f.to_dict() for f in made] == [f.to_dict() for f in plain]


def test_processes_change_nothing(tiny_model: Path, plain: list[ArticleFacts]) -> None:
    records = [*RECORDS[:5], InputError("news.jsonl", 6, "no text"), *RECORDS[5:]]
    stream = (Chunk(tuple(records[n : n + 3])) for n in range(0, len(records), 3))
    made = [one for _, group in run(Work(str(tiny_model)), stream, processes=2) for one in group]
    assert isinstance(made[5], InputError)
    assert (made[5].path, made[5].line, made[5].reason) == ("news.jsonl", 6, "no text")
    assert [f.to_dict() for f in made[:5] + made[6:]] == [f.to_dict() for f in plain]


@pytest.mark.parametrize("processes", [1, 2])
def test_a_missing_model_is_our_error(processes: int) -> None:
    with pytest.raises(ModelError, match="no such folder"):
        list(run(Work("./no/such/model"), chunks(RECORDS), processes))


def test_an_article_at_fault_is_told_and_the_others_are_done() -> None:
    def stations(articles: Iterable[Article]) -> Iterable[ArticleFacts]:
        for article in articles:
            if article.id == "bad":
                raise ZeroDivisionError("by naught")
            yield ArticleFacts(article.id, None, article.text)

    made = process([Article("a", "1"), Article("bad", "2"), Article("c", "3")], stations)
    assert [one.id for one in made if isinstance(one, ArticleFacts)] == ["a", "c"]
    assert isinstance(made[1], InputError)
    assert (made[1].article, made[1].reason) == ("bad", "ZeroDivisionError: by naught")


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), max_size=40), st.integers(0, 5))
def test_chunks_tile_the_records(lengths: list[int], first: int) -> None:
    records = [Article(str(n), "x" * length) for n, length in enumerate(lengths)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "RECORDS", 8)
        patch.setattr(engine, "CHARACTERS", 100)
        found = list(chunks(records, first))
    assert [r for c in found for r in c.records] == records
    for n, chunk in enumerate(found):
        assert 0 < len(chunk.records) <= min(8, (first or 8) * 2**n)
        assert sum(len(r.text) for r in chunk.records[:-1] if isinstance(r, Article)) < 100


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ا.ب \n\t؟!…\u200c۱۲د", max_size=60))
def test_sentences_are_spacys(text: str) -> None:
    doc = _nlp(text)
    assert sentence_spans(text) == [(s.start_char, s.end_char) for s in doc.sents] or not text


_nlp = pipeline.build()
for _station in pipeline.STATIONS[1:]:
    _nlp.remove_pipe(_station)
