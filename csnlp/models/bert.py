"""The ``bert`` model: the fine-tuned encoder, read from a folder and run by an engine.

A folder holds::

    csnlp.json         kind, name, version, heads (those that were taught) with their labels, temperatures, network
    tokenizer.json     Hugging Face tokenizers
    model.safetensors  the weights
    model.onnx         the same network as a graph that points into model.safetensors

The CPU engine (ONNX Runtime) is the default; ``device="cuda"`` or ``"torch"`` runs the same weights in torch.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from csnlp.errors import CsnlpError, ModelError
from csnlp.heads import HEADS
from csnlp.models.calibration import probabilities
from csnlp.models.encoding import Encoded, ExchangeEncoder, IntArray, pad
from csnlp.models.weights import weight_shapes
from csnlp.types import Exchange, FloatArray, Prediction

SETTINGS_FILE = "csnlp.json"

TOKENS_PER_BATCH = 4096
"""Padded tokens in one run of the engine: enough to keep two cores busy, few enough to stay in cache."""


class Engine(Protocol):
    """Runs the network: ``ids``, ``segments`` and ``mask`` of shape (rows, tokens) → head name → logits, or (``embed``)
    the mean of the reply's last hidden states, (rows, hidden)."""

    def run(self, ids: IntArray, segments: IntArray, mask: IntArray) -> Mapping[str, FloatArray]: ...
    def embed(self, ids: IntArray, segments: IntArray, mask: IntArray) -> FloatArray: ...


class BertModel:
    """A fine-tuned encoder with all its heads; one pass for all of them.

    ``temperatures`` maps head names to the temperature that calibrates them; ``heads`` are those that were taught, the
    only ones reported. ``folder`` is where the model was loaded from, if it was.
    """

    def __init__(
        self,
        encoder: ExchangeEncoder,
        engine: Engine,
        temperatures: Mapping[str, float] | None = None,
        name: str = "bert",
        version: str = "0",
        heads: Iterable[str] = tuple(HEADS),
        folder: Path | None = None,
    ) -> None:
        self.encoder = encoder
        self.engine = engine
        self.temperatures = dict(temperatures or {})
        self.name = name
        self.version = version
        self.heads = tuple(heads)
        self.folder = folder

    @classmethod
    def from_folder(cls, folder: Path, device: str = "cpu") -> BertModel:
        """Load a model folder (see the module). ``device``: ``"cpu"`` (ONNX Runtime), ``"torch"`` (torch on the CPU)
        or a torch device such as ``"cuda"``. Raises :class:`csnlp.errors.ModelError` when the folder is not one."""
        settings = read_settings(folder)
        try:
            heads = _checked_heads(settings)
            _check_shapes(weight_shapes(folder / "model.safetensors"), settings["network"], heads)
            encoder = ExchangeEncoder.from_file(folder / "tokenizer.json", settings["network"]["max_tokens"])
            engine = _engine(folder, settings, device)
            name, version = settings["name"], settings["version"]
            return cls(encoder, engine, settings.get("temperatures"), name, version, heads, folder)
        except CsnlpError:
            raise
        except Exception as error:  # tokenizers, safetensors and torch have no common base class for their errors
            detail = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else error
            raise ModelError(f"{folder}: the model cannot be loaded on device {device!r}: {detail}") from error

    def predict(self, exchanges: Sequence[Exchange], /) -> Prediction:
        """Calibrated probabilities of every head, rows in the order of ``exchanges``."""
        return Prediction(
            {
                name: probabilities(HEADS[name], logits, self.temperatures)
                for name, logits in self.logits(exchanges).items()
            }
        )

    def embed(self, texts: Sequence[str], /) -> FloatArray:
        """A unit vector for each text, shape (texts, hidden): texts with alike wording and sense are near each other.

        The encoder was tuned to judge replies, not to compare them: a cosine says little below 0.8 or so.
        """
        encoded = self.encoder.encode([Exchange(text) for text in texts])
        vectors = np.concatenate([self.engine.embed(*pad([row], self.encoder.pad_id)) for row in encoded])
        unit: FloatArray = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return unit

    def logits(self, exchanges: Sequence[Exchange]) -> dict[str, FloatArray]:
        """What the network says before calibration: head name → (rows, labels)."""
        out = {
            name: np.zeros((len(exchanges), len(head.labels)), np.float32)
            for name, head in HEADS.items()
            if name in self.heads
        }
        encoded = self.encoder.encode(exchanges)
        for rows in length_batches(encoded):
            result = self.engine.run(*pad([encoded[row] for row in rows], self.encoder.pad_id))
            for name, logits in out.items():
                logits[rows] = result[name]
        return out


def length_batches(encoded: Sequence[Encoded], budget: int = TOKENS_PER_BATCH) -> Iterator[list[int]]:
    """Row numbers in batches of similar length, each at most ``budget`` padded tokens (or one row)."""
    batch: list[int] = []
    for row in sorted(range(len(encoded)), key=lambda row: len(encoded[row])):
        if batch and (len(batch) + 1) * len(encoded[row]) > budget:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def read_settings(folder: Path) -> dict[str, Any]:
    """The ``csnlp.json`` of a model folder; raises :class:`csnlp.errors.ModelError` when there is none."""
    path = folder / SETTINGS_FILE
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{folder} is not a model folder: {path.name}: {error}") from error
    if not isinstance(settings, dict) or "kind" not in settings:
        raise ModelError(f"{path}: has no kind; was it written by csnlp train?")
    return settings


def _checked_heads(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The heads of the folder, whose labels must be this csnlp's own."""
    for name, labels in settings["heads"].items():
        if name not in HEADS or tuple(labels) != HEADS[name].labels:
            known = f"here they are {', '.join(HEADS[name].labels)}" if name in HEADS else "there is no such head here"
            raise ValueError(f"its labels of {name} are {', '.join(labels)}; {known}: use the csnlp that wrote it")
    return tuple(settings["heads"])


def _check_shapes(shapes: Mapping[str, tuple[int, ...]], network: Mapping[str, Any], heads: Iterable[str]) -> None:
    """The settings and the weights must be of one network; the graph would notice only at a long text."""
    hidden = network["hidden_size"]
    rows = {"words": network["vocab_size"], "positions": network["max_tokens"]}
    rows |= {f"heads.{name}": len(HEADS[name].labels) for name in heads}
    for name, count in rows.items():
        if (found := shapes[f"{name}.weight"]) != (count, hidden):
            raise ValueError(f"{name}.weight has shape {found}, but csnlp.json says {(count, hidden)}")


def _engine(folder: Path, settings: Mapping[str, Any], device: str) -> Engine:
    if device == "cpu":
        from csnlp.models.onnx_engine import OnnxEngine

        return OnnxEngine(folder / "model.onnx")
    from csnlp.models.torch_engine import TorchEngine

    return TorchEngine.from_folder(folder, settings["network"], "cpu" if device == "torch" else device)
