"""Conditions on what the model says: a head's labels, an act."""

from __future__ import annotations

from dataclasses import dataclass

from csnlp.heads import ACTS, HEADS
from csnlp.rules.case import Case
from csnlp.rules.kinds.names import Names
from csnlp.rules.reader import Entry
from csnlp.rules.verdict import NO, YES, Condition, Verdict, unknown

_HEADS = ("politeness", "accuracy", "complaint", "complaint_type", "satisfaction")


@dataclass(frozen=True, slots=True)
class HeadIs:
    """The head's labels ``labels`` together are at least as probable as ``probability``."""

    head: str
    labels: tuple[str, ...]
    probability: float

    def check(self, case: Case, /) -> Verdict:
        score = case.heads.get(self.head)
        if score is None:
            return unknown(_absence(self.head, case))
        probability = sum(score.probabilities[label] for label in self.labels)
        if probability < self.probability:
            return NO
        return Verdict(True, note=f"{self.head}={score.label}, p={probability:.2f}")


@dataclass(frozen=True, slots=True)
class ActIs:
    """The act of the reply is at least as probable as ``probability``."""

    act: str
    probability: float

    def check(self, case: Case, /) -> Verdict:
        if self.act not in case.acts:
            return unknown("no_head")
        return YES if case.acts[self.act] >= self.probability else NO


def parse_head(entry: Entry, names: Names) -> Condition:
    head = entry.choice("head", _HEADS)
    labels = entry.choices("is", HEADS[head].labels)
    return HeadIs(head, labels, entry.number("probability", 0.5, high=1))


def parse_act(entry: Entry, names: Names) -> Condition:
    return ActIs(entry.choice("act", ACTS.labels), entry.number("probability", 0.5, high=1))


def _absence(head: str, case: Case) -> str:
    if head not in case.known:
        return "no_head"
    if not case.exchange.has_customer:
        return "no_customer"
    return {"accuracy": "no_question", "complaint_type": "no_match"}.get(head, "no_head")
