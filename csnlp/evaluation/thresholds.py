"""Thresholds for CI: ``politeness.kappa=0.85`` fails an evaluation whose measure falls short of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from csnlp.errors import ConfigError
from csnlp.evaluation.results import METRICS, Evaluation
from csnlp.heads import HEADS

CEILINGS = ("ece", "mae")
"""Measures where lower is better: the threshold is the most that passes."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """The worst value of a head's measure that still passes (for :data:`CEILINGS` the highest, else the lowest)."""

    head: str
    metric: str
    value: float

    def problem(self, evaluation: Evaluation) -> str | None:
        """What is wrong, with the value and the threshold; None when it is met. An undefined measure is not met."""
        name = f"{self.head}.{self.metric}"
        head = evaluation.heads.get(self.head)
        if head is None:
            return f"{name}: the model has no head {self.head}; wanted {self.value:g}"
        value = head.metrics[self.metric].value
        if value is None:
            return f"{name}: undefined on {head.n} labelled rows; wanted {self.value:g}"
        if self.metric in CEILINGS:
            return None if value <= self.value else f"{name}: {value:.4f} is over {self.value:g}"
        return None if value >= self.value else f"{name}: {value:.4f} is under {self.value:g}"


def parse_threshold(text: str, measures: Mapping[str, Sequence[str]] | None = None) -> Threshold:
    """Read ``head.metric=x``; ``measures`` are those of each head (csnlp's own by default).

    Raises :class:`csnlp.errors.ConfigError` that lists the valid heads or metrics.
    """
    measures = measures or {name: METRICS[head.kind] for name, head in HEADS.items()}
    name, equals, number = text.partition("=")
    head, dot, metric = name.strip().partition(".")
    if not equals or not dot:
        raise ConfigError(f"threshold {text!r} is not head.metric=value; write for example politeness.kappa=0.85")
    if head not in measures:
        raise ConfigError(f"threshold {text!r}: there is no head {head!r}; use one of: {', '.join(measures)}")
    valid = measures[head]
    if metric not in valid:
        raise ConfigError(f"threshold {text!r}: {head} has no metric {metric!r}; use one of: {', '.join(valid)}")
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ConfigError(f"threshold {text!r}: {number!r} is not a number; write for example {name.strip()}=0.85")
    return Threshold(head, metric, value)


def problems(evaluation: Evaluation, thresholds: Sequence[Threshold]) -> list[str]:
    """One message for each threshold that is not met."""
    found = (threshold.problem(evaluation) for threshold in thresholds)
    return [problem for problem in found if problem is not None]
