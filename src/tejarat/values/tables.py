"""Reading the tables in ``values/data``: tab-separated, a header line, one row a fact, ``source`` last."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from tejarat.values.plain import plain


@cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of ``data/<name>.tsv``, by column; empty lines and lines that start with # are skipped."""
    source = files(__package__).joinpath("data", f"{name}.tsv").read_text(encoding="utf-8")
    return tuple(_rows(source.splitlines()))


def _rows(lines: Iterable[str]) -> Iterator[dict[str, str]]:
    header: list[str] = []
    for line in lines:
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        if not header:
            header = cells
        else:
            yield dict(zip(header, cells, strict=True))


def spelled(name: str) -> str:
    """The pattern of a name in plain text: where it has a space, text may have several or none."""
    return r"\s*".join(re.escape(word) for word in plain(name).text.split())


def any_of(names: Iterable[str]) -> str:
    """The pattern of any of these names, longest first."""
    return "|".join(spelled(name) for name in sorted(set(names), key=len, reverse=True))
