"""The measures of one head as functions of row weights: what is computed, and resampled."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from csnlp.evaluation import metrics
from csnlp.evaluation.metrics import Floats
from csnlp.heads import Head

AUC_LABELS: dict[str, tuple[str, ...]] = {
    "politeness": ("rude", "cold"),
    "accuracy": ("progresses", "answers"),
    "complaint": ("dissatisfied", "complaint", "escalation"),
    "satisfaction": ("unsatisfied",),
}
"""The labels whose summed probability is the score of the AUC; a row with one of them is a positive."""

MIN_SUPPORT = 10
"""A mean over labels takes only labels with this many gold rows."""

Statistic = Callable[[Floats], Floats]
"""Row weights of shape (..., rows) → one number for each resample, shape (...)."""

Ints = npt.NDArray[np.int64]


def head_statistics(head: Head, gold: Ints, probabilities: Floats) -> tuple[dict[str, Statistic], Ints]:
    """The measures of a head as functions of row weights, and the predicted labels (shape of ``gold``)."""
    if head.kind == "multilabel":
        return _multilabel_statistics(gold, probabilities)
    predicted = probabilities.argmax(axis=1)
    confidence, right = probabilities.max(axis=1), predicted == gold
    labels = len(head.labels)

    def table(weights: Floats) -> Floats:
        return metrics.confusion(gold, predicted, labels, weights)

    one_hot = np.eye(labels, dtype=np.int64)[gold]
    statistics: dict[str, Statistic] = {
        "accuracy": lambda weights: metrics.accuracy(table(weights)),
        "macro_f1": lambda weights: metrics.macro_f1(table(weights)),
        "kappa": lambda weights: metrics.kappa(table(weights)),
        "auc": lambda weights: _mean_auc(one_hot, probabilities, weights),
        "ece": lambda weights: metrics.calibration_error(confidence, right, weights),
    }
    if head.name in AUC_LABELS:
        positive = [head.labels.index(label) for label in AUC_LABELS[head.name]]
        score = probabilities[:, positive].sum(axis=1)
        statistics["auc"] = lambda weights: metrics.auc(np.isin(gold, positive), score, weights)
    return statistics, predicted


def _multilabel_statistics(gold: Ints, probabilities: Floats) -> tuple[dict[str, Statistic], Ints]:
    predicted = (probabilities >= 0.5).astype(np.int64)
    right = (predicted == gold).mean(axis=1)

    def calibration(weights: Floats) -> Floats:
        errors = [metrics.calibration_error(p, g, weights) for p, g in zip(probabilities.T, gold.T, strict=True)]
        return metrics.mean_over_labels(errors)

    return {
        "accuracy": lambda weights: metrics.weighted_mean(right, weights),
        "macro_f1": lambda weights: metrics.multilabel_macro_f1(gold, predicted, weights, min_support=MIN_SUPPORT),
        "auc": lambda weights: _mean_auc(gold, probabilities, weights),
        "ece": calibration,
    }, predicted


def calibration_noise(head: Head, probabilities: Floats) -> Floats:
    """What ``ece`` would be on average if the probabilities were exactly right."""
    if head.kind == "multilabel":
        return metrics.mean_over_labels([metrics.calibration_noise(column) for column in probabilities.T])
    return metrics.calibration_noise(probabilities.max(axis=1))


def _mean_auc(gold: Ints, probabilities: Floats, weights: Floats) -> Floats:
    kept = metrics.supported(gold, MIN_SUPPORT)
    areas = [metrics.auc(gold[:, label], probabilities[:, label], weights) for label in kept]
    return metrics.mean_over_labels(areas, weights.shape[:-1])


def kappa_statistic(head: Head, first: Ints, second: Ints) -> Statistic:
    """The kappa of two labellings: quadratic (ordinal), plain (nominal), the mean of the labels' (multi-label)."""
    if head.kind != "multilabel":
        quadratic = head.kind == "ordinal"
        return lambda weights: metrics.kappa(
            metrics.confusion(first, second, len(head.labels), weights), quadratic=quadratic
        )
    kept = metrics.supported(first, MIN_SUPPORT)
    return lambda weights: metrics.mean_over_labels(
        [metrics.kappa(metrics.confusion(first[:, k], second[:, k], 2, weights)) for k in kept], weights.shape[:-1]
    )
