"""The shapes of a network's weights, told by its settings: a model is refused when the two are not of one network.

An engine would not always notice: it runs the layers that it is told of, and reads past the end of a table that is too
short only at some texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from csnlp.heads import network_heads
from csnlp.models.encoding import COMPARED_SEGMENTS, PLAIN_SEGMENTS, SEGMENTS

Shape = tuple[int, ...]

_SIZES = ("vocab_size", "hidden_size", "intermediate_size", "layers", "attention_heads", "max_tokens")
_HIDDEN = "hidden_size"

# The linear parts of a layer by (outputs, inputs); the others are norms.
_LINEAR = {
    **dict.fromkeys(("query", "key", "value", "output"), (_HIDDEN, _HIDDEN)),
    "up": ("intermediate_size", _HIDDEN),
    "down": (_HIDDEN, "intermediate_size"),
}
_NORMS = ("attention_norm", "output_norm")


def check_weights(found: Mapping[str, Shape], network: Mapping[str, Any]) -> None:
    """Raise :class:`ValueError`, naming the tensor and both shapes, unless ``found`` has the weights of ``network`` and
    no others."""
    _check_sizes(network)
    expected: dict[str, Shape] = {}
    for name, shape in _weights(network):
        check_shapes(found, [(name, shape)])  # one by one: settings may speak of a billion layers
        expected[name] = shape
    scales = {f"{name}.scale": shape[:1] for name, shape in expected.items() if len(shape) == 2}
    check_shapes(found, ((name, shape) for name, shape in scales.items() if name in found))
    if unknown := sorted(found.keys() - expected.keys() - scales.keys()):
        raise ValueError(f"the weights have {unknown[0]}, which the network of csnlp.json has not")


def check_shapes(found: Mapping[str, Shape], expected: Iterable[tuple[str, Shape]]) -> None:
    """Raise :class:`ValueError`, naming the tensor and both shapes, where one of ``expected`` is absent or of another
    shape."""
    for name, shape in expected:
        if name not in found:
            raise ValueError(f"{name} is missing among the weights; it should have shape {shape}")
        if found[name] != shape:
            raise ValueError(f"{name} has shape {found[name]}, but should have {shape}")


def _check_sizes(network: Mapping[str, Any]) -> None:
    for key in _SIZES:
        if type(network[key]) is not int or network[key] < 1:
            raise ValueError(f"{key} is {network[key]!r}, not a whole number above 0")
    if network[_HIDDEN] % network["attention_heads"]:
        raise ValueError(
            f"{network['attention_heads']} attention heads do not divide a hidden size of {network[_HIDDEN]}"
        )
    if _segments(network) not in (known := (PLAIN_SEGMENTS, COMPARED_SEGMENTS, SEGMENTS)):
        raise ValueError(f"segments is {_segments(network)!r}, not one of {', '.join(map(str, known))}")


def _segments(network: Mapping[str, Any]) -> Any:
    return network.get("segments", PLAIN_SEGMENTS)


def _weights(network: Mapping[str, Any]) -> Iterator[tuple[str, Shape]]:
    hidden = network[_HIDDEN]
    heads = network_heads(network)
    yield "words.weight", (network["vocab_size"], hidden)
    yield "positions.weight", (network["max_tokens"], hidden)
    yield "segments.weight", (_segments(network), hidden)
    yield "pool_queries.weight", (len(heads), hidden)
    yield from _norm("embedding_norm", hidden)
    for head in heads.values():
        yield from _linear(f"heads.{head.name}", len(head.labels), hidden)
    for layer in range(network["layers"]):
        for part, (outputs, inputs) in _LINEAR.items():
            yield from _linear(f"layers.{layer}.{part}", network[outputs], network[inputs])
        for part in _NORMS:
            yield from _norm(f"layers.{layer}.{part}", hidden)


def _linear(name: str, outputs: int, inputs: int) -> Iterator[tuple[str, Shape]]:
    yield f"{name}.weight", (outputs, inputs)
    yield f"{name}.bias", (outputs,)


def _norm(name: str, size: int) -> Iterator[tuple[str, Shape]]:
    yield f"{name}.weight", (size,)
    yield f"{name}.bias", (size,)
