"""The weights file: safetensors, matrices as int8 with one scale for each row.

A matrix ``w`` is stored as ``w`` (int8) and ``w.scale`` (float32, one for each output row): the largest absolute value
of a row becomes 127. Vectors (biases, norms) stay float32. The rounding error of a weight is at most half a scale.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from csnlp.types import FloatArray

_SCALE = ".scale"


def read_weights(path: Path) -> dict[str, FloatArray]:
    """All weights of a file as float32, by name."""
    return dict(StoredWeights(path))


class StoredWeights(Mapping[str, FloatArray]):
    """The weights of a file, each read (as float32) when it is asked for: never all of them at once."""

    def __init__(self, path: Path) -> None:
        from safetensors import safe_open

        self._file: Any = safe_open(path, "np")
        self._names = frozenset(weight_shapes(path))

    def __getitem__(self, name: str) -> FloatArray:
        scale = f"{name}{_SCALE}"
        return _restore(self._file.get_tensor(name), self._file.get_tensor(scale) if scale in self._names else None)

    def quantised(self, name: str) -> tuple[npt.NDArray[np.int8], FloatArray] | None:
        """A matrix as it is stored, and the scale of each row; None where it is stored as float32."""
        scale = f"{name}{_SCALE}"
        return (self._file.get_tensor(name), self._file.get_tensor(scale)) if scale in self._names else None

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._names if not name.endswith(_SCALE))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def weight_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    """The shapes of the weights in a file, by name; reads its header only."""
    from safetensors import safe_open

    with safe_open(path, "np") as stored:
        return {name: tuple(stored.get_slice(name).get_shape()) for name in stored.keys()}  # noqa: SIM118


def write_weights(path: Path, weights: Mapping[str, FloatArray], quantise: bool = True) -> None:
    """Write ``weights``; with ``quantise``, matrices as int8 (see the module), else everything as float32."""
    from safetensors.numpy import save_file

    stored: dict[str, npt.NDArray[np.generic]] = {}
    for name, array in weights.items():
        if quantise and array.ndim == 2:
            stored[name], stored[name + _SCALE] = quantised(array)
        else:
            stored[name] = np.ascontiguousarray(array, dtype=np.float32)
    save_file(stored, path)


def quantised(matrix: FloatArray) -> tuple[npt.NDArray[np.int8], FloatArray]:
    """``matrix`` (rows, columns) as int8 and the scale of each row: ``int8 * scale[:, None]`` gives it back."""
    scale = np.abs(matrix).max(axis=1) / np.float32(127)
    scale = np.where(scale == 0, np.float32(1), scale).astype(np.float32)
    return np.rint(matrix / scale[:, None]).astype(np.int8), scale


def _restore(array: npt.NDArray[np.generic], scale: FloatArray | None) -> FloatArray:
    full = array.astype(np.float32)
    return full if scale is None else full * scale[:, None]
