"""Conditions on what the model says: a head's labels, an act."""

from __future__ import annotations

from dataclasses import dataclass, field

from csnlp.heads import ACTS, HEADS
from csnlp.rules.case import Case
from csnlp.rules.glance import Claims
from csnlp.rules.kinds.names import Names
from csnlp.rules.reader import Entry
from csnlp.rules.verdict import NO, YES, Condition, Verdict, unknown

_HEADS = ("politeness", "accuracy", "complaint", "complaint_type", "satisfaction")


@dataclass(frozen=True, slots=True)
class HeadIs(Condition):
    """The head's labels ``labels`` together are at least as probable as ``probability``."""

    head: str
    labels: tuple[str, ...]
    probability: float
    claims: Claims = field(default=(0, 0), repr=False, compare=False)

    def check(self, case: Case, /) -> Verdict:
        decided = self.decide(case)
        if not decided.holds:
            return decided
        score = case.heads[self.head]
        probability = sum(map(score.probabilities.__getitem__, self.labels))
        return Verdict(True, note=f"{self.head}={score.label}, p={probability:.2f}")

    def decide(self, case: Case, /) -> Verdict:
        score = case.heads.get(self.head)
        if score is None:
            return unknown(case.absence(self.head))
        return NO if sum(map(score.probabilities.__getitem__, self.labels)) < self.probability else YES


@dataclass(frozen=True, slots=True)
class ActIs(Condition):
    """The act of the reply is at least as probable as ``probability``."""

    act: str
    probability: float
    claims: Claims = field(default=(0, 0), repr=False, compare=False)

    def check(self, case: Case, /) -> Verdict:
        probability = case.acts.get(self.act)
        if probability is None:
            return unknown("no_head")
        return YES if probability >= self.probability else NO

    decide = check


def parse_head(entry: Entry, names: Names) -> Condition:
    head = entry.choice("head", _HEADS)
    labels = entry.choices("is", HEADS[head].labels)
    probability = entry.number("probability", 0.5, high=1)
    return HeadIs(head, labels, probability, names.glance.head(head, labels, probability))


def parse_act(entry: Entry, names: Names) -> Condition:
    act, probability = entry.choice("act", ACTS.labels), entry.number("probability", 0.5, high=1)
    return ActIs(act, probability, names.glance.act(act, probability))
