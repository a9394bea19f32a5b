"""The account of a score as a plain-text table."""

from __future__ import annotations

from unicodedata import east_asian_width

from csnlp.text.printable import printable
from csnlp.types import Score

_TITLES = ("item", "label", "score", "weight", "of", "points")


def explain(score: Score) -> str:
    """A table of what made the total; the points add up to it."""
    if score.error:
        return f"not scored: {score.error}"
    rows = [_TITLES]
    for line in score.lines:
        numbers = (f"{line.score:.3f}", f"{line.weight:g}", f"{line.possible:.2f}", f"{line.points:.2f}")
        rows.append((line.item, line.label, *numbers))
    total = "–" if score.total is None else f"{score.total:.2f}"
    rows.append(("total", " ".join(filter(None, (score.band, "review" * score.review))), "", "", "100.00", total))
    widths = [max(_width(row[column]) for row in rows) for column in range(len(_TITLES))]
    table = [_line(row, widths) for row in rows]
    return "\n".join([*table, *_findings(score), *_not_applicable(score)])


def _findings(score: Score) -> list[str]:
    lines = []
    for finding in score.findings:
        message = printable(finding.message)  # it may quote a chat
        lines.append(f"{finding.rule} [{finding.start}:{finding.end}] {finding.points:+.2f} {message}")
        if finding.suggestion:
            lines.append(f"  → {printable(finding.suggestion)}")
    return ["", *lines] if lines else []


def _not_applicable(score: Score) -> list[str]:
    """The clauses that were not decided, by reason."""
    from csnlp.rules.verdict import REASONS

    clauses: dict[str, list[str]] = {}
    for clause, reason in score.not_applicable.items():
        clauses.setdefault(reason, []).append(clause)
    lines = [f"n/a {' '.join(names)}: {REASONS[reason]}" for reason, names in clauses.items()]
    return ["", *lines] if lines else []


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    cells = []
    for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
        space = " " * (width - _width(cell))
        cells.append(cell + space if column < 2 else space + cell)
    return "  ".join(cells).rstrip()


def _width(text: str) -> int:
    """Columns that ``text`` takes on a terminal: Chinese characters take two."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
