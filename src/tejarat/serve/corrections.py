"""Corrected articles: from what the app sends to the corpus format, and the folder that holds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path
from typing import Any

from tejarat.corpus.check import faults
from tejarat.corpus.convert.article import canonical, file_names
from tejarat.corpus.format import CorpusArticle, Kind, dumps, load, parse
from tejarat.errors import CorpusError, CorrectionError, UnknownArticleError
from tejarat.io.writers import atomic
from tejarat.schema import ArticleFacts, Entity, Relation
from tejarat.values import read_value

#: The header line that says how many people have read an annotation.
READINGS = "readings"
#: The header line of a pre-annotated article: how sure the model was, 0…1.
CERTAINTY = "certainty"


def with_values(facts: ArticleFacts) -> ArticleFacts:
    """The facts with each span's words and value read anew from the text."""

    def read(entity: Entity) -> Entity:
        text = facts.text[entity.start : entity.end]
        return replace(entity, text=text, value=read_value(entity.label, text))

    return replace(facts, entities=tuple(map(read, facts.entities)))


def corrected(data: Mapping[str, Any], meta: Mapping[str, str] | None = None) -> tuple[CorpusArticle, str]:
    """An article in the published form as a corpus article, and the text of its file.

    Args:
        meta: header lines that the file had before; they are kept.

    Raises:
        CorrectionError: saying what is wrong: spans that overlap, slots without their span, codes that are none.
    """
    try:
        facts = with_values(ArticleFacts.from_dict(data))
        kind: Kind = "trade" if facts.relations else "negative"
        article = canonical(CorpusArticle(facts, kind, dict(meta or {}) | {READINGS: _read_once(meta)}))
        source = dumps(article.facts, kind=article.kind, meta=article.meta)
        again = parse(source, article.facts.id)
    except CorpusError as error:
        raise CorrectionError(error.reason) from None
    except KeyError as error:
        raise CorrectionError(f"{error.args[0]!r} is missing") from None
    except (AttributeError, TypeError, ValueError) as error:
        raise CorrectionError(str(error)) from None
    if again.facts.text != facts.text:
        raise CorrectionError("the text does not come back from the file as it was")
    if len(again.facts.relations) != len(facts.relations):
        raise CorrectionError("the file does not hold every relation")
    for given, kept in zip(article.facts.relations, again.facts.relations, strict=True):
        if lost := sorted(name for name, what in _held(given).items() if _held(kept)[name] != what):
            raise CorrectionError(
                f"in {given.id} the file cannot hold {', '.join(lost)}; a measure needs its span"
            )
    return again, source


def warnings(article: CorpusArticle) -> list[str]:
    """What the corpus checker finds at fault in an article that can be saved."""
    return [finding.reason for finding in faults(article, lambda _, e: read_value(e.label, e.text))]


@dataclass(frozen=True)
class Folder:
    """The folder of corrected articles. A client names articles by what :meth:`entries` lists, never by a path."""

    root: Path

    def entries(self) -> list[dict[str, Any]]:
        """Every article: ``name``, ``id``, ``date``, ``relations``, ``readings``, ``certainty``.

        Those that nobody has read come first, the least certain at the top, then the others by name.
        """
        found = []
        for name, path in sorted(self._files().items()):
            try:
                article = load(path)
            except (CorpusError, OSError):
                continue  # not an article; the checker tells why
            entry: dict[str, Any] = {"name": name, "id": article.facts.id, "date": article.facts.date}
            entry |= {"relations": len(article.facts.relations)}
            found.append(entry | {k: article.meta.get(k) for k in (READINGS, CERTAINTY)})
        return sorted(found, key=lambda e: (e[READINGS] != "0", _number(e[CERTAINTY]), e["name"]))

    def read(self, name: str) -> CorpusArticle:
        """One article.

        Raises:
            UnknownArticleError: there is none of this name.
            CorrectionError: the file is no article.
        """
        try:
            article = load(self._files()[name])
        except KeyError:
            raise UnknownArticleError(name) from None
        except CorpusError as error:
            raise CorrectionError(str(error)) from None
        return replace(article, facts=with_values(article.facts))

    def save(self, data: Mapping[str, Any], name: str | None = None) -> tuple[str, CorpusArticle]:
        """Writes a corrected article; returns its name.

        Args:
            name: the article that it takes the place of; None for a new file, named after the id.

        Raises:
            UnknownArticleError: there is none of this name.
            CorrectionError: the article cannot be saved as it is.
            OutputError: the file cannot be written.
        """
        meta = self.read(name).meta if name is not None else None
        article, source = corrected(data, meta)
        if name is None:
            name = free_name(article.facts.id, self._files())
        with atomic(self.root / f"{name}.txt") as path:
            path.write_text(source, encoding="utf-8", newline="")
        return name, article

    def _files(self) -> dict[str, Path]:
        return {
            path.stem: path for path in self.root.glob("*.txt") if path.is_file() and not path.is_symlink()
        }


def free_name(id: str, taken: Iterable[str]) -> str:
    """A file's name for an id, its own as far as a file may be called so, that is not taken."""
    there = {name.casefold() for name in taken}
    plain = next(file_names([id]))
    names = chain([plain], (f"{plain}-{n}" for n in count(2)))
    return next(name for name in names if name.casefold() not in there)


def _held(r: Relation) -> dict[str, Any]:
    """What a file must keep of a relation."""
    codes = {side: [a.code for a in getattr(r, side)] for side in ("reporters", "partners")}
    measures = {
        name: getattr(r, name) for name in ("value", "share", "growth", "rank", "rank_scope", "modality")
    }
    quantity = r.quantity and (r.quantity.amount, r.quantity.amount_max, r.quantity.unit)
    period = r.period and (r.period.start, r.period.end)
    goods = [p.entity for p in r.products]
    return codes | measures | {"flow": r.flow, "quantity": quantity, "period": period, "products": goods}


def _number(text: str | None) -> float:
    try:
        return float(text or "inf")
    except ValueError:
        return float("inf")


def _read_once(meta: Mapping[str, str] | None) -> str:
    had = (meta or {}).get(READINGS, "0")
    return str(max(1, int(had))) if had.isdigit() else had
