"""An evaluation as a table for the terminal."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

from csnlp.evaluation.results import Evaluation, Metric

_COLUMNS = {"accuracy": "accuracy", "macro_f1": "macro-F1", "kappa": "κ", "auc": "AUC", "ece": "ECE"}
_OF_TASKS = {"f1": "F1", "pearson": "Pearson r", "spearman": "Spearman ρ", "mae": "mean |error|"}
_ABSENT = "–"
_CAPTION = (
    "Below a value: its 95 % bootstrap interval. κ: quadratic. ECE: lower is better.\n"
    "~: the ECE of a perfectly calibrated model on so few rows, by chance.\n"
    "annot. κ: how far two labellings agree, where rows have a second one."
)


def evaluation_table(evaluation: Evaluation) -> Table:
    """One row a head: n, each measure with its 95 % interval below it, and the annotators' κ where it is known.

    "–" stands for a measure that the head does not have or that is undefined on these rows.
    """
    table = Table(title=_title(evaluation), caption=_CAPTION, caption_justify="left", box=None, padding=(0, 1, 0, 0))
    table.add_column("head", no_wrap=True)
    table.add_column("n", justify="right", no_wrap=True)
    known = {name for head in evaluation.heads.values() for name in head.metrics}
    columns = {name: title for name, title in {**_COLUMNS, **_OF_TASKS}.items() if name in known}
    for title in columns.values():
        table.add_column(title, justify="right", no_wrap=True)
    agreed = any(head.agreement is not None for head in evaluation.heads.values())
    if agreed:
        table.add_column("annot. κ", justify="right", no_wrap=True)
    for name, head in evaluation.heads.items():
        cells = [_cell(head.metrics.get(metric), head.ece_noise if metric == "ece" else None) for metric in columns]
        table.add_row(name, f"{head.n:,}", *cells, *([_cell(head.agreement)] if agreed else []))
    return table


def _title(evaluation: Evaluation) -> str:
    about = evaluation.about
    named = " on ".join(str(about[key]) for key in ("model", "file") if about.get(key))
    return escape(f"{named}, {evaluation.rows:,} rows" if named else f"{evaluation.rows:,} rows")


def _cell(metric: Metric | None, noise: float | None = None) -> str:
    if noise is not None:
        return f"{_cell(metric)}\n[dim]~{_short(noise)}[/dim]"
    if metric is None or metric.value is None:
        return _ABSENT
    if metric.low is None or metric.high is None:
        return f"{metric.value:.3f}"
    return f"{metric.value:.3f}\n[dim]{_short(metric.low)}–{_short(metric.high)}[/dim]"


def _short(value: float) -> str:
    # At most four characters (five below 0), so that a table with all columns fits into 80.
    return f"{value:.2f}" if abs(value) >= 0.9995 else f"{value:.3f}".replace("0.", ".", 1)
