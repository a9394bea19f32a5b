"""Which examples make up each batch.

The order is a pure function of (seed, window number): a resumed run draws exactly what the first would have drawn.
A window holds several batches; sorted by length inside the window, batches carry little padding.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from csnlp.models.encoding import ExchangeEncoder
from csnlp.training.examples import Example

WINDOW = 16
"""Batches in a window."""

Lengths = Callable[[Sequence[Example]], Sequence[int]]
"""The lengths of examples, in tokens."""


def batches(
    pools: Sequence[Sequence[Example]],
    shares: Sequence[float],
    batch_size: int,
    seed: int,
    lengths: Lengths,
    start: int = 0,
) -> Iterator[list[tuple[Example, random.Random]]]:
    """Endless batches from step ``start`` on; each example comes with its own generator for augmentation.

    Each pool gives its share of every window, and is gone through in a shuffled order again and again.
    """
    window = start // WINDOW
    skip = start % WINDOW
    while True:
        yield from _window(pools, shares, batch_size, seed, lengths, window)[skip:]
        window, skip = window + 1, 0


def _window(
    pools: Sequence[Sequence[Example]],
    shares: Sequence[float],
    batch_size: int,
    seed: int,
    lengths: Lengths,
    window: int,
) -> list[list[tuple[Example, random.Random]]]:
    rng = random.Random(f"{seed}/{window}")
    size = batch_size * WINDOW
    total = sum(shares)
    drawn: list[tuple[Example, random.Random]] = []
    for pool_number, (pool, share) in enumerate(zip(pools, shares, strict=True)):
        first, last = (int(n * size * share / total) for n in (window, window + 1))
        for draw in range(first, last):
            epoch, index = divmod(draw, len(pool))
            shuffled = _order(len(pool), f"{seed}/{pool_number}/{epoch}")
            drawn.append((pool[shuffled[index]], random.Random(f"{seed}/{pool_number}/{draw}")))
    order = lengths([example for example, _ in drawn])
    drawn = [drawn[i] for i in sorted(range(len(drawn)), key=order.__getitem__)]
    cut = [drawn[i : i + batch_size] for i in range(0, len(drawn), batch_size)]
    # Rounding can leave a last batch of a few: join it to the one before.
    if len(cut) > WINDOW:
        cut[WINDOW - 1 :] = [[item for batch in cut[WINDOW - 1 :] for item in batch]]
    while len(cut) < WINDOW:
        cut.append(cut[-1])
    rng.shuffle(cut)
    return cut


def token_lengths(encoder: ExchangeEncoder, examples: Sequence[Example]) -> list[int]:
    """The lengths of ``examples`` as ``encoder`` reads them."""
    return [len(encoded) for encoded in encoder.encode([example.exchange for example in examples])]


@lru_cache(maxsize=64)
def _order(size: int, key: str) -> tuple[int, ...]:
    order = list(range(size))
    random.Random(key).shuffle(order)
    return tuple(order)
