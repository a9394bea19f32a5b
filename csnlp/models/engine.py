"""What runs a network, and which of the engines does.

Every engine gives the same numbers within a tolerance: those in float32 within 1e-4 of a probability, those in
bfloat16 within 0.03, those in int8 within 0.1 (tests/models/test_engines.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from csnlp.errors import ConfigError
from csnlp.heads import Head
from csnlp.models.encoding import Encoded
from csnlp.types import FloatArray

DEVICES = ("cpu", "cpu-float32", "cpu-bfloat16", "cpu-int8", "openvino", "onnx", "torch", "cuda")
"""What ``device`` may be: ``cpu`` is the fastest engine installed, in what is fastest on this processor;
``cpu-float32`` the same one kept to float32 (the same numbers on every processor); ``cpu-bfloat16`` and ``cpu-int8``
are OpenVINO's; ``openvino``, ``onnx`` and ``torch`` name an engine for the CPU; ``cuda`` (or ``cuda:1``, or another
torch device) runs torch there."""


class Engine(Protocol):
    """Runs the network on encoded rows of any lengths, in any number; results come in the order of the rows.

    ``heads`` are those of the network, by name. ``description`` says what runs it, as records keep it: ``openvino
    bfloat16``, ``torch cuda:0``.
    """

    heads: Mapping[str, Head]

    @property
    def description(self) -> str:
        """Engine and number format, or device."""
        ...

    def logits(self, rows: Sequence[Encoded]) -> dict[str, FloatArray]:
        """Head name → (rows, labels)."""
        ...

    def embed(self, rows: Sequence[Encoded]) -> FloatArray:
        """The mean of the reply's last hidden states, (rows, hidden)."""
        ...


def load_engine(folder: Path, network: Mapping[str, Any], pad_id: int, device: str, threads: int = 0) -> Engine:
    """The engine for ``device`` (see :data:`DEVICES`) with the weights in ``folder``; ``network`` is their shape.

    ``threads`` is the number of cores to use on a CPU; 0 means all of them. Raises
    :class:`csnlp.errors.ConfigError` as :func:`check_device` does, and :class:`csnlp.errors.MissingExtra` where the
    engine is not installed.
    """
    check_device(device, threads)
    kind = _fastest_on_cpu() if device in ("cpu", "cpu-float32") else device
    if kind in ("openvino", "cpu-bfloat16", "cpu-int8"):
        from csnlp.models.openvino_engine import OpenVinoEngine

        precision = device.partition("-")[2] or "auto"
        return OpenVinoEngine(folder / "model.safetensors", network, pad_id, precision, threads)
    if kind == "onnx":
        from csnlp.models.onnx_engine import OnnxEngine

        return OnnxEngine(folder / "model.onnx", network, pad_id, threads)
    from csnlp.models.torch_engine import TorchEngine

    return TorchEngine.from_folder(folder, network, "cpu" if kind == "torch" else kind, threads)


def check_device(device: str, threads: int) -> None:
    """Raise :class:`csnlp.errors.ConfigError` unless ``device`` is one of :data:`DEVICES` or of torch's, and
    ``threads`` a number of cores."""
    if device not in DEVICES and str(device).partition(":")[0] not in ("cuda", "mps", "xpu"):
        raise ConfigError(f"device {device!r} is not known; known are {', '.join(DEVICES)} and other torch devices")
    if not isinstance(threads, int) or threads < 0:
        raise ConfigError(f"threads is {threads!r}; give a whole number of cores, or 0 for all of them")


def _fastest_on_cpu() -> str:
    # Measured in benchmarks/: OpenVINO is the fastest on x86 with or without AMX. It is not installed elsewhere.
    return "openvino" if find_spec("openvino") else "onnx"
