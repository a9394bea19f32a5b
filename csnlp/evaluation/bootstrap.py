"""Percentile bootstrap intervals (Efron 1979), a thousand resamples at once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import numpy as np

from csnlp.evaluation.metrics import Floats

_CELLS_AT_ONCE = 4_000_000  # weights held in memory at once: 32 MB


def bootstrap_interval(
    statistic: Callable[[Floats], Floats],
    rows: int,
    *,
    groups: Sequence[Hashable] | None = None,
    resamples: int = 1_000,
    level: float = 0.95,
    seed: int = 0,
) -> tuple[float, float]:
    """The percentile interval of ``statistic`` over resamples of ``rows`` rows, as (low, high).

    ``statistic`` takes row weights of shape (resamples, rows), how often each row was drawn, and returns one number
    for each resample. ``groups`` (one value a row) names rows that are drawn together, such as replies to one context:
    rows of a group are not independent, and drawing them apart would make the interval too narrow. Resamples where
    the statistic is undefined are left out. The interval is (nan, nan) when there are fewer than two groups or no
    resamples, or when a share of them above 1 - ``level`` is undefined: too few cases to say anything.
    """
    if groups is not None and len(groups) != rows:
        raise ValueError(f"groups has {len(groups)} entries for {rows} rows; give one a row")
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; give a share between 0 and 1, such as 0.95")
    member = _group_numbers(groups, rows)
    count = int(member.max()) + 1 if rows else 0
    if count < 2 or resamples < 1:
        return float("nan"), float("nan")
    random = np.random.default_rng(seed)
    at_once = max(1, _CELLS_AT_ONCE // rows)
    values = np.concatenate(
        [
            statistic(_draws(random, min(at_once, resamples - done), count)[:, member])
            for done in range(0, resamples, at_once)
        ]
    )
    values = values[~np.isnan(values)]
    if len(values) < level * resamples:
        return float("nan"), float("nan")
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _group_numbers(groups: Sequence[Hashable] | None, rows: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    if groups is None:
        return np.arange(rows, dtype=np.int64)
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(group, len(numbers)) for group in groups], dtype=np.int64)


def _draws(random: np.random.Generator, resamples: int, count: int) -> Floats:
    """How often each of ``count`` groups is drawn in each resample, shape (resamples, count)."""
    drawn = random.integers(0, count, size=(resamples, count))
    offset = np.arange(resamples)[:, None] * count
    return np.bincount((drawn + offset).ravel(), minlength=resamples * count).reshape(resamples, count).astype(float)
