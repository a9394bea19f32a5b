"""A wrong character: one that is improbable where it stands, beside one it is mistaken for that is not.

Only the neighbourhood of a pair of characters that is rarely seen is looked at. There, every character that the
written one may stand for is tried; the best one is weighed by a logistic regression over :data:`FEATURES`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from math import exp, log1p
from operator import add
from typing import NamedTuple

from csnlp.typos.confusions import LOOK_ALIKE, NEAR_SOUND, confusions
from csnlp.typos.ngrams import BREAK, SPECIAL, Context, NGrams, load

FEATURES = (
    "gain",  # by how much the better character raises the logarithm of the probability
    "new_left", "new_right", "old_left", "old_right",  # logarithms of the counts of the pairs
    "new_before", "new_around", "new_after", "old_before", "old_around", "old_after",  # and of the triples
    "new", "old",  # and of the characters
    "new_bond", "old_bond",  # how much more often than by chance the pairs are seen (the stronger side)
    "near_sound", "look_alike",
    "at_start", "at_end", "beside_special",
)  # fmt: skip

# Below this gain (in nats) no change was ever right at a threshold worth having.
_LEAST_GAIN = 2.0
# What a change to a character that only sounds or looks nearly alike must gain more than one that sounds the same.
_UNLIKE = 2.0
# A character seen less often is no likely intention.
_LEAST_COUNT = 30.0
# So many places are kept with the best change there: what is rare in general comes again and again in one shop.
_CACHED = 4096


@dataclass(frozen=True, slots=True)
class Change:
    """``new`` instead of the character at ``index`` of a text, and the features that speak for it or against it."""

    index: int
    new: str
    features: tuple[float, ...]


class _Candidate(NamedTuple):
    character: str
    number: int
    kind: int


class CharacterModel:
    """Proposes changes of single characters. ``weights`` are those of :data:`FEATURES`, then the bias."""

    def __init__(self, ngrams: NGrams, weights: tuple[float, ...]) -> None:
        self._ngrams = ngrams
        self._weights = weights
        self._candidates: dict[str, tuple[int, tuple[_Candidate, ...]]] = {}
        self._cached = lru_cache(maxsize=_CACHED)(self._best)

    def probability(self, change: Change) -> float:
        """The probability that ``change`` is right, for a text of which every other one holds a slip."""
        *weights, bias = self._weights
        score = bias + sum(weight * value for weight, value in zip(weights, change.features, strict=True))
        return 1 / (1 + exp(-max(-50.0, min(50.0, score))))

    def changes(self, text: str, doubtful: Set[str] | None = None) -> Iterator[Change]:
        """The best change at each doubtful place of ``text`` (squeezed symbols, a break at both ends): where a pair of
        characters is none of the ordinary ones (``doubtful``, if they are known already)."""
        if doubtful is None:
            doubtful = set(map(add, text, text[1:])) - self._ngrams.ordinary
        padded = BREAK + text + BREAK
        starts = [at for at, pair in enumerate(map(add, text, text[1:])) if pair in doubtful] if doubtful else []
        for i in sorted({at + beside for at in starts for beside in (0, 1)}):
            if text[i] not in SPECIAL and (found := self._cached(padded[i - 1 : i + 4])):
                yield Change(i, *found)

    def _best(self, window: str) -> tuple[str, tuple[float, ...]] | None:
        """The best character instead of the middle one of the five of ``window``, with its features."""
        ngrams = self._ngrams
        a, b, x, c, d = map(ngrams.number, window)
        if x < len(SPECIAL):
            return None
        bits, candidates = self._of(window[2])
        # Of the two new pairs, both must have been seen, and one must be ordinary.
        if not (seen := bits & ngrams.between(b, c)):
            return None
        left, right, ordinary = window[1], window[3], ngrams.ordinary
        fitting = [
            candidate
            for candidate in candidates
            if seen >> candidate.number & 1
            and (left + candidate.character in ordinary or candidate.character + right in ordinary)
        ]
        if not fitting:
            return None
        a, d = a if b else 0, d if c else 0
        around = Context(a, b, c, d, ngrams.place(a, b), ngrams.place(c, d))
        least = ngrams.log_probability_around(around, x) + _LEAST_GAIN
        best: tuple[float, _Candidate] | None = None
        for candidate in fitting:
            value = ngrams.log_probability_around(around, candidate.number) - (_UNLIKE if candidate.kind else 0.0)
            if value > least and (best is None or value > best[0]):
                best = value, candidate
        if best is None:
            return None
        return best[1].character, self._features(best[0] - least + _LEAST_GAIN, around, x, best[1])

    def _of(self, character: str) -> tuple[int, tuple[_Candidate, ...]]:
        """What may stand for ``character``, as bits (by their numbers) and as they are."""
        found = self._candidates.get(character)
        if found is None:
            numbered = ((other, self._ngrams.number(other), kind) for other, kind in confusions(character).items())
            kept = tuple(_Candidate(*each) for each in numbered if self._ngrams.one(each[1]) >= _LEAST_COUNT)
            self._candidates[character] = found = (sum({1 << candidate.number for candidate in kept}), kept)
        return found

    def _features(self, gain: float, around: Context, old: int, candidate: _Candidate) -> tuple[float, ...]:
        ngrams, (a, b, c, d, _, _), new = self._ngrams, around, candidate.number
        counts = (
            ngrams.pair(b, new), ngrams.pair(new, c), ngrams.pair(b, old), ngrams.pair(old, c),
            ngrams.triple(a, b, new), ngrams.triple(b, new, c), ngrams.triple(new, c, d),
            ngrams.triple(a, b, old), ngrams.triple(b, old, c), ngrams.triple(old, c, d),
            ngrams.one(new), ngrams.one(old),
        )  # fmt: skip
        flags = (candidate.kind == NEAR_SOUND, candidate.kind == LOOK_ALIKE, b == 0, c == 0, 0 < b < 4 or 0 < c < 4)
        return (gain, *map(log1p, counts), self._bond(b, new, c), self._bond(b, old, c), *map(float, flags))

    def _bond(self, b: int, x: int, c: int) -> float:
        """The stronger pointwise mutual information of ``x`` with its Chinese neighbours, in nats; 0 for none."""
        bond = self._ngrams.bond
        return max(0.0, bond(b, x) if b > 3 else 0.0, bond(x, c) if c > 3 else 0.0)


@lru_cache(maxsize=1)
def load_model() -> CharacterModel:
    """The shipped model, read at the first call."""
    weights = json.loads(files("csnlp.typos").joinpath("weights.json").read_text(encoding="utf-8"))
    return CharacterModel(load(), tuple(weights[name] for name in (*FEATURES, "bias")))
