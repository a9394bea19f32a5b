"""Counts of one, two and three characters in a row, and the probability that they give.

The counts come from chat and review texts and from a word list (see ``csnlp/training/typo_statistics.py``). Characters
are numbered; every clause ends in :data:`BREAK`, and figures, Latin words and unknown characters count as one each.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from functools import lru_cache
from importlib.resources import as_file, files
from math import exp, log
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

BREAK, FIGURE, LATIN, UNKNOWN = " ", "0", "a", "\ufffd"
SPECIAL = (BREAK, FIGURE, LATIN, UNKNOWN)
Tables: TypeAlias = dict[str, npt.NDArray[Any]]

# Counts are stored in one byte, in steps of five percent.
_STEP = 0.05
_COUNTS = [0.0] + [exp(_STEP * code) for code in range(255)]

# Strength of the shorter context's say, in observations (Dirichlet smoothing; by the likelihood of held-out lines).
_PAIR_PRIOR = 300.0
_TRIPLE_PRIOR = 5.0
# A pair counts half for a bond when seen this often.
_DOUBT = 3.0


def encode_counts(counts: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    """``counts`` (each at least 1) as the bytes that are stored."""
    return (1 + np.rint(np.log(counts) / _STEP)).clip(1, 255).astype(np.uint8)


class NGrams:
    """The counts, looked up one at a time. ``tables`` are the arrays that the training script makes."""

    def __init__(self, tables: Tables) -> None:
        self.characters = tables["characters"].astype("<u4").tobytes().decode("utf-32-le")
        self.numbers = {character: number for number, character in enumerate(self.characters)}
        self._ones: list[float] = [_COUNTS[code] for code in tables["ones"].tolist()]
        self._total: float = sum(self._ones)
        self._pair_start, self._pair_next, self._pair_count = (_array(tables[f"pair_{n}"]) for n in _PARTS)
        self._triple_start, self._triple_next, self._triple_count = (_array(tables[f"triple_{n}"]) for n in _PARTS)
        self._unkept = _unkept(tables)
        self.ordinary = _ordinary(tables)

    def number(self, character: str) -> int:
        return self.numbers.get(character, 3)

    def one(self, a: int) -> float:
        """How often ``a`` was seen."""
        return self._ones[a]

    def pair(self, a: int, b: int) -> float:
        """How often ``b`` came right behind ``a``."""
        at = self._pair(a, b)
        return _COUNTS[self._pair_count[at]] if at >= 0 else 0.0

    def bond(self, a: int, b: int) -> float:
        """Pointwise mutual information of the pair in nats, a pair less counted than seen; 0 for a pair unseen."""
        count = self.pair(a, b)
        if not count:
            return 0.0
        return log(count / (count + _DOUBT) * count * self._total / (self._ones[a] * self._ones[b]))

    def count(self, pair: str) -> float:
        """How often the two characters of ``pair`` were seen in a row."""
        return self.pair(self.number(pair[0]), self.number(pair[1]))

    def triple(self, a: int, b: int, c: int) -> float:
        """How often the three came in a row (0 below the least count that is kept)."""
        at = self._pair(a, b)
        return self._triple(at, c) if at >= 0 else 0.0

    def log_probability(self, a: int, b: int, c: int) -> float:
        """Natural logarithm of the probability of ``c`` behind ``a``, ``b``."""
        ones = self._ones
        one = ones[c] / self._total
        after_b = self._pair(b, c)
        pair = ((_COUNTS[self._pair_count[after_b]] if after_b >= 0 else 0.0) + _PAIR_PRIOR * one) / (
            ones[b] + _PAIR_PRIOR
        )
        at = self._pair(a, b)
        if at < 0:
            return log(pair)
        shorter = _TRIPLE_PRIOR + self._unkept[at]
        return log((self._triple(at, c) + shorter * pair) / (_COUNTS[self._pair_count[at]] + _TRIPLE_PRIOR))

    def log_probability_around(self, a: int, b: int, c: int, d: int, x: int) -> float:
        """Natural logarithm of the probability of ``x`` and what follows it in ``a b x c d``; ``c`` may be a break."""
        log_probability = self.log_probability
        total = log_probability(a, b, x) + log_probability(b, x, c)
        return total + log_probability(x, c, d) if c else total

    def _pair(self, a: int, b: int) -> int:
        end = self._pair_start[a + 1]
        at = bisect_left(self._pair_next, b, self._pair_start[a], end)
        return at if at < end and self._pair_next[at] == b else -1

    def _triple(self, pair: int, c: int) -> float:
        end = self._triple_start[pair + 1]
        at = bisect_left(self._triple_next, c, self._triple_start[pair], end)
        return _COUNTS[self._triple_count[at]] if at < end and self._triple_next[at] == c else 0.0


def _unkept(tables: Tables) -> array[float]:
    """For each pair, how often it was followed by a character with which it was too rare to be kept."""
    counts = np.array(_COUNTS)
    sums = np.concatenate([[0.0], np.cumsum(counts[tables["triple_count"]])])
    start = tables["triple_start"].astype(np.int64)
    unkept = counts[tables["pair_count"]] - (sums[start[1:]] - sums[start[:-1]])
    return array("f", unkept.clip(0).astype(np.float32).tobytes())


def _ordinary(tables: Tables) -> frozenset[str]:
    """The pairs that need no second look."""
    start = tables["pair_start"].astype(np.int64)
    second = tables["pair_next"]
    kept = np.unpackbits(tables["ordinary"], count=len(second)).astype(bool)
    first = np.repeat(np.arange(len(start) - 1), np.diff(start))
    points = tables["characters"].astype("<u4")
    text = np.stack([points[first[kept]], points[second[kept]]], axis=1).tobytes().decode("utf-32-le")
    specials = {a + b for a in SPECIAL for b in SPECIAL}
    return frozenset(text[i : i + 2] for i in range(0, len(text), 2)) | specials


_PARTS = ("start", "next", "count")
_CODES = {np.dtype(np.uint8): "B", np.dtype(np.uint16): "H", np.dtype(np.uint32): "I"}


def _array(table: npt.NDArray[Any]) -> array[int]:
    return array(_CODES[table.dtype], table.tobytes())


@lru_cache(maxsize=1)
def load() -> NGrams:
    """The shipped counts, read at the first call."""
    from safetensors.numpy import load_file

    with as_file(files("csnlp.typos").joinpath("ngrams.safetensors")) as path:
        return NGrams(load_file(path))
