"""What a model is: anything that predicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, runtime_checkable

import numpy as np

from csnlp.errors import ModelError
from csnlp.heads import HEADS
from csnlp.types import Exchange, FloatArray, Prediction

_ROUNDING = 1e-2
"""How far from 1 the probabilities of a row may sum to: a model may compute in 16 bits."""


@runtime_checkable
class Model(Protocol):
    """A pluggable model.

    ``predict`` takes a batch and returns a :class:`csnlp.types.Prediction` with one row for each exchange, in order.
    It may assume that each exchange passed :func:`csnlp.validation.check_exchange`, but for an empty reply: an
    evaluation asks about a customer who has not been answered yet. What it says of an exchange must not depend on the
    others in the batch. ``name`` and ``version``, strings, are optional attributes that go into an output's metadata;
    ``parallel_calls`` says how many calls of ``predict`` may run at once (without it: one), and ``window`` how many
    exchanges it is given in one (without it: 1,024).
    """

    def predict(self, exchanges: Sequence[Exchange], /) -> Prediction: ...


def checked_heads(prediction: Prediction, rows: int) -> dict[str, FloatArray]:
    """The known heads of a prediction for ``rows`` exchanges.

    Raises :class:`csnlp.errors.ModelError` when an array has a wrong shape or holds anything but probabilities (0..1,
    and summing to 1 unless the head is multi-label): numbers that would otherwise turn up as somebody's verdict.
    """
    heads = getattr(prediction, "heads", None)
    if not isinstance(heads, Mapping):
        raise ModelError("the model must return a csnlp.Prediction with a mapping of heads")
    known = {name: np.asarray(array, np.float32) for name, array in heads.items() if name in HEADS}
    for name, array in known.items():
        expected = (rows, len(HEADS[name].labels))
        if array.shape != expected:
            raise ModelError(f"head {name} has shape {array.shape}; the model must return {expected}")
        if not (np.isfinite(array).all() and (array >= -1e-6).all() and (array <= 1 + 1e-6).all()):
            raise ModelError(f"head {name} has values that are no probabilities; the model must return 0..1")
        if HEADS[name].kind != "multilabel" and not np.allclose(array.sum(axis=1), 1, atol=_ROUNDING):
            raise ModelError(f"head {name} has rows that do not sum to 1; the model must return one distribution a row")
    return known
