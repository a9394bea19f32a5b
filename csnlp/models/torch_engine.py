"""The torch engine: the network of :mod:`csnlp.models.network`, for GPUs and for training."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from csnlp.errors import MissingExtra
from csnlp.models.encoding import IntArray
from csnlp.models.weights import read_weights
from csnlp.types import FloatArray

if TYPE_CHECKING:
    from csnlp.models.network import Network


class TorchEngine:
    """Runs a network where its weights are; on a GPU in bfloat16."""

    def __init__(self, network: Network) -> None:
        self.network = network

    @classmethod
    def from_folder(cls, folder: Path, shape: Mapping[str, Any], device: str) -> TorchEngine:
        """Read ``model.safetensors`` in ``folder`` as a network of ``shape`` and move it to ``device``."""
        try:
            import torch
        except ImportError as error:
            raise MissingExtra("torch", "gpu") from error
        from csnlp.models.network import network_from_state

        weights = read_weights(folder / "model.safetensors")
        network = network_from_state(shape, {name: torch.from_numpy(array) for name, array in weights.items()})
        return cls(network.to(device))

    def run(self, ids: IntArray, segments: IntArray, mask: IntArray) -> Mapping[str, FloatArray]:
        """See :class:`csnlp.models.bert.Engine`."""
        logits = self._call(self.network, ids, segments, mask)
        return {name: tensor.float().cpu().numpy() for name, tensor in logits.items()}

    def embed(self, ids: IntArray, segments: IntArray, mask: IntArray) -> FloatArray:
        """See :class:`csnlp.models.bert.Engine`."""
        embedding: FloatArray = self._call(self.network.embed, ids, segments, mask).float().cpu().numpy()
        return embedding

    def _call(self, function: Callable[..., Any], *arrays: IntArray) -> Any:
        import torch

        device = self.network.words.weight.device
        inputs = [torch.from_numpy(array).to(device) for array in arrays]
        training = self.network.training
        self.network.eval()
        try:
            with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
                return function(*inputs)
        finally:
            self.network.train(training)
