"""The total as people see it, beside the automatic one."""

from __future__ import annotations

from dataclasses import dataclass, field

from csnlp.reviews.snapshot import Automatic
from csnlp.reviews.store import ReviewStore
from csnlp.types import Finding, Line

_NEAR = 0.015
"""Points are rounded to 0.01: closer than this is the same."""

_NO_CEILING = ("info", "praise", "minor")


@dataclass(frozen=True, slots=True)
class HumanTotal:
    """``automatic`` is the stored total, ``human`` the one after the standing decisions (None: nothing was decided).

    ``exact`` is False when the stored account does not tell what the rule book would have given: a head's verdict was
    changed; a silent rule should have fired; a veto or ceiling was at work and any finding stays; the total rises while
    a finding worse than minor stays, which may set a ceiling; or the points of a finding that stays had been cut at the
    bounds of its clause. Score the reply again with the book to know it then.
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
    exact = not (changes.head or changes.missed)
    for line in automatic.lines:
        before += line.points
        if line.possible > 0:
            points, known = _clause_points(automatic, changes, line)
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
    for review in store.reviews(reply=reply):
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


def _clause_points(automatic: Automatic, changes: _Changes, line: Line) -> tuple[float, bool]:
    """The points of the clause of ``line``, each finding moving them in turn; and whether that is what the book says.

    It may not be when a finding stays whose points were cut at a bound: what its rule wanted is not known.
    """
    clause = line.item.partition(" ")[0]
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
