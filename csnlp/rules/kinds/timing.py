"""Conditions on how long the customer waited."""

from __future__ import annotations

from dataclasses import dataclass

from csnlp.rules.case import Case
from csnlp.rules.kinds.names import Names
from csnlp.rules.reader import Entry
from csnlp.rules.verdict import NO, Condition, Verdict, unknown


@dataclass(frozen=True, slots=True)
class ReplyTimeOver(Condition):
    """The reply came more than ``seconds`` after the customer's first unanswered turn."""

    seconds: float

    def check(self, case: Case, /) -> Verdict:
        waited = waiting_time(case)
        if waited is None:
            return unknown("no_time" if case.question() else "no_customer")
        return Verdict(True, note=f"{waited:.0f} s > {self.seconds:g} s") if waited > self.seconds else NO


def waiting_time(case: Case) -> float | None:
    """Seconds from the customer's first unanswered turn to the reply; None when they are not known, or negative."""
    question = case.question()
    if not question or question[0].time is None or case.exchange.time is None:
        return None
    try:
        seconds = (case.exchange.time - question[0].time).total_seconds()
    except TypeError:  # one with a time zone and one without
        return None
    return seconds if seconds >= 0 else None


def parse(entry: Entry, names: Names) -> Condition:
    body = entry.entry("reply_time")
    assert body is not None
    condition = ReplyTimeOver(body.number("over"))
    body.done()
    return condition
