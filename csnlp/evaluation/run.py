"""Measures a model on labelled exchanges, head by head, each measure with a bootstrap interval."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from csnlp.errors import ModelError
from csnlp.evaluation import metrics
from csnlp.evaluation.bootstrap import bootstrap_interval
from csnlp.evaluation.gold import GoldRow, judged, targets_of
from csnlp.evaluation.measures import Ints, Statistic, calibration_noise, head_statistics, kappa_statistic
from csnlp.evaluation.metrics import Floats
from csnlp.evaluation.results import METRICS, Evaluation, HeadEvaluation, LabelCount, Metric
from csnlp.heads import HEADS, Head
from csnlp.models import bursts
from csnlp.models.protocol import Model, call_setting, check_model
from csnlp.types import Exchange

_BATCH = 256


def evaluate(
    model: Model,
    rows: Iterable[GoldRow],
    *,
    resamples: int = 1_000,
    seed: int = 0,
    agreement: bool = True,
    about: Mapping[str, Any] | None = None,
) -> Evaluation:
    """Measure ``model`` on ``rows``.

    The predicted label is the most probable one (multi-label: each at 0.5 or more). Politeness and acts
    apart, a head is judged only where the customer said something, accuracy only where the gold says that it applies.
    An answer in several messages is judged as a scorer judges it, as one (:mod:`csnlp.models.bursts`).
    Intervals resample groups of rows that share a context. ``agreement`` adds the kappa of the two labellings where
    rows have a second one: quadratic for ordinal heads, plain for nominal ones, for multi-label heads the mean of the
    labels' kappas. ``about`` is carried into the result (model, file …).

    Raises :class:`csnlp.errors.ModelError` for what is no model, and for one that returns no proper probabilities.
    """
    rows = list(rows)
    found = predict(model, rows)
    heads = {
        name: _evaluate_head(HEADS[name], found[name], rows, resamples, seed, agreement)
        for name in HEADS
        if name in found
    }
    return Evaluation(len(rows), heads, resamples, seed, dict(about or {}))


def predict(model: Model, rows: Sequence[GoldRow]) -> dict[str, Floats]:
    """Head name → probabilities (rows, labels)."""
    return predicted(model, [row.exchange for row in rows], HEADS)


def predicted(model: Model, exchanges: Sequence[Exchange], heads: Mapping[str, Head]) -> dict[str, Floats]:
    """Those of ``heads`` that ``model`` has: name → probabilities (exchanges, labels).

    Raises :class:`csnlp.errors.ModelError` as :func:`evaluate` does.
    """
    check_model(model)
    parts: dict[str, list[npt.NDArray[Any]]] = {}
    size = min(_BATCH, call_setting(model, "window", _BATCH))
    for start in range(0, len(exchanges), size):
        batch = exchanges[start : start + size]
        found = bursts.predicted(model, batch, heads)
        if start and found.keys() != parts.keys():
            apart = ", ".join(sorted(found.keys() ^ parts.keys()))
            raise ModelError(f"head {apart} is there for some exchanges only; the model must return it for all of them")
        for name, values in found.items():
            parts.setdefault(name, []).append(values)
    return {name: np.concatenate(values).astype(np.float64) for name, values in parts.items()}


def _evaluate_head(
    head: Head, probabilities: Floats, rows: Sequence[GoldRow], resamples: int, seed: int, agreement: bool
) -> HeadEvaluation:
    kept, gold = judged(rows, head)
    groups = [rows[i].group for i in kept]

    def measure(statistic: Statistic, at: Ints | None = None) -> Metric:
        sampled = groups if at is None else [groups[i] for i in at]
        low, high = bootstrap_interval(statistic, len(sampled), groups=sampled, resamples=resamples, seed=seed)
        return Metric(_number(statistic(np.ones(len(sampled)))), _number(low), _number(high))

    statistics, predicted = head_statistics(head, gold, probabilities[kept])
    matrix = gold if head.kind == "multilabel" else np.eye(len(head.labels), dtype=np.int64)[gold]
    guess = predicted if head.kind == "multilabel" else np.eye(len(head.labels), dtype=np.int64)[predicted]
    counts = zip(head.labels, matrix.sum(axis=0), guess.sum(axis=0), (matrix * guess).sum(axis=0), strict=True)
    confusion: tuple[tuple[int, ...], ...] = ()
    if head.kind != "multilabel":
        table = metrics.confusion(gold, predicted, len(head.labels))
        confusion = tuple(tuple(int(count) for count in row) for row in table)
    second = None
    if agreement:
        both, other = targets_of([rows[i].second for i in kept], head)
        second = measure(kappa_statistic(head, gold[both], other), both) if len(both) else None
    return HeadEvaluation(
        n=len(kept),
        metrics={name: measure(statistics[name]) for name in METRICS[head.kind]},
        labels={label: LabelCount(int(g), int(p), int(b)) for label, g, p, b in counts},
        confusion=confusion,
        agreement=second,
        ece_noise=_number(calibration_noise(head, probabilities[kept])),
    )


def _number(value: Floats | float) -> float | None:
    number = float(value)
    return None if np.isnan(number) else number
