"""Which rows an engine runs together, and the arrays that it reads and writes.

Rows of a batch have the same length once each is rounded up to a multiple of :data:`STEP`. So a row is padded alike
whatever its neighbours are: kernels that work row by row give it the same bits alone and in a batch (some in
bfloat16 differ in the last one), and next to nothing is spent on padding.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from csnlp.heads import Head
from csnlp.models.encoding import STEP, Encoded
from csnlp.models.forking import Places
from csnlp.types import FloatArray

TOKENS_PER_BATCH = 1024
"""Padded tokens in one run: enough to keep a core's matrix unit busy, few enough to stay in its cache. Twice as many
are no faster (benchmarks/README.md) and take 40 MB more."""

CLOSED = np.float32(-1e9)
"""What an attention score gets added at padding; minus infinity would make NaN of a row of nothing else."""

PARALLEL_CALLS = 2
"""Callers that an engine serves at once. The cores work on one batch at a time; the second caller's is ready when they
are done."""

EMBEDDING = "embedding"
"""The name of the output beside the heads: the mean of the reply's last hidden states."""

Int32Array = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Batch:
    """``ids`` and ``segments``, and ``bias``: 0 at a token, :data:`CLOSED` at padding; each (rows, tokens)."""

    ids: Int32Array
    segments: Int32Array
    bias: FloatArray


def padded_batches(
    rows: Sequence[Encoded], pad_id: int, budget: int = TOKENS_PER_BATCH
) -> Iterator[tuple[list[int], Batch]]:
    """The rows in batches of one padded length each, of at most ``budget`` padded tokens (or one row), with the numbers
    of the rows. The longest come first: they take the most memory, which is then there for the others.

    The numbers of rows in a batch are few, since an engine makes kernels for every new shape, which takes longer than
    the batch itself, and keeps them.
    """
    of_length: dict[int, list[int]] = {}
    for number, row in enumerate(rows):
        of_length.setdefault(padded_length(row), []).append(number)
    for length in sorted(of_length, reverse=True):
        waiting = of_length[length]
        while waiting:
            size = _power_of_4(min(len(waiting), max(budget // length, 1)))
            numbers, waiting = waiting[:size], waiting[size:]
            yield numbers, _stacked([rows[number] for number in numbers], pad_id)


def _power_of_4(most: int) -> int:
    """The largest power of 4 that is not over ``most``, at least 1."""
    return 1 << (most.bit_length() - 1) // 2 * 2


def padded_length(row: Encoded) -> int:
    """The length of ``row`` rounded up to a multiple of :data:`STEP`."""
    return -(-len(row) // STEP) * STEP


class PaddedEngine(ABC):
    """An engine (:class:`csnlp.models.engine.Engine`) that runs padded batches, of :data:`PARALLEL_CALLS` callers at
    once."""

    description: str

    def __init__(self, heads: Mapping[str, Head], pad_id: int, hidden_size: int) -> None:
        self.heads = heads
        self._pad_id, self._hidden_size = pad_id, hidden_size
        self._places = Places(PARALLEL_CALLS)

    def logits(self, rows: Sequence[Encoded]) -> dict[str, FloatArray]:
        """Head name → (rows, labels)."""
        outputs = {name: np.zeros((len(rows), len(head.labels)), np.float32) for name, head in self.heads.items()}
        self._fill(outputs, rows)
        return outputs

    def embed(self, rows: Sequence[Encoded]) -> FloatArray:
        """The mean of the reply's last hidden states, (rows, hidden)."""
        embedding = np.zeros((len(rows), self._hidden_size), np.float32)
        self._fill({EMBEDDING: embedding}, rows)
        return embedding

    @abstractmethod
    def _run(self, names: Sequence[str], batch: Batch) -> Iterable[FloatArray]:
        """The outputs ``names`` for one batch, in this order."""

    def _fill(self, outputs: Mapping[str, FloatArray], rows: Sequence[Encoded]) -> None:
        for numbers, batch in padded_batches(rows, self._pad_id):
            with self._places:
                found = self._run(list(outputs), batch)
            for output, values in zip(outputs.values(), found, strict=True):
                output[numbers] = values


def _stacked(rows: Sequence[Encoded], pad_id: int) -> Batch:
    shape = (len(rows), padded_length(rows[0]))
    batch = Batch(np.full(shape, pad_id, np.int32), np.zeros(shape, np.int32), np.full(shape, CLOSED))
    for number, row in enumerate(rows):
        batch.ids[number, : len(row)] = row.ids
        batch.segments[number, : len(row)] = row.segments
        batch.bias[number, : len(row)] = 0
    return batch
