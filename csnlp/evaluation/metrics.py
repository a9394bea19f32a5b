"""Measures of agreement and calibration, in numpy alone.

Labels are integers (the position of the label in its head), scores and probabilities are floats. Every measure takes
optional row ``weights`` of shape (..., rows) and then returns an array of shape (...): a thousand bootstrap resamples
are one call (see :mod:`csnlp.evaluation.bootstrap`). Without weights each row counts once and the result is 0-d; use
``float(...)``. A measure that is not defined (no rows, one class only) is nan, never an error.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Labels: TypeAlias = npt.NDArray[Any]

CALIBRATION_BINS = 15
"""Bins of equal width that the confidences are put into for the calibration error."""


def confusion(gold: Labels, predicted: Labels, labels: int, weights: Floats | None = None) -> Floats:
    """The (weighted) count of rows for each pair of gold (axis -2) and predicted label (axis -1).

    ``gold`` and ``predicted`` have shape (rows,) and values in 0..labels-1. Returns shape (..., labels, labels).
    """
    truth, guess = np.asarray(gold, dtype=np.int64), np.asarray(predicted, dtype=np.int64)
    row_weights, one_hot = _weighted(weights, len(truth)), np.eye(labels)
    counts = np.zeros((*row_weights.shape[:-1], labels, labels))
    for label in np.unique(truth):  # a (rows, labels²) matrix of all cells at once would not fit with many labels
        rows = np.flatnonzero(truth == label)
        counts[..., label, :] = row_weights[..., rows] @ one_hot[guess[rows]]
    return counts


def accuracy(matrix: Floats) -> Floats:
    """The share of rows on the diagonal of a :func:`confusion` matrix, 0..1."""
    return _ratio(np.trace(matrix, axis1=-2, axis2=-1), matrix.sum(axis=(-2, -1)))


def macro_f1(matrix: Floats) -> Floats:
    """The mean F1 over the labels that occur in the gold or in the predicted labels, 0..1.

    This is scikit-learn's ``f1_score(average="macro")``: a label that is only predicted counts with F1 0, one that
    occurs in neither is left out. In a bootstrap the labels are those of the resample.
    """
    right = np.diagonal(matrix, axis1=-2, axis2=-1)
    return _mean_defined(_ratio(2 * right, matrix.sum(axis=-1) + matrix.sum(axis=-2)))


def kappa(matrix: Floats, *, quadratic: bool = True) -> Floats:
    """Cohen's kappa: agreement beyond chance; 1 is perfect, 0 is chance, below 0 is worse than chance.

    With ``quadratic`` a disagreement costs the square of the distance between the ranks (Cohen 1968), else 1.
    Undefined (nan) when all rows, gold and predicted, carry one and the same label.
    """
    rank = np.arange(matrix.shape[-1])
    cost = (rank[:, None] - rank[None, :]) ** 2 if quadratic else rank[:, None] != rank[None, :]
    total = matrix.sum(axis=(-2, -1))
    expected = matrix.sum(axis=-1)[..., :, None] * matrix.sum(axis=-2)[..., None, :]
    observed_cost = (matrix * cost).sum(axis=(-2, -1))
    return np.asarray(1 - _ratio(observed_cost * total, (expected * cost).sum(axis=(-2, -1))))


def auc(positive: Labels, scores: Labels, weights: Floats | None = None) -> Floats:
    """Area under the ROC curve: the chance that a positive row scores above a negative one, ties counting half.

    ``positive`` holds 0/1 or booleans, ``scores`` any floats; both have shape (rows,). The rank form of Mann and
    Whitney, with ties. Undefined (nan) without a positive and a negative row.
    """
    is_positive, values = np.asarray(positive, dtype=bool), np.asarray(scores, dtype=np.float64)
    row_weights = _weighted(weights, len(values))
    if len(values) == 0:
        return np.full(row_weights.shape[:-1], np.nan)
    order = np.argsort(values, kind="stable")
    starts = np.flatnonzero(np.concatenate(([True], np.diff(values[order]) > 0)))
    ordered = row_weights[..., order]
    wins = np.add.reduceat(ordered * is_positive[order], starts, axis=-1)
    losses = np.add.reduceat(ordered * ~is_positive[order], starts, axis=-1)
    below = np.cumsum(losses, axis=-1) - losses
    return _ratio((wins * (below + 0.5 * losses)).sum(axis=-1), wins.sum(axis=-1) * losses.sum(axis=-1))


def calibration_error(confidence: Labels, correct: Labels, weights: Floats | None = None) -> Floats:
    """Expected calibration error, 0..1 (0 is calibrated).

    The rows are put into :data:`CALIBRATION_BINS` equal-width bins ((k-1)/bins, k/bins] of ``confidence`` (0 falls into
    the first); the error is the row-weighted mean over bins of |mean confidence - share correct| (Guo et al. 2017).
    Give the probability of the predicted label and whether it was right; for one label of a multi-label head, give the
    probability of the label and whether the label holds.
    """
    sure = np.asarray(confidence, dtype=np.float64)
    gap = _in_bins(sure) * (sure - np.asarray(correct, dtype=np.float64))[:, None]
    row_weights = _weighted(weights, len(sure))
    return _ratio(np.abs(row_weights @ gap).sum(axis=-1), row_weights.sum(axis=-1))


def calibration_noise(confidence: Labels) -> Floats:
    """The :func:`calibration_error` to expect on these rows if every confidence were exactly right.

    The gap of a bin is then a sum of independent errors of variance p (1 - p), nearly normal: the mean of its absolute
    value is the square root of 2/π times the sum of the variances. A measured error about as large says nothing against
    the model; only more rows would.
    """
    sure = np.asarray(confidence, dtype=np.float64)
    variance = (sure * (1 - sure)) @ _in_bins(sure)
    return _ratio(np.sqrt(2 / np.pi * variance).sum(), np.asarray(float(len(sure))))


def _in_bins(sure: Floats) -> npt.NDArray[np.bool_]:
    """(rows, bins): whether a probability is in a bin."""
    index = np.clip(np.ceil(sure * CALIBRATION_BINS) - 1, 0, CALIBRATION_BINS - 1)
    return np.asarray(index[:, None] == np.arange(CALIBRATION_BINS))


def label_f1(gold: Labels, predicted: Labels, weights: Floats | None = None) -> Floats:
    """F1 of every label of a multi-label head, shape (..., labels); nan where a label is neither gold nor predicted.

    ``gold`` and ``predicted`` hold 0/1 with shape (rows, labels).
    """
    truth, guess = np.asarray(gold, dtype=np.float64), np.asarray(predicted, dtype=np.float64)
    row_weights = _weighted(weights, len(truth))
    return _ratio(2 * (row_weights @ (truth * guess)), row_weights @ truth + row_weights @ guess)


def multilabel_macro_f1(
    gold: Labels, predicted: Labels, weights: Floats | None = None, *, min_support: int = 10
) -> Floats:
    """The mean of :func:`label_f1` over the labels with at least ``min_support`` gold rows, 0..1.

    The support is counted without ``weights``, so that every resample averages the same labels.
    """
    kept = supported(gold, min_support)
    return _mean_defined(label_f1(np.asarray(gold)[:, kept], np.asarray(predicted)[:, kept], weights))


def weighted_mean(values: Labels, weights: Floats | None = None) -> Floats:
    """The mean of ``values`` (shape (rows,)) over the rows; nan without any."""
    row_weights = _weighted(weights, len(values))
    return _ratio(row_weights @ np.asarray(values, dtype=np.float64), row_weights.sum(axis=-1))


def correlation(first: Labels, second: Labels, weights: Floats | None = None) -> Floats:
    """Pearson's correlation of two lists of numbers, shape (rows,) each, -1..1; nan where one of them does not vary."""
    row_weights = _weighted(weights, len(first))
    total = row_weights.sum(axis=-1)

    def mean(values: Labels) -> Floats:
        return _ratio(row_weights @ np.asarray(values, dtype=np.float64), total)

    x = np.asarray(first, dtype=np.float64) - np.mean(first)  # against cancellation
    y = np.asarray(second, dtype=np.float64) - np.mean(second)
    covariance = mean(x * y) - mean(x) * mean(y)
    variances = (mean(x * x) - mean(x) ** 2) * (mean(y * y) - mean(y) ** 2)
    return _ratio(covariance, np.sqrt(np.maximum(variances, 0)))


def supported(gold: Labels, min_support: int = 10) -> npt.NDArray[np.int64]:
    """Positions of the labels (columns of a 0/1 array) with at least ``min_support`` gold rows."""
    return np.flatnonzero(np.asarray(gold).sum(axis=0) >= min_support).astype(np.int64)


def mean_over_labels(values: list[Floats], shape: tuple[int, ...] = ()) -> Floats:
    """The mean of one measure over labels, leaving out labels where it is undefined; nan without any."""
    return _mean_defined(np.stack(values, axis=-1)) if values else np.full(shape, np.nan)


def _weighted(weights: Floats | None, rows: int) -> Floats:
    return np.ones(rows) if weights is None else np.asarray(weights, dtype=np.float64)


def _ratio(part: Floats, whole: Floats) -> Floats:
    defined = np.asarray(whole) > 0
    return np.where(defined, part / np.where(defined, whole, 1.0), np.nan)


def _mean_defined(values: Floats) -> Floats:
    defined = ~np.isnan(values)
    return _ratio(np.where(defined, values, 0.0).sum(axis=-1), defined.sum(axis=-1).astype(np.float64))
