"""A teacher's probabilities as targets (Hinton, Vinyals and Dean 2015, arXiv:1503.02531).

What a teacher says holds more than a label does: which other labels were near, and what of the heads that the source
has no labels for. A student learns the mean of the two where the label is known, and the teacher's word elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from csnlp.heads import HEADS, OF_CUSTOMER
from csnlp.models.protocol import Model
from csnlp.training.examples import Example, Target, is_distribution
from csnlp.types import FloatArray

KNOWN = 0.5
"""The weight of a known label against the teacher's probabilities."""

_OF_REPLY = ("politeness", "acts", "accuracy", "applicability")


def taught_by(teachers: Sequence[Model], examples: Sequence[Example]) -> list[Example]:
    """``examples`` with what ``teachers`` say (the mean of those that have the head) mixed into their targets."""
    exchanges = [example.exchange for example in examples]
    said: dict[str, list[FloatArray]] = {}
    for teacher in teachers:
        for name, array in teacher.predict(exchanges).heads.items():
            said.setdefault(name, []).append(array)
    rows = {name: np.mean(arrays, axis=0).tolist() for name, arrays in said.items()}
    return [
        replace(example, targets=_mixed(example, {name: tuple(rows[name][number]) for name in rows}))
        for number, example in enumerate(examples)
    ]


def _mixed(example: Example, said: Mapping[str, Target]) -> dict[str, Target]:
    targets = dict(example.targets)
    for name, probabilities in said.items():
        if not _applies(name, example):
            continue
        known = targets.get(name)
        if known is None:
            targets[name] = probabilities
        elif HEADS[name].kind == "multilabel":
            targets[name] = tuple(_mean(k, p) for k, p in zip(known, probabilities, strict=True))
        elif is_distribution(known):
            targets[name] = tuple(KNOWN * k + (1 - KNOWN) * p for k, p in zip(known, probabilities, strict=True))
        else:
            targets[name] = _within(known, probabilities)
    return targets


def _applies(name: str, example: Example) -> bool:
    """Whether the head can be asked of the example: a teacher always says something."""
    if name in OF_CUSTOMER and not example.exchange.has_customer:
        return False
    if name in _OF_REPLY and not example.exchange.reply.strip():
        return False
    if name == "accuracy" and example.targets.get("applicability") == (0.0,):
        return False
    if name == "complaint_type" and (level := example.targets.get("complaint")) is not None:
        return level[0] != 1  # a customer who does not complain has no type of complaint
    return True


def _mean(known: float, probability: float) -> float:
    return probability if math.isnan(known) else KNOWN * known + (1 - KNOWN) * probability


def _within(known: Target, probabilities: Target) -> Target:
    """The teacher's probabilities among the labels that the example may have."""
    inside = [p if k else 0.0 for k, p in zip(known, probabilities, strict=True)]
    total = sum(inside)
    return tuple(p / total for p in inside) if total > 1e-6 else known
