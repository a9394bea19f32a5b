"""Counts of one, two and three characters in a row, and the probability that they give.

The counts come from chat and review texts and from a word list (see ``csnlp/training/typo_statistics.py``). Characters
are numbered; every clause ends in :data:`BREAK`, and figures, Latin words and unknown characters count as one each.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import as_file, files
from math import exp, log
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

BREAK, FIGURE, LATIN, UNKNOWN = " ", "0", "a", "\ufffd"
SPECIAL = (BREAK, FIGURE, LATIN, UNKNOWN)
Tables: TypeAlias = dict[str, npt.NDArray[Any]]
Numbers: TypeAlias = npt.NDArray[Any]

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


class Context(NamedTuple):
    """The numbers of the two characters before a place and of the two behind it (0 from a break on), and where the
    pairs that they make stand in the table."""

    a: int
    b: int
    c: int
    d: int
    ab: int
    cd: int


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
        first, second = _pairs(tables)
        self._behind, self._before = _Bits(first, second), _Bits(second, first)

    def number(self, character: str) -> int:
        return self.numbers.get(character, 3)

    def one(self, a: int) -> float:
        """How often ``a`` was seen."""
        return self._ones[a]

    def pair(self, a: int, b: int) -> float:
        """How often ``b`` came right behind ``a``."""
        at = self.place(a, b)
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
        at = self.place(a, b)
        return self._triple(at, c) if at >= 0 else 0.0

    def log_probability(self, a: int, b: int, c: int) -> float:
        """Natural logarithm of the probability of ``c`` behind ``a``, ``b``."""
        return self._log_of(((self.place(a, b), self.place(b, c), b, c),))

    def log_probability_around(self, around: Context, x: int) -> float:
        """Natural logarithm of the probability of ``x`` and what follows it in ``a b x c d``; ``c`` may be a break."""
        _, b, c, d, ab, cd = around
        bx, xc = self.place(b, x), self.place(x, c)
        steps = ((ab, bx, b, x), (bx, xc, x, c), (xc, cd, c, d))
        return self._log_of(steps if c else steps[:2])

    def gain(self, text: str, start: int, end: int, new: str) -> float:
        """By how much ``new`` instead of ``text[start:end]`` raises the logarithm of the probability of ``text``."""
        before = text[max(0, start - 2) : start].rjust(2, BREAK)
        if before[1] == BREAK:
            before = BREAK * 2
        clause, stop, _ = text[end : end + 2].partition(BREAK)
        old = text[start:end]
        return self._log_of_text(before + new + clause + stop) - self._log_of_text(before + old + clause + stop)

    def _log_of_text(self, text: str) -> float:
        """Natural logarithm of the probability of what follows the first two characters of ``text``."""
        numbers = [self.number(character) for character in text]
        return sum(map(self.log_probability, numbers, numbers[1:], numbers[2:]))

    def _log_of(self, steps: Iterable[tuple[int, int, int, int]]) -> float:
        """The sum over ``steps``, each from ``a b`` to ``c``: the places of both pairs, ``b`` and ``c``."""
        ones, pair_count, total = self._ones, self._pair_count, 0.0
        for ab, bc, b, c in steps:
            seen = _COUNTS[pair_count[bc]] if bc >= 0 else 0.0
            chance = (seen + _PAIR_PRIOR * (ones[c] / self._total)) / (ones[b] + _PAIR_PRIOR)
            if ab >= 0:
                shorter = _TRIPLE_PRIOR + self._unkept[ab]
                chance = (self._triple(ab, c) + shorter * chance) / (_COUNTS[pair_count[ab]] + _TRIPLE_PRIOR)
            total += log(chance)
        return total

    def between(self, a: int, b: int) -> int:
        """The characters seen both behind ``a`` and before ``b``: each is a bit, by its number."""
        return self._behind[a] & self._before[b]

    def place(self, a: int, b: int) -> int:
        """Where the pair stands in the table; -1 for one unseen."""
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


def _pairs(tables: Tables) -> tuple[Numbers, Numbers]:
    """The first and the second characters of all pairs."""
    start = tables["pair_start"].astype(np.int64)
    return np.repeat(np.arange(len(start) - 1, dtype=np.uint16), np.diff(start)), tables["pair_next"]


def _ordinary(tables: Tables) -> frozenset[str]:
    """The pairs that need no second look."""
    first, second = _pairs(tables)
    kept = np.unpackbits(tables["ordinary"], count=len(second)).astype(bool)
    points = tables["characters"].astype("<u4")
    text = np.stack([points[first[kept]], points[second[kept]]], axis=1).tobytes().decode("utf-32-le")
    specials = {a + b for a in SPECIAL for b in SPECIAL}
    return frozenset(text[i : i + 2] for i in range(0, len(text), 2)) | specials


class _Bits(dict[int, int]):
    """Number of a character → those of its partners (``partners[i]`` is one of ``characters[i]``), as the bits of an
    integer; filled as characters turn up."""

    def __init__(self, characters: Numbers, partners: Numbers) -> None:
        order = np.argsort(characters, kind="stable")
        self._characters, self._partners = characters[order], partners[order]

    def __missing__(self, number: int) -> int:
        start, end = np.searchsorted(self._characters, np.array([number, number + 1], self._characters.dtype))
        bits = np.zeros(1 << 16, bool)
        bits[self._partners[start:end]] = True
        self[number] = found = int.from_bytes(np.packbits(bits, bitorder="little").tobytes(), "little")
        return found


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
