"""What a condition says of a case: it holds (and where), it does not, or that cannot be known.

The three values combine as in Kleene's logic: what is unknown stays so unless the other parts decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from csnlp.rules.case import Case

Span = tuple[int, int]
"""A stretch of the original reply: start and end, in characters."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``holds`` is None when the input at hand cannot decide it; ``reason`` then says why (a key of REASONS).

    ``spans`` is the evidence in the reply, if it is a stretch of it; ``note`` says more of what was found.
    """

    holds: bool | None
    spans: tuple[Span, ...] = ()
    reason: str = ""
    note: str = ""


YES = Verdict(True)
NO = Verdict(False)

REASONS = {
    "no_time": "没有时间：turns without a time",
    "no_customer": "客户没有说话：no customer turn before the reply",
    "no_context": "没有上文：the turns before the reply are not known",
    "open": "会话未结束：what came after the reply is not known",
    "no_head": "模型没有这一项：the model lacks this head, or it does not apply here",
    "no_question": "客户没有提问：the customer asked nothing that accuracy could be judged by",
    "no_facts": "没有事实表：no fact table or standard answer was given, or the reply speaks of none of it",
    "no_embedding": "没有向量：the model gives no sentence embeddings, or is not at hand",
    "no_match": "此条不涉及：the reply gives no occasion for it",
    "no_rule": "没有规则：no rule of the book is in force for it",
}
"""Why something could not be decided; the keys stand in outputs."""


class Condition(Protocol):
    """Something that a case can be asked."""

    def check(self, case: Case, /) -> Verdict: ...


def unknown(reason: str) -> Verdict:
    """A verdict that the input at hand cannot give."""
    return Verdict(None, reason=reason)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Holds when ``n`` of the parts do. All of them: ``n`` = their number; any: 1."""

    n: int
    parts: tuple[Condition, ...]

    def check(self, case: Case, /) -> Verdict:
        yes: list[Verdict] = []
        unknowns: list[Verdict] = []
        spare = len(self.parts) - self.n  # how many may fail
        for part in self.parts:
            verdict = part.check(case)
            if verdict.holds:
                if self.n == 1:
                    return verdict
                yes.append(verdict)
            elif verdict.holds is None:
                unknowns.append(verdict)
            else:
                spare -= 1
                if spare < 0:
                    return NO
        if len(yes) >= self.n:
            spans = sorted({span for verdict in yes for span in verdict.spans})
            return Verdict(True, tuple(spans), note="；".join(verdict.note for verdict in yes if verdict.note))
        return unknowns[0]


@dataclass(frozen=True, slots=True)
class Not:
    """Holds when the part does not."""

    part: Condition

    def check(self, case: Case, /) -> Verdict:
        verdict = self.part.check(case)
        return verdict if verdict.holds is None else (NO if verdict.holds else YES)
