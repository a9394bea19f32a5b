"""Times several ways of doing the same work against each other.

The ways take turns, in an order that is reversed from round to round, so that a machine that gets slower or busier
meanwhile does so for all of them. What is reported is the median over the rounds, and of two ways the median ratio of
their times in the same round, with a bootstrap interval over the rounds.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Comparison:
    """``seconds``: name → its time in each round."""

    seconds: Mapping[str, tuple[float, ...]]

    def median(self, name: str) -> float:
        """The median time of ``name``, in seconds."""
        return float(np.median(self.seconds[name]))

    def speedup(self, name: str, over: str) -> tuple[float, float, float]:
        """How many times as fast as ``over`` it is: the median over the rounds, and its 95 % interval."""
        ratios = np.array(self.seconds[over]) / np.array(self.seconds[name])
        drawn = np.random.default_rng(0).choice(ratios, (RESAMPLES, len(ratios)))
        low, high = np.percentile(np.median(drawn, axis=1), [2.5, 97.5])
        return float(np.median(ratios)), float(low), float(high)


def compare(ways: Mapping[str, Callable[[], object]], rounds: int, warm_up: int = 1) -> Comparison:
    """Run each of ``ways`` once a round, after ``warm_up`` rounds that are not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(warm_up + rounds):
        names = list(ways) if number % 2 == 0 else list(ways)[::-1]
        for name in names:
            began = time.perf_counter()
            ways[name]()
            elapsed = time.perf_counter() - began
            if number >= warm_up:
                seconds[name].append(elapsed)
    return Comparison({name: tuple(times) for name, times in seconds.items()})
