"""Training in bfloat16: the passes run on a half-precision copy, the optimiser keeps the float32 weights.

Faster than autocast on a CPU, which rounds every weight and activation anew at each product (Micikevicius et al. 2018,
arXiv:1710.03740, section 3.1, on why the master copy stays in float32).
"""

from __future__ import annotations

import copy

import torch
from torch import nn

from csnlp.models.processor import instructions


class HalfCopy:
    """A bfloat16 copy of ``master``; where the device has no bfloat16 arithmetic, ``master`` itself."""

    def __init__(self, master: nn.Module) -> None:
        self.master = master
        half = has_bf16(next(master.parameters()).device)
        self.network = copy.deepcopy(master).to(torch.bfloat16) if half else master

    def learn(self, loss: torch.Tensor, optimizer: torch.optim.Optimizer) -> None:
        """One step of ``optimizer``, which has the master's weights, down the gradients of ``loss`` (see
        :meth:`backward`), their norm cut at 1."""
        self.backward(loss)
        nn.utils.clip_grad_norm_(self.master.parameters(), 1.0)
        optimizer.step()
        self.refresh()

    def backward(self, loss: torch.Tensor) -> None:
        """The gradients of ``loss``, which was computed with :attr:`network`, into the master's weights."""
        self.network.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        if self.network is not self.master:
            for master, half in zip(self.master.parameters(), self.network.parameters(), strict=True):
                master.grad = None if half.grad is None else half.grad.float()

    @torch.no_grad()
    def refresh(self) -> None:
        """Take over the master's weights, which an optimiser has changed."""
        if self.network is not self.master:
            torch._foreach_copy_(list(self.network.parameters()), list(self.master.parameters()))


def has_bf16(device: torch.device) -> bool:
    """Whether ``device`` computes in bfloat16 rather than imitating it."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    return not instructions().isdisjoint({"avx512_bf16", "amx_bf16"})
