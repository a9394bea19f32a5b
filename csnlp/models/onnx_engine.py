"""The CPU engine: the network as an ONNX graph, run by ONNX Runtime in float32."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from csnlp.errors import ModelError
from csnlp.models.encoding import IntArray
from csnlp.types import FloatArray

EMBEDDING = "embedding"
"""The graph's output beside the heads: the mean of the reply's last hidden states."""


class OnnxEngine:
    """Runs ``model.onnx``, on one thread for each physical core."""

    def __init__(self, path: Path) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # Weights are stored as int8 with scales; unpacked once, when the session starts, not in every run.
        options.add_session_config_entry("session.disable_quant_qdq", "1")
        # Idle threads sleep: a service that scores now and then should not burn its cores in between.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime has no public base class for its errors
            raise ModelError(f"{path} cannot be loaded: {error}") from error
        self._outputs = [output.name for output in self._session.get_outputs() if output.name != EMBEDDING]

    def run(self, ids: IntArray, segments: IntArray, mask: IntArray) -> Mapping[str, FloatArray]:
        """See :class:`csnlp.models.bert.Engine`."""
        values = self._session.run(self._outputs, {"ids": ids, "segments": segments, "mask": mask})
        return dict(zip(self._outputs, values, strict=True))

    def embed(self, ids: IntArray, segments: IntArray, mask: IntArray) -> FloatArray:
        """See :class:`csnlp.models.bert.Engine`."""
        (embedding,) = self._session.run([EMBEDDING], {"ids": ids, "segments": segments, "mask": mask})
        return np.asarray(embedding, np.float32)
