"""Third station: what Persian syntax binds to a statement: goods by ezafe, sides by their prepositions.

`به` marks the receiver, `از` the sender, `با` the other side or the holder of an amount (`عراق با ۶۵ میلیون دلار`);
a name in ezafe to the flow word (`صادرات پسته ایران`) owns the flow. In a row of amounts each takes what stands in
its own stretch; what only one of them has, they share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tejarat.linker.reading import Mention, Reading
from tejarat.linker.rules.flows import clause_of, strong
from tejarat.linker.rules.lists import Statement
from tejarat.linker.rules.words import has

Role = Literal["to", "from", "with", "among", "owner", "holder", "side", "body", "customs", "bare"]

#: Words for a customs house or crossing: the name after them is a place, not a side.
_POSTS = ("گمرک", "مرز", "پایانه", "بندر", "بنادر", "معبر", "بازارچه")

_BREAKS = frozenset(["،", ",", "و", "؛", ":", "که", "."])


@dataclass(frozen=True, slots=True)
class Group:
    """The members of one list of goods or areas, words ``[first, last)``; ``role`` is for areas."""

    members: tuple[Mention, ...]
    first: int
    last: int
    role: Role = "bare"


def groups(reading: Reading, sentence: int, kind: str) -> list[Group]:
    """The lists of one kind in a sentence, in order."""
    found: dict[int, list[Mention]] = {}
    for m in reading.in_sentence[sentence]:
        if m.kind == kind:
            found.setdefault(m.group, []).append(m)
    return [
        Group(tuple(ms), ms[0].first, ms[-1].last, area_role(reading, ms) if kind == "area" else "bare")
        for ms in found.values()
    ]


def area_role(reading: Reading, members: Sequence[Mention]) -> Role:
    """What the words before and after a list of areas make of it."""
    s, first, last = members[0].sentence, members[0].first, members[-1].last
    i = first - 1
    before = reading.word(i, s)
    if has("body", before):
        return "body"
    while i >= first - 5 and (has("place", reading.word(i, s)) or reading.word(i, s) in ("،", "«", "(")):
        i -= 1
    passed = [reading.word(k, s) for k in range(i + 1, first)]
    if any(w.startswith(_POSTS) for w in (*passed, before)):
        return "customs"
    word, beyond = reading.word(i, s), reading.word(i - 1, s)
    after = [reading.word(last + k, s) for k in range(3)]
    if has("to", word):
        return "side" if word == "مقصد" and beyond not in ("به",) else "to"
    if has("from", word) and not has("besides", beyond):
        return "from"
    if has("among", word):
        return "among"
    if has("with", word) and not after[0].startswith("<m"):
        return "with"
    if after[0] == "(":
        after = after[1:]
    if after[0] == "با" or after[0] in ("<money>", "<quantity>", "<percent>") or before == "سهم":
        return "holder"
    if any(has("seller", w) for w in after):
        return "side"
    if before == "<product>" and all(str(m.value).startswith("IR") for m in members):
        return "owner"
    if owns(reading, first, s):
        return "owner"
    return "bare"


def owns(reading: Reading, first: int, sentence: int) -> bool:
    """Whether an area stands in ezafe to a flow word: `صادرات [پسته] [غیرنفتی] ایران`."""
    for i in range(first - 1, first - 6, -1):
        word = reading.word(i, sentence)
        cue = next((m for m in reading.in_sentence[sentence] if m.kind == "cue" and m.last - 1 == i), None)
        if cue is not None:
            return cue.detail in ("noun", "weak") and (strong(reading, cue) or cue.detail == "weak")
        if (
            not word
            or has("verb", word)
            or word in ("به", "از", "با", "در", "که", "،")
            or word.startswith("<m")
        ):
            return False
    return False


def stretch(reading: Reading, row: Sequence[Statement], i: int) -> tuple[int, int, int, int]:
    """Words where a statement of a row looks for its own: from the one before it, to the one after it."""
    first, last = reading.bounds[row[i].sentence]
    before = row[i - 1].last if i else first
    after = row[i + 1].first if i + 1 < len(row) else last
    return min(before, row[i].first), row[i].first, row[i].last, max(after, row[i].last)


def goods(reading: Reading, row: Sequence[Statement]) -> list[tuple[Mention, ...]]:
    """The goods of each statement of a sentence, by syntax; empty where the sentence gives it none."""
    if not row:
        return []
    lists = groups(reading, row[0].sentence, "product")
    own: list[tuple[Mention, ...]] = [()] * len(row)
    taken: set[int] = set()
    for i, statement in enumerate(row):  # `۵ تن پسته`, `۱۲ درصد فرش`
        for g in lists:
            inside = statement.first <= g.first < statement.last
            if inside or any(
                0 <= g.first - m.last <= (1 if k != "quantity" else 2) and bare(reading, m.last, g.first)
                for k, m in statement.measures.items()
            ):
                own[i] = own[i] or g.members
                taken.add(g.first)
    headed = [g for g in lists if g.first not in taken]
    for i in range(len(row)):
        if own[i]:
            continue
        a, b, c, d = stretch(reading, row, i)
        left = [g for g in headed if a <= g.first < b]
        if left:
            own[i] = left[-1].members
            continue
        right = [g for g in headed if c <= g.first < d and not _claims(reading, row, i, g)]
        if right and clause_of(reading, right[0].first).first <= row[i].last:
            own[i] = right[0].members
    for i in range(len(row)):
        if not own[i]:
            before = [own[k] for k in range(i) if own[k]]
            own[i] = before[-1] if before else ()
    return own


def bare(reading: Reading, first: int, last: int) -> bool:
    """Whether nothing but filling words stands between a measure and its goods."""
    return all(reading.keys[i] in ("انواع", "از", "کل", "آن", "«", "آنها") for i in range(first, last))


def _claims(reading: Reading, row: Sequence[Statement], i: int, g: Group) -> bool:
    """Whether the next statement of the row has a better claim on goods between the two."""
    return i + 1 < len(row) and row[i + 1].first - g.last <= 3


def partner_roles(flow: str) -> tuple[Role, ...]:
    """The roles in which an area is the other side of a flow, the surest first."""
    return {
        "export": ("to", "holder", "side", "with"),
        "import": ("from", "holder", "side", "with"),
        "trade": ("with", "holder", "side", "to", "among"),
    }[flow]  # type: ignore[return-value]


def reporter_roles(flow: str) -> tuple[Role, ...]:
    """The roles in which an area is the one that the flow is told of."""
    return {"export": ("from", "owner"), "import": ("owner", "to"), "trade": ("owner", "among")}[flow]  # type: ignore[return-value]


def claims(reading: Reading, row: Sequence[Statement], sides: Sequence[Group]) -> list[list[Group]]:
    """The areas that each statement of a row takes for itself.

    A holder (`عراق با …`, `عراق (…)`) goes with the measure after it; a name with a preposition with the measure
    before it, unless a measure follows at once or none stands before.
    """
    out: list[list[Group]] = [[] for _ in row]
    for g in sides:
        before = [i for i, x in enumerate(row) if x.first < g.first]
        after = [i for i, x in enumerate(row) if x.last > g.last and x.first >= g.last]
        at_once = bool(after) and not any(
            k in _BREAKS or has("verb", k) for k in reading.keys[g.last : row[after[0]].first]
        )
        same = bool(before) and not any(has("verb", k) for k in reading.keys[row[before[-1]].last : g.first])
        if after and (
            g.role == "holder" or not before or (at_once and row[after[0]].first - g.last <= 3) or not same
        ):
            out[after[0]].append(g)
        elif before:
            out[before[-1]].append(g)
    return out


def partners(reading: Reading, row: Sequence[Statement]) -> list[Group | None]:
    """The other side of each statement of a sentence; None where the sentence names none."""
    if not row:
        return []
    areas = groups(reading, row[0].sentence, "area")
    out: list[Group | None] = []
    for i, statement in enumerate(row):
        roles = partner_roles(statement.flow)
        own = claims(reading, row, [g for g in areas if g.role in roles and abroad(g)])[i]
        out.append(min(own, key=lambda g: (roles.index(g.role), _apart(g, statement)), default=None))
    for i in range(len(row)):  # one that all share
        if out[i] is None:
            earlier = [g for g in out[:i] if g is not None]
            later = [g for g in out[i + 1 :] if g is not None]
            if earlier and earlier[-1].role != "holder":
                out[i] = earlier[-1]
            elif later and later[0].role in ("to", "from") and later[0].first > row[-1].first:
                out[i] = later[0]
    return out


def _apart(g: Group, statement: Statement) -> int:
    return max(g.first - statement.last, statement.first - g.last, 0)


def reporter(reading: Reading, statement: Statement, partner: Group | None) -> Group | None:
    """The area that the sentence tells the flow of; None where it names none.

    Owners and prepositions first; then a foreign subject, which stands bare at the head of its clause.
    """
    areas = [g for g in groups(reading, statement.sentence, "area") if g is not partner and g != partner]
    roles = reporter_roles(statement.flow)
    found = [
        g
        for g in areas
        if g.role in roles and (g.role == "owner" or any(m.detail != "city" for m in g.members))
    ]
    if found:
        return min(found, key=lambda g: (roles.index(g.role), _apart(g, statement)))
    clause = clause_of(reading, statement.first)
    if any(has("seller", reading.keys[i]) for i in range(clause.first, clause.last)):
        return None
    heads = [
        g
        for g in areas
        if g.first - clause.first <= 2
        and g.first >= clause.first
        and g.first < statement.first
        and abroad(g)
        and (g.role == "bare" or (g.role == "holder" and partner is not None))
    ]
    return heads[0] if heads else None


def abroad(g: Group) -> bool:
    """Whether a list names other countries or regions, not Iran or its provinces."""
    return any(not str(m.value).startswith("IR") or (m.value == "IR" and g.role == "to") for m in g.members)
