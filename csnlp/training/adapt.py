"""Masked-language-model adaptation: a base goes on reading, now the text of the trade, before it is fine-tuned.

(Gururangan et al. 2020, arXiv:2004.10964.) Made of plain lines, in the order of the file: neighbours are often turns of
one chat. The result is a model folder without taught heads, for ``base:`` of another recipe.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from csnlp.errors import ConfigError
from csnlp.models.encoding import STEP, Encoded, ExchangeEncoder, pad
from csnlp.models.network import Network
from csnlp.training.base import describe_base, network_from_base, tokenizer_from_base
from csnlp.training.checkpoint import load_checkpoint, save_checkpoint
from csnlp.training.config import AdaptConfig
from csnlp.training.examples import Example
from csnlp.training.export import export_model, new_model
from csnlp.training.half import HalfCopy
from csnlp.training.masking import Masked, WordMasker
from csnlp.training.optimise import adamw, set_rates
from csnlp.training.pools import read_lines
from csnlp.training.progress import RunLog
from csnlp.training.prune import count_pieces, pruned
from csnlp.training.record import keep_record
from csnlp.training.sampling import batches, token_lengths
from csnlp.types import Exchange, Turn

_MOST_LINES = 5
_NEW_LEARNING_RATE = 1e-3  # of the output layer, which no base brings
_HELD_OUT = 256
"""Stretches of each file (at most a tenth of them) that the loss is measured on, and that are not learned from."""


class MaskedNetwork(nn.Module):
    """``network`` with BERT's output layer for hidden words; its last product shares the word embeddings."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        hidden = network.config.hidden_size
        self.network = network
        self.transform = nn.Linear(hidden, hidden)
        self.norm = nn.LayerNorm(hidden, eps=network.config.layer_norm_eps)
        self.bias = nn.Parameter(torch.zeros(network.config.vocab_size))

    def forward(self, ids: Tensor, segments: Tensor, mask: Tensor, rows: Tensor, positions: Tensor) -> Tensor:
        """The logits (asked, vocabulary) at ``positions`` of ``rows``."""
        x = self.network.encode(ids, segments, mask)[rows, positions]
        x = self.norm(functional.gelu(self.transform(x)))
        return functional.linear(x, self.network.words.weight, self.bias)


def adapt(config: AdaptConfig) -> Path:
    """Run (or go on with) the adaptation in ``config``; returns the folder that it wrote, ``<output>/model``."""
    config.output.mkdir(parents=True, exist_ok=True)
    keep_record(config)
    torch.manual_seed(config.seed)
    if config.threads:
        torch.set_num_threads(config.threads)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    texts = [[line for line in read_lines(path) if line.strip()] for path in config.texts]
    tokenizer = tokenizer_from_base(config.base)
    # All positions of the base stay, though the texts here are shorter.
    network = network_from_base(config.base, None, config.dropout)
    pools = [stretches(lines, random.Random(f"{config.seed}/{number}")) for number, lines in enumerate(texts)]
    held_out = [pool.pop() for pool in pools for _ in range(min(_HELD_OUT, len(pool) // 10))]
    if not held_out or not all(pools):
        raise ConfigError(f"texts: {len(held_out)} stretches to measure on; give files of at least 100 lines each")
    if config.least_count:
        reader = ExchangeEncoder(tokenizer, config.max_tokens)
        counts = count_pieces(row for pool in pools for row in _encoded(reader, pool))
        tokenizer, kept = pruned(tokenizer, counts, config.least_count)
        network = network.with_words(kept)
    encoder, masker = ExchangeEncoder(tokenizer, config.max_tokens), WordMasker(tokenizer)

    model = MaskedNetwork(network).to(device)
    new = ("transform.", "norm.", "bias")
    optimizer = adamw(model, config.learning_rate, config.weight_decay, new, _NEW_LEARNING_RATE)
    log, last = RunLog(config.output), config.output / "last.safetensors"
    done = load_checkpoint(last, {"model": model}, optimizer) if last.exists() else 0
    log.rewind(done)
    half = HalfCopy(model)
    stream = batches(
        pools, [len(pool) for pool in pools], config.batch_size, config.seed, partial(token_lengths, encoder), done
    )
    started, average = time.monotonic(), None
    for step, batch in zip(range(done + 1, config.steps + 1), stream, strict=False):
        torch.manual_seed(config.seed * 1_000_003 + step)
        set_rates(optimizer, step, config.steps, config.warmup)
        half.network.train()
        encoded = encoder.encode([example.exchange for example, _ in batch])
        masked = [masker(row, rng) for row, (_, rng) in zip(encoded, batch, strict=True)]
        loss, _ = _loss(half.network, masked, encoder, device)
        half.learn(loss, optimizer)
        average = loss.item() if average is None else 0.95 * average + 0.05 * loss.item()
        if step % config.log_every == 0:
            rate = (step - done) * config.batch_size / (time.monotonic() - started)
            left = (config.steps - step) * config.batch_size / rate / 60
            log.write("train", step, {"loss": average, "examples_per_s": rate, "minutes_left": left})
        if step % config.evaluate_every == 0 or step == config.steps:
            log.write("evaluate", step, _measure(half.network, held_out, encoder, masker, config, device))
            save_checkpoint(last, {"model": model}, optimizer, step)
    settings = {"name": config.name, "version": config.version, "base": describe_base(config.base)}
    with new_model(config.output / "model") as folder:
        export_model(folder, network.cpu().eval(), tokenizer, settings, heads=(), quantise=False)
    return config.output / "model"


def stretches(lines: Sequence[str], rng: random.Random) -> list[Example]:
    """``lines`` cut into stretches of 1 to 5 neighbours, shuffled: the last line of each is read as the reply."""
    found, at = [], 0
    while at < len(lines):
        size = rng.randint(1, _MOST_LINES)
        *before, reply = lines[at : at + size]
        turns = tuple(
            Turn("agent" if (len(before) - n) % 2 == 0 else "customer", text) for n, text in enumerate(before)
        )
        found.append(Example(Exchange(reply, turns), {}, ""))
        at += size
    rng.shuffle(found)
    return found


def _loss(
    model: nn.Module, masked: Sequence[Masked], encoder: ExchangeEncoder, device: torch.device
) -> tuple[Tensor, Tensor]:
    """The mean cross-entropy of the hidden tokens, and whether each was the likeliest one."""
    inputs = [
        torch.from_numpy(array).to(device) for array in pad([m.text for m in masked], encoder.pad_id, multiple=STEP)
    ]
    rows = torch.from_numpy(np.repeat(np.arange(len(masked)), [len(m.asked) for m in masked])).to(device)
    asked = torch.from_numpy(np.concatenate([m.asked for m in masked])).to(device)
    ids = torch.from_numpy(np.concatenate([m.ids for m in masked])).to(device)
    logits = model(*inputs, rows, asked).float()
    return functional.cross_entropy(logits, ids), logits.argmax(-1) == ids


@torch.no_grad()
def _measure(
    model: nn.Module,
    held_out: Sequence[Example],
    encoder: ExchangeEncoder,
    masker: WordMasker,
    config: AdaptConfig,
    device: torch.device,
) -> dict[str, float]:
    """Loss and accuracy on the held-out stretches, with the same words hidden each time."""
    model.eval()
    losses, hits = [], []
    for start in range(0, len(held_out), config.batch_size):
        rows: list[Encoded] = encoder.encode([e.exchange for e in held_out[start : start + config.batch_size]])
        masked = [masker(row, random.Random(start + n)) for n, row in enumerate(rows)]
        loss, hit = _loss(model, masked, encoder, device)
        losses.append(loss.item() * len(hit))
        hits.append(hit)
    hit = torch.cat(hits).float()
    return {"heldout.loss": sum(losses) / len(hit), "heldout.accuracy": float(hit.mean())}


def _encoded(encoder: ExchangeEncoder, examples: Sequence[Example]) -> Iterator[Encoded]:
    for start in range(0, len(examples), 1_000):
        yield from encoder.encode([example.exchange for example in examples[start : start + 1_000]])
