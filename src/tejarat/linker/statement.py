"""What the assembly works on: statements on their way to relations, and the record of how they got there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tejarat.linker.judge import Judgement
from tejarat.linker.reading import Mention, Reading
from tejarat.schema import Flow, Modality, Relation

Slot = Literal["reporters", "partners", "products", "period"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a probability becomes a decision."""

    fact: float = 0.65
    goods: float = 0.5
    join: float = 0.3
    reporter: float = 0.5
    reporter_floor: float = 0.2
    partner: float = 0.35
    product: float = 0.55
    period: float = 0.4


@dataclass(frozen=True, slots=True)
class Weighed:
    """A candidate for a slot with its weight over all anchors of a statement, and whether it was taken.

    ``answer`` is the class of the slot's question that the weight is of; ``name`` tells the candidate from others.
    """

    slot: Slot
    name: str | int
    mention: Mention | None
    answer: int
    weight: float
    threshold: float
    taken: bool


@dataclass(slots=True)
class Statement:
    """One flow with the numbers of its anchors: what becomes a relation.

    ``weighed`` and ``rules`` keep what was decided on the way, and by which rules of this module.
    """

    flow: Flow
    modality: Modality
    anchors: list[int]
    roles: list[str]
    score: float
    slots: set[str] = field(default_factory=set)
    weighed: list[Weighed] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Told:
    """A relation with the statements that it was made of; more than one where it is told again."""

    relation: Relation
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """How an article's relations came about; ``statements`` are all, also those that made no relation."""

    reading: Reading
    judgement: Judgement
    settings: Settings
    statements: tuple[Statement, ...]
    told: tuple[Told, ...]

    @property
    def relations(self) -> tuple[Relation, ...]:
        return tuple(t.relation for t in self.told)
