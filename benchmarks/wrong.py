"""How many of the replies labelled wrong a model finds, at a given precision: by its probability of "wrong".

    python benchmarks/wrong.py MODEL FILE

The threshold of each precision is the best on the same rows, so the shares are flattered a little.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from csnlp.evaluation import read_gold
from csnlp.heads import ACCURACY
from csnlp.models import load_model

PRECISIONS = (0.80, 0.90, 0.95)
WRONG = ACCURACY.labels.index("wrong")


def main(model: str, file: Path) -> None:
    rows = [row for row in read_gold(file) if "accuracy" in row.labels]
    is_wrong = np.array([row.labels["accuracy"] == WRONG for row in rows])
    accuracy = load_model(model).predict([row.exchange for row in rows]).heads["accuracy"]
    probability, called = accuracy[:, WRONG], accuracy.argmax(axis=1) == WRONG
    print(f"{is_wrong.sum()} wrong of {len(rows)}")
    print(f"AUC {roc_auc_score(is_wrong, probability):.3f}")
    print(f"called wrong: {called[is_wrong].mean():.1%} of these, {called[~is_wrong].mean():.1%} of the others")
    for precision in PRECISIONS:
        print(f"at a precision of {precision:.2f}: {recall_at(precision, probability, is_wrong):.1%} found")


def recall_at(precision: float, probability: npt.NDArray[np.float32], is_wrong: npt.NDArray[np.bool_]) -> float:
    """The largest share of the wrong rows at or above a threshold above which at least ``precision`` are wrong."""
    order = np.argsort(-probability, kind="stable")
    found = np.cumsum(is_wrong[order])
    # Rows of one probability stand or fall together.
    ends = np.flatnonzero(np.append(np.diff(probability[order]) != 0, True))
    kept = ends[found[ends] >= precision * (ends + 1)]
    return float(found[kept].max() / is_wrong.sum()) if len(kept) else 0.0


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
