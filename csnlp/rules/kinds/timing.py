"""Conditions on how long the customer waited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from csnlp.rules.case import Case
from csnlp.rules.reader import Entry
from csnlp.rules.verdict import NO, Condition, Verdict, unknown
from csnlp.types import Turn


@dataclass(frozen=True, slots=True)
class ReplyTimeOver(Condition):
    """The reply came more than ``seconds`` after the customer's first unanswered turn.

    ``since``: after the first of which that holds (asked of the turn alone, as the ``question``), or, where it holds of
    none, after the last: a greeting long before the trouble is no trouble.
    """

    seconds: float
    since: Condition | None = None

    def check(self, case: Case, /) -> Verdict:
        question = case.question()
        waited = _seconds(self._first(question, case), case.exchange.time) if question else None
        if waited is None:
            return unknown("no_time" if question else "no_customer")
        return Verdict(True, note=f"{waited:.0f} s > {self.seconds:g} s") if waited > self.seconds else NO

    def _first(self, question: tuple[Turn, ...], case: Case) -> Turn:
        if self.since is None or len(question) == 1:
            return question[0]
        for turn in question[:-1]:
            alone = replace(case.exchange, context=(turn,))
            if self.since.decide(replace(case, exchange=alone, heads={}, acts={})).holds:
                return turn
        return question[-1]


def _seconds(turn: Turn, answered: datetime | None) -> float | None:
    """Seconds from ``turn`` to the answer; None when they are not known, or negative."""
    if turn.time is None or answered is None:
        return None
    try:
        seconds = (answered - turn.time).total_seconds()
    except TypeError:  # one with a time zone and one without
        return None
    return seconds if seconds >= 0 else None


def parse(entry: Entry, parse_condition: Callable[[Entry], Condition]) -> Condition:
    body = entry.entry("reply_time")
    assert body is not None
    since = body.entry("since", required=False)
    condition = ReplyTimeOver(body.number("over"), None if since is None else parse_condition(since))
    body.done()
    return condition
