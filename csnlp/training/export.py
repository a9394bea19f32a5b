"""Writes a trained network as a model folder: safetensors weights and an ONNX graph that points into them.

The graph is built here node by node rather than traced, so that it is small, stays the same from one torch release to
the next, and shares one weights file with the torch engine. Attention, skip-norm and GELU are ONNX Runtime's fused CPU
operators (domain ``com.microsoft``).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from csnlp.errors import MissingExtra
from csnlp.models.batching import EMBEDDING
from csnlp.models.encoding import REPLY
from csnlp.models.folder import write_settings
from csnlp.models.weights import write_weights
from csnlp.types import FloatArray

if TYPE_CHECKING:
    from onnx import NodeProto, TensorProto
    from tokenizers import Tokenizer

    from csnlp.models.network import Network

OPSET = 17
WEIGHTS_FILE = "model.safetensors"


def export_model(
    folder: Path,
    network: Network,
    tokenizer: Tokenizer,
    settings: Mapping[str, Any],
    heads: Iterable[str] | None = None,
    quantise: bool = True,
) -> None:
    """Write csnlp.json, tokenizer.json, model.safetensors and model.onnx into ``folder``.

    ``settings``: name, version and what else should stand in csnlp.json; kind, heads and network shape are added.
    ``heads``: those that were taught (all by default); the others are in the weights but never read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: tensor.detach().cpu().float().numpy() for name, tensor in network.state_dict().items()}
    write_weights(folder / WEIGHTS_FILE, weights, quantise)
    write_graph(folder, network)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    of_network = {head.name: head.labels for head in network.config.heads}
    taught = {name: of_network[name] for name in (of_network if heads is None else heads)}
    write_settings(folder, {"kind": "bert", **settings, "heads": taught, "network": network.config.to_dict()})


@contextmanager
def new_model(folder: Path) -> Iterator[Path]:
    """A path to write a model to, which takes the place of ``folder`` when the block ends well: ``folder`` is complete
    at every moment that it is there."""
    partial, old = folder.with_suffix(".partial"), folder.with_suffix(".old")
    shutil.rmtree(partial, ignore_errors=True)
    yield partial
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        os.replace(folder, old)
    os.replace(partial, folder)
    shutil.rmtree(old, ignore_errors=True)


def write_graph(folder: Path, network: Network) -> None:
    """Write ``model.onnx`` for the weights that lie in ``folder``."""
    try:
        import onnx
        from onnx import TensorProto, helper
    except ImportError as error:
        raise MissingExtra("onnx", "train") from error

    from csnlp.models.pooling import poolable

    graph = _Graph(folder / WEIGHTS_FILE)
    config = network.config
    eps = config.layer_norm_eps
    heads = {head.name: head for head in config.heads}
    allowed = poolable(heads, config.segments)

    # (rows, tokens, hidden): words + positions + segments.
    words = graph.rows_of("words.weight", "ids")
    positions = graph.slice_rows("positions.weight", "ids")
    x = graph.add("Add", graph.add("Add", words, positions), graph.rows_of("segments.weight", "segments"))
    x = graph.add("LayerNormalization", x, *graph.norm("embedding_norm"), axis=-1, epsilon=eps)
    mask = graph.add("Cast", "mask", to=TensorProto.INT32)
    for number in range(config.layers):
        name = f"layers.{number}"
        query, key, value = (graph.linear(x, f"{name}.{part}") for part in ("query", "key", "value"))
        attended = graph.add(
            "MultiHeadAttention", query, key, value, "", mask, domain="com.microsoft", num_heads=config.attention_heads
        )
        attended = graph.linear(attended, f"{name}.output")
        x = graph.skip_norm(attended, x, f"{name}.attention_norm", eps)
        up = graph.add("Gelu", graph.linear(x, f"{name}.up"), domain="com.microsoft")
        x = graph.skip_norm(graph.linear(up, f"{name}.down"), x, f"{name}.output_norm", eps)

    # Attention pools: scores (rows, heads, tokens), minus infinity outside the head's segments and on padding.
    scores = graph.add("Transpose", graph.linear(x, "pool_queries", bias=False), perm=[0, 2, 1])
    bias = np.where(allowed, 0.0, -1e9).astype(np.float32)
    closed = graph.add("Transpose", graph.add("Gather", graph.constant("closed", bias), "segments"), perm=[0, 2, 1])
    padding = graph.add("Cast", graph.add("Unsqueeze", "mask", graph.constant("axis", np.array([1]))), to=1)
    present = graph.add("Sub", padding, graph.constant("one", np.ones(1, np.float32)))  # 0, or -1 on padding
    absent = graph.add("Mul", present, graph.constant("big", np.full(1, 1e9, np.float32)))
    attention = graph.add("Softmax", graph.add("Add", graph.add("Add", scores, closed), absent), axis=-1)
    pooled = graph.add("MatMul", attention, x)
    for column, name in enumerate(heads):
        one = graph.add("Gather", pooled, graph.constant(f"column.{column}", np.array(column)), axis=1)
        graph.add("Identity", graph.linear(one, f"heads.{name}"), output=name)

    # The embedding: the mean over the reply's tokens.
    is_reply = graph.add("Equal", "segments", graph.constant("reply", np.array(REPLY)))
    reply = graph.add("Mul", graph.add("Cast", is_reply, to=1), graph.add("Cast", "mask", to=1))
    last = graph.constant("last", np.array([-1]))
    tokens = graph.add("Max", graph.add("ReduceSum", reply, last), graph.constant("one", np.ones(1, np.float32)))
    middle = graph.constant("axis", np.array([1]))
    summed = graph.add("Squeeze", graph.add("MatMul", graph.add("Unsqueeze", reply, middle), x), middle)
    graph.add("Div", summed, tokens, output=EMBEDDING)

    shape = ["rows", "tokens"]
    outputs = [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["rows", len(h.labels)]) for n, h in heads.items()]
    outputs.append(helper.make_tensor_value_info(EMBEDDING, TensorProto.FLOAT, ["rows", config.hidden_size]))
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "csnlp",
            [helper.make_tensor_value_info(n, TensorProto.INT64, shape) for n in ("ids", "segments", "mask")],
            outputs,
            graph.initializers,
        ),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid("com.microsoft", 1)],
        producer_name="csnlp",
        ir_version=8,
    )
    onnx.save_model(model, str(folder / "model.onnx"))


class _Graph:
    """Collects nodes and initialisers; weights are references into the safetensors file."""

    def __init__(self, weights: Path) -> None:
        self.nodes: list[NodeProto] = []
        self.initializers: list[TensorProto] = []
        self._stored = _safetensors_index(weights)
        self._ready: dict[str, str] = {}

    def add(self, op: str, *inputs: str, output: str = "", domain: str = "", **attributes: Any) -> str:
        """Append a node and return the name of its output."""
        from onnx import helper

        output = output or f"{op}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [output], domain=domain, **attributes))
        return output

    def constant(self, name: str, value: FloatArray | np.ndarray[Any, Any]) -> str:
        """A small array kept in the graph itself."""
        from onnx import numpy_helper

        if name not in self._ready:
            self.initializers.append(numpy_helper.from_array(np.asarray(value), name))
            self._ready[name] = name
        return name

    def linear(self, x: str, name: str, bias: bool = True) -> str:
        """``x @ weight.T (+ bias)``."""
        weight = self.add("Transpose", self.weight(f"{name}.weight"), perm=[1, 0])
        product = self.add("MatMul", x, weight)
        return self.add("Add", product, self.weight(f"{name}.bias")) if bias else product

    def norm(self, name: str) -> tuple[str, str]:
        return self.weight(f"{name}.weight"), self.weight(f"{name}.bias")

    def skip_norm(self, x: str, skip: str, name: str, eps: float) -> str:
        return self.add("SkipLayerNormalization", x, skip, *self.norm(name), domain="com.microsoft", epsilon=eps)

    def weight(self, name: str) -> str:
        """A weight as float32, whatever it is stored as."""
        if name not in self._ready:
            raw = self._raw(name)
            scaled = f"{name}.scale" in self._stored
            self._ready[name] = self.add("DequantizeLinear", raw, self._raw(f"{name}.scale"), axis=0) if scaled else raw
        return self._ready[name]

    def rows_of(self, name: str, indices: str) -> str:
        """The rows ``indices`` of an embedding table, unpacked after the look-up so that the table stays small."""
        rows = self.add("Gather", self._raw(name), indices)
        if f"{name}.scale" not in self._stored:
            return rows
        scale = self.add("Gather", self._raw(f"{name}.scale"), indices)
        axis = self.constant("last", np.array([-1]))
        return self.add("Mul", self.add("Cast", rows, to=1), self.add("Unsqueeze", scale, axis))

    def slice_rows(self, name: str, ids: str) -> str:
        """The first rows of a table, as many as ``ids`` has tokens."""
        tokens = self.add("Shape", ids, start=1, end=2)
        return self.add("Slice", self.weight(name), self.constant("zero", np.array([0])), tokens)

    def _raw(self, name: str) -> str:
        from onnx import TensorProto

        if f"raw/{name}" not in self._ready:
            kind, shape, offset, length = self._stored[name]
            tensor = TensorProto(name=name, dims=shape, data_location=TensorProto.EXTERNAL)
            tensor.data_type = {"F32": TensorProto.FLOAT, "I8": TensorProto.INT8}[kind]
            for key, value in (("location", WEIGHTS_FILE), ("offset", offset), ("length", length)):
                tensor.external_data.add(key=key, value=str(value))
            self.initializers.append(tensor)
            self._ready[f"raw/{name}"] = name
        return name


def _safetensors_index(path: Path) -> dict[str, tuple[str, list[int], int, int]]:
    """Name → (kind, shape, offset in the file, length), from the file's header (8 bytes of size, then JSON)."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(size))
    index = {}
    for name, entry in header.items():
        if name != "__metadata__":
            start, end = entry["data_offsets"]
            index[name] = (entry["dtype"], entry["shape"], 8 + size + start, end - start)
    return index
