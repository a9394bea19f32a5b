"""What a run teaches: the heads, the examples, and how a model is measured on the way.

Two kinds: csnlp's own heads from many sources, or the one head of a public task (:mod:`csnlp.evaluation.tasks`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from csnlp.errors import ConfigError
from csnlp.evaluation.gold import read_gold
from csnlp.evaluation.results import Evaluation
from csnlp.evaluation.run import evaluate
from csnlp.evaluation.task_run import evaluate_task
from csnlp.evaluation.tasks import Case, Task, file_labels, find_task, read_cases
from csnlp.heads import HEADS, Head
from csnlp.models.bert import BertModel
from csnlp.training.calibrate import fit_temperatures
from csnlp.training.config import Source, TrainConfig
from csnlp.training.examples import Example, Target
from csnlp.training.pools import gold_row, is_held_out, load_pools, taught_heads, write_held_out

# What a checkpoint of csnlp's own heads is chosen by: the mean of the measures that the heads are judged by.
SELECTION = {
    "politeness": "kappa",
    "accuracy": "macro_f1",
    "complaint": "kappa",
    "acts": "macro_f1",
}


@dataclass(frozen=True, slots=True)
class Course:
    """``heads`` are those of the network, ``taught`` the names of those that are taught.

    ``pools`` are the examples that are drawn from, each for its part of ``shares``. ``measure`` gives a model's
    measures by name; ``selection`` is what a checkpoint is chosen by. ``calibrate`` gives a finished model's
    temperatures.
    """

    heads: Mapping[str, Head]
    taught: tuple[str, ...]
    pools: Sequence[Sequence[Example]]
    shares: Sequence[float]
    measure: Callable[[BertModel], dict[str, float]]
    calibrate: Callable[[BertModel], dict[str, float]]


def read_course(config: TrainConfig) -> Course:
    """The data of ``config``. What is held out of it is written to ``heldout`` in the run's folder."""
    return _task_course(config, find_task(config.task)) if config.task else _own_course(config)


def _own_course(config: TrainConfig) -> Course:
    if config.validation is None:
        raise ConfigError("validation: give a file of labelled exchanges")
    pools, held_out = load_pools(config.sources, config.output / "teachers")
    write_held_out(config.output / "heldout", held_out)
    validation = list(read_gold(config.validation))
    splits = {"validation": validation, "heldout": [gold_row(e) for examples in held_out.values() for e in examples]}

    def measure(model: BertModel) -> dict[str, float]:
        return _measures({name: evaluate(model, rows, resamples=0) for name, rows in splits.items() if rows})

    def calibrate(model: BertModel) -> dict[str, float]:
        return fit_temperatures(validation, model.logits([row.exchange for row in validation]))

    shares = [source.share for source in config.sources]
    return Course(HEADS, taught_heads(pools, dict(config.head_weights)), pools, shares, measure, calibrate)


def _measures(evaluations: Mapping[str, Evaluation]) -> dict[str, float]:
    """The measures of :data:`SELECTION` and auc, where a split has rows for the head; ``selection`` is 0 without any,
    so that the last checkpoint is the best one."""
    measures, chosen = {}, []
    for split, evaluation in evaluations.items():
        for head, metric in SELECTION.items():
            if (found := evaluation.heads.get(head)) is None or not found.n:
                continue
            for name in (metric, "auc"):
                value = found.metrics[name].value
                measures[f"{split}.{head}.{name}"] = math.nan if value is None else value
            chosen.append(measures[f"{split}.{head}.{metric}"])
    measures["selection"] = sum(v for v in chosen if not math.isnan(v)) / max(1, len(chosen))
    return measures


def _task_course(config: TrainConfig, task: Task) -> Course:
    cases: list[Case] = []
    held_out: dict[str, list[Case]] = {}
    for source in config.sources:
        if source != Source(source.path, holdout=source.holdout, fold=source.fold):
            raise ConfigError(f"{source.path}: a source of a task has a path, a holdout and a fold, nothing else")
        for case in read_cases(task, source.path):
            out = is_held_out(case.group, source)
            (held_out.setdefault(source.path.name.split(".")[0], []) if out else cases).append(case)
    kept = [case for found in held_out.values() for case in found]
    write_held_out(config.output / "heldout", held_out)
    validation = list(read_cases(task, config.validation)) if config.validation else kept
    if not validation:
        raise ConfigError("validation: give a file, or a holdout for a source")
    head = task.head(file_labels(cases))
    pool = [Example(case.exchange, {task.name: _target(head, case)}, case.group) for case in cases]

    def measure(model: BertModel) -> dict[str, float]:
        found = evaluate_task(model, task, validation, resamples=0).heads[task.name].metrics
        measures = {f"validation.{name}": metric.value for name, metric in found.items() if metric.value is not None}
        return {**measures, "selection": measures.get(f"validation.{task.measure}", 0.0)}

    return Course({task.name: head}, (task.name,), [pool], [1.0], measure, lambda model: {})


def _target(head: Head, case: Case) -> Target:
    """One for the case's label; a rank between two labels is shared by them."""
    if head.kind != "ordinal":
        return tuple(float(label == case.value) for label in head.labels)
    ranks = np.arange(len(head.labels))
    return tuple(float(x) for x in np.maximum(0, 1 - np.abs(ranks - float(case.value))))
