"""Logits → calibrated probabilities: temperature scaling (Guo et al. 2017, arXiv:1706.04599), one for each head."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from csnlp.heads import Head
from csnlp.types import FloatArray

COLDEST, HOTTEST = 1e-6, 1e6
"""The limits of a temperature; those that are fitted lie between 1/4 and 4."""


def check_temperatures(temperatures: Mapping[str, object]) -> None:
    """Raise :class:`ValueError` unless each is a number above 0 that float32 can divide by: one below 0 turns verdicts
    round."""
    for head, value in temperatures.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not COLDEST <= value <= HOTTEST:
            raise ValueError(f"the temperature of {head} is no number from {COLDEST:g} to {HOTTEST:g}")


def probabilities(head: Head, logits: FloatArray, temperatures: Mapping[str, float]) -> FloatArray:
    """``logits`` (rows, labels) divided by the head's temperature (1 if it has none), then softmax, or for a
    multi-label head the sigmoid."""
    scaled = logits.astype(np.float32) / np.float32(temperatures.get(head.name, 1.0))
    if head.kind == "multilabel":
        return np.asarray(0.5 * (1.0 + np.tanh(0.5 * scaled)), dtype=np.float32)
    exponent = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(exponent / exponent.sum(axis=1, keepdims=True), dtype=np.float32)
