"""What a run amounts to: counts over its outcomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from csnlp.io.badrow import BadRow
from csnlp.io.outcomes import Outcome

SHOWN = 5
"""How many bad rows a summary holds as examples."""

REMEMBERED = 1_000_000
"""How many ids are remembered, to tell which of them come again: about 70 MB, or 110 MB if all of them do."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The result of a run. A label None counts the replies that a head does not apply to. ``findings``: rule → the
    replies that it counts against.

    ``total`` is the mean total (0..100; None if no reply has one), ``seconds`` the time taken, of which ``scored_now``
    replies were scored in this run and the others kept from an earlier one. ``output`` and ``errors`` are the files.

    ``repeated``: how many ids stand in more than one of the scored replies, and ``first_repeated`` the first that came
    again. Among more than :data:`REMEMBERED` ids these are those of the first :data:`REMEMBERED`, so a lower bound.
    """

    scored: int
    bad: int
    review: int
    total: float | None
    politeness: Mapping[str | None, int]
    accuracy: Mapping[str | None, int]
    complaint: Mapping[str | None, int]
    complaint_type: Mapping[str | None, int]
    findings: Mapping[str, int]
    first_bad: tuple[BadRow, ...]
    repeated: int = 0
    first_repeated: str | None = None
    scored_now: int = 0
    seconds: float = 0.0
    output: str | None = None
    errors: str | None = None

    @property
    def exit_status(self) -> int:
        """0: all rows are scored. 2: some are bad. 1: nothing is scored."""
        if not self.scored:
            return 1
        return 2 if self.bad else 0

    @property
    def rate(self) -> float:
        """Replies scored a second in this run."""
        return self.scored_now / self.seconds if self.seconds > 0 else 0.0


@dataclass(slots=True)
class _Ids:
    """Counts the ids that come again, and keeps the first of them.

    Of each id only its hash of 8 bytes is remembered (among a million ids two share theirs once in 37 million runs),
    and no more than :data:`REMEMBERED` of them: an id first met after so many is not counted when it comes again.
    """

    first: str | None = None
    _once: set[int] = field(default_factory=set)
    _again: set[int] = field(default_factory=set)

    @property
    def repeated(self) -> int:
        return len(self._again)

    def add(self, id: str) -> None:
        key = hash(id)
        if key in self._once:
            self._once.remove(key)
            self._again.add(key)
            if self.first is None:
                self.first = id
        elif key not in self._again and len(self._once) + len(self._again) < REMEMBERED:
            self._once.add(key)


@dataclass(slots=True)
class Tally:
    """Counts outcomes as they pass."""

    scored: int = 0
    bad: int = 0
    _review: int = 0
    _totals: int = 0
    _sum: float = 0.0
    _labels: dict[str, Counter[str | None]] = field(
        default_factory=lambda: {name: Counter() for name in ("politeness", "accuracy", "complaint", "complaint_type")}
    )
    _findings: Counter[str] = field(default_factory=Counter)
    _first_bad: list[BadRow] = field(default_factory=list)
    _ids: _Ids = field(default_factory=_Ids)

    def add(self, outcome: Outcome) -> None:
        """Count one outcome."""
        if isinstance(outcome, BadRow):
            self.bad += 1
            if len(self._first_bad) < SHOWN:
                self._first_bad.append(outcome)
        else:
            self._add_row(outcome)

    def summary(self, **run: Any) -> Summary:
        """The counts so far; ``run`` sets the fields of :class:`Summary` that are about the run."""
        return Summary(
            scored=self.scored,
            bad=self.bad,
            review=self._review,
            total=self._sum / self._totals if self._totals else None,
            first_bad=tuple(self._first_bad),
            politeness=dict(self._labels["politeness"]),
            accuracy=dict(self._labels["accuracy"]),
            complaint=dict(self._labels["complaint"]),
            complaint_type=dict(self._labels["complaint_type"]),
            findings=dict(self._findings),
            repeated=self._ids.repeated,
            first_repeated=self._ids.first,
            **run,
        )

    def _add_row(self, row: Mapping[str, Any]) -> None:
        self.scored += 1
        self._ids.add(row["id"])
        self._review += bool(row["review"])
        if row["total"] is not None:
            self._totals += 1
            self._sum += row["total"]
        for name, counter in self._labels.items():
            counter[row[name]] += 1
        self._findings.update({f["rule"] for f in row["findings"] if f["severity"] not in ("info", "praise")})
