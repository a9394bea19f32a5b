"""Logits → calibrated probabilities: temperature scaling (Guo et al. 2017, arXiv:1706.04599), one for each head."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from csnlp.heads import Head
from csnlp.types import FloatArray


def probabilities(head: Head, logits: FloatArray, temperatures: Mapping[str, float]) -> FloatArray:
    """``logits`` (rows, labels) divided by the head's temperature (1 if it has none), then softmax, or for a
    multi-label head the sigmoid."""
    scaled = logits.astype(np.float32) / np.float32(temperatures.get(head.name, 1.0))
    if head.kind == "multilabel":
        return np.asarray(0.5 * (1.0 + np.tanh(0.5 * scaled)), dtype=np.float32)
    exponent = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(exponent / exponent.sum(axis=1, keepdims=True), dtype=np.float32)
