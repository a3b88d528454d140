"""The app's two pages, each one file that asks nothing of any other host."""

from __future__ import annotations

import html
import json
from functools import cache
from importlib.resources import files
from typing import Any

from tejarat.report.page import asset, fill, fonts, json_element, policy
from tejarat.schema import FLOWS, MODALITIES, RANK_SCOPES, REGIONS, UNITS
from tejarat.values.places import area_name, country_codes
from tejarat.values.tables import rows


@cache
def app_page(*, saves: bool) -> str:
    """The page to paste, look and correct in."""
    code = ["\n".join(["'use strict';", *map(asset, ("words.js", "article.js")), *map(_own, _SCRIPTS)])]
    codes = [
        *sorted(country_codes()),
        *(r["code"] for r in rows("areas") if r["code"].startswith("IR-")),
        *REGIONS,
    ]
    settings = {
        "saves": saves,
        "areas": {code: [area_name(code), area_name(code, "en")] for code in codes},
        "flows": FLOWS, "modalities": MODALITIES, "units": UNITS, "scopes": RANK_SCOPES,
    }  # fmt: skip
    slots = {
        "policy": policy(code, connect="'self'"),
        "style": f"<style>{fonts()}{asset('base.css')}{_own('app.css')}</style>",
        "data": json_element("settings", settings),
        "scripts": "".join(f"<script>{one}</script>" for one in code),
    }
    return fill(_own("app.html"), slots)


_SCRIPTS = ("offsets.js", "editor.js", "app.js")


def docs_page(openapi: dict[str, Any]) -> str:
    """What can be asked of the app, from its OpenAPI description."""
    parts = []
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            shape = html.escape(json.dumps(content.get("schema", {}), indent=1)) if content else ""
            parts.append(
                f"<h2><code>{method.upper()} {html.escape(path)}</code></h2><p>{html.escape(operation['summary'])}."
                f" {html.escape(operation.get('description', ''))}</p>"
                + (f"<pre>{shape}</pre>" if shape else "")
            )
    schemas = html.escape(json.dumps(openapi.get("components", {}).get("schemas", {}), indent=1))
    style = f"<style>{asset('base.css')} main{{max-width:860px;margin:2rem auto;padding:0 1.5rem}} pre{{background:#fff;border:1px solid var(--line);border-radius:8px;padding:.8rem;overflow:auto}}</style>"
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>Tejarat · HTTP</title>{policy([])}{style}<main>"
        f"<h1>Tejarat {html.escape(openapi['info']['version'])}</h1><p>The whole description: "
        f"<a href=/openapi.json>openapi.json</a>. Answers of <code>/extract</code> follow the output schema; a refusal "
        f'is <code>{{"error": "…"}}</code>.</p>{"".join(parts)}<h2>Schemas</h2><pre>{schemas}</pre></main></html>'
    )


@cache
def _own(name: str) -> str:
    return (files("tejarat.serve") / "assets" / name).read_text(encoding="utf-8").strip()
