"""Trade facts out of Persian news.

>>> import tejarat
>>> nlp = tejarat.load()  # doctest: +SKIP
>>> for facts in tejarat.extract(nlp, [text]):  # doctest: +SKIP
...     print(facts.relations)

Names are imported when they are first used, so importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tejarat.errors import TejaratError
    from tejarat.pipeline import extract, load
    from tejarat.schema import Article, ArticleFacts, Entity, Relation

__version__ = "0.1.0"

__all__ = ["Article", "ArticleFacts", "Entity", "Relation", "TejaratError", "__version__", "extract", "load"]

_HOMES = {
    "TejaratError": "tejarat.errors",
    "extract": "tejarat.pipeline",
    "load": "tejarat.pipeline",
    **dict.fromkeys(("Article", "ArticleFacts", "Entity", "Relation"), "tejarat.schema"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
