"""Runs the examples that stand beside the rules."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from csnlp.errors import CsnlpWarning, InputError
from csnlp.heads import ACTS, HEADS
from csnlp.rules.book import Example, Rule, RuleBook
from csnlp.rules.case import Case
from csnlp.rules.engine import apply
from csnlp.rules.examples import DEFAULT_LABELS
from csnlp.rules.facts import table_of
from csnlp.types import HeadScore

MIN_EXAMPLES = 3
"""Examples of each kind that a rule should have beside it."""

_SURE = 0.95


@dataclass(frozen=True, slots=True)
class Failure:
    """An example that its rule did not do as it should: where it stands, and what happened."""

    rule: str
    example: Example
    problem: str


def failures(book: RuleBook) -> Iterator[Failure]:
    """The examples of ``book`` that fail. Those that only an encoder can decide are left out, with a warning."""
    skipped: dict[str, int] = {}
    for rule in book.rules:
        for example in rule.examples:
            try:
                verdict = apply(rule, case_of(example, book))
            except InputError as error:  # a check of the book's own failed
                yield Failure(rule.id, example, str(error))
                continue
            if verdict.reason == "no_embedding":
                skipped[rule.id] = skipped.get(rule.id, 0) + 1
            elif bool(verdict.holds) != example.fires:
                wanted = "should fire" if example.fires else "should be silent"
                found = f"{verdict.reason or 'is silent'}" if not verdict.holds else f"fires at {verdict.spans}"
                yield Failure(rule.id, example, f"{wanted}, {found}")
    if skipped:
        count, rules = sum(skipped.values()), ", ".join(skipped)
        warnings.warn(
            f"{count} examples were not run, they need an encoder (similar): {rules}", CsnlpWarning, stacklevel=2
        )


def too_few(rule: Rule) -> bool:
    """Whether the rule has fewer than :data:`MIN_EXAMPLES` examples of a kind."""
    fires = sum(example.fires for example in rule.examples)
    return min(fires, len(rule.examples) - fires) < MIN_EXAMPLES


def case_of(example: Example, book: RuleBook) -> Case:
    """The example as a case, with the heads that it names as a sure model would give them."""
    exchange = example.exchange
    labels = {name: label for name, label in DEFAULT_LABELS.items() if name == "politeness" or exchange.has_customer}
    labels |= example.heads
    return Case(
        exchange=exchange,
        scanner=book.scanner,
        heads={name: _sure(name, label) for name, label in labels.items()},
        acts={act: _SURE if act in example.acts else 1 - _SURE for act in ACTS.labels},
        known=frozenset(HEADS),
        facts=table_of(example.facts) if example.facts else None,
    )


def _sure(head: str, label: str) -> HeadScore:
    labels = HEADS[head].labels
    rest = (1 - _SURE) / (len(labels) - 1)
    probabilities: Mapping[str, float] = {name: _SURE if name == label else rest for name in labels}
    rank = labels.index(label) / (len(labels) - 1)
    return HeadScore(label, _SURE, probabilities, rank if HEADS[head].kind == "ordinal" else None)
