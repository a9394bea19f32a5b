"""A few labelled rows written for these tests, and a model that says what it is told."""

import gzip
import json

import numpy as np
import pytest

from csnlp.evaluation.gold import parse_row
from csnlp.heads import HEADS
from csnlp.types import Prediction


def labelled(number, **changes):
    row = {
        "id": f"r{number}",
        "context": [{"role": "customer", "text": f"第{number}件什么时候发货？"}],
        "reply": "您好，今天就给您发出哦。",
        "labels": {
            "politeness": "polite",
            "accuracy": "answers",
            "complaint": "none",
            "complaint_type": None,
            "acts": ["greeting"],
        },
    }
    return {**row, **changes}


@pytest.fixture
def make_row():
    """Builds a labelled row: its number, then fields to change."""
    return labelled


@pytest.fixture
def gold(make_row):
    """Builds a parsed row: its number, its labels, other fields."""

    def build(number, labels, **changes):
        return parse_row(make_row(number, labels=labels, **changes))

    return build


@pytest.fixture
def write_rows(tmp_path):
    """Writes rows (objects, or lines as they are) into a JSON lines file, gzipped when its name ends in .gz."""

    def write(rows, name="gold.jsonl"):
        path = tmp_path / name
        text = "".join((row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)) + "\n" for row in rows)
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return path

    return write


class Told:
    """A model that returns given rows of probabilities, by head and by exchange id."""

    name, version = "told", "7"

    def __init__(self, **heads):
        self.heads = heads
        self.batches = []

    def predict(self, exchanges, /):
        self.batches.append(len(exchanges))
        return Prediction(
            {
                name: np.array([answers[e.id] for e in exchanges], dtype=np.float32).reshape(len(exchanges), -1)
                for name, answers in self.heads.items()
            }
        )


@pytest.fixture
def told():
    """Builds a model from, by head, exchange id → probabilities."""
    return Told


@pytest.fixture
def sure():
    """The probabilities of a head that is sure of a label (or, multi-label, of several)."""

    def build(head, *labels, confidence=1.0):
        known = HEADS[head].labels
        rest = 0.0 if HEADS[head].kind == "multilabel" else (1 - confidence) / (len(known) - 1)
        return [confidence if label in labels else rest for label in known]

    return build
