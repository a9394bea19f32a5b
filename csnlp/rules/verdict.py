"""What a condition says of a case: it holds (and where), it does not, or that cannot be known.

The three values combine as in Kleene's logic: what is unknown stays so unless the other parts decide.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from csnlp.errors import InputError
from csnlp.rules.case import Case
from csnlp.rules.glance import Claims, union

Span = tuple[int, int]
"""A stretch of the original reply: start and end, in characters."""


class Verdict(NamedTuple):
    """``holds`` is None when the input at hand cannot decide it; ``reason`` then says why (a key of REASONS).

    ``spans`` is the evidence in the reply, if it is a stretch of it; ``note`` says more of what was found, ``notes`` of
    each span, where that differs.
    """

    holds: bool | None
    spans: tuple[Span, ...] = ()
    reason: str = ""
    note: str = ""
    notes: tuple[str, ...] = ()


YES = Verdict(True)
NO = Verdict(False)

REASONS = {
    "no_time": "没有时间：turns without a time",
    "no_customer": "客户没有说话：no customer turn before the reply",
    "no_context": "没有上文：the turns before the reply are not known",
    "open": "会话未结束：what came after the reply is not known",
    "no_head": "模型没有这一项：the model lacks this head, or it does not apply here",
    "no_question": "客户没有提问：the customer asked nothing that accuracy could be judged by",
    "continued": "后面接着说：the agent's next message goes on with the reply; accuracy is judged there, of both",
    "no_facts": "没有事实表：no fact table or standard answer was given, or the reply speaks of none of it",
    "no_embedding": "没有向量：the model gives no sentence embeddings, or is not at hand",
    "no_match": "此条不涉及：the reply gives no occasion for it",
    "no_rule": "没有规则：no rule of the book is in force for it",
}
"""Why something could not be decided; the keys stand in outputs."""


Ask = Callable[[Case], Verdict]


class Condition(ABC):
    """Something that a case can be asked."""

    __slots__ = ()

    cost: int = 0
    """How dear an answer is, next to those of other kinds: the cheap parts of a condition are asked first."""

    claims: Claims = 0, 0
    """By which a glance tells: where one of the first is false it does not hold, where one of the second is it does."""

    @abstractmethod
    def check(self, case: Case, /) -> Verdict:
        """The verdict with its evidence."""

    def decide(self, case: Case, /) -> Verdict:
        """The verdict; evidence that costs something to collect may be missing (then it is :data:`YES`)."""
        return self.check(case)


@cache
def unknown(reason: str) -> Verdict:
    """A verdict that the input at hand cannot give."""
    return Verdict(None, reason=reason)


@dataclass(frozen=True, slots=True)
class AtLeast(Condition):
    """Holds when ``n`` of the parts do. All of them: ``n`` = their number; any: 1."""

    n: int
    parts: tuple[Condition, ...]
    _by_cost: tuple[tuple[int, int, int, Ask], ...] = field(init=False, repr=False, compare=False)
    cost: int = field(init=False, repr=False, compare=False)
    claims: Claims = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_cost = sorted(enumerate(self.parts), key=lambda part: part[1].cost)
        object.__setattr__(self, "_by_cost", tuple((place, *part.claims, part.decide) for place, part in by_cost))
        object.__setattr__(self, "cost", by_cost[-1][1].cost)
        # It does not hold as soon as one of all parts does not; it does as soon as one of any does.
        holds = union(part.claims[0] for part in self.parts) if self.n == len(self.parts) else 0
        fails = union(part.claims[1] for part in self.parts) if self.n == 1 else 0
        object.__setattr__(self, "claims", (holds, fails))

    def check(self, case: Case, /) -> Verdict:
        told: dict[int, Verdict] = {}
        decided = self.decide(case, told)
        if not decided.holds:
            return decided
        asked = [_with_evidence(part, told.get(place), case) for place, part in enumerate(self.parts)]
        return _together([verdict for verdict in asked if verdict.holds])

    def decide(self, case: Case, /, told: dict[int, Verdict] | None = None) -> Verdict:
        """As soon as it is certain; ``told`` takes what the parts say, by their place."""
        false = case.false
        if self.claims[0] & false:
            return NO
        if self.claims[1] & false:
            return YES
        missing = self.n
        spare = len(self.parts) - self.n  # how many may fail
        doubt, doubted = NO, len(self.parts)  # the first part that is unknown says why
        for place, holds, fails, decide in self._by_cost:
            verdict = NO if holds & false else YES if fails & false else decide(case)
            if told is not None:
                told[place] = verdict
            if verdict is NO or verdict.holds is False:
                if not spare:
                    return NO
                spare -= 1
            elif verdict is YES or verdict.holds:
                if missing == 1:
                    return YES
                missing -= 1
            elif place < doubted:
                doubt, doubted = verdict, place
        return doubt


def _with_evidence(part: Condition, told: Verdict | None, case: Case) -> Verdict:
    """What a ``part`` of what holds says, with its evidence. ``told``: what it said (None: it was not asked)."""
    if isinstance(part, Not) or part.claims[0] & case.false:
        return NO  # it has no evidence
    if told is None:
        try:
            return part.check(case)
        except InputError:  # a check of the book's own failed, but the others have decided
            return NO
    return part.check(case) if told is YES else told  # that is YES kept its evidence to itself


def _together(found: Sequence[Verdict]) -> Verdict:
    """All of ``found`` as one. Spans that overlap are one piece of evidence."""
    if len(found) == 1:
        return found[0]
    note = _joined(verdict.note for verdict in found)
    spans: list[Span] = []
    notes: list[list[str]] = []
    for start, end, own in sorted({piece for verdict in found for piece in _pieces(verdict)}):
        if spans and start < spans[-1][1]:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
            notes[-1].append(own)
        else:
            spans.append((start, end))
            notes.append([own])
    if not any(verdict.notes for verdict in found):
        return Verdict(True, tuple(spans), note=note)
    return Verdict(True, tuple(spans), note=note, notes=tuple(map(_joined, notes)))


def _joined(notes: Iterable[str]) -> str:
    """The notes as one, in which nothing is said twice: conditions within conditions share parts."""
    return "；".join(dict.fromkeys(part for note in notes for part in note.split("；") if part))


def _pieces(verdict: Verdict) -> list[tuple[int, int, str]]:
    """Its spans, each with its note."""
    notes = verdict.notes or (verdict.note,) * len(verdict.spans)
    return [(*span, note) for span, note in zip(verdict.spans, notes, strict=True)]


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """Holds when the part does not."""

    part: Condition
    cost: int = field(init=False, repr=False, compare=False)
    claims: Claims = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "cost", self.part.cost)
        object.__setattr__(self, "claims", self.part.claims[::-1])

    def check(self, case: Case, /) -> Verdict:
        verdict = self.part.decide(case)
        if verdict is NO:
            return YES
        return verdict if verdict.holds is None else (NO if verdict.holds else YES)

    decide = check
