"""The fine-tuning run: data, loop, checkpoints, early stopping."""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping
from functools import partial

import torch
from torch import Tensor

from csnlp.errors import ConfigError
from csnlp.models.bert import BertModel
from csnlp.models.encoding import STEP, ExchangeEncoder, pad
from csnlp.models.folder import read_settings
from csnlp.models.network import Network, NetworkConfig
from csnlp.models.torch_engine import TorchEngine
from csnlp.training.augment import augment, disturb
from csnlp.training.base import network_from_base, tokenizer_from_base
from csnlp.training.checkpoint import load_checkpoint, load_network, save_checkpoint, save_network
from csnlp.training.config import TrainConfig
from csnlp.training.course import Course
from csnlp.training.examples import Example
from csnlp.training.half import HalfCopy
from csnlp.training.losses import class_weights, divergences, head_losses, target_tensors
from csnlp.training.optimise import adamw, set_rates
from csnlp.training.progress import RunLog, plot_curve
from csnlp.training.sampling import batches, token_lengths


def finetune(config: TrainConfig, course: Course) -> None:
    """Run (or go on with) the fine-tuning in ``config`` on ``course``.

    The run's folder (``config.output``) gets ``log.jsonl``, ``curve.png``, ``last.safetensors`` (the checkpoint) and
    ``best.safetensors``. A run that was stopped goes on from its last checkpoint, and draws what it would have drawn.
    """
    torch.manual_seed(config.seed)
    if config.threads:
        torch.set_num_threads(config.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network = network_from_base(config.base, config.max_tokens, config.dropout, course.heads).to(device)
    _to_average_with(config, network)  # one that cannot be is told before the work
    encoder = ExchangeEncoder(tokenizer_from_base(config.base), config.max_tokens)
    new = ("heads.", "pool_queries.", "segments.")
    optimizer = adamw(network, config.learning_rate, config.weight_decay, new, config.head_learning_rate)
    averaged = copy.deepcopy(network).requires_grad_(False)
    log = RunLog(config.output)
    networks = {"network": network, "averaged": averaged}
    last, best = config.output / "last.safetensors", config.output / "best.safetensors"
    done = load_checkpoint(last, networks, optimizer) if last.exists() else 0
    log.rewind(done)
    half = HalfCopy(network)

    known = [example for pool in course.pools for example in pool]
    weights = {n: tensor.to(device) for n, tensor in class_weights(known, config.balance, course.heads).items()}
    model = BertModel(encoder, TorchEngine(averaged), heads=course.taught)
    running: dict[str, float] = {}
    started, since = time.monotonic(), done
    stream = batches(course.pools, course.shares, config.batch_size, config.seed, partial(token_lengths, encoder), done)
    stopped = _out_of_patience(log, config.patience)
    for step, batch in zip(range(done + 1, config.steps + 1), stream, strict=False):
        if stopped:
            break
        torch.manual_seed(config.seed * 1_000_003 + step)
        varied = [augment(example, rng) for example, rng in batch]
        if config.consistency:
            varied += [disturb(example, rng) for example, (_, rng) in zip(varied, batch, strict=True)]
        losses = _step(half, optimizer, encoder, varied, course, weights, config, step, device)
        _average(averaged, network, min(config.average, (1 + step) / (10 + step)))
        for name, value in losses.items():
            running[name] = 0.95 * running[name] + 0.05 * value if name in running else value
        if step % config.log_every == 0:
            rate = (step - since) * config.batch_size / (time.monotonic() - started)
            left = (config.steps - step) * config.batch_size / rate / 60
            log.write("train", step, {**running, "examples_per_s": rate, "minutes_left": left})
        if step % config.evaluate_every == 0 or step == config.steps:
            log.write("evaluate", step, course.measure(model))
            history = [entry["selection"] for entry in log.entries("evaluate")]
            if history[-1] == max(history):
                save_network(best, averaged)
            save_checkpoint(last, networks, optimizer, step)
            plot_curve(log, config.output / "curve.png")
            stopped = _out_of_patience(log, config.patience)


def _out_of_patience(log: RunLog, patience: int) -> bool:
    """Whether the last ``patience`` evaluations brought nothing better; never for 0, nor where there is nothing to
    choose by (a selection of 0 throughout)."""
    history = [entry["selection"] for entry in log.entries("evaluate")]
    return bool(patience and any(history)) and len(history) - 1 - history.index(max(history)) >= patience


def best_network(config: TrainConfig, course: Course) -> Network:
    """The network of the run's best checkpoint, averaged with others where the recipe says so, in eval mode."""
    network = network_from_base(config.base, config.max_tokens, config.dropout, course.heads)
    load_network(config.output / "best.safetensors", network)
    others = _to_average_with(config, network)
    with torch.no_grad():
        weights: list[Tensor] = list(network.parameters())
        torch._foreach_mul_(weights, 1 - sum(part for _, part in others))
        for other, part in others:
            theirs: list[Tensor] = list(other.parameters())
            torch._foreach_add_(weights, theirs, alpha=part)
    return network.eval()


def _to_average_with(config: TrainConfig, network: Network) -> list[tuple[Network, float]]:
    """The networks that the finished one is averaged with, and the part of each."""
    found = []
    for folder, part in config.average_with:
        settings = read_settings(folder)
        if settings["kind"] != "bert" or NetworkConfig.from_dict(settings["network"]).heads != network.config.heads:
            raise ConfigError(f"average_with: {folder} is not a model with the heads that are taught")
        heads = {head.name: head for head in network.config.heads}
        other = network_from_base(str(folder), config.max_tokens, config.dropout, heads)
        if other.config != network.config:
            raise ConfigError(f"average_with: {folder} is not of the same shape as the model that is trained")
        found.append((other, part))
    return found


def _step(
    half: HalfCopy,
    optimizer: torch.optim.Optimizer,
    encoder: ExchangeEncoder,
    batch: list[Example],
    course: Course,
    weights: Mapping[str, Tensor],
    config: TrainConfig,
    step: int,
    device: torch.device,
) -> dict[str, float]:
    half.network.train()
    set_rates(optimizer, step, config.steps, config.warmup)
    encoded = encoder.encode([example.exchange for example in batch])
    # Few lengths: a CPU's kernels are built anew for each shape.
    inputs = [torch.from_numpy(array).to(device) for array in pad(encoded, encoder.pad_id, multiple=STEP)]
    targets = {n: t.to(device) for n, t in target_tensors([example.targets for example in batch], course.heads).items()}
    logits = half.network(*inputs)
    losses = head_losses(logits, targets, weights, config.ordinal_weight, course.heads)
    head_weights = dict(config.head_weights)
    # A head counts by its share of the batch: a handful of rows should not weigh as much as a full one.
    rows = {name: float((~targets[name].isnan().all(1)).float().mean()) for name in losses}
    loss = torch.stack([losses[name] * rows[name] * head_weights.get(name, 1.0) for name in losses]).sum()
    if config.consistency:
        plain, disturbed = ({n: x.chunk(2)[i] for n, x in logits.items()} for i in (0, 1))
        apart = divergences(plain, disturbed, {name: course.heads[name] for name in course.taught})
        loss = loss + config.consistency * torch.stack([x * head_weights.get(n, 1.0) for n, x in apart.items()]).sum()
    half.learn(loss, optimizer)
    return {"loss": loss.item(), **{name: value.item() for name, value in losses.items()}}


@torch.no_grad()
def _average(averaged: Network, network: Network, decay: float) -> None:
    """Move ``averaged`` towards ``network``: an exponential moving average of the weights over the steps."""
    torch._foreach_lerp_(list(averaged.parameters()), list(network.parameters()), 1 - decay)
