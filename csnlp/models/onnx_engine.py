"""The portable CPU engine: the network as an ONNX graph, run by ONNX Runtime in float32."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from csnlp.errors import MissingExtra, ModelError
from csnlp.heads import network_heads
from csnlp.models.batching import Batch, PaddedEngine
from csnlp.models.forking import refuse_torn
from csnlp.types import FloatArray


class OnnxEngine(PaddedEngine):
    """Runs ``model.onnx`` on ``threads`` cores (0: all of them). Safe to share between threads."""

    description = "onnx float32"

    def __init__(self, path: Path, config: Mapping[str, Any], pad_id: int, threads: int = 0) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise MissingExtra("onnxruntime", "onnx") from error
        refuse_torn()
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
        super().__init__(network_heads(config), pad_id, int(config["hidden_size"]))

    def _run(self, names: Sequence[str], batch: Batch) -> Iterable[FloatArray]:
        arrays = {"ids": batch.ids, "segments": batch.segments, "mask": batch.bias == 0}
        inputs = {name: array.astype(np.int64) for name, array in arrays.items()}
        found: list[FloatArray] = self._session.run(list(names), inputs)
        return found
