"""Writes the figures that ``csnlp evaluate --json`` kept into the tables of the model cards and the READMEs.

    python benchmarks/card.py            every figure anew, and the confusion matrices of zh-small
    python benchmarks/card.py --check    only names the files that say something else, and fails then

A column is known by its model, a row by its measure, the rows it was measured on by the words in front of it: what a
table holds besides is left as it is.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = ("README.md", "README.zh-CN.md", "models/zh-small/README.md", "models/zh-nano/README.md")

COLUMNS = {
    "zh-small": "zh-small/{}.json",
    "bert (zh-small)": "zh-small/{}.json",
    "bert（zh-small）": "zh-small/{}.json",
    "zh-nano": "zh-nano/{}.json",
    "zh-teacher": "zh-small/teacher-{}.json",
    "baseline": "baseline/{}.json",
}
"""The file of a column, under models/, by its head; {} is what the rows were measured on."""

MEASURED_ON = {
    "82 contrast replies": "heldout-contrast",
    "82 条对照回复": "heldout-contrast",
    "csnlp's own and written replies": "heldout-own",
    "real exchanges": "heldout-real",
    "replies of other chats": "heldout-chat",
    "labelled JDDC turns": "heldout-jddc",
    "replies with a reference": "heldout-reference",
    "JDDC turns": "heldout-satisfaction",
}
"""Words in a row's first cell → the file; it holds for the rows under it whose first cell is empty."""

MEASURES = {
    "politeness, quadratic κ": ("politeness", "kappa"),
    "politeness κ": ("politeness", "kappa"),
    "rude or cold, AUC": ("politeness", "auc"),
    "rude or cold against the rest, AUC": ("politeness", "auc"),
    "rude or cold among 82 contrast replies of unseen contexts, AUC": ("politeness", "auc"),
    "accuracy, macro-F1 of four labels": ("accuracy", "macro_f1"),
    "accuracy, AUC answers or progresses": ("accuracy", "auc"),
    "accuracy, quadratic κ": ("accuracy", "kappa"),
    "accuracy macro-F1": ("accuracy", "macro_f1"),
    "accuracy AUC": ("accuracy", "auc"),
    "accuracy κ": ("accuracy", "kappa"),
    "accuracy applies at all, AUC": ("applicability", "auc"),
    "complaint, quadratic κ": ("complaint", "kappa"),
    "complaint, AUC dissatisfied or more": ("complaint", "auc"),
    "complaint κ": ("complaint", "kappa"),
    "complaint type (53 rows), macro-F1": ("complaint_type", "macro_f1"),
    "complaint type macro-F1": ("complaint_type", "macro_f1"),
    "acts, macro-F1 (10 cases or more)": ("acts", "macro_f1"),
    "acts macro-F1": ("acts", "macro_f1"),
    "satisfaction macro-F1": ("satisfaction", "macro_f1"),
    "satisfaction κ": ("satisfaction", "kappa"),
    "未见过的语境里 82 条对照回复，粗鲁或冷淡对其余 AUC": ("politeness", "auc"),
    "礼貌，二次加权 κ": ("politeness", "kappa"),
    "准确，四类 macro-F1": ("accuracy", "macro_f1"),
    "准确，解答或推进对其余 AUC": ("accuracy", "auc"),
    "投诉，二次加权 κ": ("complaint", "kappa"),
    "投诉，不满及以上 AUC": ("complaint", "auc"),
    "投诉类型（53 条），macro-F1": ("complaint_type", "macro_f1"),
    "服务动作，macro-F1（至少 10 例）": ("acts", "macro_f1"),
}

CALIBRATED = ("politeness", "accuracy", "complaint", "acts")


def refreshed(text: str) -> str:
    """The Markdown ``text`` with the figures of its tables as the files have them."""
    lines, columns, measured_on = text.split("\n"), [""], "validation"
    for number, line in enumerate(lines):
        if not line.startswith("|"):
            columns = []
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not columns:
            columns, measured_on = cells, "validation"
            continue
        if cells[0]:
            measured_on = next((file for words, file in MEASURED_ON.items() if words in cells[0]), "validation")
        title = cells[0] if columns[1] != "measure" else cells[1]
        found = {
            place: _cell(COLUMNS[column].format(measured_on), title)
            for place, column in enumerate(columns[: len(cells)])
            if column in COLUMNS and cells[place]
        }
        if any(found.values()):
            lines[number] = f"| {' | '.join(found.get(place) or cell for place, cell in enumerate(cells))} |"
    return "\n".join(lines)


def _cell(file: str, title: str) -> str | None:
    """The figure of the measure called ``title``, as ``value (low–high)``; None where there is no such measure."""
    path = ROOT / "models" / file
    if title.startswith(("calibration error", "校准误差")):
        heads = _heads(path)
        return ", ".join(
            f"{name} {heads[name]['metrics']['ece']['value']:.3f} ({heads[name]['ece_noise']:.3f})"
            for name in CALIBRATED
        )
    if title not in MEASURES:
        return None
    head, metric = MEASURES[title]
    figure = _heads(path)[head]["metrics"][metric]
    return f"{figure['value']:.3f} ({figure['low']:.3f}–{figure['high']:.3f})"


def _heads(path: Path) -> Mapping[str, Any]:
    heads: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))["heads"]
    return heads


def picture(evaluation: Mapping[str, Any], path: Path) -> None:
    """One confusion matrix for each head with gold rows, as shares of the gold labels."""
    heads = {name: head for name, head in evaluation.items() if head.get("confusion") and head["n"]}
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


def main() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in (ROOT / name for name in DOCUMENTS)}
    stale = {path: new for path, text in texts.items() if (new := refreshed(text)) != text}
    if "--check" in sys.argv[1:]:
        sys.exit("\n".join(f"{path.relative_to(ROOT)}: python benchmarks/card.py" for path in stale) or 0)
    for path, text in stale.items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))
    small = ROOT / "models" / "zh-small"
    picture(_heads(small / "validation.json"), small / "confusion.png")


if __name__ == "__main__":
    main()
