"""Fits one temperature for each head on labelled exchanges (Guo et al. 2017, arXiv:1706.04599)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from csnlp.evaluation.gold import GoldRow, targets_of
from csnlp.heads import HEADS, Head
from csnlp.models.calibration import probabilities
from csnlp.types import FloatArray

MIN_ROWS = 30
"""A head with fewer labelled rows keeps temperature 1."""

_GRID = np.geomspace(0.25, 4.0, 97)


def fit_temperatures(rows: Sequence[GoldRow], logits: Mapping[str, FloatArray]) -> dict[str, float]:
    """Head name → the temperature, among 97 from 1/4 to 4, under which the gold labels of ``rows`` are likeliest.

    ``logits`` holds the network's output for the rows, shape (rows, labels); heads that it lacks are left out.
    """
    temperatures = {}
    for name, said in logits.items():
        head = HEADS[name]
        kept, gold = targets_of([row.labels for row in rows], head)
        if len(kept) >= MIN_ROWS:
            losses = [_loss(head, said[kept], gold, float(t)) for t in _GRID]
            temperatures[name] = round(float(_GRID[int(np.argmin(losses))]), 4)
    return temperatures


def _loss(head: Head, logits: FloatArray, gold: np.ndarray[tuple[int, ...], np.dtype[np.int64]], t: float) -> float:
    p = probabilities(head, logits, {head.name: t}).clip(1e-7, 1 - 1e-7)
    if head.kind == "multilabel":
        return float(-np.mean(np.where(gold == 1, np.log(p), np.log1p(-p))))
    return float(-np.mean(np.log(p[np.arange(len(gold)), gold])))
