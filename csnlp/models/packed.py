"""The network without padding: the rows of a batch stand one after the other, and every token computed is a real one.

The maths are those of :class:`csnlp.models.network.Network` in eval mode. Nothing here looks at the mode, so that a
network in training is left as it is.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import cast

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from csnlp.models.encoding import REPLY, Encoded
from csnlp.models.network import Layer, Network

try:
    from torch.nn.attention.varlen import varlen_attn
except ImportError:  # torch before 2.10
    varlen_attn = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Batch:
    """Packed rows; ``tokens`` is the sum of their lengths, and all tensors are int32 on the network's device.

    ``runs`` are the lengths as (rows, length), one for each run of rows of equal length: few where the rows are sorted.
    ``ids``, ``segments``, ``positions`` (in the row) and ``rows`` (the row's number) have shape (tokens,); ``starts``
    (rows + 1,) says where each row begins, and where the last one ends.
    """

    runs: tuple[tuple[int, int], ...]
    ids: Tensor
    segments: Tensor
    positions: Tensor
    rows: Tensor
    starts: Tensor


def pack(encoded: Sequence[Encoded], device: torch.device) -> Batch:
    """One or more rows as a batch on ``device``, in one copy that the host need not wait for."""
    lengths = [len(row) for row in encoded]
    tokens = sum(lengths)
    host = torch.empty(4 * tokens + len(lengths) + 1, dtype=torch.int32, pin_memory=device.type == "cuda")
    starts = host.numpy()[4 * tokens :]
    starts[0] = 0
    np.cumsum(lengths, out=starts[1:])
    ids, segments, positions, rows = host.numpy()[: 4 * tokens].reshape(4, tokens)
    np.concatenate([row.ids for row in encoded], out=ids)
    np.concatenate([row.segments for row in encoded], out=segments)
    rows[:] = np.repeat(np.arange(len(lengths)), lengths)
    positions[:] = np.arange(tokens) - starts[rows]
    there = torch.split(host.to(device, non_blocking=True), [tokens] * 4 + [len(lengths) + 1])
    runs = tuple((len(list(run)), length) for length, run in groupby(lengths))
    return Batch(runs, *there)


class PackedNetwork:
    """Runs ``network`` on packed batches: the encoder in bfloat16 where a GPU has it, pools and heads as they are.

    A float32 encoder is the network's own modules; a bfloat16 one is a copy, made here once, which does not see later
    changes of the weights.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.device = network.words.weight.device
        self._encoder = network
        self._joint: list[tuple[Tensor, Tensor]] = []
        if computes_half(self.device):
            self._encoder = copy.deepcopy(network).to(torch.bfloat16)
            self._joint = [_joint(layer) for layer in self._layers()]

    def logits(self, batch: Batch) -> Tensor:
        """The logits of all heads side by side, (rows, labels of all heads)."""
        network, hidden = self.network, self.encode(batch)
        shut = ~cast(Tensor, network.poolable)[batch.segments]  # (tokens, heads)
        scores = network.pool_queries(hidden).masked_fill(shut, float("-inf"))
        # A softmax within each row; the largest score, taken off first, keeps it from overflowing.
        weights = (scores - _over_rows(scores, batch, "max")[batch.rows]).exp()
        pooled = _weighted_sums(hidden, weights, batch) / _over_rows(weights, batch, "sum").T[..., None]
        return torch.cat([head(x) for head, x in zip(network.heads.values(), pooled, strict=True)], dim=1)

    def embed(self, batch: Batch) -> Tensor:
        """The mean of the reply's last hidden states, (rows, hidden); not normalised."""
        hidden = self.encode(batch)
        reply = (batch.segments == REPLY).to(hidden.dtype)[:, None]
        return _weighted_sums(hidden, reply, batch)[0] / _over_rows(reply, batch, "sum").clamp(min=1)

    def encode(self, batch: Batch) -> Tensor:
        """The last hidden states (tokens, hidden), in the precision of the network's own weights."""
        encoder = self._encoder
        x = encoder.words(batch.ids) + encoder.positions(batch.positions) + encoder.segments(batch.segments)
        x = encoder.embedding_norm(x)  # a half-precision norm takes its means and variances in float32
        for number, layer in enumerate(self._layers()):
            if self._joint:
                query, key, value = functional.linear(x, *self._joint[number]).chunk(3, dim=-1)
            else:
                query, key, value = layer.query(x), layer.key(x), layer.value(x)
            heads = (len(x), layer.attention_heads, -1)
            attended = attend(query.view(heads), key.view(heads), value.view(heads), batch)
            x = layer.attention_norm(x + layer.output(attended.flatten(1)))
            x = layer.output_norm(x + layer.down(functional.gelu(layer.up(x))))
        return cast(Tensor, x).to(self.network.words.weight.dtype)

    def _layers(self) -> list[Layer]:
        return cast("list[Layer]", list(self._encoder.layers))


def attend(query: Tensor, key: Tensor, value: Tensor, batch: Batch) -> Tensor:
    """Attention of every row to itself: three times (tokens, heads, features) → the same shape."""
    if query.is_cuda and query.dtype == torch.bfloat16 and varlen_attn is not None:
        longest = max(length for _, length in batch.runs)
        return cast(Tensor, varlen_attn(query, key, value, batch.starts, batch.starts, longest, longest))
    # Rows of one length stand together, so that each run of them is a view: nothing to gather, nothing to mask.
    sizes = [rows * length for rows, length in batch.runs]
    attended = []
    for (rows, length), *run in zip(batch.runs, *(torch.split(x, sizes) for x in (query, key, value)), strict=True):
        q, k, v = (x.view(rows, length, *x.shape[1:]).transpose(1, 2) for x in run)
        attended.append(functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(0, 1))
    return torch.cat(attended)


def computes_half(device: torch.device) -> bool:
    """Whether ``device`` is a GPU with bfloat16 products, and with the attention kernel made for them (Ampere on)."""
    return device.type == "cuda" and torch.cuda.get_device_capability(device) >= (8, 0)


def _joint(layer: Layer) -> tuple[Tensor, Tensor]:
    """Query, key and value as one product: weight (3 * hidden, hidden) and bias (3 * hidden,)."""
    parts = (layer.query, layer.key, layer.value)
    return torch.cat([part.weight.detach() for part in parts]), torch.cat([part.bias.detach() for part in parts])


def _over_rows(x: Tensor, batch: Batch, mode: str) -> Tensor:
    """The ``"sum"`` or ``"max"`` of ``x`` (tokens, features) over each row's tokens, (rows, features)."""
    tokens = torch.arange(len(x), dtype=torch.int32, device=x.device)
    return functional.embedding_bag(tokens, x, batch.starts[:-1], mode=mode)


def _weighted_sums(x: Tensor, weights: Tensor, batch: Batch) -> Tensor:
    """Sums of ``x`` (tokens, features) over each row's tokens, one for each of ``weights`` (tokens, kinds): (kinds,
    rows, features). An embedding bag weighs and sums in one pass, without a product of all three sizes."""
    count, kinds = weights.shape
    tokens = torch.arange(count, dtype=torch.int32, device=x.device).repeat(kinds)
    first = torch.arange(kinds, dtype=torch.int32, device=x.device)[:, None] * count
    starts = (first + batch.starts[:-1]).flatten()
    sums = functional.embedding_bag(tokens, x, starts, mode="sum", per_sample_weights=weights.T.flatten())
    return sums.view(kinds, -1, x.shape[1])
