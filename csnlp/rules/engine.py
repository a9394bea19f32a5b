"""Applies a rule book to a case: which rules fire, and which clauses they decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple

from csnlp.rules.book import Clause, Rule, RuleBook
from csnlp.rules.case import Case
from csnlp.rules.kinds.facts import is_confirmed
from csnlp.rules.verdict import NO, Span, Verdict, unknown

BEIJING = timezone(timedelta(hours=8))
"""Where a rule's days begin. All of China keeps this time, without summer time: no time zone data is needed."""


class Fired(NamedTuple):
    """A rule that fired, and its evidence in the reply (the whole reply where it is no stretch of it).

    ``note`` and ``notes`` are those of the verdict."""

    rule: Rule
    spans: tuple[Span, ...]
    note: str
    notes: tuple[str, ...] = ()


class ClauseResult(NamedTuple):
    """``reason`` (a key of REASONS) is set when the clause could not be decided; ``fired``: the rules against it, or
    in its praise. ``share``: what it has before them of its weight (0..1)."""

    clause: Clause
    share: float
    fired: tuple[Fired, ...]
    reason: str | None


def judge(book: RuleBook, case: Case) -> tuple[ClauseResult, ...]:
    """The result of every clause of ``book``, in its order."""
    day = _day(case.exchange.time)
    if case.scanner is book.scanner:
        case.look()
    else:  # what a glance told by another book says nothing of this one
        case = replace(case)
    return tuple([_judge_clause(clause, rules, case, day) for clause, rules in book.by_clause])


def _day(time: datetime | None) -> date | None:
    """The day of ``time`` in China; a time without a zone is taken to be China's."""
    if time is None or time.utcoffset() is None:
        return None if time is None else time.date()
    try:
        return time.astimezone(BEIJING).date()
    except OverflowError:  # within hours of the first or last day that there is
        return time.date()


def apply(rule: Rule, case: Case) -> Verdict:
    """What ``rule`` says of ``case``, whatever the day."""
    if rule.applies is not None and not rule.applies.claims[1] & case.false:
        gate = rule.applies.decide(case)
        if not gate.holds:
            return gate if gate.holds is None else unknown(rule.otherwise)
    return NO if rule.when.claims[0] & case.false else rule.when.check(case)


def _judge_clause(clause: Clause, rules: Sequence[Rule], case: Case, day: date | None) -> ClauseResult:
    fired: list[Fired] = []
    reasons: list[str] = []
    decided = False
    for rule in rules:
        if (rule.start or rule.end) and not rule.in_force(day):
            continue
        verdict = apply(rule, case)
        holds = verdict.holds
        if holds:
            spans = verdict.spans or ((0, len(case.exchange.reply)),)
            fired.append(Fired(rule, spans, verdict.note, verdict.notes))
        elif holds is None:
            reasons.append(verdict.reason)
        if holds or (holds is False and rule.severity not in ("info", "praise")):
            # That a remark or praise was not earned does not show that the clause was kept.
            decided = True
    share = clause.starts_at
    if clause.credit_head:
        if (score := case.heads.get(clause.credit_head)) is not None:
            share = sum(score.probabilities[label] * credit for label, credit in _credit(clause, case).items())
            decided = True
        elif not fired:
            decided = False
            reasons.insert(0, case.absence(clause.credit_head))
    reason = None if decided else (reasons[0] if reasons else "no_rule")
    return ClauseResult(clause, share, tuple(fired), reason)


def _credit(clause: Clause, case: Case) -> Mapping[str, float]:
    """What each label of the clause's head is worth in ``case``."""
    if not clause.confirmed or not is_confirmed("reference", case):
        return clause.credit
    return {label: max(share, clause.confirmed) for label, share in clause.credit.items()}
