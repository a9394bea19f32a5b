"""The table and the confusion matrices of a model card, from what ``csnlp evaluate --json`` kept.

    python benchmarks/card.py PICTURE.png NAME=FILE.json [NAME=FILE.json …]

Prints a Markdown table, a column for each file; the picture has the matrices of the last one, as shares of the gold
labels.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

MEASURES = (
    ("politeness", "kappa", "politeness, quadratic κ"),
    ("accuracy", "macro_f1", "accuracy, macro-F1 of four labels"),
    ("accuracy", "auc", "accuracy, AUC answers or progresses"),
    ("accuracy", "kappa", "accuracy, quadratic κ"),
    ("applicability", "auc", "accuracy applies at all, AUC"),
    ("complaint", "kappa", "complaint, quadratic κ"),
    ("complaint", "auc", "complaint, AUC dissatisfied or more"),
    ("complaint_type", "macro_f1", "complaint type, macro-F1"),
    ("acts", "macro_f1", "acts, macro-F1 (10 cases or more)"),
    ("politeness", "ece", "politeness, calibration error"),
    ("accuracy", "ece", "accuracy, calibration error"),
    ("complaint", "ece", "complaint, calibration error"),
    ("acts", "ece", "acts, calibration error"),
)


def table(evaluations: dict[str, Any]) -> str:
    """A row for each measure; "agreement" is the kappa of the two labellings of the file."""
    last = list(evaluations.values())[-1]["heads"]
    lines = [f"| head and measure | {' | '.join(evaluations)} | agreement |", "|---|" + "---|" * (len(evaluations) + 1)]
    for head, metric, title in MEASURES:
        cells = [
            _cell(evaluation["heads"].get(head, {}).get("metrics", {}).get(metric))
            for evaluation in evaluations.values()
        ]
        agreed = last.get(head, {}).get("agreement") if metric == "kappa" else None
        lines.append(f"| {title} | {' | '.join(cells)} | {_cell(agreed)} |")
    return "\n".join(lines)


def picture(evaluation: dict[str, Any], path: Path) -> None:
    """One matrix for each head with gold rows."""
    heads = {name: head for name, head in evaluation["heads"].items() if head.get("confusion") and head["n"]}
    figure = Figure(figsize=(4.2 * len(heads), 4.4), layout="constrained")
    FigureCanvasAgg(figure)
    for axes, (name, head) in zip(np.atleast_1d(figure.subplots(1, len(heads))), heads.items(), strict=True):
        counts = np.array(head["confusion"])
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        labels = list(head["labels"])
        axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        axes.set_xticks(range(len(labels)), labels, rotation=45, ha="right")
        axes.set_yticks(range(len(labels)), labels)
        axes.set(title=f"{name} ({head['n']})", xlabel="predicted", ylabel="gold")
        for (row, column), count in np.ndenumerate(counts):
            if count:
                colour = "white" if shares[row, column] > 0.6 else "black"
                axes.text(column, row, str(count), ha="center", va="center", color=colour, fontsize=9)
    figure.savefig(path, dpi=110)


def _cell(metric: dict[str, float | None] | None) -> str:
    if metric is None or metric["value"] is None:
        return ""
    value, low, high = metric["value"], metric["low"], metric["high"]
    return f"{value:.3f}" if low is None or high is None else f"{value:.3f} ({low:.3f}–{high:.3f})"


def main() -> None:
    named = [argument.partition("=") for argument in sys.argv[2:]]
    evaluations = {name: json.loads(Path(file).read_text(encoding="utf-8")) for name, _, file in named}
    print(table(evaluations))
    picture(list(evaluations.values())[-1], Path(sys.argv[1]))


if __name__ == "__main__":
    main()
