"""A case: one exchange as the rules see it, with what a model said of it and the shop's facts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from csnlp.rules.facts import FactTable
from csnlp.rules.scanner import Scanner, View
from csnlp.types import Exchange, FloatArray, HeadScore, Turn

PLACES = ("reply", "question", "customer", "agent", "later_customer", "later_agent")
"""Where a condition looks: the reply; what the customer said since the agent's last words; all that the customer, or
the agent, said before the reply; what they said after it (known only when a whole conversation is scored)."""

Embed = Callable[[Sequence[str]], FloatArray]
"""Texts → one unit vector each, shape (texts, dimensions)."""


@dataclass(frozen=True, slots=True)
class Case:
    """``heads`` and ``acts``: the model's verdicts, calibrated; a head that does not apply is absent.

    ``known``: the heads that the model has at all.
    """

    exchange: Exchange
    scanner: Scanner
    heads: Mapping[str, HeadScore] = field(default_factory=dict)
    acts: Mapping[str, float] = field(default_factory=dict)
    known: frozenset[str] = frozenset()
    facts: FactTable | None = None
    embed: Embed | None = None
    _views: dict[str, tuple[tuple[str, View], ...] | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def reply(self) -> View:
        return self.scanner.view(self.exchange.reply)

    def turns(self, place: str) -> tuple[Turn, ...] | None:
        """The turns of ``place``, oldest first; None when they cannot be known."""
        context = self.exchange.context
        if place == "reply":
            return (Turn("agent", self.exchange.reply, self.exchange.time),)
        if place == "question":
            return self.question()
        if place.startswith("later_"):
            after = self.exchange.after
            return None if after is None else _of(after, place.removeprefix("later_"))
        return _of(context, place)

    def views(self, place: str) -> tuple[tuple[str, View], ...] | None:
        """The turns of ``place`` as (role, scanned text); asked by nearly every rule, so kept."""
        if place not in self._views:
            turns = self.turns(place)
            scanned = None if turns is None else tuple((turn.role, self.scanner.view(turn.text)) for turn in turns)
            self._views[place] = scanned
        return self._views[place]

    def question(self) -> tuple[Turn, ...]:
        """What the customer said since the agent's last words before the reply."""
        context = self.exchange.context
        start = len(context)
        while start and context[start - 1].role == "customer":
            start -= 1
        return tuple(context[start:])


def _of(turns: Sequence[Turn], role: str) -> tuple[Turn, ...]:
    return tuple(turn for turn in turns if turn.role == role)
