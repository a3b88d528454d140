"""The corpus as Hugging Face ``datasets``: one row an article, spans as offsets into its text."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tejarat.corpus.format import CorpusArticle, load
from tejarat.corpus.splits import (
    SPLITS,
    SPLITS_FILE,
    assign,
    find_splits_file,
    load_splits_file,
    novelties,
    save_splits_file,
)
from tejarat.errors import CorpusError, MissingExtraError
from tejarat.text import normalize

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

Row = dict[str, Any]


def row(article: CorpusArticle) -> Row:
    """``{"id", "date", "text", "entities": [{"start", "end", "label"}]}``."""
    facts = article.facts
    entities = [{"start": e.start, "end": e.end, "label": e.label} for e in facts.entities]
    return {"id": facts.id, "date": facts.date, "text": facts.text, "entities": entities}


def read_articles(folder: Path) -> Iterator[CorpusArticle]:
    """Articles of a folder by file name; one that cannot be read is skipped with a warning."""
    for path in sorted(folder.rglob("*.txt"), key=lambda p: (p.stem, p)):
        try:
            yield load(path)
        except CorpusError as error:
            warnings.warn(f"skipped {error}", stacklevel=2)


def load_splits(
    folder: Path, seed: int = 0, extra: Iterable[Path] = (), *, write_splits: bool = False
) -> DatasetDict:
    """Train, dev and test splits of a corpus folder.

    Args:
        folder: the corpus; splits given in its ``splits.json`` hold, other articles are drawn by ``seed``.
        extra: more folders of articles, all of them for training.
        write_splits: puts what was drawn into the splits file, where it stays.

    Raises:
        CorpusError: no article there, or two of one id.
        MissingExtraError: ``datasets`` is not installed.
    """
    datasets = _datasets()
    articles = list(read_articles(folder))
    if not articles:
        raise CorpusError(str(folder), 1, "no article in this folder")
    known = find_splits_file(folder)
    kinds = {a.facts.id: a.kind for a in articles}
    if len(kinds) != len(articles):
        raise CorpusError(str(folder), 1, "two articles share an id; see `tejarat corpus check`")
    goods = {
        a.facts.id: [normalize.solid(e.text) for e in a.facts.entities if e.label == "PRODUCT"]
        for a in articles
    }
    kept = load_splits_file(known) if known else None
    splits = assign(kinds, kept, seed=seed, novelty=novelties(goods))
    if write_splits:
        save_splits_file(known or folder.parent / SPLITS_FILE, splits)
    rows = {split: [row(a) for a in articles if splits[a.facts.id] == split] for split in SPLITS}
    rows["train"] += [row(a) for more in extra for a in read_articles(more)]
    return datasets.DatasetDict({split: to_dataset(rows[split]) for split in SPLITS})


def to_dataset(rows: list[Row]) -> Dataset:
    """Rows with the corpus's features, so that an empty split has them too."""
    datasets = _datasets()
    value = datasets.Value
    entity = {"start": value("int32"), "end": value("int32"), "label": value("string")}
    features = datasets.Features(
        {"id": value("string"), "date": value("string"), "text": value("string"), "entities": [entity]}
    )
    columns = {name: [row[name] for row in rows] for name in features}
    return datasets.Dataset.from_dict(columns, features=features)


def spans(row: Row) -> list[tuple[int, int, str]]:
    """A row's spans as (start, end, label)."""
    return [(e["start"], e["end"], e["label"]) for e in row["entities"]]


def digest(rows: Iterable[Row]) -> str:
    """SHA-256 over ids, texts and spans, whatever the order of the rows."""
    lines = sorted(repr((r["id"], r["text"], spans(r))) for r in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _datasets() -> Any:
    try:
        import datasets
    except ImportError:
        raise MissingExtraError("reading the corpus for training", "train", "datasets") from None
    datasets.disable_progress_bars()
    return datasets
