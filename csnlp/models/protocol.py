"""What a model is: anything that predicts."""

from __future__ import annotations

import operator
import warnings
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Protocol, runtime_checkable

import numpy as np

from csnlp.errors import CsnlpWarning, ModelError
from csnlp.heads import HEADS, Head
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
    exchanges it is given in one (without it: 1,024). ``folder`` is where its files lie: their hash is kept with the
    scores, and an interrupted run goes on only with the same.
    """

    def predict(self, exchanges: Sequence[Exchange], /) -> Prediction:
        """What the model says of ``exchanges``: for each of its heads, probabilities of shape (exchanges, labels)."""
        ...


def check_model(model: object) -> None:
    """Raise :class:`csnlp.errors.ModelError` unless ``model`` is a :class:`Model`."""
    if isinstance(model, type):
        raise ModelError(f"{model.__name__} is a class; give a model that it makes, such as {model.__name__}()")
    if not isinstance(model, Model):
        raise ModelError(f"{type(model).__name__} has no predict(exchanges); see csnlp.models.Model")


def call_setting(model: object, name: str, default: int) -> int:
    """``parallel_calls`` or ``window`` of ``model``: ``default`` where it does not say.

    Raises :class:`csnlp.errors.ModelError` when it is no whole number above 0.
    """
    value = getattr(model, name, default)
    try:
        number = operator.index(value)
    except TypeError:
        number = 0
    if number < 1:
        kind = type(model).__name__
        raise ModelError(f"{kind}.{name} is {value!r}; give the model a whole number above 0, or leave it out")
    return number


def checked_heads(prediction: Prediction, rows: int, heads: Mapping[str, Head] = HEADS) -> dict[str, FloatArray]:
    """Those of ``heads`` that a prediction for ``rows`` exchanges has; others are left out, and a warning
    (:class:`csnlp.errors.CsnlpWarning`) says so where there are no more, or one is spelt nearly as a head is.

    Raises :class:`csnlp.errors.ModelError` when an array has a wrong shape or holds anything but probabilities (0..1,
    and summing to 1 unless the head is multi-label): numbers that would otherwise turn up as somebody's verdict.
    """
    given = getattr(prediction, "heads", None)
    if not isinstance(given, Mapping):
        raise ModelError("the model must return a csnlp.Prediction with a mapping of heads")
    known = {name: _array(name, values) for name, values in given.items() if name in heads}
    if given and not known:
        names = ", ".join(map(str, given))
        told = f"none of the model's heads ({names}) is known, so none is used; the known ones are {', '.join(heads)}"
        warnings.warn(told, CsnlpWarning, stacklevel=2)
    for name in given.keys() - known.keys():
        if meant := get_close_matches(str(name), heads.keys() - known.keys(), 1, 0.8):
            told = f"the model's head {name} is not known, so it is not used; is {meant[0]} meant?"
            warnings.warn(told, CsnlpWarning, stacklevel=2)
    for name, array in known.items():
        _check_rows(heads[name], array, rows)
    return known


def _array(name: str, values: object) -> FloatArray:
    try:
        return np.asarray(values, np.float32)
    except Exception as error:  # whatever the model's own kind of array raises
        problem = f"has no numbers in rows of one length ({error})"
        raise ModelError(f"head {name} {problem}; the model must return an array (rows, labels)") from error


def _check_rows(head: Head, array: FloatArray, rows: int) -> None:
    expected = (rows, len(head.labels))
    if array.shape != expected:
        raise ModelError(f"head {head.name} has shape {array.shape}; the model must return {expected}")
    proper = ((array >= -1e-6) & (array <= 1 + 1e-6)).all(axis=1)  # no comparison holds for NaN
    if not proper.all():
        where = f"in row {proper.argmin()} (from 0)"
        raise ModelError(f"head {head.name} has values that are no probabilities {where}; the model must return 0..1")
    if head.kind == "multilabel":
        return
    sums = array.sum(axis=1)
    summing = np.abs(sums - 1) <= _ROUNDING
    if not summing.all():
        row = int(summing.argmin())
        problem = f"has row {row} (from 0) that sums to {sums[row]:.4g}, not to 1"
        raise ModelError(f"head {head.name} {problem}; the model must return one distribution a row")
