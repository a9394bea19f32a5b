"""What a model is: anything that predicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from csnlp.types import Exchange, Prediction


@runtime_checkable
class Model(Protocol):
    """A pluggable model.

    ``predict`` takes a batch and returns a :class:`csnlp.types.Prediction` with one row for each exchange, in order.
    It may assume that each exchange passed :func:`csnlp.validation.check_exchange`. What it says of an exchange must
    not depend on the others in the batch. ``name`` and ``version``, strings, are optional attributes that go into an
    output's metadata.
    """

    def predict(self, exchanges: Sequence[Exchange], /) -> Prediction: ...
