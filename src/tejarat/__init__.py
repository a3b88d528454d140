"""Trade facts out of Persian news.

>>> import tejarat
>>> for facts in tejarat.extract([text]):  # doctest: +SKIP
...     print(facts.relations)
>>> doc = tejarat.load()(text)  # doctest: +SKIP

Names are imported when they are first used, so importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tejarat.api import extract, to_arrow, to_pandas
    from tejarat.errors import TejaratError
    from tejarat.pipeline import load
    from tejarat.schema import Article, ArticleFacts, Entity, Relation

__version__ = "0.1.0"

__all__ = [
    "Article",
    "ArticleFacts",
    "Entity",
    "Relation",
    "TejaratError",
    "__version__",
    "extract",
    "load",
    "to_arrow",
    "to_pandas",
]

_HOMES = {
    "TejaratError": "tejarat.errors",
    "load": "tejarat.pipeline",
    **dict.fromkeys(("extract", "to_arrow", "to_pandas"), "tejarat.api"),
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
