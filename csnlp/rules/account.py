"""Adds up the points: clause results → the lines of a score's account, its findings and its total.

Each section has its part of 100 points, and each clause its part of its section, by their weights among those that
were decided: what is not applicable leaves its part to the others. A clause starts with a share of its points, and its
rules take some away, then add some, between none and all of them. Then vetoes and ceilings take what they take, each
on a line of its own, so that the lines add up to the total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from csnlp.rules.book import RuleBook
from csnlp.rules.engine import ClauseResult, Fired
from csnlp.types import Finding, Line


def account(
    book: RuleBook, results: Sequence[ClauseResult]
) -> tuple[tuple[Line, ...], tuple[Finding, ...], float | None]:
    """The lines, the findings and the total (0..100; None when nothing could be decided)."""
    possible = book.possible(frozenset([result.clause.id for result in results if result.reason is None]))
    lines: list[Line] = []
    findings: list[Finding] = []
    for result in results:
        of = possible.get(result.clause.id, 0.0)
        if of:
            line, found = _clause_line(result, of)
            lines.append(line)
            findings.extend(found)
        elif result.fired:
            findings.extend(_finding(fired, n, 0.0) for fired in result.fired for n in range(_counted(fired)))
    if not lines:
        return (), tuple(findings), None
    if findings:
        lines.extend(_vetoes(results, lines))
        lines.extend(_ceiling(book, results, sum(line.points for line in lines)))
    total = round(sum([line.points for line in lines]), 2)
    return tuple(lines), tuple(findings), max(0.0, total)


def _clause_line(result: ClauseResult, possible: float) -> tuple[Line, list[Finding]]:
    clause = result.clause
    scale = possible / clause.weight
    points = result.share * possible
    findings = []
    for fired in result.fired:
        spans = _counted(fired)
        wanted = _points(fired, spans) * scale / spans
        for number in range(spans):
            moved = min(possible, max(0.0, points + wanted))
            findings.append(_finding(fired, number, moved - points))
            points = moved
    label = "、".join(dict.fromkeys([fired.rule.id for fired in result.fired])) if result.fired else "✓"
    return _line(clause.id, clause.title, clause.weight, label, possible, points), findings


@lru_cache(maxsize=1024)
def _line(clause: str, title: str, weight: float, label: str, possible: float, points: float) -> Line:
    """Most clauses are kept, and have the same line again and again."""
    return Line(f"{clause} {title}", label, points / possible, weight, possible, round(points, 2))


def _points(fired: Fired, spans: int) -> float:
    """The rule's points for all of its evidence, no further from 0 than its cap."""
    points = fired.rule.points * (spans if fired.rule.each else 1)
    return max(-fired.rule.cap, min(fired.rule.cap, points))


def _counted(fired: Fired) -> int:
    """How many of its spans count."""
    return len(fired.spans) if fired.rule.each else 1


def _finding(fired: Fired, number: int, points: float) -> Finding:
    """The finding of the span with this number."""
    rule = fired.rule
    note = fired.notes[number] if rule.each and fired.notes else fired.note
    message = f"{rule.message}（{note}）" if note else rule.message
    return Finding(
        rule.clause, rule.id, *fired.spans[number], round(points, 2), message, rule.severity, rule.suggestion
    )


def _vetoes(results: Sequence[ClauseResult], lines: Sequence[Line]) -> list[Line]:
    """What the vetoes take: all points of the section, or all points."""
    vetoes: dict[str, str] = {}  # section, or "" for the total → the rule
    for result in results:
        for fired in result.fired:
            if fired.rule.veto != "none":
                vetoes.setdefault(result.clause.section if fired.rule.veto == "section" else "", fired.rule.id)
    if "" in vetoes:
        return [_adjustment("一票否决", vetoes[""], -sum(line.points for line in lines))]
    if not vetoes:
        return []
    section_of: Mapping[str, str] = {f"{r.clause.id} {r.clause.title}": r.clause.section for r in results}
    return [
        _adjustment(f"否决 {section}", rule, -sum(line.points for line in lines if section_of[line.item] == section))
        for section, rule in vetoes.items()
    ]


def _ceiling(book: RuleBook, results: Sequence[ClauseResult], total: float) -> list[Line]:
    """What is over the lowest ceiling that a finding sets."""
    severities = {fired.rule.severity: fired.rule.id for result in results for fired in result.fired}
    ceilings = [(book.ceilings[name], rule) for name, rule in severities.items() if name in book.ceilings]
    if not ceilings:
        return []
    ceiling, rule = min(ceilings)
    return [_adjustment(f"封顶 {ceiling:g}", rule, ceiling - total)] if total > ceiling else []


def _adjustment(item: str, rule: str, points: float) -> Line:
    return Line(item, rule, 0.0, 0.0, 0.0, round(points, 2))
