"""The network as an OpenVINO graph, built from the weights: no converter, no second copy of the model on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import openvino as ov
from openvino import opset13 as ops

from csnlp.heads import network_heads
from csnlp.models.batching import CLOSED, EMBEDDING
from csnlp.models.encoding import REPLY
from csnlp.models.pooling import poolable
from csnlp.models.weights import StoredWeights
from csnlp.types import FloatArray

_ZERO, _ONE = np.float32(0), np.float32(1)

Node = Any  # openvino's nodes are untyped


@dataclass(frozen=True, slots=True)
class _Weights:
    """The stored weights as constants of the graph."""

    stored: StoredWeights
    half: bool
    int8: bool

    def __call__(self, name: str) -> Node:
        if self.int8 and name.startswith("layers.") and (found := self.stored.quantised(name)):
            return _scaled(ops.constant(found[0]), _floats(found[1][:, None]))
        array = self.stored[name]
        return _halves(array) if self.half and array.ndim == 2 else _floats(array)

    def words(self, ids: Node) -> Node:
        """Their vectors; the table, the largest of all, stays as it is stored."""
        if not (found := self.stored.quantised("words.weight")):
            return _rows(self("words.weight"), ids)
        return _scaled(_rows(ops.constant(found[0]), ids), _rows(_floats(found[1][:, None]), ids))


def build(stored: StoredWeights, config: Mapping[str, Any], half: bool, int8: bool) -> ov.Model:
    """ids, segments (rows, tokens) int32 and bias (rows, tokens) float32 → one output (rows, labels) for each head, and
    :data:`csnlp.models.batching.EMBEDDING`, the mean of the reply's last hidden states (rows, hidden).

    ``bias`` is 0 at a token and :data:`csnlp.models.batching.CLOSED` at padding. ``config`` has the fields of
    :class:`csnlp.models.network.NetworkConfig`. ``half``: the matrices are kept in bfloat16, which an engine that
    computes in it does not notice, but for the memory. ``int8``: those of the encoder are kept as they are stored, and
    the engine may round what they are multiplied with to 8 bits, too.
    """
    weights = _Weights(stored, half, int8)
    ids, segments, bias = _input("ids", np.int32), _input("segments", np.int32), _input("bias", np.float32)
    hidden = _encoder(ids, segments, bias, weights, config)
    heads = list(network_heads(config))
    outputs = [*_judges(hidden, segments, bias, weights, heads), _embedding(hidden, segments, bias)]
    return ov.Model(outputs, [ids, segments, bias], "csnlp")


def _encoder(ids: Node, segments: Node, bias: Node, weights: _Weights, config: Mapping[str, Any]) -> Node:
    """The last hidden states (rows, tokens, hidden)."""
    eps, size = float(config["layer_norm_eps"]), int(config["hidden_size"])
    heads = int(config["attention_heads"])

    def norm(x: Node, name: str) -> Node:
        centred = ops.mvn(x, _ints(-1), True, eps, "inside_sqrt")
        return ops.add(ops.multiply(centred, weights(f"{name}.weight")), weights(f"{name}.bias"))

    def split(x: Node) -> Node:
        return ops.transpose(ops.reshape(x, _ints(0, 0, heads, size // heads), True), _ints(0, 2, 1, 3))

    tokens = ops.gather(ops.shape_of(ids, "i64"), _ints(1), _scalar(0))
    positions = ops.slice(weights("positions.weight"), _ints(0), tokens, _ints(1), _ints(0))
    looked_up = ops.add(weights.words(ids), positions)
    x = norm(ops.add(looked_up, _rows(weights("segments.weight"), segments)), "embedding_norm")
    mask = ops.unsqueeze(bias, _ints(1, 2))
    for number in range(int(config["layers"])):
        layer = f"layers.{number}"
        query, key, value = (split(_linear(x, weights, f"{layer}.{part}")) for part in ("query", "key", "value"))
        attended = ops.transpose(ops.scaled_dot_product_attention(query, key, value, mask), _ints(0, 2, 1, 3))
        joined = _linear(ops.reshape(attended, _ints(0, 0, size), True), weights, f"{layer}.output")
        x = norm(ops.add(x, joined), f"{layer}.attention_norm")
        fed = _linear(ops.gelu(_linear(x, weights, f"{layer}.up"), "erf"), weights, f"{layer}.down")
        x = norm(ops.add(x, fed), f"{layer}.output_norm")
    return x


def _judges(hidden: Node, segments: Node, bias: Node, weights: _Weights, heads: Sequence[str]) -> list[Node]:
    """The logits of each head: an attention pool over its segments, and a linear layer."""
    closed = np.where(
        poolable(heads, len(weights.stored["segments.weight"])), np.float32(0), CLOSED
    )  # (segments, heads)
    scores = ops.matmul(hidden, weights("pool_queries.weight"), False, True)
    scores = ops.add(ops.add(scores, _rows(_floats(closed), segments)), ops.unsqueeze(bias, _ints(2)))
    pooled = ops.matmul(ops.softmax(scores, 1), hidden, True, False)  # (rows, heads, hidden)
    outputs = []
    for column, name in enumerate(heads):
        logits = _linear(ops.gather(pooled, _scalar(column), _scalar(1)), weights, f"heads.{name}")
        outputs.append(_named(logits, name))
    return outputs


def _embedding(hidden: Node, segments: Node, bias: Node) -> Node:
    is_reply = ops.logical_and(ops.equal(segments, ops.constant(REPLY, np.int32)), ops.equal(bias, _floats(_ZERO)))
    reply = ops.unsqueeze(ops.convert(is_reply, "f32"), _ints(1))  # (rows, 1, tokens)
    count = ops.maximum(ops.reduce_sum(reply, _ints(2), True), _floats(_ONE))
    mean = ops.matmul(ops.divide(reply, count), hidden, False, False)
    return _named(ops.squeeze(mean, _ints(1)), EMBEDDING)


def _named(node: Node, name: str) -> Node:
    node.output(0).get_tensor().set_names({name})
    return node


def _input(name: str, kind: npt.DTypeLike) -> Node:
    return ops.parameter(ov.PartialShape([-1, -1]), kind, name=name)


def _linear(x: Node, weights: _Weights, name: str) -> Node:
    product = ops.matmul(x, weights(f"{name}.weight"), False, True)
    return ops.add(product, weights(f"{name}.bias"))


def _rows(table: Node, indices: Node) -> Node:
    return ops.gather(table, indices, _scalar(0))


def _floats(array: FloatArray | np.float32) -> Node:
    return ops.constant(np.ascontiguousarray(array, np.float32), shared_memory=True)


def _scaled(matrix: Node, scale: Node) -> Node:
    return ops.multiply(ops.convert(matrix, "f32"), scale)


def _halves(array: FloatArray) -> Node:
    """``array`` in bfloat16, the upper half of a float32: rounded to nearest, ties to even."""
    bits = np.ascontiguousarray(array, np.float32).view(np.uint32)
    tensor = ov.Tensor(ov.Type.bf16, ov.Shape(list(array.shape)))
    tensor.data.view(np.uint16)[:] = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16
    widened = ops.convert(ops.constant(tensor), "f32")
    widened.get_rt_info()["decompression_0"] = ""  # else OpenVINO would widen it once and for all
    return widened


def _ints(*values: int) -> Node:
    return ops.constant(np.array(values, np.int64))


def _scalar(value: int) -> Node:
    return ops.constant(np.array(value, np.int64))
