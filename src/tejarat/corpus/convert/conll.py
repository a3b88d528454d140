"""CoNLL: a word and its BIO tag a line, for tools that know nothing but tags.

Lines of the text are sentences, with an empty line after each; comment lines ``# name = value`` carry the header.
Values, relations and white space are lost: when read back, words stand one space apart.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from tejarat.corpus.convert.article import assemble, compact, head
from tejarat.corpus.convert.lines import reading, text_of
from tejarat.corpus.format import CorpusArticle
from tejarat.errors import ConversionError, InputError
from tejarat.schema import LABELS, ArticleFacts, Entity, Label
from tejarat.text.words import words

FOLDER = False
LOSES = "relations, values, and the exact white space between words"

_COMMENT = re.compile(r"# (?P<name>newdoc id|date|kind|meta) = ?(?P<value>[^\t]*)")
_DOC_START = "-DOCSTART-"


def encode(articles: Sequence[CorpusArticle]) -> dict[str, bytes]:
    """All articles, one after the other.

    Raises:
        ConversionError: a span that does not begin and end at a word's edge.
    """
    return {"": "".join(line + "\n" for article in articles for line in _lines(article)).encode()}


def decode(files: Mapping[str, bytes], path: str) -> list[CorpusArticle]:
    """Reads words in the first column and tags in the last; ``I-`` after another label begins a span.

    A new article begins at ``# newdoc id`` or ``-DOCSTART-``; without either, the file is one article.

    Raises:
        InputError: with the line of the fault.
    """
    articles: list[CorpusArticle] = []
    draft, first = _Draft(), 1
    for number, line in enumerate(text_of(files[""], path).split("\n"), 1):
        line = line.rstrip("\r")
        with reading(path, number):
            comment = _COMMENT.fullmatch(line)
            if line.startswith(_DOC_START) or (comment and comment["name"] == "newdoc id"):
                if draft.begun:
                    articles.append(draft.finished(path, first))
                draft, first = _Draft(), number
            if comment:
                draft.comment(comment["name"], comment["value"])
            elif not line.strip():
                draft.broken = True
            elif not line.startswith(_DOC_START):
                draft.word(line)
    if draft.begun:
        articles.append(draft.finished(path, first))
    if not articles:
        raise InputError(path, None, "holds no words")
    return articles


def tags(facts: ArticleFacts) -> Iterator[tuple[int, int, str]]:
    """The words of the text with their BIO tags.

    Raises:
        ConversionError: a span that does not begin and end at a word's edge.
    """
    at = words(facts.text)
    starts, ends = {a for a, _ in at}, {b for _, b in at}
    tag: dict[int, str] = {}
    for e in facts.entities:
        if e.start not in starts or e.end not in ends:
            reason = f"{e.text!r} at {e.start} does not begin and end at the edges of words"
            raise ConversionError(facts.id, "conll", reason)
        tag |= {a: f"I-{e.label}" for a, _ in at if e.start < a < e.end} | {e.start: f"B-{e.label}"}
    for a, b in at:
        yield a, b, tag.get(a, "O")


def _lines(article: CorpusArticle) -> Iterator[str]:
    facts = article.facts
    data = head(article)
    yield f"# newdoc id = {facts.id}"
    yield f"# date = {facts.date or 'none'}"
    yield f"# kind = {article.kind}"
    if data["meta"]:
        yield f"# meta = {compact(data['meta'])}"
    at = None
    for start, end, tag in tags(facts):
        # A span never crosses a sentence, even where the text's line does break in it.
        if at is not None and tag[0] != "I" and "\n" in facts.text[at:start]:
            yield ""
        yield f"{facts.text[start:end]}\t{tag}"
        at = end
    yield ""


class _Draft:
    """An article that is being read."""

    def __init__(self) -> None:
        self.head: dict[str, Any] = {}
        self.text = ""
        self.spans: list[tuple[int, int, Label]] = []
        self.inside = self.broken = self.begun = False

    def comment(self, name: str, value: str) -> None:
        self.begun = True
        self.head[name] = json.loads(value) if name == "meta" else value

    def word(self, line: str) -> None:
        word, *_, tag = line.split("\t") if "\t" in line else line.split()
        prefix, _, label = tag.partition("-")
        if tag != "O" and (prefix not in ("B", "I") or label not in LABELS):
            raise ValueError(f"{tag!r} is no tag; they are O, B- and I- with {', '.join(LABELS)}")
        goes_on = self.inside and prefix == "I" and not self.broken and self.spans[-1][2] == label
        if self.text:
            self.text += "\n" if self.broken else " "
        start = len(self.text)
        self.text += word
        if goes_on:
            self.spans[-1] = (self.spans[-1][0], len(self.text), self.spans[-1][2])
        elif tag != "O":
            self.spans.append((start, len(self.text), cast(Label, label)))
        self.inside, self.broken, self.begun = tag != "O", False, True

    def finished(self, path: str, line: int) -> CorpusArticle:
        entities = tuple(
            Entity(f"e{n}", a, b, label, self.text[a:b]) for n, (a, b, label) in enumerate(self.spans, 1)
        )
        day = self.head.get("date", "none")
        with reading(path, line):
            id = self.head.get("newdoc id", "")
            return assemble(ArticleFacts(id, None if day == "none" else day, self.text, entities), self.head)
