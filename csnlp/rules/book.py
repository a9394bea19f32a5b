"""The rule book as values: sections of clauses, rules that decide them, and how points become a total.

:mod:`csnlp.rules.loading` reads a book from YAML, :mod:`csnlp.rules.engine` applies it to a case, and
:mod:`csnlp.rules.account` adds up the points.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache, partial

from csnlp.rules.scanner import Scanner
from csnlp.rules.verdict import Condition
from csnlp.types import Exchange

SEVERITIES = ("info", "praise", "minor", "major", "critical")
"""``info`` says something without points, ``praise`` adds points, the others take some."""

VETOES = ("none", "section", "total")
"""What a finding brings to nothing: nothing, its section, or the whole score."""


@dataclass(frozen=True, slots=True)
class Example:
    """What a rule must say of an exchange: fire or be silent (or not decide it)."""

    exchange: Exchange
    fires: bool
    heads: Mapping[str, str]
    acts: tuple[str, ...]
    facts: Mapping[str, str]
    where: str


@dataclass(frozen=True, slots=True)
class Rule:
    """``when`` it fires; ``applies``: when it has anything to say at all (None: always).

    ``points`` (below 0 to deduct, above to add) are on the scale of the clause's weight. ``each``: they count for
    every span of evidence, up to ``cap`` in all. In force from ``start`` to ``end``, both included.
    """

    id: str
    clause: str
    message: str
    suggestion: str
    severity: str
    points: float
    each: bool
    cap: float
    veto: str
    when: Condition
    applies: Condition | None
    otherwise: str
    start: date | None
    end: date | None
    examples: tuple[Example, ...]
    where: str

    def in_force(self, day: date | None) -> bool:
        """Whether the rule holds on ``day``; on an unknown day it does."""
        return day is None or ((self.start is None or day >= self.start) and (self.end is None or day <= self.end))


@dataclass(frozen=True, slots=True)
class Clause:
    """``weight``: its points within its section. ``starts_at``: the share of them that it has before any rule.

    ``credit_head`` and ``credit``: the share by label of a head of the model instead (the expected value over its
    probabilities), where that head applies. ``confirmed``: the least that a label is worth where the row's reference
    confirms what the reply says.
    """

    id: str
    section: str
    title: str
    weight: float
    starts_at: float
    credit_head: str
    credit: Mapping[str, float]
    confirmed: float
    where: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the policy; ``weight``: its part of the total (only proportions matter)."""

    id: str
    title: str
    weight: float


@dataclass(frozen=True, slots=True)
class Band:
    """A name for totals from ``at_least`` up."""

    name: str
    at_least: float


@dataclass(frozen=True)
class RuleBook:
    """A whole book. ``review_below``: a verdict of the model less probable than this is marked for human review.

    ``ceilings``: severity → the highest total that a reply with such a finding can have. ``bands`` from the highest
    down. ``digest``: a short hash of everything that the book was read from. ``named``: the conditions with a name
    (the rules that use one have the same object).
    """

    name: str
    version: str
    review_below: float
    sections: tuple[Section, ...]
    clauses: tuple[Clause, ...]
    rules: tuple[Rule, ...]
    ceilings: Mapping[str, float]
    bands: tuple[Band, ...]
    scanner: Scanner
    digest: str
    named: Mapping[str, Condition] = field(default_factory=dict)

    @cached_property
    def by_clause(self) -> tuple[tuple[Clause, tuple[Rule, ...]], ...]:
        """Every clause with its rules: those that add points come last, so that what is cut at none or all of the
        clause's points does not hang on the order in the book."""
        rules: dict[str, list[Rule]] = defaultdict(list)
        for rule in sorted(self.rules, key=lambda rule: rule.points > 0):
            rules[rule.clause].append(rule)
        return tuple((clause, tuple(rules[clause.id])) for clause in self.clauses)

    @cached_property
    def possible(self) -> Callable[[frozenset[str]], Mapping[str, float]]:
        """The clauses that were decided → each with its points of 100; those that weigh nothing are absent."""
        return lru_cache(maxsize=1024)(partial(_possible, self.sections, self.clauses))

    def band(self, total: float | None) -> str | None:
        """The name of the band that ``total`` falls into."""
        if total is None:
            return None
        return next((band.name for band in self.bands if total >= band.at_least), None)


def _possible(sections: Sequence[Section], clauses: Sequence[Clause], decided: frozenset[str]) -> dict[str, float]:
    """In hundredths that add up to 100, by the weights of the sections and of the clauses within them."""
    present = [clause for clause in clauses if clause.id in decided and clause.weight]
    inside = {section.id: sum(c.weight for c in present if c.section == section.id) for section in sections}
    weights = {section.id: section.weight for section in sections if inside[section.id]}
    whole = sum(weights.values())
    if not whole:
        return {}
    hundredths = {c.id: 10_000 * weights[c.section] / whole * c.weight / inside[c.section] for c in present}
    possible = {name: int(share) for name, share in hundredths.items()}
    # What the whole numbers leave over goes to the largest remainders.
    by_remainder = sorted(possible, key=lambda name: possible[name] - hundredths[name])
    for name in by_remainder[: 10_000 - sum(possible.values())]:
        possible[name] += 1
    return {name: points / 100 for name, points in possible.items()}
