"""Looks for what is wrong with a book although it loads: clauses without rules, dead rules, conflicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from csnlp.errors import InputError
from csnlp.rules.book import Example, Rule, RuleBook
from csnlp.rules.engine import apply
from csnlp.rules.inspect import kinds
from csnlp.rules.selftest import MIN_EXAMPLES, case_of, too_few

_RISING = ("minor", "major", "critical")


@dataclass(frozen=True, slots=True)
class Problem:
    """``where`` (file:line), the rule or clause it is about, and what is wrong with it."""

    where: str
    subject: str
    message: str


def lint(book: RuleBook, today: date) -> list[Problem]:
    """The problems of ``book`` as of ``today``."""
    return [
        *_clauses(book),
        *_sections(book),
        *(problem for rule in book.rules for problem in _rule(rule, book, today)),
        *_doubles(book),
        *_failing(book),
        *_conflicts(book),
    ]


def _clauses(book: RuleBook) -> Iterator[Problem]:
    ruled = {rule.clause for rule in book.rules}
    for clause in book.clauses:
        if clause.id not in ruled and not clause.credit_head:
            yield Problem(clause.where, clause.id, "has no rule and no credit: it is never decided")


def _sections(book: RuleBook) -> Iterator[Problem]:
    used = {clause.section for clause in book.clauses}
    for section in book.sections:
        if section.id not in used:
            yield Problem(book.name, section.id, "is a section without clauses")
    ceilings = [book.ceilings.get(severity, 100.0) for severity in _RISING]
    if ceilings != sorted(ceilings, reverse=True):
        yield Problem(book.name, "ceilings", "a graver finding leaves a higher total than a lighter one")


def _rule(rule: Rule, book: RuleBook, today: date) -> Iterator[Problem]:
    weight = {clause.id: clause.weight for clause in book.clauses}[rule.clause]
    if rule.end is not None and rule.end < today:
        yield Problem(rule.where, rule.id, f"is dead: it ended on {rule.end}")
    if too_few(rule):
        yield Problem(rule.where, rule.id, f"has fewer than {MIN_EXAMPLES} firing or {MIN_EXAMPLES} silent examples")
    if rule.points and not weight:
        yield Problem(rule.where, rule.id, f"has points, but its clause {rule.clause} weighs nothing")
    if abs(rule.points) > weight > 0:
        yield Problem(rule.where, rule.id, f"has {rule.points:g} points, more than its clause weighs ({weight:g})")
    if rule.severity not in ("info", "praise") and not rule.suggestion:
        yield Problem(rule.where, rule.id, "has no suggestion how to say it instead")


def _doubles(book: RuleBook) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for rule in book.rules:
        same = seen.setdefault(repr((rule.clause, rule.when, rule.applies)), rule.id)
        if same != rule.id:
            yield Problem(rule.where, rule.id, f"asks the same as {same}: a reply pays twice")


def _failing(book: RuleBook) -> Iterator[Problem]:
    """Rules with a check of the book's own that fails on an example of their clause, each named once."""
    for _, rules in book.by_clause:
        examples = [example for rule in rules for example in rule.examples]
        for rule in rules:
            if "python" in kinds(rule) and (problem := _failure(rule, examples, book)):
                yield problem


def _failure(rule: Rule, examples: Sequence[Example], book: RuleBook) -> Problem | None:
    for example in examples:
        try:
            apply(rule, case_of(example, book))
        except InputError as error:
            shown = example.exchange.reply[:20]
            return Problem(rule.where, rule.id, f"{error.field}: {error.problem}, e.g. on {shown!r}; {error.remedy}")
    return None


def _conflicts(book: RuleBook) -> Iterator[Problem]:
    """Rules of one clause that praise and blame the same example."""
    for _, rules in book.by_clause:
        praising = [rule for rule in rules if rule.severity == "praise"]
        blaming = [rule for rule in rules if rule.severity in _RISING]
        for rule in praising:
            for other in blaming:
                both = [e for e in (*rule.examples, *other.examples) if _both_fire(e, rule, other, book)]
                if both:
                    shown = both[0].exchange.reply[:20]
                    yield Problem(rule.where, rule.id, f"praises what {other.id} blames, e.g. {shown!r}")


def _both_fire(example: Example, rule: Rule, other: Rule, book: RuleBook) -> bool:
    case = case_of(example, book)
    try:
        return bool(apply(rule, case).holds and apply(other, case).holds)
    except InputError:  # told by _failing
        return False
