"""Which examples make up each batch.

The order is a pure function of (seed, window number): a resumed run draws exactly what the first would have drawn.
A window holds several batches; sorted by length inside the window, batches carry little padding.
"""

from __future__ import annotations

import itertools
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
        for batch in _window(pools, shares, batch_size, seed, lengths, window)[skip:]:
            yield [(example, random.Random(key)) for example, key in batch]
        window, skip = window + 1, 0


def _window(
    pools: Sequence[Sequence[Example]],
    shares: Sequence[float],
    batch_size: int,
    seed: int,
    lengths: Lengths,
    window: int,
) -> list[list[tuple[Example, str]]]:
    """The batches of a window; each example with the seed of its generator."""
    rng = random.Random(f"{seed}/{window}")
    size = batch_size * WINDOW
    total = sum(shares)
    drawn: list[tuple[Example, str]] = []
    for pool_number, (pool, share) in enumerate(zip(pools, shares, strict=True)):
        # Rounded up in some pools and down in others, so that the sum is about right in each window.
        offset = (pool_number + 0.5) / len(pools)
        first, last = (int(n * size * share / total + offset) for n in (window, window + 1))
        for draw in range(first, last):
            epoch, index = divmod(draw, len(pool))
            shuffled = _order(len(pool), f"{seed}/{pool_number}/{epoch}")
            drawn.append((pool[shuffled[index]], f"{seed}/{pool_number}/{draw}"))
    order = lengths([example for example, _ in drawn])
    drawn = [drawn[i] for i in sorted(range(len(drawn)), key=order.__getitem__)]
    ends = [len(drawn) * number // WINDOW for number in range(WINDOW + 1)]
    cut = [drawn[start:end] or drawn[-1:] for start, end in itertools.pairwise(ends)]
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
