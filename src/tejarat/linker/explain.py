"""Why a relation is as it is: for each slot the words that filled it, how likely they were, and what spoke for them.

A reason is what the scorer knew of a candidate and could have missed: its features are taken away, those that say
the same together, and the candidate is weighed again. What was said of it in the first pass is weighed anew too, or
the second pass would only repeat it. Everything is read from the :class:`~tejarat.linker.statement.Trace` of the
run that made the relations; nothing is decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from tejarat.linker.candidates import AreaCandidate
from tejarat.linker.features import Features, Row
from tejarat.linker.judge import Judgement
from tejarat.linker.reading import Mention
from tejarat.linker.scorer import QUESTIONS, Scorer, shipped
from tejarat.linker.statement import Statement, Told, Trace, Weighed
from tejarat.schema import FLOWS, MODALITIES, Entity, Relation, relation_to_dict

MOST = 3
#: What must be gained in log-odds to be called a reason.
_LEAST = 0.1
_QUESTION = {"reporters": "area", "partners": "area", "products": "product", "period": "period"}
_MEASURES = {"money": "value", "quantity": "quantity", "rank": "rank", "goods": "products"}
_FORMS = {"": "the sentence's edge", "<area>": "a place", "<product>": "goods", "<period>": "a period"}
_PLACES = {"n": r"\d+", "word": ".*", "rest": ".+", "flow": "export|import|trade"}
_PLACES["area"] = "iran|province|country"


@dataclass(frozen=True, slots=True)
class Reason:
    """What spoke for a decision, in words; ``worth`` is how much less probable the candidate were without it."""

    words: str
    features: tuple[str, ...]
    worth: float


@dataclass(frozen=True, slots=True)
class Bound:
    """A filled slot. ``span`` is None where no words fill it, ``probability`` where a rule did."""

    slot: str
    value: Any
    span: tuple[int, int] | None
    text: str
    probability: float | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Explained:
    """A relation, its slots, and the rules of assembly that changed it, in words."""

    relation: Relation
    slots: tuple[Bound, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Close:
    """A decision near its threshold, taken or not."""

    what: str
    text: str
    span: tuple[int, int]
    anchor: str
    probability: float
    threshold: float
    taken: bool
    reasons: tuple[Reason, ...]


def explain(trace: Trace, scorer: Scorer | None = None) -> list[Explained]:
    """Every relation of a run with what bound its slots; ``scorer`` must be the one that the run used."""
    scorer = scorer or shipped()
    return [_explained(trace, told, scorer) for told in trace.told]


def near(trace: Trace, count: int, scorer: Scorer | None = None) -> list[Close]:
    """The decisions that could most easily have gone the other way, the closest first."""
    scorer = scorer or shipped()
    asked = [*_anchors_asked(trace), *_joins_asked(trace), *_fillers_asked(trace)]
    asked.sort(key=lambda a: abs(a[0].probability - a[0].threshold))
    out = []
    for close, question, row, answer in asked[:count]:
        found = reasons(scorer, question, row, answer)
        out.append(
            Close(close.what, close.text, close.span, close.anchor, close.probability, close.threshold,
                  close.taken, found)
        )  # fmt: skip
    return out


def reasons(scorer: Scorer, question: str, row: Row, answer: int, most: int = MOST) -> tuple[Reason, ...]:
    """What spoke most for an answer (a class of the question): the features that it loses most without."""
    said: dict[str, Features] = {}
    for name, value in {**row.shared, **row.own}.items():
        known = feature_words(name, value)
        if known is not None and known[1] != value:
            said.setdefault(known[0], {})[name] = known[1]
    variants = [row, *(_changed(row, changes) for changes in said.values())]
    weights = scorer.probabilities(question, _echoed(scorer, question, variants), again=True)[:, answer]
    odds = np.log(np.clip(weights, 1e-9, 1.0)) - np.log(np.clip(1.0 - weights, 1e-9, 1.0))
    lost = odds[0] - odds[1:]
    phrases = list(said)
    best = [int(i) for i in np.argsort(-lost, kind="stable")[:most] if lost[i] >= _LEAST]
    return tuple(
        Reason(phrases[i], tuple(said[phrases[i]]), float(weights[0] - weights[i + 1])) for i in best
    )


def feature_words(name: str, value: float) -> tuple[str, float] | None:
    """A feature in plain words and the value that it has where it says nothing; None for what no one needs told.

    A name that the table does not know is its own words.
    """
    for pattern, phrase, without in _table():
        if match := pattern.fullmatch(name):
            places = match.groupdict()
            if not phrase:
                return None
            if (rest := places.pop("rest", None)) is not None:
                inner = feature_words(rest, value)
                return None if inner is None else (phrase.format(rest=inner[0]), inner[1])
            if "word" in places:
                places["word"] = _FORMS.get(places["word"], f"«{places['word']}»")
            return phrase.format(**places, value=f"{value:.3g}"), without
    return name, 0.0


@lru_cache(maxsize=1)
def _table() -> list[tuple[re.Pattern[str], str, float]]:
    out = []
    for line in (files("tejarat.linker") / "data/feature_words.tsv").read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            name, phrase, without = [*line.split("\t"), "", ""][:3]
            pieces = re.split(r"\{(\w+)\}", name)
            pattern = "".join(
                f"(?P<{p}>{_PLACES.get(p, '[a-z]+')})" if n % 2 else re.escape(p)
                for n, p in enumerate(pieces)
            )
            out.append((re.compile(pattern), phrase, float(without or 0.0)))
    return out


def _changed(row: Row, changes: Features) -> Row:
    own = {name: changes.get(name, value) for name, value in row.own.items()}
    shared = {name: changes.get(name, value) for name, value in row.shared.items()}
    return Row(own, shared)


def _echoed(scorer: Scorer, question: str, rows: Sequence[Row]) -> list[Row]:
    """The rows with what the first pass says of each of them as it stands now."""
    asked = ("role", "flow", "modality") if question in ("role", "flow", "modality") else (question,)
    first = {q: scorer.probabilities(q, rows) for q in asked}
    out = []
    for number, row in enumerate(rows):
        own = dict(row.own)
        for q, weights in first.items():
            for c, weight in enumerate(weights[number].tolist()):
                name = f"1:{q}{c}" if len(asked) > 1 else "1:own" if question == "join" else f"1:own{c}"
                if name in own and not (question == "join" and c == 0):
                    own[name] = weight
                if f"1:lead{c}" in own:
                    own[f"1:lead{c}"] += weight - float(weights[0][c])
        if "1:fact" in own and len(asked) > 1:
            role = first["role"][number]
            told = role[2:].sum() if "is=percent" in own else role[1]
            own["1:fact"] = float(told / (told + role[0]))
        out.append(Row(own, row.shared))
    return out


# --- slots ----------------------------------------------------------------------------------------------


def _explained(trace: Trace, told: Told, scorer: Scorer) -> Explained:
    head = max(told.statements, key=lambda s: len(s.anchors))
    slots = [*_flow(trace, told, head, scorer), *_measured(trace, told, scorer)]
    slots += _joined(trace, head, scorer)
    slots += _filled(trace, told, scorer)
    rules = dict.fromkeys(f"rule={rule}" for s in told.statements for rule in s.rules)
    words = [(feature_words(rule, 0.0) or (rule,))[0] for rule in rules]
    if len(told.statements) > 1:
        words.append((feature_words("rule=told_again", len(told.statements)) or ("",))[0])
    return Explained(told.relation, tuple(slots), tuple(words))


def _flow(trace: Trace, told: Told, head: Statement, scorer: Scorer) -> Iterator[Bound]:
    judgement, i = trace.judgement, head.anchors[0]
    row, anchor = judgement.anchor_rows[i], judgement.anchors[i]
    answer = FLOWS.index(told.relation.flow)
    cues = [m for m in trace.reading.in_sentence[anchor.sentence] if m.kind == "cue"]
    own = [m for m in cues if m.value == told.relation.flow]
    cue = min(own, key=lambda m: abs(m.first - anchor.first), default=None)
    weight = float(judgement.anchor["flow"][i][answer])
    yield _bound(trace, "flow", told.relation.flow, cue, weight, reasons(scorer, "flow", row, answer))
    if told.relation.modality != "actual":
        answer = MODALITIES.index(told.relation.modality)
        weight = float(judgement.anchor["modality"][i][answer])
        found = reasons(scorer, "modality", row, answer)
        yield _bound(trace, "modality", told.relation.modality, None, weight, found)


def _measured(trace: Trace, told: Told, scorer: Scorer) -> Iterator[Bound]:
    """The measures: anchors of any telling whose value the relation kept."""
    given, judgement = relation_to_dict(told.relation), trace.judgement
    seen: set[str] = set()
    for statement in reversed(told.statements):
        for i, role in zip(statement.anchors, statement.roles, strict=True):
            anchor = judgement.anchors[i]
            slot = _MEASURES.get(anchor.kind, role)
            if slot in seen or (anchor.kind == "goods" and len(statement.anchors) > 1):
                continue
            if slot != "products" and not _is_of(getattr(told.relation, slot), anchor.mention):
                continue
            seen.add(slot)
            answer = QUESTIONS["role"].index(role)
            weight = float(judgement.anchor["role"][i][answer])
            found = reasons(scorer, "role", judgement.anchor_rows[i], answer)
            value = "states a flow of goods" if slot == "products" else given[slot]
            name = "goods" if slot == "products" else slot
            yield _bound(trace, name, value, anchor.mention, weight, found)


def _is_of(filler: Any, mention: Mention) -> bool:
    if filler is None:
        return False
    if isinstance(mention.value, Entity):
        return bool(filler.entity == mention.value.id)
    return bool(filler.start == getattr(mention.value, "start", None))


def _joined(trace: Trace, head: Statement, scorer: Scorer) -> Iterator[Bound]:
    judgement = trace.judgement
    for number, pair in enumerate(judgement.pairs):
        if set(pair) <= set(head.anchors) and judgement.join[number] >= trace.settings.join:
            a, b = (judgement.anchors[i].mention for i in pair)
            found = reasons(scorer, "join", judgement.pair_rows[number], 1)
            value = trace.reading.text[b.start : b.end]
            yield _bound(trace, "together", value, a, float(judgement.join[number]), found)


def _filled(trace: Trace, told: Told, scorer: Scorer) -> Iterator[Bound]:
    given = relation_to_dict(told.relation)
    for slot in _QUESTION:
        filler = getattr(told.relation, slot)
        fillers = () if not filler else (filler,) if slot == "period" else filler
        values = [given[slot]] if slot == "period" else given[slot]
        for one, value in zip(fillers, values, strict=False):
            found = _weighed(trace, told, slot, one)
            if found is None:
                yield Bound(slot, value, None, _words_of(trace, one), None, ())
                continue
            statement, weighed = found
            row, answer = _row(trace.judgement, statement, weighed), weighed.answer
            why = () if row is None else reasons(scorer, _QUESTION[slot], row, answer)
            yield _bound(trace, slot, value, weighed.mention, weighed.weight, why)


def _weighed(trace: Trace, told: Told, slot: str, filler: Any) -> tuple[Statement, Weighed] | None:
    """The candidate that a filler was made of; None where a rule brought it from elsewhere."""
    for statement in told.statements:
        for w in statement.weighed:
            if w.slot != slot or not w.taken:
                continue
            if slot in ("reporters", "partners"):
                same = w.name == filler.code
            elif w.mention is None:
                same = False
            elif slot == "period":
                same = trace.reading.text[w.mention.start : w.mention.end] == filler.text
            else:
                same = isinstance(w.mention.value, Entity) and w.mention.value.id == filler.entity
            if same:
                return statement, w
    return None


def _row(judgement: Judgement, statement: Statement, weighed: Weighed) -> Row | None:
    """The candidate's row under that of the statement's anchors which spoke for it most."""
    question = _QUESTION[weighed.slot]
    best: tuple[float, Row] | None = None
    for i in statement.anchors:
        weights = judgement.filler[question][i]
        for option, weight in zip(judgement.candidates(question)[i], weights, strict=True):
            name = option.code if isinstance(option, AreaCandidate) else id(option.mention)
            if name == weighed.name and (best is None or weight[weighed.answer] > best[0]):
                best = float(weight[weighed.answer]), option.row
    return best[1] if best else None


def _bound(
    trace: Trace, slot: str, value: Any, mention: Mention | None, weight: float, found: tuple[Reason, ...]
) -> Bound:
    if mention is None:
        text = "not named: Iran assumed" if slot in ("reporters", "partners") else ""
        return Bound(slot, value, None, text, weight, found)
    span = (mention.start, mention.end)
    return Bound(slot, value, span, trace.reading.text[slice(*span)], weight, found)


def _words_of(trace: Trace, filler: Any) -> str:
    ids = {i: span for span, i in trace.reading.entity_ids.items()}
    span = ids.get(getattr(filler, "entity", None) or "")
    return trace.reading.text[slice(*span)] if span else getattr(filler, "text", "")


# --- what was nearly otherwise --------------------------------------------------------------------------

Asked = tuple[Close, str, Row, int]


def _anchors_asked(trace: Trace) -> Iterator[Asked]:
    judgement = trace.judgement
    stated = {i for s in trace.statements for i in s.anchors}
    for i, anchor in enumerate(judgement.anchors):
        percent = anchor.kind == "percent"
        answer = 2 + int(np.argmax(judgement.anchor["role"][i][2:])) if percent else 1
        threshold = trace.settings.goods if anchor.kind == "goods" else trace.settings.fact
        close = _close(trace, "states a flow", anchor.mention, i, judgement.fact(i), threshold, i in stated)
        yield close, "role", judgement.anchor_rows[i], answer


def _joins_asked(trace: Trace) -> Iterator[Asked]:
    judgement, statements = trace.judgement, trace.statements
    stated = {i for s in statements for i in s.anchors}
    for (i, j), row, weight in zip(judgement.pairs, judgement.pair_rows, judgement.join, strict=True):
        if i in stated and j in stated:
            taken = any({i, j} <= set(s.anchors) for s in statements)
            other = judgement.anchors[j].mention
            yield (
                _close(trace, "together", other, i, float(weight), trace.settings.join, taken),
                "join",
                row,
                1,
            )


def _fillers_asked(trace: Trace) -> Iterator[Asked]:
    for statement in trace.statements:
        for w in statement.weighed:
            row = _row(trace.judgement, statement, w)
            if row is not None:
                close = _close(trace, w.slot, w.mention, statement.anchors[0], w.weight, w.threshold, w.taken)
                yield close, _QUESTION[w.slot], row, w.answer


def _close(
    trace: Trace, what: str, mention: Mention | None, i: int, weight: float, threshold: float, taken: bool
) -> Close:
    anchor = trace.judgement.anchors[i].mention
    span = (mention.start, mention.end) if mention else (anchor.start, anchor.start)
    text = trace.reading.text[slice(*span)] or "Iran, not named"
    of = trace.reading.text[anchor.start : anchor.end]
    return Close(what, text, span, of, weight, threshold, taken, ())
