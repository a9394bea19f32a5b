"""The words of csnlp as frozen values. Importing this module imports nothing else of csnlp.

A :class:`Turn` is one message; a :class:`Conversation` is many; an :class:`Exchange` is one agent reply with the
turns before it, the unit that is scored. A model turns exchanges into a :class:`Prediction` (arrays for the batch),
and the scorer turns each row of it into a :class:`Score`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

Role: TypeAlias = Literal["customer", "agent"]
FloatArray: TypeAlias = npt.NDArray[np.float32]

ROLES: tuple[Role, ...] = ("customer", "agent")

MAX_PAUSE = timedelta(minutes=5)
"""So long after a message the agent's next one may still go on with it, where the times are known."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a chat. ``role`` is ``"customer"`` or ``"agent"``; ``time`` is when it was sent, if known."""

    role: Role
    text: str
    time: datetime | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One agent reply and what came before it.

    ``context`` holds the turns before the reply, oldest first. ``reference`` is the shop's standard answer or facts,
    if there is one: accuracy is then judged against it. ``after`` holds the turns that came after the reply, as far as
    the conversation went (empty: the reply was the last word); None when that is not known. No model looks at it: it
    is for rules on the course of a whole conversation.
    """

    reply: str
    context: tuple[Turn, ...] = ()
    reference: str | None = None
    id: str = ""
    agent: str | None = None
    time: datetime | None = None
    after: tuple[Turn, ...] | None = None

    @property
    def has_customer(self) -> bool:
        """Whether the customer said anything before the reply."""
        return any(turn.role == "customer" and turn.text.strip() for turn in self.context)

    @property
    def is_continued(self) -> bool:
        """Whether the agent's own next message with words goes on with the reply, before the customer speaks: not known
        of an exchange alone, and not so after :data:`MAX_PAUSE`. One without words (an emoji) says nothing, and gets no
        score of its own."""
        said = Turn("agent", self.reply, self.time)
        for turn in self.after or ():
            if not goes_on(said, turn):
                return False
            if has_words(turn.text):
                return True
            said = turn
        return False


def has_words(text: str) -> bool:
    """Whether there is anything to judge: letters, numbers or punctuation. A bare "?" is, a lone emoji is not."""
    return any(unicodedata.category(char)[0] in "LNP" for char in text)


def goes_on(turn: Turn, following: Turn) -> bool:
    """Whether the agent goes on with ``turn`` in the one ``following``."""
    if turn.role != "agent" or following.role != "agent":
        return False
    if turn.time is None or following.time is None:
        return True
    try:
        return following.time - turn.time <= MAX_PAUSE
    except TypeError:  # one with a time zone and one without
        return True


@dataclass(frozen=True, slots=True)
class Conversation:
    """A whole chat, oldest turn first. ``rating`` is the customer's own rating on the shop's scale, if given (no reader
    fills it yet)."""

    id: str
    turns: tuple[Turn, ...]
    agent: str | None = None
    rating: float | None = None

    def exchanges(self) -> Iterator[Exchange]:
        """One exchange for each agent turn; its id is ``<conversation id>#<turn number, from 1>``."""
        for index, turn in enumerate(self.turns):
            if turn.role == "agent":
                yield Exchange(
                    reply=turn.text,
                    context=self.turns[:index],
                    id=f"{self.id}#{index + 1}",
                    agent=self.agent,
                    time=turn.time,
                    after=self.turns[index + 1 :],
                )


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model says of a batch: for each head it has, an array of shape (exchanges, labels).

    Rows of an ordinal or nominal head sum to 1; entries of a multi-label head are independent probabilities.
    A head that the model lacks is absent. The heads and the order of their labels stand in :mod:`csnlp.heads`.
    """

    heads: Mapping[str, FloatArray]

    def __len__(self) -> int:
        return len(next(iter(self.heads.values()))) if self.heads else 0


@dataclass(frozen=True, slots=True)
class HeadScore:
    """One head's verdict. ``label`` is the most probable one and ``confidence`` its probability.

    ``score`` is, for an ordinal head, the expected rank divided by the top rank (0..1); otherwise None.
    """

    label: str
    confidence: float
    probabilities: Mapping[str, float]
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that fired: where (character span in the original reply; the whole reply where the evidence is no stretch
    of it), what it changes (points of the total's 100, below 0 when it costs) and why.

    ``severity``: ``info``, ``praise``, ``minor``, ``major`` or ``critical``. ``suggestion``: how to say it instead.
    """

    clause: str
    rule: str
    start: int
    end: int
    points: float
    message: str
    severity: str = "minor"
    suggestion: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a score's account: ``points`` of ``possible`` on the 0-100 scale; they add up to the total.

    ``item`` is a clause (or a veto or ceiling, with nothing possible and points below 0), ``label`` the rules that
    fired (``✓``: none), ``score`` the share of the points that was kept (0..1), ``weight`` the clause's in its section.
    """

    item: str
    label: str
    score: float
    weight: float
    possible: float
    points: float


@dataclass(frozen=True, slots=True)
class Score:
    """The verdict on one exchange. A head that does not apply, or that the model lacks, is None.

    ``total`` is 0..100, ``band`` the rule book's name for it. ``not_applicable``: clause → why it could not be decided
    (a key of :data:`csnlp.rules.REASONS`); such clauses are left out of the total.

    ``error`` is set, and everything else empty, when the exchange could not be scored (see its message). ``fault`` is
    that error in parts, as :class:`csnlp.errors.InputError` has them: field, problem, remedy (None: only a message).
    """

    id: str = ""
    politeness: HeadScore | None = None
    accuracy: HeadScore | None = None
    complaint: HeadScore | None = None
    complaint_type: HeadScore | None = None
    satisfaction: HeadScore | None = None
    acts: tuple[str, ...] = ()
    act_scores: Mapping[str, float] = field(default_factory=dict)
    review: bool = False
    total: float | None = None
    lines: tuple[Line, ...] = ()
    findings: tuple[Finding, ...] = ()
    band: str | None = None
    not_applicable: Mapping[str, str] = field(default_factory=dict)
    error: str | None = None
    fault: tuple[str, str, str] | None = None

    def to_dict(self, probabilities: bool = False) -> dict[str, Any]:
        """The output row (see README, "Files in and out"): plain values only, ready for JSON.

        ``probabilities`` adds a ``probabilities`` object: head name → label → probability. A row that could not be
        scored has its ``error`` besides.
        """
        row: dict[str, Any] = {"id": self.id}
        for name in ("politeness", "accuracy", "complaint"):
            head: HeadScore | None = getattr(self, name)
            row[name] = head.label if head else None
            row[f"{name}_score"] = _rounded(head.score) if head else None
        row["complaint_type"] = self.complaint_type.label if self.complaint_type else None
        row["satisfaction_score"] = _rounded(self.satisfaction.score) if self.satisfaction else None
        row["acts"] = list(self.acts)
        row["act_scores"] = {name: _rounded(p) for name, p in self.act_scores.items()}
        row["review"] = self.review
        row["total"] = None if self.total is None else round(self.total, 2)
        row["band"] = self.band
        row["findings"] = [_finding_row(finding) for finding in self.findings]
        row["not_applicable"] = [f"{clause} {reason}" for clause, reason in self.not_applicable.items()]
        if probabilities:
            row["probabilities"] = {
                name: {label: _rounded(p) for label, p in head.probabilities.items()}
                for name in ("politeness", "accuracy", "complaint", "complaint_type", "satisfaction")
                if (head := getattr(self, name)) is not None
            }
        if self.error is not None:
            row["error"] = self.error
        return row

    def explain(self) -> str:
        """A table of what made the total: item, label, score, weight, points. The points add up to the total."""
        from csnlp.explain import explain

        return explain(self)


def _rounded(value: float | None) -> float | None:
    # Six decimals: finer than any engine's tolerance, and short in a file of a million rows.
    return None if value is None else round(float(value), 6)


def _finding_row(finding: Finding) -> dict[str, Any]:
    return {name: getattr(finding, name) for name in Finding.__slots__}
