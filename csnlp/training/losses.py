"""The losses of the heads.

An ordinal or nominal head learns from a distribution over its labels (one known label, or what a teacher says) by
cross-entropy, and from a set of labels that an example may have by -log of the probability of the set. An ordinal head
with a distribution also learns how far off it is, by the squared difference of the two cumulative distributions (the
squared earth mover's distance of Hou, Yu and Samaras 2016, arXiv:1611.05916). A multi-label head learns by binary
cross-entropy where a label is known.

Beside its targets, a head can learn to say the same of a text and of the text with slips in it (:func:`divergences`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from csnlp.heads import HEADS, Head
from csnlp.training.examples import Example, Target, is_distribution


def target_tensors(targets: Sequence[Mapping[str, Target]], heads: Mapping[str, Head] = HEADS) -> dict[str, Tensor]:
    """Head name → (rows, labels); rows without a target for the head are NaN throughout."""
    tensors = {}
    for name, head in heads.items():
        unknown = (float("nan"),) * len(head.labels)
        rows = [row.get(name, unknown) for row in targets]
        if any(name in row for row in targets):
            tensors[name] = torch.tensor(rows)
    return tensors


def class_weights(examples: Sequence[Example], power: float, heads: Mapping[str, Head] = HEADS) -> dict[str, Tensor]:
    """Head name → weight of each label, (share of the label) ** -power, scaled to mean 1 over the examples.

    0 leaves the classes as they are, 1 balances them fully. Sets of labels are not counted.
    """
    weights = {}
    for name, head in heads.items():
        known = [t for e in examples if (t := e.targets.get(name)) and is_distribution(t)]
        if head.kind == "multilabel" or not known:
            continue
        counts = torch.tensor(known).sum(0)
        weight = (counts.clamp(min=1) / counts.sum()) ** -power
        weights[name] = weight * counts.sum() / (weight * counts).sum()
    return weights


def head_losses(
    logits: Mapping[str, Tensor],
    targets: Mapping[str, Tensor],
    weights: Mapping[str, Tensor],
    ordinal_weight: float,
    heads: Mapping[str, Head] = HEADS,
) -> dict[str, Tensor]:
    """The mean loss of each head over the rows that have a target for it; heads without any are absent."""
    losses = {}
    for name, target in targets.items():
        rows = ~target.isnan().all(1)
        if rows.any():
            losses[name] = _head_loss(
                heads[name], logits[name][rows].float(), target[rows], weights.get(name), ordinal_weight
            )
    return losses


def divergences(
    plain: Mapping[str, Tensor], disturbed: Mapping[str, Tensor], heads: Mapping[str, Head]
) -> dict[str, Tensor]:
    """For each of ``heads`` the mean Kullback-Leibler divergence of what is said of ``disturbed`` rows from what is
    said of the same rows in ``plain`` writing, which does not move (Miyato et al. 2019, arXiv:1704.03976)."""
    found = {}
    for name, head in heads.items():
        ours, theirs = plain[name].detach().float(), disturbed[name].float()
        if head.kind == "multilabel":
            ours, theirs = (torch.stack((x, torch.zeros_like(x)), dim=-1) for x in (ours, theirs))
        log_p, log_q = functional.log_softmax(ours, dim=-1), functional.log_softmax(theirs, dim=-1)
        found[name] = (log_p.exp() * (log_p - log_q)).sum(-1).mean()
    return found


def _head_loss(head: Head, logits: Tensor, target: Tensor, weights: Tensor | None, ordinal_weight: float) -> Tensor:
    if head.kind == "multilabel":
        known = ~target.isnan()
        return functional.binary_cross_entropy_with_logits(logits[known], target[known])
    log_p = functional.log_softmax(logits, dim=-1)
    exact = target.sum(1) < 1.5  # a distribution, up to rounding; a set adds up to 2 or more
    of_set = -torch.logsumexp(log_p.masked_fill(target == 0, float("-inf")), dim=-1)
    loss = torch.where(exact, -(target * log_p).sum(-1), of_set)
    if head.kind == "ordinal":
        distance = (log_p.exp().cumsum(-1) - target.cumsum(-1)).square().sum(-1)
        loss = loss + ordinal_weight * torch.where(exact, distance, 0.0)
    if weights is not None:
        loss = loss * torch.where(exact, target @ weights, 1.0)
    return loss.mean()
