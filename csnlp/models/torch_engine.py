"""The torch engine: the network of :mod:`csnlp.models.network` without padding, for GPUs and for training."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from csnlp.errors import MissingExtra, ModelError
from csnlp.heads import Head
from csnlp.models.encoding import Encoded
from csnlp.models.weights import read_weights
from csnlp.types import FloatArray

if TYPE_CHECKING:
    from torch import Tensor

    from csnlp.models.network import Network
    from csnlp.models.packed import Batch, PackedNetwork

T = TypeVar("T")

TOKENS_PER_BATCH = {"cuda": 65_536, "cpu": 4_096}
"""Tokens in one pass, by the kind of device: enough to fill a GPU, few enough to stay in a CPU's cache."""


class TorchEngine:
    """Runs a network where its weights are; on a GPU the encoder in bfloat16.

    The weights of ``network`` may change between calls, as they do in a training. Those of :meth:`from_folder` may not:
    a GPU casts them once.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.heads: Mapping[str, Head] = {head.name: head for head in network.config.heads}
        self._loaded: PackedNetwork | None = None

    @classmethod
    def from_folder(cls, folder: Path, shape: Mapping[str, Any], device: str, threads: int = 0) -> TorchEngine:
        """Read ``model.safetensors`` in ``folder`` as a network of ``shape`` and move it to ``device``.

        ``threads``: the number of cores that torch uses from now on in this process; 0 leaves it as it is.
        """
        try:
            import torch
        except ImportError as error:
            raise MissingExtra("torch", "gpu") from error
        from csnlp.models.network import network_from_state
        from csnlp.models.packed import PackedNetwork

        if threads:
            torch.set_num_threads(threads)
        _refuse_forked()
        weights = read_weights(folder / "model.safetensors")
        network = network_from_state(shape, {name: torch.from_numpy(array) for name, array in weights.items()})
        engine = cls(network.to(device))
        engine._loaded = PackedNetwork(engine.network)
        return engine

    @property
    def description(self) -> str:
        """See :class:`csnlp.models.engine.Engine`."""
        return f"torch {next(self.network.parameters()).device}"

    def logits(self, rows: Sequence[Encoded]) -> dict[str, FloatArray]:
        """See :class:`csnlp.models.engine.Engine`."""
        ends = np.cumsum([len(head.labels) for head in self.heads.values()])
        joint = self._run(rows, int(ends[-1]), lambda network, batch: network.logits(batch))
        return dict(zip(self.heads, np.split(joint, ends[:-1], axis=1), strict=True))

    def embed(self, rows: Sequence[Encoded]) -> FloatArray:
        """See :class:`csnlp.models.engine.Engine`."""
        return self._run(rows, self.network.config.hidden_size, lambda network, batch: network.embed(batch))

    def _run(
        self, rows: Sequence[Encoded], features: int, function: Callable[[PackedNetwork, Batch], Tensor]
    ) -> FloatArray:
        """What ``function`` says of each row, (rows, features)."""
        import torch

        from csnlp.models.packed import PackedNetwork, pack

        _refuse_forked()
        network = self._loaded or PackedNetwork(self.network)
        budget = TOKENS_PER_BATCH.get(network.device.type, TOKENS_PER_BATCH["cpu"])
        out = np.empty((len(rows), features), np.float32)

        def queue(numbers: list[int]) -> tuple[list[int], _Fetched]:
            batch = pack([rows[number] for number in numbers], network.device)
            return numbers, _Fetched(function(network, batch).float())

        with torch.inference_mode():
            for numbers, result in _one_behind(map(queue, token_batches(rows, budget))):
                out[numbers] = result.numpy()
        return out


def _refuse_forked() -> None:
    """Raise :class:`csnlp.errors.ModelError` in a child of a process that had torch at work: without the threads that
    stayed behind it would wait for ever."""
    import torch

    if _is_forked and torch.get_num_threads() > 1:
        raise ModelError(
            "torch was loaded before this process was forked, and its threads did not come along; start processes "
            "with multiprocessing's spawn, or load the model with threads=1 in each"
        )


_is_forked = False


def _in_child() -> None:
    global _is_forked
    _is_forked = True


if hasattr(os, "register_at_fork"):  # there is no fork on Windows
    os.register_at_fork(after_in_child=_in_child)


class _Fetched:
    """A tensor on its way to the host, behind the work that makes it."""

    def __init__(self, tensor: Tensor) -> None:
        import torch

        self._host = torch.empty(tensor.shape, dtype=tensor.dtype, pin_memory=tensor.is_cuda)
        self._host.copy_(tensor, non_blocking=True)
        self._arrived = torch.cuda.current_stream(tensor.device).record_event() if tensor.is_cuda else None

    def numpy(self) -> FloatArray:
        """Waits until it has arrived."""
        if self._arrived is not None:
            self._arrived.synchronize()
        array: FloatArray = self._host.numpy()
        return array


def token_batches(rows: Sequence[Encoded], budget: int) -> Iterator[list[int]]:
    """Row numbers by length, in batches of at most ``budget`` tokens (or one row)."""
    batch: list[int] = []
    tokens = 0
    for number in sorted(range(len(rows)), key=lambda number: len(rows[number])):
        if batch and tokens + len(rows[number]) > budget:
            yield batch
            batch, tokens = [], 0
        batch.append(number)
        tokens += len(rows[number])
    if batch:
        yield batch


def _one_behind(items: Iterable[T]) -> Iterator[T]:
    """The items, each only after the next one was made: a GPU has work while the host waits for a result."""
    waiting: deque[T] = deque()
    for item in items:
        waiting.append(item)
        if len(waiting) > 1:
            yield waiting.popleft()
    yield from waiting
