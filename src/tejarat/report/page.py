"""One HTML file with everything in it: data, charts, style and letters. It asks nothing of the network."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from tejarat.io.writers import atomic
from tejarat.report.payload import payload
from tejarat.schema import ArticleFacts

Language = Literal["fa", "en"]

#: The page's scripts in their order; they share one scope.
SCRIPTS = ("words.js", "data.js", "article.js", "charts.js", "table.js", "report.js")
_SLOT = re.compile(r"<!--(\w+)-->")
#: Characters that could end a script element, or a line of one, in the middle of data.
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def write(articles: Iterable[ArticleFacts], path: Path, *, language: Language = "fa", title: str = "") -> int:
    """Writes the report page; returns how many articles it shows.

    Args:
        language: what the page opens in; its reader may switch.
        title: the page's heading; a plain one if empty.

    Raises:
        OutputError: the file cannot be written.
    """
    data = payload(articles)
    with atomic(path) as temporary:
        page = html(data, language=language, title=title)
        # Half a surrogate pair, which JSON can smuggle in, has no place in a file: it becomes "?".
        temporary.write_text(page, encoding="utf-8", errors="replace", newline="\n")
    return len(data["articles"])


def html(data: dict[str, Any], *, language: Language = "fa", title: str = "") -> str:
    """The page of a :func:`~tejarat.report.payload.payload`."""
    settings = {"language": language, "title": title}
    code = [asset("vendor/echarts.min.js"), "\n".join(["'use strict';", *map(asset, SCRIPTS)])]
    slots = {
        "policy": policy(code),
        "language": f'lang="{language}" dir="{"rtl" if language == "fa" else "ltr"}"',
        "style": f"<style>{fonts()}{asset('base.css')}{asset('report.css')}</style>",
        "data": json_element("settings", settings) + json_element("data", data),
        "scripts": "".join(f"<script>{one}</script>" for one in code),
    }
    return fill(asset("report.html"), slots)


def fill(template: str, slots: dict[str, str]) -> str:
    """The template with each ``<!--name-->`` replaced, all at once: what is put in is not looked at again."""
    return _SLOT.sub(lambda m: slots[m[1]], template)


def policy(code: Sequence[str], connect: str = "'none'") -> str:
    """A content security policy under which only these scripts run."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(one.encode()).digest()).decode()}'" for one in code
    )
    return (
        '<meta http-equiv="Content-Security-Policy" content="'
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; font-src data:; img-src data:; "
        f"connect-src {connect}; base-uri 'none'; form-action 'none'\">"
    )


@cache
def asset(name: str) -> str:
    """A file of the page's own, as text."""
    return (files("tejarat.report") / "assets" / name).read_text(encoding="utf-8").strip()


@cache
def fonts() -> str:
    """Vazirmatn for Arabic and Latin letters, as style rules that hold the fonts themselves."""
    faces = {
        "arabic": "U+0600-06FF,U+0750-077F,U+200C-200E,U+FB50-FDFF,U+FE70-FEFC",
        "latin": "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+2000-200B,U+2010-206F,U+20AC,U+2122,U+2190-2193,U+2212",
    }
    folder = files("tejarat.report") / "assets" / "vendor"
    return "".join(
        "@font-face{font-family:Vazirmatn;font-weight:100 900;font-display:block;"
        f"src:url(data:font/woff2;base64,{base64.b64encode((folder / f'vazirmatn-{name}-wght-normal.woff2').read_bytes()).decode()})"
        f" format('woff2');unicode-range:{letters}}}"
        for name, letters in faces.items()
    )


def json_element(name: str, data: Any) -> str:
    """Data as a script element of this id, which no text within can end or run."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character, escaped in _UNSAFE.items():
        text = text.replace(character, escaped)
    return f'<script type="application/json" id="{name}">{text}</script>'
