"""The words that the rules go by, by their role in the sentence: ``data/words.tsv``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from tejarat.text import normalize


@cache
def forms(role: str) -> frozenset[str]:
    """The words of a role in look-up form; empty where the table has no such role."""
    return _table().get(role, frozenset())


def has(role: str, key: str) -> bool:
    """Whether a word (in look-up form) plays a role."""
    return key in forms(role)


@cache
def _table() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for line in (files(__package__) / "data/words.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            role, words, _ = line.split("\t")
            table.setdefault(role, set()).update(normalize.key(w) for w in words.split())
    return {role: frozenset(words) for role, words in table.items()}
