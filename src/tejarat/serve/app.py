"""The local app: an HTTP interface to the pipeline, and a page to correct what it found."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

from fastapi import Body, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from spacy.language import Language
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

from tejarat import __version__
from tejarat.doc import set_entities
from tejarat.errors import NoFolderError, RequestError, TejaratError, TooLargeError, TooSlowError
from tejarat.pipeline import extract
from tejarat.schema import Article, ArticleFacts, Entity, Label, value_to_dict
from tejarat.serve.corrections import Folder, warnings, with_values
from tejarat.serve.limits import BodyLimit
from tejarat.serve.page import app_page, docs_page
from tejarat.text.words import at_edges
from tejarat.values import read_value

T = TypeVar("T")
Facts = dict[str, Any]


@dataclass(frozen=True)
class Limits:
    """What one request may ask for: characters of an article, articles, bytes of its body, seconds of work."""

    characters: int = 100_000
    articles: int = 100
    body: int = 8_000_000
    seconds: float = 60.0


class ArticleIn(BaseModel):
    """An article: its text exactly as given, and the day that it is of."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, Field(min_length=1)]
    id: Annotated[str, Field(max_length=200)] = ""
    date: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")] | None = None


class SpanIn(BaseModel):
    """A span by its code-point offsets."""

    model_config = ConfigDict(extra="forbid")
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=1)]
    label: Label


class SpannedIn(ArticleIn):
    """An article whose spans are known."""

    entities: Annotated[list[SpanIn], Field(max_length=5000)]


class WordsIn(BaseModel):
    """The words of a span."""

    model_config = ConfigDict(extra="forbid")
    label: Label
    text: Annotated[str, Field(max_length=500)]


def make_app(
    nlp: Language, folder: Path | None = None, limits: Limits | None = None, host: str = "127.0.0.1"
) -> FastAPI:
    """The app around a pipeline.

    Args:
        folder: where corrected articles are saved; None for an app that saves nothing.
        host: the address that it listens on; requests that name another host are refused.
    """
    limits = limits or Limits()
    saved = None if folder is None else Folder(folder)
    app = FastAPI(
        title="Tejarat",
        version=__version__,
        description="Trade facts out of Persian news.",
        docs_url=None,
        redoc_url=None,
    )
    app.add_middleware(BodyLimit, limit=limits.body)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]", host])
    working = threading.Lock()

    async def timed(job: Callable[[], T]) -> T:
        """Runs work off the loop, one at a time: more at once would only slow each other down."""
        left = threading.Event()

        def alone() -> T:
            with working:
                if left.is_set():  # nobody waits for it any more
                    raise TooSlowError(limits.seconds)
                return job()

        try:
            return await asyncio.wait_for(run_in_threadpool(alone), limits.seconds)
        except TimeoutError:
            left.set()
            raise TooSlowError(limits.seconds) from None

    def checked(article: ArticleIn) -> ArticleIn:
        if len(article.text) > limits.characters:
            raise TooLargeError("the characters of an article", limits.characters)
        if article.date is not None:
            _day(article.date)
        return article

    @app.post("/extract", summary="Facts of one article, or of a list of articles")
    async def post_extract(body: Annotated[ArticleIn | list[ArticleIn], Body()]) -> Facts | list[Facts]:
        """One object of the output schema for an article; a list of them, in order, for a list."""
        asked = body if isinstance(body, list) else [body]
        if len(asked) > limits.articles:
            raise TooLargeError("the articles of a request", limits.articles)
        given = [Article(checked(a).id or str(n), a.text, a.date) for n, a in enumerate(asked, 1)]
        found = await timed(lambda: [f.to_dict() for f in extract(nlp, given)])
        return found if isinstance(body, list) else found[0]

    @app.post("/link", summary="Relations between spans that are known")
    async def post_link(body: SpannedIn) -> Facts:
        """The article with these spans, their values, and the relations that the linker sees between them."""
        checked(body)
        return await timed(lambda: _linked(nlp, body).to_dict())

    @app.post("/read", summary="What the words of a span mean")
    async def post_read(body: WordsIn) -> Facts:
        return {"value": value_to_dict(read_value(body.label, body.text))}

    @app.get("/articles", summary="The articles of the folder")
    def get_articles() -> list[Facts]:
        return [] if saved is None else saved.entries()

    @app.get("/articles/{name}", summary="One article of the folder")
    def get_article(name: str) -> Facts:
        if saved is None:
            raise NoFolderError
        return saved.read(name).facts.to_dict()

    @app.post("/articles", status_code=201, summary="Save a corrected article as a new one")
    def post_article(body: Annotated[Facts, Body()]) -> Facts:
        return _save(body, None)

    @app.put("/articles/{name}", summary="Save a corrected article in its place")
    def put_article(name: str, body: Annotated[Facts, Body()]) -> Facts:
        return _save(body, name)

    def _save(body: Facts, name: str | None) -> Facts:
        if saved is None:
            raise NoFolderError
        new, article = saved.save(body, name)
        return {"name": new, "warnings": warnings(article)}

    @app.get("/health", summary="Whether the app is up")
    def get_health() -> Facts:
        return {"status": "ok", "version": __version__, "saves": saved is not None}

    @app.get("/", include_in_schema=False)
    def get_page() -> HTMLResponse:
        return _html(app_page(saves=saved is not None))

    @app.get("/docs", include_in_schema=False)
    def get_docs() -> HTMLResponse:
        return _html(docs_page(app.openapi()))

    @app.exception_handler(TejaratError)
    def refused(request: Request, error: TejaratError) -> JSONResponse:
        return JSONResponse({"error": str(error)}, error.status if isinstance(error, RequestError) else 500)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return JSONResponse({"error": _reasons(error)}, 422)

    @app.exception_handler(HTTPException)
    def plain(request: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse({"error": str(error.detail)}, error.status_code)

    return app


def _html(page: str) -> HTMLResponse:
    return HTMLResponse(page, headers={"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"})


def _linked(nlp: Language, body: SpannedIn) -> ArticleFacts:
    from tejarat.errors import CorrectionError

    doc = nlp.make_doc(body.text)
    doc._.article_id, doc._.date = body.id or "1", body.date
    spans = sorted(body.entities, key=lambda s: s.start)
    for span, after in zip(spans, [*spans[1:], None], strict=True):
        if not span.start < span.end <= len(body.text) or (after and after.start < span.end):
            raise CorrectionError(f"the span {span.start}..{span.end} overlaps another or is not in the text")
        if not at_edges(body.text, span.start, span.end):
            raise CorrectionError(
                f"{body.text[span.start : span.end]!r} does not start and end at a word's edge"
            )
    entities = [Entity(f"e{n}", s.start, s.end, s.label, "") for n, s in enumerate(spans, 1)]
    known = with_values(ArticleFacts(doc._.article_id, body.date, body.text, tuple(entities)))
    for name, station in nlp.pipeline:
        if name == "trade_tagger":
            set_entities(doc, known.entities)
        else:
            doc = station(doc)
    facts: ArticleFacts = doc._.facts
    return facts


def _day(text: str) -> None:
    from datetime import date

    try:
        date.fromisoformat(text)
    except ValueError:
        raise RequestError(f"{text} is no day; write YYYY-MM-DD") from None


def _reasons(error: RequestValidationError) -> str:
    """One line of what is wrong, without the input."""
    reasons = []
    for fault in error.errors():
        # A body may be one article or a list; the union's branch is no place that a client knows.
        place = [str(p) for p in fault["loc"] if p != "body" and "ArticleIn" not in str(p)]
        reasons.append(f"{'.'.join(place) or 'body'}: {fault['msg']}")
    return "; ".join(dict.fromkeys(reasons[:5]))
