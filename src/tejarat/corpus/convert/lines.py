"""Text formats read with care: whatever is wrong becomes one line that says where."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from tejarat.corpus.format import CorpusArticle
from tejarat.errors import InputError


def text_of(data: bytes, path: str) -> str:
    """The text of a file.

    Raises:
        InputError: it is not UTF-8.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(path, data.count(b"\n", 0, error.start) + 1, "not UTF-8") from None


@contextlib.contextmanager
def reading(path: str, line: int | None) -> Iterator[None]:
    """Turns what reading foreign data may raise into an InputError at this place."""
    try:
        yield
    except InputError:
        raise
    except KeyError as error:
        raise InputError(path, line, f"lacks {error.args[0]!r}") from None
    except ValueError as error:
        raise InputError(path, line, str(error)) from None
    except (AttributeError, IndexError, TypeError) as error:
        raise InputError(path, line, f"has not the form that was expected ({error})") from None


def records(text: str, path: str, read: Callable[[str], CorpusArticle]) -> list[CorpusArticle]:
    """One article for each line that is not blank.

    Raises:
        InputError: with the line of the fault.
    """
    articles = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            with reading(path, number):
                articles.append(read(line))
    return articles
