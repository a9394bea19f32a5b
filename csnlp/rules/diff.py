"""What changes when one rule book takes the place of another, on the same stored predictions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from csnlp.rules.account import account
from csnlp.rules.book import RuleBook
from csnlp.rules.case import Case
from csnlp.rules.engine import judge

EXAMPLES = 10
"""Replies kept: those whose total changes most."""


@dataclass(frozen=True, slots=True)
class Change:
    """One reply whose total or findings differ: ``gone`` and ``new`` are the rules that fire in one book only."""

    id: str
    reply: str
    before: float | None
    after: float | None
    gone: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def size(self) -> float:
        return abs((self.after or 0.0) - (self.before or 0.0))


@dataclass(slots=True)
class BookDiff:
    """``replies`` compared, of which ``changed`` have another total or other findings. ``before`` and ``after``: the
    mean totals. ``bands``: (band before, band after) → replies. ``gone``, ``new``: rule → replies. ``largest``: the
    changes of the total that are largest."""

    replies: int = 0
    changed: int = 0
    before: float = 0.0
    after: float = 0.0
    bands: Counter[tuple[str, str]] = field(default_factory=Counter)
    gone: Counter[str] = field(default_factory=Counter)
    new: Counter[str] = field(default_factory=Counter)
    largest: list[Change] = field(default_factory=list)


def diff(old: RuleBook, new: RuleBook, cases: Iterable[Case]) -> BookDiff:
    """Score every case by both books (its scanner is replaced by each book's own)."""
    found = BookDiff()
    sums = [0.0, 0.0]
    for case in cases:
        found.replies += 1
        change = _change(old, new, case)
        sums[0] += change.before or 0.0
        sums[1] += change.after or 0.0
        found.bands[(old.band(change.before) or "–", new.band(change.after) or "–")] += 1
        found.gone.update(change.gone)
        found.new.update(change.new)
        if change.before != change.after or change.gone or change.new:
            found.changed += 1
            found.largest.append(change)
            if len(found.largest) > 10 * EXAMPLES:
                found.largest = _largest(found.largest)
    found.largest = _largest(found.largest)
    if found.replies:
        found.before, found.after = (value / found.replies for value in sums)
    return found


def _change(old: RuleBook, new: RuleBook, case: Case) -> Change:
    totals, rules = [], []
    for book in (old, new):
        _, findings, total = account(book, judge(book, replace(case, scanner=book.scanner)))
        totals.append(total)
        rules.append(dict.fromkeys(finding.rule for finding in findings))
    gone = tuple(rule for rule in rules[0] if rule not in rules[1])
    added = tuple(rule for rule in rules[1] if rule not in rules[0])
    return Change(case.exchange.id, case.exchange.reply, totals[0], totals[1], gone, added)


def _largest(changes: list[Change]) -> list[Change]:
    return sorted(changes, key=lambda change: -change.size)[:EXAMPLES]
