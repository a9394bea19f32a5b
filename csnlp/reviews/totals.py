"""The total as people see it, beside the automatic one."""

from __future__ import annotations

from dataclasses import dataclass, field

from csnlp.reviews.snapshot import Automatic
from csnlp.reviews.store import ReviewStore
from csnlp.types import Finding, Line

_NEAR = 0.015
"""Points are rounded to 0.01: closer than this is the same."""

_NO_CEILING = ("info", "praise")
"""Severities that no book can set a ceiling for; the three others may have one."""


@dataclass(frozen=True, slots=True)
class HumanTotal:
    """``automatic`` is the stored total, ``human`` the one after the standing decisions (None: nothing was decided).

    ``exact`` is False when the stored account does not tell what the rule book would have given: a head's verdict was
    changed; a silent rule should have fired; a veto or ceiling was at work and any finding stays; the total rises while
    a finding stays that is minor or worse, for which the book may have a ceiling; the points of a finding that stays
    had been cut at the bounds of its clause; or it is not clear which line is that of a clause. Score the reply again
    with the book to know it then.
    """

    reply: str
    automatic: float | None
    human: float | None
    exact: bool


@dataclass(slots=True)
class _Changes:
    points: dict[int, float] = field(default_factory=dict)  # number of a finding → the points that people give it
    rejected: set[int] = field(default_factory=set)
    missed: dict[str, float] = field(default_factory=dict)  # clause → the points of its silent rules
    head: bool = False


def human_total(store: ReviewStore, reply: str) -> HumanTotal:
    """The total of ``reply`` with rejected findings restored and corrected ones replaced.

    Decisions count while they stand: not those of a disputed item, but those under appeal. Each clause stays within 0
    and its possible points. A veto or ceiling falls with the last finding of its rule, and still holds otherwise.
    """
    automatic = store.automatic(reply)
    changes = _changes(store, reply)
    if automatic.total is None or not (changes.points or changes.missed or changes.head):
        return HumanTotal(reply, automatic.total, automatic.total, exact=True)
    left = [finding for number, finding in enumerate(automatic.findings) if number not in changes.rejected]
    rules = {finding.rule for finding in left}
    before = now = 0.0
    clauses = [_clause_of(line, automatic, changes) for line in automatic.lines]
    clear = all(clauses.count(clause) == 1 for clause in clauses if clause is not None)
    exact = clear and not (changes.head or changes.missed)
    for line, clause in zip(automatic.lines, clauses, strict=True):
        before += line.points
        if line.possible > 0:
            points, known = _clause_points(automatic, changes, line, clause)
            now += points
            exact &= known
        else:
            exact &= not left
            if line.label in rules:  # a veto or ceiling that still holds lets no more through than it did
                now = min(now, before)
    human = round(max(0.0, now), 2)
    if human > automatic.total:
        exact &= all(finding.severity in _NO_CEILING for finding in left)
    return HumanTotal(reply, automatic.total, human, exact)


def _changes(store: ReviewStore, reply: str) -> _Changes:
    changes = _Changes()
    for review in store.stream(reply=reply):
        item, decision = review.item, review.standing
        if decision is None or decision.verdict == "confirmed":
            continue
        if item.kind == "head":
            changes.head = True
        elif item.kind == "silence":
            changes.missed[item.clause] = changes.missed.get(item.clause, 0.0) + item.points_by(decision.ruling)
        else:
            changes.points[item.number] = item.points_by(decision.ruling)
            if decision.verdict == "rejected":
                changes.rejected.add(item.number)
    return changes


def _clause_of(line: Line, automatic: Automatic, changes: _Changes) -> str | None:
    """The clause of ``line``, if it has a finding or a change.

    The line's item is the clause and its title, and both may have blanks: of ``C`` and ``C 1``, the longer is meant.
    """
    if line.possible <= 0:
        return None  # a veto or ceiling
    clauses = {finding.clause for finding in automatic.findings} | changes.missed.keys()
    return max((clause for clause in clauses if f"{line.item} ".startswith(f"{clause} ")), key=len, default=None)


def _clause_points(automatic: Automatic, changes: _Changes, line: Line, clause: str | None) -> tuple[float, bool]:
    """The points of ``line``, each finding of its ``clause`` moving them in turn; and whether the book says the same.

    It may not when a finding stays whose points were cut at a bound: what its rule wanted is not known.
    """
    if clause is None:
        return line.points, True
    findings = [(number, finding) for number, finding in enumerate(automatic.findings) if finding.clause == clause]
    if clause not in changes.missed and not any(number in changes.points for number, _ in findings):
        return line.points, True
    before = now = line.points - sum(finding.points for _, finding in findings)
    known = True
    for number, finding in findings:
        before += finding.points
        known &= number in changes.points or not _was_cut(finding, before, line.possible)
        now = _within(now + changes.points.get(number, finding.points), line.possible)
    return _within(now + changes.missed.get(clause, 0.0), line.possible), known


def _was_cut(finding: Finding, points: float, possible: float) -> bool:
    """Whether ``finding`` may have moved less than its rule wanted, having left its clause at ``points``."""
    if finding.severity == "info":
        return False
    return points > possible - _NEAR if finding.severity == "praise" else points < _NEAR


def _within(points: float, possible: float) -> float:
    return min(possible, max(0.0, points))
