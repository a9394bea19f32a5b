"""Measures a model on the cases of a task (:mod:`csnlp.evaluation.tasks`), each measure with a bootstrap interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from csnlp.errors import ModelError
from csnlp.evaluation import metrics
from csnlp.evaluation.bootstrap import bootstrap_interval
from csnlp.evaluation.measures import Statistic
from csnlp.evaluation.metrics import Floats
from csnlp.evaluation.results import Evaluation, HeadEvaluation, LabelCount, Metric
from csnlp.evaluation.run import predicted
from csnlp.evaluation.tasks import Case, Task
from csnlp.heads import HEADS, Head
from csnlp.models.protocol import Model


def evaluate_task(
    model: Model,
    task: Task,
    cases: Sequence[Case],
    *,
    resamples: int = 1_000,
    seed: int = 0,
    about: Mapping[str, Any] | None = None,
) -> Evaluation:
    """Measure ``model`` on ``cases``; the one head of the result is named as the task.

    Nominal tasks: accuracy and macro-F1 over the labels, and with two labels also F1 and AUC of the last one. Ordinal
    tasks: Pearson's and Spearman's correlation of the expected rank with the gold value, and the mean absolute error
    (resamples keep the ranks of the whole file).
    A model whose labels are not those of the task by themselves (intents) names them: ``labels``, by head.

    Raises :class:`csnlp.errors.ModelError` when the model has neither the task's head nor one that stands in for it,
    and when it returns no proper probabilities.
    """
    labels, probabilities = _of_task(model, task, cases)
    groups = [case.group for case in cases]
    if task.kind == "ordinal":
        statistics = _ordinal_statistics([float(case.value) for case in cases], probabilities)
        counts: dict[str, LabelCount] = {}
    else:
        # A label of the file that the model does not know is never predicted, and counts as missed.
        labels = (*labels, *sorted({str(case.value) for case in cases} - set(labels)))
        gold = np.array([labels.index(str(case.value)) for case in cases])
        guess = probabilities.argmax(axis=1)
        statistics = _nominal_statistics(gold, guess, probabilities, len(labels))
        hits = guess[guess == gold]
        tallies = zip(labels, *(np.bincount(x, minlength=len(labels)) for x in (gold, guess, hits)), strict=True)
        counts = {label: LabelCount(int(g), int(p), int(both)) for label, g, p, both in tallies}

    def measured(statistic: Statistic) -> Metric:
        low, high = bootstrap_interval(statistic, len(cases), groups=groups, resamples=resamples, seed=seed)
        return Metric(*(None if np.isnan(x) else float(x) for x in (statistic(np.ones(len(cases))), low, high)))

    head = HeadEvaluation(len(cases), {name: measured(statistic) for name, statistic in statistics.items()}, counts)
    return Evaluation(len(cases), {task.name: head}, resamples, seed, dict(about or {}))


def _of_task(model: Model, task: Task, cases: Sequence[Case]) -> tuple[tuple[str, ...], Floats]:
    """The labels of the task's head, and their probabilities (cases, labels)."""
    named = getattr(model, "labels", None)
    labels = tuple(named.get(task.name, task.labels)) if isinstance(named, Mapping) else task.labels
    if task.labels and labels != task.labels:
        raise ModelError(f"head {task.name}: its labels are {', '.join(labels)}, not {', '.join(task.labels)}")
    own = Head(task.name, task.kind, labels)
    heads = predicted(model, [case.exchange for case in cases], {**HEADS, own.name: own})
    if own.name in heads:
        return labels, heads[own.name]
    if task.stand_in is None or task.stand_in[0] not in heads:
        raise ModelError(f"the model has no head {task.name}; train one: a recipe with task: {task.name}")
    name, meant = task.stand_in
    if not meant:
        return task.labels, heads[name]
    positive = heads[name][:, [HEADS[name].labels.index(label) for label in meant]].sum(axis=1)
    return task.labels, np.stack([1 - positive, positive], axis=1)


def _nominal_statistics(
    gold: np.ndarray[Any, Any], predicted: np.ndarray[Any, Any], probabilities: Floats, labels: int
) -> dict[str, Statistic]:
    right = predicted == gold
    if labels != 2:
        return {
            "accuracy": lambda weights: metrics.weighted_mean(right, weights),
            "macro_f1": lambda weights: metrics.macro_f1(metrics.confusion(gold, predicted, labels, weights)),
        }
    return {
        "accuracy": lambda weights: metrics.weighted_mean(right, weights),
        "f1": lambda weights: metrics.label_f1((gold == 1)[:, None], (predicted == 1)[:, None], weights)[..., 0],
        "macro_f1": lambda weights: metrics.macro_f1(metrics.confusion(gold, predicted, 2, weights)),
        "auc": lambda weights: metrics.auc(gold == 1, probabilities[:, 1], weights),
    }


def _ordinal_statistics(gold: Sequence[float], probabilities: Floats) -> dict[str, Statistic]:
    expected = probabilities @ np.arange(probabilities.shape[1])
    values = np.array(gold)
    ranks = (_ranks(expected), _ranks(values))
    return {
        "pearson": lambda weights: metrics.correlation(expected, values, weights),
        "spearman": lambda weights: metrics.correlation(*ranks, weights),
        "mae": lambda weights: metrics.weighted_mean(np.abs(expected - values), weights),
    }


def _ranks(values: Floats) -> Floats:
    """The rank of each value; ties share the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: Floats = (last - (counts - 1) / 2)[place]
    return ranks
