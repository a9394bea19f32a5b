"""What a confidence floor buys: the share of verdicts at or above it, and how many of those are right.

    python benchmarks/abstain.py MODEL FILE

A rule book's ``review_below`` is such a floor: verdicts under it are marked for a person.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from csnlp.evaluation.gold import judged, read_gold
from csnlp.evaluation.run import predict
from csnlp.heads import HEADS
from csnlp.models import load_model

FLOORS = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("file", type=Path)
    arguments = parser.parse_args()
    rows = list(read_gold(arguments.file))
    found = predict(load_model(arguments.model), rows)
    print(f"| head | {' | '.join(f'{floor:.1f}' if floor else 'all' for floor in FLOORS)} |")
    print("|---|" + "---|" * len(FLOORS))
    for name in ("politeness", "accuracy", "complaint"):
        kept, gold = judged(rows, HEADS[name])
        probabilities = found[name][kept]
        confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == gold
        cells = []
        for floor in FLOORS:
            sure = confidence >= floor
            cells.append(f"{np.mean(right[sure]):.3f} of {np.mean(sure):.0%}" if sure.any() else "–")
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
