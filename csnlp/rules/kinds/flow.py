"""Conditions on the course of the conversation: where the reply stands, and what follows what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import takewhile

from csnlp.rules.case import Case
from csnlp.rules.kinds.names import Names
from csnlp.rules.reader import Entry
from csnlp.rules.verdict import NO, YES, Condition, Verdict, unknown
from csnlp.types import ROLES, Exchange, Turn

POSITIONS = (
    *("opening_reply", "first_reply", "later_reply", "last_reply", "earlier_reply"),
    *("continued_reply", "continuing_reply"),
)


@dataclass(frozen=True, slots=True)
class Position(Condition):
    """The reply is the agent's first, not his first, his last, or not his last.

    ``opening_reply`` is his first in a conversation that is known as a whole. An exchange alone may be cut out of one:
    there ``first_reply`` only says that no agent speaks in the turns that are given. ``continued_reply``: the agent's
    own next message goes on with it, before the customer speaks; an exchange alone is taken to be complete.
    ``continuing_reply``: his own message stands right before it.
    """

    position: str

    def check(self, case: Case, /) -> Verdict:
        exchange = case.exchange
        if self.position == "continued_reply":
            return YES if exchange.is_continued else NO
        if self.position == "continuing_reply":
            return YES if exchange.context and exchange.context[-1].role == "agent" else NO
        if self.position == "opening_reply" and exchange.after is None:
            return unknown("no_context")
        if self.position in ("opening_reply", "first_reply", "later_reply"):
            if not exchange.context and exchange.after is None:
                return unknown("no_context")
            first = "agent" not in [turn.role for turn in exchange.context]
            return NO if first == (self.position == "later_reply") else YES
        if exchange.after is None:
            return unknown("open")
        last = "agent" not in [turn.role for turn in exchange.after]
        return YES if last == (self.position == "last_reply") else NO

    decide = check


@dataclass(frozen=True, slots=True)
class Step:
    """A turn of ``role`` of which the condition holds (asked of the turn alone, as if it were the reply)."""

    role: str
    condition: Condition

    def holds(self, turn: Turn, case: Case) -> Verdict:
        if turn.role != self.role:
            return NO
        if turn.role == "agent" and turn.text == case.exchange.reply:
            return self.condition.check(case)
        alone = Exchange(turn.text, after=())
        return self.condition.decide(replace(case, exchange=alone, heads={}, acts={}))


@dataclass(frozen=True, slots=True)
class Sequence(Condition):
    """``first`` happens and ``then``, within the next ``within`` turns of its role, does (or, ``missing``, does not).

    The reply at fault, or to be praised, is the one that the condition holds of: where ``first`` is the agent's, his
    ``first`` for what is missing, and otherwise the reply in which it should have come, or came: the last of the next
    ``within``, or of a conversation that ends before. ``unbroken``: only as far as the agent's own messages follow
    each other, before the customer speaks.
    """

    first: Step
    then: Step
    within: int
    missing: bool
    unbroken: bool = False

    cost = 4

    def check(self, case: Case, /) -> Verdict:
        exchange = case.exchange
        reply = Turn("agent", exchange.reply, exchange.time)
        if self.missing and self.first.role == "agent":
            return self._missing_after(reply, case)
        done = self.then.holds(reply, case)
        if done.holds is self.missing:
            return NO
        return self._look_back(done, case)

    def _look_back(self, done: Verdict, case: Case) -> Verdict:
        """``then`` is due, or came, in this reply (``done``): look back for ``first``."""
        doubt = done if done.holds is None else None
        possible = NO
        replies = 1
        after = case.exchange.after
        is_last = after is not None and "agent" not in [turn.role for turn in after]
        for turn in reversed(case.exchange.context):
            if self.unbroken and turn.role != "agent":
                break
            # What is missing is due in the last reply allowed, and only there: it is reported once.
            if not self.missing or is_last or replies == self.within:
                happened = self.first.holds(turn, case)
                if happened.holds and doubt is None:
                    return done._replace(holds=True)
                if happened.holds is not False and possible is NO:
                    possible = doubt or happened
            if turn.role == "agent":
                if self.missing:
                    came = self.then.holds(turn, case)
                    if came.holds:
                        break
                    doubt = doubt or (came if came.holds is None else None)
                replies += 1
                if replies > self.within:
                    break
        return possible

    def _missing_after(self, reply: Turn, case: Case) -> Verdict:
        started = self.first.holds(reply, case)
        if not started.holds:
            return started
        if case.exchange.after is None:
            return unknown("open")
        after: Iterable[Turn] = case.exchange.after
        if self.unbroken:
            after = takewhile(lambda turn: turn.role == "agent", after)
        later = [turn for turn in after if turn.role == self.then.role][: self.within]
        came = [self.then.holds(turn, case) for turn in later]
        if any(verdict.holds for verdict in came):
            return NO
        return next((verdict for verdict in came if verdict.holds is None), started)


def parse_position(entry: Entry, names: Names) -> Condition:
    return Position(entry.choice("position", POSITIONS))


def parse_sequence(entry: Entry, parse: Callable[[Entry], Condition]) -> Condition:
    body = entry.entry("sequence")
    assert body is not None
    first, then = (_step(body, key, parse) for key in ("first", "then"))
    within = body.whole("within", 1, low=1, high=100)
    sequence = Sequence(first, then, within, body.flag("missing"), body.flag("unbroken"))
    body.done()
    if sequence.unbroken and "customer" in (first.role, then.role):
        raise body.error("unbroken", "is of the agent's own messages; allowed: by: agent in first and then")
    if then.role != "agent" and not (sequence.missing and first.role == "agent"):
        raise body.error("then", "must be the agent's, since a finding is about a reply; allowed: by: agent")
    return sequence


def _step(body: Entry, key: str, parse: Callable[[Entry], Condition]) -> Step:
    entry = body.entry(key)
    assert entry is not None
    return Step(entry.choice("by", ROLES), parse(entry))
