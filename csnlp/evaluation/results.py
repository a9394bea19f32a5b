"""What an evaluation finds: measures with intervals, by head, as plain values and by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from csnlp.heads import HeadKind

METRICS: dict[HeadKind, tuple[str, ...]] = {
    "ordinal": ("accuracy", "macro_f1", "kappa", "auc", "ece"),
    "nominal": ("accuracy", "macro_f1", "auc", "ece"),
    "multilabel": ("accuracy", "macro_f1", "auc", "ece"),
}
"""The measures of each kind of head.

accuracy: share of rows (multi-label: of decisions) that are right. macro_f1: the mean F1 over labels (multi-label: over
those with enough cases). kappa: quadratic. auc: the labels in :data:`csnlp.evaluation.measures.AUC_LABELS` against the
rest; for a head without an entry the mean over labels with enough cases. ece: expected calibration error, lower is
better. The formulas stand in :mod:`csnlp.evaluation.metrics`.
"""


@dataclass(frozen=True, slots=True)
class Metric:
    """A measure and its bootstrap interval; None where it is undefined."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class LabelCount:
    """How many rows carry a label in the gold, in the prediction and in both."""

    gold: int
    predicted: int
    both: int


@dataclass(frozen=True, slots=True)
class HeadEvaluation:
    """One head on ``n`` labelled rows.

    ``confusion`` counts the rows with each gold label (first index) and predicted label, in the order of ``labels``; it
    is empty for a multi-label head. ``agreement`` is the kappa of the first with the second labelling, if any.
    ``ece_noise`` is the ece that a perfectly calibrated model would show on so few rows, by chance.
    """

    n: int
    metrics: Mapping[str, Metric]
    labels: Mapping[str, LabelCount]
    confusion: tuple[tuple[int, ...], ...] = ()
    agreement: Metric | None = None
    ece_noise: float | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The heads that the model has, in the order of :data:`csnlp.heads.HEADS`; ``rows`` is the size of the file."""

    rows: int
    heads: Mapping[str, HeadEvaluation]
    resamples: int
    seed: int
    about: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON: ``about``, rows, and by head n, metrics {value, low, high}, labels, confusion,
        agreement and ece_noise."""
        heads = {
            name: {
                "n": head.n,
                "metrics": {metric: _plain(value) for metric, value in head.metrics.items()},
                "labels": {label: _plain(count) for label, count in head.labels.items()},
                "confusion": [list(row) for row in head.confusion],
                "agreement": None if head.agreement is None else _plain(head.agreement),
                "ece_noise": head.ece_noise,
            }
            for name, head in self.heads.items()
        }
        sampling = {"resamples": self.resamples, "seed": self.seed, "level": 0.95}
        return {**self.about, "rows": self.rows, "bootstrap": sampling, "heads": heads}


def _plain(value: Metric | LabelCount) -> dict[str, float | int | None]:
    return {name: getattr(value, name) for name in value.__slots__}
