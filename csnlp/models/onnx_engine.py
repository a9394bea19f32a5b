"""The portable CPU engine: the network as an ONNX graph, run by ONNX Runtime in float32."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from csnlp.errors import MissingExtra, ModelError
from csnlp.models.batching import EMBEDDING, empty_outputs, padded_batches
from csnlp.models.encoding import Encoded
from csnlp.types import FloatArray


class OnnxEngine:
    """Runs ``model.onnx`` on ``threads`` cores (0: all of them). Safe to share between threads."""

    precision = "float32"

    def __init__(self, path: Path, pad_id: int, threads: int = 0) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise MissingExtra("onnxruntime", "onnx") from error

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.intra_op_num_threads = threads
        # Weights are stored as int8 with scales; unpacked once, when the session starts, not in every run.
        options.add_session_config_entry("session.disable_quant_qdq", "1")
        # Idle threads sleep: a service that scores now and then should not burn its cores in between.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime has no public base class for its errors
            raise ModelError(f"{path} cannot be loaded: {error}") from error
        self._pad_id = pad_id
        self._hidden = next(o.shape[1] for o in self._session.get_outputs() if o.name == EMBEDDING)

    def logits(self, rows: Sequence[Encoded]) -> dict[str, FloatArray]:
        """See :class:`csnlp.models.engine.Engine`."""
        outputs = empty_outputs(len(rows))
        self._fill(outputs, rows)
        return outputs

    def embed(self, rows: Sequence[Encoded]) -> FloatArray:
        """See :class:`csnlp.models.engine.Engine`."""
        embedding = np.zeros((len(rows), self._hidden), np.float32)
        self._fill({EMBEDDING: embedding}, rows)
        return embedding

    def _fill(self, outputs: Mapping[str, FloatArray], rows: Sequence[Encoded]) -> None:
        for numbers, batch in padded_batches(rows, self._pad_id):
            inputs = {
                name: array.astype(np.int64) for name, array in (("ids", batch.ids), ("segments", batch.segments))
            }
            inputs["mask"] = (batch.bias == 0).astype(np.int64)
            for output, values in zip(outputs.values(), self._session.run(list(outputs), inputs), strict=True):
                output[numbers] = values
