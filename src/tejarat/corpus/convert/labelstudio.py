"""Label Studio: a JSON list of annotated tasks, and the labelling configuration that shows them.

Spans and anchors are regions of one ``Labels`` control, arrows are relations between regions. A statement's
modality and its rank's scope are choices of its anchor; the rest is JSON in a text area of the region. Label
Studio counts UTF-16 units, as browsers do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from tejarat.corpus.convert import graph
from tejarat.corpus.convert.article import assemble, compact, head
from tejarat.corpus.convert.graph import ROLES, Statement
from tejarat.corpus.convert.lines import reading, text_of
from tejarat.corpus.format import CorpusArticle
from tejarat.schema import FLOWS, LABELS, MODALITIES, RANK_SCOPES, ArticleFacts, Entity

FOLDER = False
LOSES = ""
#: End of the name of the project's configuration.
CONFIG = ".config.xml"
Json = dict[str, Any]

_COLOURS = ("#2e7d32", "#6a1b9a", "#ef6c00", "#1565c0", "#795548", "#c62828", "#00838f", "#5d4037")


def encode(articles: Sequence[CorpusArticle]) -> dict[str, bytes]:
    """The tasks, and under :data:`CONFIG` the configuration of the project.

    Raises:
        ConversionError: a relation in a text without words.
    """
    tasks = json.dumps([task(a) for a in articles], ensure_ascii=False, allow_nan=False, indent=1)
    return {"": (tasks + "\n").encode(), CONFIG: config().encode()}


def decode(files: Mapping[str, bytes], path: str) -> list[CorpusArticle]:
    """Reads an export in the form "JSON".

    Raises:
        InputError: with the number of the task.
    """
    try:
        tasks = json.loads(text_of(files[""], path))
    except json.JSONDecodeError as error:
        with reading(path, error.lineno):
            raise ValueError(f"no JSON: {error.msg}") from None
    articles = []
    for n, one in enumerate(tasks if isinstance(tasks, list) else [tasks], 1):
        with reading(f"{path}: task {n}", None):
            articles.append(article(one))
    return articles


def task(article: CorpusArticle) -> Json:
    """One task with one annotation."""
    facts = article.facts
    units = _units(facts.text)
    result: list[Json] = []

    def region(id: str, start: int, end: int, control: str, kind: str, key: str, values: list[str]) -> None:
        value = {"start": units[start], "end": units[end], key: values}
        result.append({"id": id, "from_name": control, "to_name": "text", "type": kind, "value": value})

    for e in facts.entities:
        region(e.id, e.start, e.end, "label", "labels", "labels", [e.label])
        result[-1]["value"]["text"] = e.text
        if details := graph.entity_details(e):
            region(e.id, e.start, e.end, "details", "textarea", "text", [compact(details)])
    statements = graph.statements(facts)
    for s in statements:
        place = (s.id, s.start, s.end)
        region(*place, "label", "labels", "labels", [s.flow])
        result[-1]["value"]["text"] = facts.text[s.start : s.end]
        region(*place, "modality", "choices", "choices", [s.modality])
        if s.scope:
            region(*place, "scope", "choices", "choices", [s.scope])
        if s.details:
            region(*place, "details", "textarea", "text", [compact(dict(s.details))])
    result += [
        {"type": "relation", "from_id": s.id, "to_id": id, "direction": "right", "labels": [role]}
        for s in statements
        for role, id in s.links
    ]
    return {"data": {"text": facts.text} | head(article), "annotations": [{"result": result}]}


def article(task: Json) -> CorpusArticle:
    """The article of one task: its last annotation that was not cancelled, else its first prediction.

    Raises:
        ValueError: a label, role or reference that is none of ours.
        KeyError, TypeError: another form.
    """
    data = task["data"]
    text: str = data["text"]
    units = {unit: n for n, unit in enumerate(_units(text))}
    done = [a for a in task.get("annotations") or () if not a.get("was_cancelled")]
    chosen = done[-1:] or (task.get("predictions") or [])[:1]
    result: list[Json] = chosen[0]["result"] if chosen else []
    places: dict[str, tuple[int, int, str]] = {}
    links: dict[str, list[tuple[str, str]]] = {}
    said: dict[str, dict[str, str]] = {}
    for one in result:
        if one["type"] == "relation":
            (role,) = one.get("labels") or ["(none)"]
            ends = (one["from_id"], one["to_id"])
            source, target = ends if one.get("direction") != "left" else ends[::-1]
            links.setdefault(source, []).append((role, target))
        elif one["type"] == "labels":
            value = one["value"]
            start, end = (units.get(int(value[name]), -1) for name in ("start", "end"))
            places[one["id"]] = (start, end, value["labels"][0])
        else:
            value = one["value"].get("choices") or one["value"].get("text") or [""]
            said.setdefault(one["id"], {})[one["from_name"]] = value if isinstance(value, str) else value[0]
    entities, statements = _regions(places, links, said, text)
    statements.sort(key=lambda s: int(s.id[1:]) if re.fullmatch(r"r\d+", s.id) else len(text))
    relations = tuple(graph.relation(s, entities, n) for n, s in enumerate(statements, 1))
    facts = ArticleFacts(
        str(data.get("id") or ""), data.get("date"), text, tuple(entities.values()), relations
    )
    return assemble(facts, data)


def config() -> str:
    """The labelling configuration of a project for our articles."""
    labels = "\n".join(
        f'    <Label value="{name}" background="{colour}"/>'
        for name, colour in zip((*LABELS, *FLOWS), _COLOURS, strict=True)
    )
    roles = "\n".join(f'    <Relation value="{role}"/>' for role in ROLES)

    def choices(name: str, values: Sequence[str]) -> str:
        inner = "".join(f'<Choice value="{value}"/>' for value in values)
        return f'    <Choices name="{name}" toName="text" perRegion="true" choice="single-radio">{inner}</Choices>'

    return f"""<View>
  <Style>.htx-text {{ white-space: pre-wrap; direction: rtl; }}</Style>
  <Relations>
{roles}
  </Relations>
  <Labels name="label" toName="text">
{labels}
  </Labels>
  <Text name="text" value="$text" granularity="word"/>
  <View visibleWhen="region-selected" whenTagName="label" whenLabelValue="{",".join(FLOWS)}">
{choices("modality", MODALITIES)}
{choices("scope", RANK_SCOPES)}
  </View>
  <TextArea name="details" toName="text" perRegion="true" editable="true" maxSubmissions="1"/>
</View>
"""


def _regions(
    places: Mapping[str, tuple[int, int, str]],
    links: Mapping[str, list[tuple[str, str]]],
    said: Mapping[str, Mapping[str, str]],
    text: str,
) -> tuple[dict[str, Entity], list[Statement]]:
    entities: dict[str, Entity] = {}
    statements: list[Statement] = []
    for id, (start, end, label) in places.items():
        more = said.get(id, {})
        try:
            details = json.loads(more.get("details") or "{}")
        except json.JSONDecodeError as error:
            raise ValueError(f"the details of {id} are no JSON: {error}") from None
        if label in LABELS:
            entities[id] = graph.entity(id, start, end, label, text, details)
        elif label in FLOWS:
            modality: Any = more.get("modality", "actual")
            scope = more.get("scope")
            arrows = tuple(links.get(id, ()))
            statements.append(Statement(id, label, start, end, arrows, modality, scope, details))
        else:
            raise ValueError(f"{label!r} is no label; they are {', '.join((*LABELS, *FLOWS))}")
    for id in links.keys() - {s.id for s in statements}:
        raise ValueError(f"a relation starts at {id!r}, which is no {', '.join(FLOWS)}")
    return entities, statements


def _units(text: str) -> list[int]:
    """For each code point's offset, and the text's end, the offset in UTF-16 units."""
    return list(accumulate((1 + (ord(c) > 0xFFFF) for c in text), initial=0))
