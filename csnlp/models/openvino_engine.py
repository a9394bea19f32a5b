"""The CPU engine for x86: OpenVINO, in bfloat16 where the processor computes in it, else in float32, and with the
matrix products in 8-bit integers where that is faster."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from queue import SimpleQueue
from types import ModuleType
from typing import Any

from csnlp.errors import MissingExtra, ModelError
from csnlp.heads import network_heads
from csnlp.models.batching import PARALLEL_CALLS, Batch, PaddedEngine
from csnlp.models.forking import refuse_torn
from csnlp.models.processor import instructions
from csnlp.models.weights import StoredWeights
from csnlp.types import FloatArray

KERNELS = 128
"""Kernels that are kept for when a batch of their shape comes again, about a megabyte each: with the defaults (5,000 in
OpenVINO, 1,024 in oneDNN) memory grows with every new shape. 128 hold most of what batches need; with 96 zh-nano scores
a quarter fewer replies in small calls, since kernels are made anew."""

HINTS = {"float32": "f32", "bfloat16": "bf16"}

GROUP = 64
"""Neighbouring inputs of a matrix product that share a scale when they are rounded to 8 bits. Each token has its own,
so no calibration data is needed and no other token changes its numbers; a large value spoils only its neighbours."""


class OpenVinoEngine(PaddedEngine):
    """Runs the network of a weights file on ``threads`` cores (0: all of them).

    ``precision`` is ``"float32"``, ``"bfloat16"``, ``"int8"`` (the products of the encoder; the rest is in bfloat16 or
    float32) or ``"auto"``: what is fastest here. What the processor cannot compute in gives way to float32;
    ``description`` says what is used. Safe to share between threads.
    """

    def __init__(
        self, weights: Path, config: Mapping[str, Any], pad_id: int, precision: str = "auto", threads: int = 0
    ) -> None:
        refuse_torn()
        os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", str(KERNELS))  # read when the first kernel is made
        openvino = _openvino()
        from csnlp.models.openvino_graph import build

        try:
            core = openvino.Core()
            native = core.get_property("CPU", "INFERENCE_PRECISION_HINT").get_type_name()
            floats = "bfloat16" if native == "bf16" and precision != "float32" else "float32"
            int8 = _in_int8(precision, floats, int(config["hidden_size"]))
            # One stream: two at half the cores each are no faster in a batch and take twice as long for one reply.
            settings: dict[str, Any] = {"NUM_STREAMS": 1, "INFERENCE_PRECISION_HINT": HINTS[floats]}
            settings["CPU_RUNTIME_CACHE_CAPACITY"] = KERNELS
            settings["DYNAMIC_QUANTIZATION_GROUP_SIZE"] = GROUP
            if threads:
                settings["INFERENCE_NUM_THREADS"] = threads
            graph = build(StoredWeights(weights), config, half=floats == "bfloat16", int8=int8)
            compiled = core.compile_model(graph, "CPU", settings)
        except RuntimeError as error:
            raise ModelError(f"{weights} cannot be loaded: {error}") from error
        self.description = f"openvino {'int8+' if int8 else ''}{floats}"
        super().__init__(network_heads(config), pad_id, int(config["hidden_size"]))
        self._free: SimpleQueue[Any] = SimpleQueue()
        for _ in range(PARALLEL_CALLS):
            self._free.put(compiled.create_infer_request())

    def _run(self, names: Sequence[str], batch: Batch) -> Iterable[FloatArray]:
        request = self._free.get()
        try:
            request.infer({"ids": batch.ids, "segments": batch.segments, "bias": batch.bias}, share_inputs=True)
            return [request.get_tensor(name).data.copy() for name in names]  # the next run writes over them
        finally:
            self._free.put(request)


def _openvino() -> ModuleType:
    """The library, without its telemetry: left alone, importing it reports to a web service, by way of a process of its
    own and a file in the user's home, and nobody who scores chats has been asked."""
    name = "openvino_telemetry"
    known = sys.modules.get(name)
    sys.modules[name] = None  # type: ignore[assignment]  # as if it were not installed
    try:
        import openvino
    except ImportError as error:
        raise MissingExtra("openvino", "openvino") from error
    finally:
        del sys.modules[name]
        if known is not None:
            sys.modules[name] = known
    return openvino  # type: ignore[no-any-return]


def _in_int8(precision: str, floats: str, hidden_size: int) -> bool:
    """Whether products are of 8-bit integers: where the processor has VNNI, and ``precision`` asks for it or it is
    fastest. Measured (benchmarks/README.md): faster than float32 always, than AVX512-BF16 where groups fill the
    vectors; not measured beside AMX.
    """
    known = instructions()
    if precision in HINTS or known.isdisjoint({"avx512_vnni", "avx_vnni"}):
        return False
    return precision == "int8" or ("amx_bf16" not in known and (floats == "float32" or hidden_size % GROUP == 0))
