"""A case: one exchange as the rules see it, with what a model said of it and the shop's facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import NamedTuple

from csnlp.rules.facts import FactTable
from csnlp.rules.scanner import Scanner, View
from csnlp.types import Exchange, FloatArray, HeadScore, Turn

PLACES = ("reply", "question", "customer", "agent", "burst", "later_customer", "later_agent")
"""Where a condition looks: the reply; what the customer said since the agent's last words; all that the customer, or
the agent, said before the reply; the reply with what the agent said right before it; what they said after it (known
only when a whole conversation is scored)."""

Embed = Callable[[Sequence[str]], FloatArray]
"""Texts → one unit vector each, shape (texts, dimensions)."""


class Place(NamedTuple):
    """The turns of one place as (role, scanned text), oldest first, and what the scan found in any of them.

    ``quotes``: whether a turn of the agent's may repeat somebody's words.
    """

    views: tuple[tuple[str, View], ...]
    lexicons: Set[str]
    patterns: Set[str]
    quotes: bool


@dataclass(frozen=True, slots=True)
class Case:
    """``heads`` and ``acts``: the model's verdicts, calibrated; a head that does not apply is absent.

    ``known``: the heads that the model has at all. ``false``: the claims that :meth:`look` found false.
    """

    exchange: Exchange
    scanner: Scanner
    heads: Mapping[str, HeadScore] = field(default_factory=dict)
    acts: Mapping[str, float] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    facts: FactTable | None = None
    embed: Embed | None = None
    false: int = field(default=0, init=False, repr=False, compare=False)
    _places: dict[str, Place | None] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def reply(self) -> View:
        return self.scanner.view(self.exchange.reply)

    def look(self) -> None:
        """See at a glance what does not hold, so that fewer conditions have to be asked; the answers are the same."""
        object.__setattr__(self, "false", self.scanner.glance.look(self))

    def absence(self, head: str) -> str:
        """Why ``head`` has no verdict: a reason of :class:`csnlp.rules.verdict.Verdict`."""
        if head not in self.known:
            return "no_head"
        if not self.exchange.has_customer:
            return "no_customer"
        if head == "accuracy" and self.exchange.is_continued:
            return "continued"
        return {"accuracy": "no_question", "complaint_type": "no_match"}.get(head, "no_head")

    def turns(self, place: str) -> tuple[Turn, ...] | None:
        """The turns of ``place``, oldest first; None when they cannot be known."""
        context = self.exchange.context
        if place == "reply":
            return (Turn("agent", self.exchange.reply, self.exchange.time),)
        if place == "question":
            return self.question()
        if place == "burst":
            return (*self._tail("agent"), Turn("agent", self.exchange.reply, self.exchange.time))
        if place.startswith("later_"):
            after = self.exchange.after
            return None if after is None else _of(after, place.removeprefix("later_"))
        return _of(context, place)

    def place(self, name: str) -> Place | None:
        """The turns of the place ``name`` as scanned; None when they cannot be known. Asked by nearly every rule."""
        if name not in self._places:
            turns = self.turns(name)
            views = None if turns is None else [(turn.role, self.scanner.view(turn.text)) for turn in turns]
            self._places[name] = None if views is None else _scanned(views)
        return self._places[name]

    def views(self, place: str) -> tuple[tuple[str, View], ...] | None:
        """The turns of ``place`` as (role, scanned text); None when they cannot be known."""
        found = self.place(place)
        return None if found is None else found.views

    def question(self) -> tuple[Turn, ...]:
        """What the customer said since the agent's last words before the reply."""
        return self._tail("customer")

    def _tail(self, role: str) -> tuple[Turn, ...]:
        """The turns of ``role`` right before the reply."""
        context = self.exchange.context
        start = len(context)
        while start and context[start - 1].role == role:
            start -= 1
        return tuple(context[start:])


def _scanned(views: Sequence[tuple[str, View]]) -> Place:
    lexicons: Set[str]
    patterns: Set[str]
    if len(views) == 1:
        lexicons, patterns = views[0][1].hits.keys(), views[0][1].patterns
    else:
        lexicons = {name for _, view in views for name in view.hits}
        patterns = {pattern for _, view in views for pattern in view.patterns}
    return Place(tuple(views), lexicons, patterns, any([view.quotes for role, view in views if role == "agent"]))


def _of(turns: Sequence[Turn], role: str) -> tuple[Turn, ...]:
    return tuple(turn for turn in turns if turn.role == role)
