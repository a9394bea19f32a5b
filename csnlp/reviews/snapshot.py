"""What the store keeps of a reply: its words and its automatic verdict, as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from csnlp.errors import InputError
from csnlp.heads import ACTS, BY_PEOPLE
from csnlp.reviews.masking import Masked
from csnlp.reviews.records import Label
from csnlp.types import Exchange, Finding, Line, Score, Turn
from csnlp.validation import check_exchange, check_text

TOLERANCE = 0.02
"""Points by which two scores of the same reply may differ: they are rounded to 0.01, and batches round differently."""

LARGEST = 1e9
"""Largest number of a score; a rule book allows no larger one."""

_FINDING = ("clause", "rule", "start", "end", "points", "message", "severity")
_LINE = ("item", "label", "score", "weight", "possible", "points")


@dataclass(frozen=True, slots=True)
class Automatic:
    """The automatic verdict on a reply; ``heads``: head → label. It is kept as it was when it was added."""

    total: float | None
    lines: tuple[Line, ...]
    findings: tuple[Finding, ...]
    heads: Mapping[str, Label]

    def to_json(self) -> str:
        """As it is stored; :func:`automatic_from_json` reads it back."""
        return _dump(
            {
                "total": self.total,
                "lines": [{name: getattr(line, name) for name in _LINE} for line in self.lines],
                "findings": [{name: getattr(finding, name) for name in _FINDING} for finding in self.findings],
                "heads": dict(self.heads),
            }
        )


def automatic_of(score: Score, reply: Masked, mask: Callable[[str], Masked]) -> Automatic:
    """What is kept of ``score``, with spans in the masked ``reply``. :class:`InputError` when it holds no verdict."""
    if score.error is not None:
        raise InputError("score", "has an error and no verdict", "leave the row out")
    numbers = [score.total or 0.0, *(finding.points for finding in score.findings)]
    numbers += [value for line in score.lines for value in (line.score, line.weight, line.possible, line.points)]
    if not all(isinstance(number, int | float) and abs(number) <= LARGEST for number in numbers):
        raise InputError("score", "has points that are no number", "correct the rule book or the model")
    for finding in score.findings:
        for name in ("clause", "rule", "message"):
            check_text(f"finding.{name}", getattr(finding, name))
    return Automatic(
        total=score.total,
        lines=score.lines,
        findings=tuple(_masked_finding(finding, reply, mask) for finding in score.findings),
        heads={name: label for name in BY_PEOPLE if (label := _head_label(score, name)) is not None},
    )


def automatic_from_json(text: str) -> Automatic:
    """The inverse of :meth:`Automatic.to_json`."""
    row = json.loads(text)
    return Automatic(
        total=row["total"],
        lines=tuple(Line(**line) for line in row["lines"]),
        findings=tuple(Finding(**finding) for finding in row["findings"]),
        heads={name: label_from_json(label) for name, label in row["heads"].items()},
    )


def alike(one: str, other: str) -> bool:
    """Whether two :class:`Automatic` as JSON say the same, numbers within :data:`TOLERANCE`."""
    return one == other or _alike(json.loads(one), json.loads(other))


def same_words(one: str, other: str) -> bool:
    """Whether two exchanges as JSON are the same but for what was said after the reply: a chat goes on."""
    return one == other or {**json.loads(one), "after": None} == {**json.loads(other), "after": None}


def exchange_json(exchange: Exchange, mask: Callable[[str], Masked]) -> str:
    """The exchange as JSON, every text masked. :class:`InputError` when it cannot be scored or has no id."""
    check_exchange(exchange)
    row: dict[str, Any] = {
        "reply": mask(exchange.reply).text,
        "context": [_turn(turn, mask) for turn in exchange.context],
    }
    if exchange.reference is not None:
        row["reference"] = mask(exchange.reference).text
    if exchange.after is not None:
        row["after"] = [_turn(turn, mask) for turn in exchange.after]
    return _dump(row)


def label_from_json(value: str | list[str]) -> Label:
    """A label as read from JSON, which makes the tuple of ``acts`` a list."""
    return value if isinstance(value, str) else tuple(value)


def _turn(turn: Turn, mask: Callable[[str], Masked]) -> dict[str, str]:
    row: dict[str, str] = {"role": turn.role, "text": mask(turn.text).text}
    return row if turn.time is None else {**row, "time": turn.time.isoformat()}


def _masked_finding(finding: Finding, reply: Masked, mask: Callable[[str], Masked]) -> Finding:
    start, end = reply.span(finding.start, finding.end)
    return replace(finding, start=start, end=end, message=mask(finding.message).text)


def _head_label(score: Score, name: str) -> Label | None:
    if name == ACTS.name:
        return score.acts if score.act_scores else None
    head = getattr(score, name)
    return head.label if head else None


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, float | int) and isinstance(other, float | int):
        return abs(one - other) <= TOLERANCE
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_alike(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    return bool(one == other)


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
