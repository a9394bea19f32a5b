"""What is reviewed and what people said of it, as frozen values.

A :class:`ReviewItem` is one automatic verdict and never changes; a :class:`Review` is an item with its history, to
which :class:`Decision` and :class:`Appeal` are only ever added. The state follows from the history.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["finding", "silence", "head"]
"""A rule that fired, a rule that did not, or the verdict of a head of the model."""

Verdict: TypeAlias = Literal["confirmed", "rejected", "corrected"]
State: TypeAlias = Literal[
    "automatic", "confirmed", "rejected", "corrected", "disputed", "appealed", "upheld", "overturned"
]
Label: TypeAlias = str | tuple[str, ...]
"""A label of a head; for ``acts`` all the acts that are there."""

VERDICTS: tuple[Verdict, ...] = ("confirmed", "rejected", "corrected")
DECIDED: tuple[State, ...] = ("confirmed", "rejected", "corrected")
FINAL: tuple[State, ...] = ("upheld", "overturned")
STATES: tuple[State, ...] = ("automatic", *DECIDED, "disputed", "appealed", *FINAL)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a person says of an automatic verdict: ``label`` or ``points`` stand beside ``corrected``, else None."""

    verdict: Verdict
    label: Label | None = None
    points: float | None = None


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One automatic verdict on one reply, as it was when it was added.

    ``subject`` is the rule's id or the head's name. ``label`` is a head's verdict; ``points`` what a rule moved of
    the total's 100 (0 for a silent rule). ``number`` is the finding's place among the score's findings, from 0
    (-1: not a finding). ``start`` and ``end`` mark the evidence in the stored reply. ``exchange`` is JSON: ``reply``,
    ``context``, and where known ``reference`` and ``after``, with personal data masked unless the store says otherwise.
    It is empty where texts are not read (:meth:`csnlp.reviews.ReviewStore.stream`).
    No field says what other people decided: an item can be shown to a second reviewer as it is.
    """

    id: int
    reply: str
    agent: str | None
    kind: Kind
    subject: str
    clause: str
    number: int
    label: Label | None
    points: float
    start: int
    end: int
    message: str
    exchange: str
    added: datetime
    added_by: str

    def fires(self, ruling: Ruling | None = None) -> bool:
        """Whether the rule fired; with ``ruling``, whether a person says that it should have."""
        if ruling is None or ruling.verdict == "confirmed":
            return self.kind == "finding"
        return ruling.verdict == "corrected"

    def points_by(self, ruling: Ruling) -> float:
        """The points that the rule moves according to ``ruling``."""
        if ruling.verdict == "confirmed":
            return self.points
        return ruling.points or 0.0

    def label_by(self, ruling: Ruling) -> Label | None:
        """The head's label according to ``ruling``; None: it has none here."""
        return self.label if ruling.verdict == "confirmed" else ruling.label


@dataclass(frozen=True, slots=True)
class Decision:
    """What ``reviewer`` decided, and the ``state`` of the item after it.

    ``upheld`` or ``overturned`` as ``state`` says that the decision settled an appeal. ``time`` is in UTC.
    """

    item: int
    reviewer: str
    ruling: Ruling
    reason: str
    time: datetime
    state: State

    @property
    def verdict(self) -> Verdict:
        """That of the ruling."""
        return self.ruling.verdict


@dataclass(frozen=True, slots=True)
class Appeal:
    """The agent's objection to a decision. ``time`` is in UTC."""

    item: int
    agent: str
    reason: str
    time: datetime

    @property
    def state(self) -> State:
        """The state of the item after it."""
        return "appealed"


@dataclass(frozen=True, slots=True)
class Review:
    """An item and everything that people did with it, oldest first."""

    item: ReviewItem
    history: tuple[Decision | Appeal, ...] = ()

    @property
    def state(self) -> State:
        """Where the review stands: see :mod:`csnlp.reviews.moves`."""
        return self.history[-1].state if self.history else "automatic"

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """All decisions, that on an appeal too, oldest first."""
        return tuple(entry for entry in self.history if isinstance(entry, Decision))

    @property
    def standing(self) -> Decision | None:
        """The decision that counts: the last one, also during an appeal. None before the first one, and while two
        reviewers disagree."""
        return None if self.state in ("automatic", "disputed") else self.decisions[-1]

    @property
    def opinions(self) -> tuple[Decision, ...]:
        """The decisions of the reviewers, without that on an appeal. The first two are independent of each other."""
        return tuple(decision for decision in self.decisions if decision.state not in FINAL)

    @property
    def uncontested(self) -> Decision | None:
        """The decision that counts and that nobody contests at present; else None."""
        return None if self.state == "appealed" else self.standing
