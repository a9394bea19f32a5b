"""What changes when one rule book takes the place of another, on the same stored predictions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from csnlp.errors import InputError
from csnlp.rules.account import account
from csnlp.rules.book import RuleBook
from csnlp.rules.case import Case
from csnlp.rules.engine import judge
from csnlp.rules.tally import Failed

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
        """By how many points the total differs; none where a book gives no total, as that is not a total of 0."""
        return 0.0 if self.before is None or self.after is None else abs(self.after - self.before)


@dataclass(slots=True)
class BookDiff:
    """``replies`` compared, of which ``changed`` have another total or other findings. ``before`` and ``after``: the
    mean totals of the replies that have one (None: none has). ``bands``: (band before, band after) → replies. ``gone``,
    ``new``: rule → replies. ``largest``: the changes of the total that are largest. ``failed``: replies not compared.
    """

    replies: int = 0
    changed: int = 0
    before: float | None = None
    after: float | None = None
    bands: Counter[tuple[str, str]] = field(default_factory=Counter)
    gone: Counter[str] = field(default_factory=Counter)
    new: Counter[str] = field(default_factory=Counter)
    largest: list[Change] = field(default_factory=list)
    failed: Failed = field(default_factory=Failed)


def diff(old: RuleBook, new: RuleBook, cases: Iterable[Case], failed: Failed | None = None) -> BookDiff:
    """Score every case by both books (its scanner is replaced by each book's own). ``failed``: as for
    :func:`csnlp.rules.tally.tally`."""
    found = BookDiff(failed=failed or Failed())
    before, after = _Mean(), _Mean()
    for case in cases:
        try:
            change = _change(old, new, case)
        except InputError as error:
            found.failed.add(case.exchange.id, str(error))
            continue
        found.replies += 1
        before.add(change.before)
        after.add(change.after)
        found.bands[(old.band(change.before) or "–", new.band(change.after) or "–")] += 1
        found.gone.update(change.gone)
        found.new.update(change.new)
        if change.before != change.after or change.gone or change.new:
            found.changed += 1
            found.largest.append(change)
            if len(found.largest) > 10 * EXAMPLES:
                found.largest = _largest(found.largest)
    found.largest = _largest(found.largest)
    found.before, found.after = before.value, after.value
    return found


@dataclass(slots=True)
class _Mean:
    """The mean of the totals that there are, as :class:`csnlp.io.summary.Summary` has it."""

    _sum: float = 0.0
    _count: int = 0

    def add(self, total: float | None) -> None:
        if total is not None:
            self._sum += total
            self._count += 1

    @property
    def value(self) -> float | None:
        return self._sum / self._count if self._count else None


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
