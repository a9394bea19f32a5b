"""Checkpoints as safetensors: weights, optimiser state and the step, written atomically."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from csnlp.models.network import Network


def save_checkpoint(path: Path, modules: Mapping[str, nn.Module], optimizer: torch.optim.Optimizer, step: int) -> None:
    """Everything that a resumed run needs; replaces the last checkpoint only when it is complete."""
    tensors = {f"{name}.{n}": tensor for name, module in modules.items() for n, tensor in module.state_dict().items()}
    for index, state in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": torch.as_tensor(value) for name, value in state.items()}
    tensors["step"] = torch.tensor(step)
    _save(path, tensors)


def load_checkpoint(path: Path, modules: Mapping[str, nn.Module], optimizer: torch.optim.Optimizer) -> int:
    """Restore ``modules`` and ``optimizer``; the step that the checkpoint was taken after."""
    tensors = load_file(path)
    for name, module in modules.items():
        module.load_state_dict(_under(tensors, f"{name}."))
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in _under(tensors, "optimizer.").items():
        index, key = name.split(".", 1)
        state.setdefault(int(index), {})[key] = tensor
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
    return int(tensors["step"])


def save_network(path: Path, network: Network) -> None:
    """The weights alone, float32."""
    _save(path, network.state_dict())


def load_network(path: Path, network: Network) -> None:
    """The inverse of :func:`save_network`."""
    network.load_state_dict(load_file(path))


def _save(path: Path, tensors: dict[str, Tensor]) -> None:
    partial = path.with_suffix(".partial")
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, partial)
    os.replace(partial, path)


def _under(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
