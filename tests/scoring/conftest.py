"""A model that says what it is told, and a scorer with a tiny model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import csnlp
from csnlp.heads import HEADS
from csnlp.types import Exchange, Prediction


class Fixed:
    """Says the same of every exchange: the given label of each head, with the given probability."""

    def __init__(self, probability: float = 0.9, **labels: str) -> None:
        self.probability = probability
        self.labels = labels

    def predict(self, exchanges: Sequence[Exchange], /) -> Prediction:
        heads = {}
        for name, label in self.labels.items():
            head = HEADS[name]
            if head.kind == "multilabel":
                row = np.float32([0.9 if known in label.split("+") else 0.1 for known in head.labels])
            else:
                row = np.full(len(head.labels), (1 - self.probability) / (len(head.labels) - 1), np.float32)
                row[head.labels.index(label)] = self.probability
            heads[name] = np.tile(row, (len(exchanges), 1))
        return Prediction(heads)


@pytest.fixture(scope="module")
def scorer(tiny_model: Path) -> csnlp.Scorer:
    return csnlp.load(tiny_model)
