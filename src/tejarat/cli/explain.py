"""``tejarat explain``: why the relations of an article are as they are."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tejarat.cli.shell import FAULT, NOTHING, console, say
from tejarat.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text
    from spacy.language import Language

    from tejarat.linker.explain import Bound, Close, Explained, Reason
    from tejarat.linker.statement import Trace
    from tejarat.schema import Article

#: Each slot's colour in the evidence and beside its name; slots that no words of the evidence fill have none.
STYLES = {
    "flow": "bold red", "reporters": "bold blue", "partners": "bold cyan", "products": "bold magenta",
    "period": "bold yellow", "value": "bold green", "quantity": "bold green", "share": "bold green",
    "growth": "bold green", "rank": "bold green", "goods": "bold magenta",
}  # fmt: skip
#: A reason's worth is shown from here on; less is lost in the decision's other reasons.
_TELLING = 0.005
#: A line of Persian stands between these, so that it is laid out from right to left by itself.
_RIGHT_TO_LEFT, _POP = "\u2067", "\u2069"


def explain(
    article: Annotated[
        str,
        typer.Argument(
            metavar="ARTICLE", help="A file as tejarat extract takes it, or - for standard input."
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object an article instead.")] = False,
    near: Annotated[
        int,
        typer.Option(min=0, help="Also so many decisions that could most easily have gone the other way."),
    ] = 0,
    model: Annotated[
        str | None,
        typer.Option(help="Folder or hub name of a model, or a saved pipeline; by default the shipped one."),
    ] = None,
) -> None:
    """Show why each relation of an article is as it is: the words of every slot and what bound them."""
    from tejarat.io.readers import read

    faults, given = 0, []
    for record in read([article]):
        if isinstance(record, InputError):
            faults += 1
            say(str(record))
        else:
            given.append(record)
    if given:
        from tejarat import pipeline

        nlp = pipeline.load(model)
        for one in given:
            _explain(nlp, one, near, as_json=as_json)
    elif not faults:
        say("nothing to explain")
    if faults or not given:
        raise typer.Exit(FAULT if faults else NOTHING)


def _explain(nlp: Language, article: Article, near: int, *, as_json: bool) -> None:
    from tejarat.linker import explain as why

    trace, day = traced(nlp, article)
    found, close = why.explain(trace), why.near(trace, near) if near else []
    if as_json:
        data = {"id": article.id, "date": day, "relations": [relation_json(trace, e) for e in found]}
        if near:
            data["near"] = [_close_json(c) for c in close]
        sys.stdout.write(json.dumps(data, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        out = console(sys.stdout)
        _show(out, article, day, trace, found, close)


def traced(nlp: Language, article: Article) -> tuple[Trace, str | None]:
    """The run of the pipeline over an article with all that its linker weighed, and the article's date."""
    linker: Any = nlp.get_pipe("trade_linker")
    doc = nlp.make_doc(article.text)
    doc._.article_id, doc._.date = article.id, article.date
    with nlp.select_pipes(disable=["trade_linker"]):
        (doc,) = nlp.pipe([doc])
    return linker.trace(doc), doc._.date


# --- as JSON --------------------------------------------------------------------------------------------


def relation_json(trace: Trace, explained: Explained) -> dict[str, Any]:
    """One relation in the published form, with its evidence in words, its slots and rules."""
    from tejarat.schema import relation_to_dict

    relation = explained.relation
    return {
        "relation": relation_to_dict(relation),
        "evidence": trace.reading.text[relation.evidence.start : relation.evidence.end],
        "slots": [
            {
                "slot": b.slot, "value": b.value, "text": b.text, "start": b.span[0] if b.span else None,
                "end": b.span[1] if b.span else None, "probability": _rounded(b.probability),
                "reasons": [_reason_json(r) for r in b.reasons],
            }
            for b in explained.slots
        ],
        "rules": list(explained.rules),
    }  # fmt: skip


def _close_json(close: Close) -> dict[str, Any]:
    return {
        "what": close.what, "text": close.text, "start": close.span[0], "end": close.span[1],
        "anchor": close.anchor, "probability": _rounded(close.probability), "threshold": close.threshold,
        "taken": close.taken, "reasons": [_reason_json(r) for r in close.reasons],
    }  # fmt: skip


def _reason_json(reason: Reason) -> dict[str, Any]:
    return {"words": reason.words, "features": list(reason.features), "worth": _rounded(reason.worth)}


def _rounded(probability: float | None) -> float | None:
    return None if probability is None else round(probability, 4)


# --- to look at -----------------------------------------------------------------------------------------


def _show(
    out: Console, article: Article, day: str | None, trace: Trace, found: list[Explained], close: list[Close]
) -> None:
    from rich.text import Text

    from tejarat.io.writers import isolate

    def line(*pieces: str | tuple[str, str]) -> None:
        shown = [isolate(p) if isinstance(p, str) else (isolate(p[0]), p[1]) for p in pieces]
        out.print(Text.assemble(*shown), soft_wrap=True)

    def reasons(given: tuple[Reason, ...]) -> None:
        for reason in given:
            worth = f"  (+{reason.worth:.2f})" if reason.worth >= _TELLING else ""
            line(" " * 13, reason.words, (worth, "dim"))

    line((article.id + (f" · {day}" if day else ""), "bold"))
    if not found:
        line("  no trade statement")
    for one in found:
        relation = one.relation
        line("")
        line((f"{relation.id} {relation.flow}", "bold"), f" · score {relation.score:.2f}")
        for shown in _evidence(trace, one, out.width - 4):
            out.print(Text.assemble("  ", _RIGHT_TO_LEFT, shown, _POP), soft_wrap=True)
        for bound in one.slots:
            weight = "by a rule" if bound.probability is None else f"{bound.probability:.2f}"
            words = [" ← ", bound.text] if bound.text else []
            line(
                (f"  {bound.slot:<11}", STYLES.get(bound.slot, "")), _value(one, bound), *words, f"  {weight}"
            )
            reasons(bound.reasons)
        for rule in one.rules:
            line(("  rule       ", "dim"), rule)
    if close:
        line("")
        line(("nearest to the threshold", "bold"))
    for c in close:
        taken = "taken" if c.taken else "left"
        line(
            f"  {c.what:<13}", c.text, *([" · of ", c.anchor] if c.anchor != c.text else []),
            f"  {c.probability:.2f}, {taken} (threshold {c.threshold:.2f})",
        )  # fmt: skip
        reasons(c.reasons)
    line("")


def _evidence(trace: Trace, one: Explained, width: int) -> Iterator[Text]:
    """The evidence in lines of a width, the words of the slots in their colours."""
    from rich.console import Console
    from rich.text import Text

    place = one.relation.evidence
    text = Text(trace.reading.text[place.start : place.end].replace("\n", " "))
    for bound in one.slots:
        if bound.span and place.start <= bound.span[0] and bound.span[1] <= place.end:
            text.stylize(STYLES.get(bound.slot, ""), bound.span[0] - place.start, bound.span[1] - place.start)
    for line in text.wrap(Console(width=width), width):
        line.rstrip()
        yield line


def _value(one: Explained, bound: Bound) -> str:
    """A slot's value as the table of relations shows it."""
    from tejarat.io.writers import COLUMNS

    if bound.slot in COLUMNS and bound.slot != "flow":
        return COLUMNS[bound.slot](one.relation)
    if isinstance(bound.value, dict):
        code = bound.value.get("code") or bound.value.get("hs")
        return f"{bound.value['name']} {code}" if code else str(bound.value["name"])
    return str(bound.value)
