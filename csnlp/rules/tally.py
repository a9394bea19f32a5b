"""Counts what a book does on a file of chats: how often each clause is decided and each rule fires, with samples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from csnlp.errors import InputError
from csnlp.rules.book import RuleBook
from csnlp.rules.case import Case
from csnlp.rules.engine import ClauseResult, judge
from csnlp.text.redact import redact

SAMPLES = 5
"""Replies kept for each rule."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A reply that a rule fired on, personal data masked; ``evidence`` is the first stretch of it."""

    id: str
    question: str
    reply: str
    evidence: str
    note: str


@dataclass(slots=True)
class ClauseTally:
    """How many replies the clause was decided for, broken in, and not applicable to (by reason)."""

    decided: int = 0
    broken: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Failed:
    """The replies that could not be judged, as a check of the book's own fails on them, or did when they were
    scored: how many there are, and the first of them as (id, what failed)."""

    replies: int = 0
    first: list[tuple[str, str]] = field(default_factory=list)

    def add(self, id: str, problem: str) -> None:
        """Count the reply ``id``, which ``problem`` kept from being judged."""
        self.replies += 1
        if len(self.first) < SAMPLES:
            self.first.append((id, problem))


@dataclass(slots=True)
class BookTally:
    """``replies`` judged; clause → its counts; rule → replies it fired on; rule → samples; replies not judged."""

    replies: int
    clauses: dict[str, ClauseTally]
    hits: Counter[str]
    samples: dict[str, list[Sample]]
    failed: Failed = field(default_factory=Failed)


def tally(book: RuleBook, cases: Iterable[Case], failed: Failed | None = None) -> BookTally:
    """The counts over ``cases``. ``failed``: where to count those that fail; the source of the cases may do so too."""
    clauses = {clause.id: ClauseTally() for clause in book.clauses}
    found = BookTally(0, clauses, Counter(), {}, failed or Failed())
    for case in cases:
        try:
            results = judge(book, case)
        except InputError as error:
            found.failed.add(case.exchange.id, str(error))
            continue
        found.replies += 1
        for result in results:
            _add(found, result, case)
    return found


def _add(found: BookTally, result: ClauseResult, case: Case) -> None:
    counts = found.clauses[result.clause.id]
    if result.reason is not None:
        counts.reasons[result.reason] += 1
    else:
        counts.decided += 1
    counts.broken += any(fired.rule.severity not in ("info", "praise") for fired in result.fired)
    for fired in result.fired:
        found.hits[fired.rule.id] += 1
        kept = found.samples.setdefault(fired.rule.id, [])
        if len(kept) < SAMPLES:
            start, end = fired.spans[0]
            reply = redact(case.exchange.reply)
            evidence = redact(case.exchange.reply[start:end])
            if evidence not in reply:  # a part of what is masked as a whole
                evidence = "…"
            question = redact(" ".join(turn.text for turn in case.question()))
            kept.append(Sample(case.exchange.id, question, reply, evidence, redact(fired.note)))
