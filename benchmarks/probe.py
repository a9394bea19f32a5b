"""Faults that are hidden in courteous replies: how many a model finds, and how many spotless ones it accuses.

    python benchmarks/probe.py MODEL

benchmarks/probe.jsonl holds 200 faulty replies of six kinds and 120 spotless ones that share their words and subjects,
written by hand by someone who knew the policy, but neither the model nor its training text. One writer, one reading.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from csnlp.evaluation.bootstrap import bootstrap_interval
from csnlp.evaluation.metrics import auc
from csnlp.heads import HEADS
from csnlp.models import load_model
from csnlp.types import Exchange, FloatArray, Turn

PROBE = Path(__file__).with_name("probe.jsonl")
Heads = Mapping[str, FloatArray]


def _share(head: str, *labels: str) -> Callable[[Heads], FloatArray]:
    columns = [HEADS[head].labels.index(label) for label in labels]
    return lambda heads: heads[head][:, columns].sum(axis=1)


FAULTS: dict[str, Callable[[Heads], FloatArray]] = {
    "rude": _share("politeness", "rude", "cold"),
    "cold": _share("politeness", "rude", "cold"),
    "wrong": _share("accuracy", "wrong"),
    "vague": _share("accuracy", "wrong", "evasive"),
    "promise": _share("acts", "over_promise"),
    "guess": _share("acts", "guess"),
}
"""Kind → the probability that tells it."""


def main(model: str) -> None:
    rows = [json.loads(line) for line in PROBE.read_text(encoding="utf-8").splitlines()]
    kinds = np.array([row["kind"] for row in rows])
    exchanges = [Exchange(row["reply"], tuple(Turn(**turn) for turn in row["context"])) for row in rows]
    heads = load_model(model).predict(exchanges).heads
    spotless = kinds == "ok"
    found, all_accused = 0, np.zeros(len(rows), np.bool_)
    print(f"{model}: {len(rows)} replies, {spotless.sum()} of them spotless; called: a probability above 0.5")
    for kind, probability in FAULTS.items():
        faulty, p = kinds == kind, probability(heads)
        both = faulty | spotless
        gold, score = faulty[both], p[both].astype(np.float64)
        low, high = bootstrap_interval(lambda w, g=gold, s=score: auc(g, s, w), len(gold))
        called, accused = (p > 0.5) & faulty, (p > 0.5) & spotless
        found, all_accused = found + called.sum(), all_accused | accused
        print(f"{kind:8} AUC {auc(gold, score):.3f} ({low:.3f}–{high:.3f})", end="  ")
        print(f"called {called.sum()}/{faulty.sum()}  accused {accused.sum()}/{spotless.sum()}")
    print(f"together called {found}/{(~spotless).sum()}, accused of something {all_accused.sum()}/{spotless.sum()}")


if __name__ == "__main__":
    main(sys.argv[1])
