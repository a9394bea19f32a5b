"""The ``bert`` model: the fine-tuned encoder, read from a folder and run by an engine.

A folder holds::

    csnlp.json         kind, name, version, heads (those that were taught) with their labels, temperatures, network
    tokenizer.json     Hugging Face tokenizers
    model.safetensors  the weights
    model.onnx         the same network as a graph that points into model.safetensors

What runs it is an engine (:mod:`csnlp.models.engine`): OpenVINO or ONNX Runtime on a CPU, torch on a GPU.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from csnlp.errors import CsnlpError, ModelError
from csnlp.heads import network_heads
from csnlp.models.cache import LogitCache
from csnlp.models.calibration import check_temperatures, probabilities
from csnlp.models.encoding import PLAIN_SEGMENTS, ExchangeEncoder
from csnlp.models.engine import Engine, load_engine
from csnlp.models.folder import read_settings
from csnlp.models.shapes import check_weights
from csnlp.models.weights import weight_shapes
from csnlp.types import Exchange, FloatArray, Prediction

CACHED = 20_000
"""Exchanges whose logits a loaded model remembers: about 10 MB."""


class BertModel:
    """A fine-tuned encoder with all its heads; one pass for all of them. Safe to share between threads.

    Exchanges that read the same are run once: in a batch, and (with ``cached`` above 0) as long as they are among the
    last that many. ``temperatures`` maps head names to the temperature that calibrates them; ``heads`` are those that
    were taught, the only ones reported (by default all that the network has). ``folder`` is where the model was loaded
    from, if it was. Raises :class:`ValueError` for a temperature that is none.
    """

    parallel_calls = 2  # one call's texts are prepared while the other's are in the engine

    def __init__(
        self,
        encoder: ExchangeEncoder,
        engine: Engine,
        temperatures: Mapping[str, float] | None = None,
        name: str = "bert",
        version: str = "0",
        heads: Iterable[str] | None = None,
        folder: Path | None = None,
        cached: int = 0,
    ) -> None:
        self.encoder = encoder
        self.engine = engine
        self.temperatures = dict(temperatures or {})
        check_temperatures(self.temperatures)
        self.name = name
        self.version = version
        self.heads = tuple(engine.heads if heads is None else heads)
        self.folder = folder
        self._cache = LogitCache(engine.heads, cached)

    @classmethod
    def from_folder(cls, folder: Path, device: str = "cpu", threads: int = 0) -> BertModel:
        """Load a model folder (see the module). ``device`` is one of :data:`csnlp.models.engine.DEVICES`; ``threads``
        the number of cores to use (0: all). Raises :class:`csnlp.errors.ModelError` when the folder is not one."""
        settings = read_settings(folder)
        try:
            heads = _checked_heads(settings)
            check_weights(weight_shapes(folder / "model.safetensors"), settings["network"])
            encoder = ExchangeEncoder.from_file(
                folder / "tokenizer.json",
                settings["network"]["max_tokens"],
                settings["network"].get("segments", PLAIN_SEGMENTS),
            )
            encoder.check_vocabulary(settings["network"]["vocab_size"])
            engine = load_engine(folder, settings["network"], encoder.pad_id, device, threads)
            name, version = settings["name"], settings["version"]
            return cls(encoder, engine, settings.get("temperatures"), name, version, heads, folder, CACHED)
        except CsnlpError:
            raise
        except Exception as error:  # tokenizers, safetensors and torch have no common base class for their errors
            detail = f"{error.args[0]!r} is missing" if isinstance(error, KeyError) else error
            raise ModelError(f"{folder}: the model cannot be loaded on device {device!r}: {detail}") from error

    @property
    def labels(self) -> dict[str, tuple[str, ...]]:
        """The labels of each head, in the order of its columns."""
        return {name: self.engine.heads[name].labels for name in self.heads}

    def predict(self, exchanges: Sequence[Exchange], /) -> Prediction:
        """Calibrated probabilities of every head, rows in the order of ``exchanges``."""
        return Prediction(
            {
                name: probabilities(self.engine.heads[name], logits, self.temperatures)
                for name, logits in self.logits(exchanges).items()
            }
        )

    def embed(self, texts: Sequence[str], /) -> FloatArray:
        """A unit vector for each text, shape (texts, hidden): texts with alike wording and sense are near each other.

        The encoder was tuned to judge replies, not to compare them: a cosine says little below 0.8 or so.
        """
        vectors = self.engine.embed(self.encoder.encode([Exchange(text) for text in texts]))
        unit: FloatArray = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        return unit

    def logits(self, exchanges: Sequence[Exchange]) -> dict[str, FloatArray]:
        """What the network says before calibration: head name → (rows, labels)."""
        logits = self._cache.fetch(self.encoder.encode(exchanges), self.engine.logits)
        return {name: logits[name] for name in self.engine.heads if name in self.heads}


def _checked_heads(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The taught heads of the folder, whose labels must be those of the network: this csnlp's own, or its task's."""
    heads = network_heads(settings["network"])
    for name, labels in settings["heads"].items():
        if name not in heads or tuple(labels) != heads[name].labels:
            known = f"here they are {', '.join(heads[name].labels)}" if name in heads else "there is no such head here"
            raise ValueError(f"its labels of {name} are {', '.join(labels)}; {known}: use the csnlp that wrote it")
    return tuple(settings["heads"])
