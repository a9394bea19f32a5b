"""The optimiser and its learning rates."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


def adamw(
    module: nn.Module, learning_rate: float, weight_decay: float, new: tuple[str, ...], new_learning_rate: float
) -> torch.optim.Optimizer:
    """AdamW (Loshchilov and Hutter 2019). Parameters whose names begin with one of ``new`` were not pretrained, and
    learn at ``new_learning_rate``; vectors (biases, norms) do not decay. :func:`set_rates` sets the rates of a step."""
    groups: dict[tuple[bool, bool], list[Tensor]] = {}
    for name, parameter in module.named_parameters():
        groups.setdefault((name.startswith(new), parameter.ndim > 1), []).append(parameter)
    return torch.optim.AdamW(
        [
            {
                "params": parameters,
                "top_lr": new_learning_rate if is_new else learning_rate,
                "weight_decay": weight_decay if decays else 0.0,
            }
            for (is_new, decays), parameters in groups.items()
        ],
        lr=learning_rate,
        fused=True,
    )


def set_rates(optimizer: torch.optim.Optimizer, step: int, steps: int, warmup: float) -> None:
    """The rates of ``step`` (from 1) of ``steps``: up in a line over the ``warmup`` part, then down along a cosine to a
    twentieth of the top."""
    warm = max(1, round(warmup * steps))
    factor = step / warm
    if step > warm:
        factor = 0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * (step - warm) / max(1, steps - warm)))
    for group in optimizer.param_groups:
        group["lr"] = group["top_lr"] * factor
