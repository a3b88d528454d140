"""Article facts in: what ``tejarat extract`` wrote, JSON Lines (plain or gzip) or Parquet, as a stream."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tejarat.errors import InputError
from tejarat.schema import ArticleFacts


def read_facts(path: Path) -> Iterator[ArticleFacts | InputError]:
    """The articles of a file in their order.

    Yields:
        facts, or an InputError that says which line cannot be read and why.
    """
    place = str(path)
    try:
        if path.suffix == ".parquet":
            for row in _parquet(path):
                yield _facts(row, place, None)
            return
        with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                if line.strip():
                    yield _line(line, place, number)
    except (OSError, EOFError, zlib.error) as error:
        yield InputError(place, None, getattr(error, "strerror", None) or str(error))


def _line(line: bytes, place: str, number: int) -> ArticleFacts | InputError:
    try:
        data = json.loads(line.decode("utf-8-sig"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        return InputError(place, number, f"no JSON: {error}")
    return _facts(data, place, number)


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _facts(data: Any, place: str, number: int | None) -> ArticleFacts | InputError:
    """One article; checked as far as a page that shows it relies on it."""
    try:
        facts = ArticleFacts.from_dict(data)
        length = len(facts.text) if facts.text else None
        for entity in facts.entities:
            if not 0 <= entity.start < entity.end or (length is not None and entity.end > length):
                raise ValueError(f"the span {entity.start}..{entity.end} is not within the text")
    except KeyError as error:
        return InputError(place, number, f"lacks {error.args[0]!r}; give the output of tejarat extract")
    except (AttributeError, TypeError, ValueError) as error:
        return InputError(place, number, f"no article's facts: {error}")
    return facts


def _parquet(path: Path) -> Iterator[dict[str, Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=256):
                for row in batch.to_pylist():
                    for entity in row.get("entities") or ():
                        # A struct of nothing but nulls stands for a value that cannot be read.
                        entity["value"] = {
                            k: v for k, v in (entity["value"] or {}).items() if v is not None
                        } or None
                    yield row
    except pa.ArrowInvalid as error:
        raise OSError(str(error)) from None
