"""Tells at a glance which simple conditions do not hold of a case: most of them ask for words, or for verdicts of the
model, that are not there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csnlp.rules.case import Case

PLACES = ("reply", "question")
"""Where a glance looks for words. The other places may hold many turns, and are read when a rule asks for them."""

Claims = tuple[int, int]
"""Of a condition: the claims (bits) that are all true when it holds, and those that are all true when it does not."""


@dataclass(slots=True)
class _Words:
    """The claims about words in one place: lexicon or pattern → those that are false where it is not found.

    ``sure``: those that are true where it is found; ``quoted``: even where somebody may be quoted.
    """

    lexicons: dict[str, int] = field(default_factory=dict)
    patterns: dict[str, int] = field(default_factory=dict)
    all: int = 0
    sure: int = 0
    quoted: int = 0


def union(claims: Iterable[int]) -> int:
    """All of ``claims``."""
    return reduce(or_, claims, 0)


class Glance:
    """The claims of a book's simple conditions: that one holds is a bit, and that it does not is the next. They are
    numbered as they are made; the same claim made again has the same bit."""

    def __init__(self) -> None:
        self._claims: dict[object, Claims] = {}
        self._heads: dict[str, dict[tuple[str, ...], list[tuple[int, float]]]] = {}
        self._acts: list[tuple[int, str, float]] = []
        self._words = {place: _Words() for place in PLACES}

    def head(self, head: str, labels: tuple[str, ...], probability: float) -> Claims:
        """Claims on the ``labels`` of a head having at least ``probability`` together."""
        claims, is_new = self._made((head, labels, probability))
        if is_new:
            self._heads.setdefault(head, {}).setdefault(labels, []).append((claims[0], probability))
        return claims

    def act(self, act: str, probability: float) -> Claims:
        """Claims on an act having at least ``probability``."""
        claims, is_new = self._made((act, probability))
        if is_new:
            self._acts.append((claims[0], act, probability))
        return claims

    def words(self, place: str, lexicons: Iterable[str], patterns: Iterable[str], sure: bool, quoted: bool) -> Claims:
        """Claims on a term of ``lexicons`` or one of ``patterns`` standing in ``place``.

        ``sure``: it is enough that one is found there; ``quoted``: even where somebody may be quoted.
        """
        if place not in self._words:
            return 0, 0  # nothing that a glance can tell
        words = self._words[place]
        claims, _ = self._made((place, *lexicons, "/", *patterns, sure, quoted))
        words.all |= claims[0]
        words.sure |= claims[0] * sure
        words.quoted |= claims[0] * (sure and quoted)
        for found, keys in ((words.lexicons, lexicons), (words.patterns, patterns)):
            for key in keys:
                found[key] = found.get(key, 0) | claims[0]
        return claims

    def look(self, case: Case) -> int:
        """The claims that are false of ``case``."""
        false = 0
        for head, asked in self._heads.items():
            if score := case.heads.get(head):
                chance = score.probabilities.__getitem__
                for labels, thresholds in asked.items():
                    together = sum(map(chance, labels))
                    for claim, probability in thresholds:
                        false |= claim if together < probability else claim << 1
        for claim, act, probability in self._acts:
            if act in case.acts:
                false |= claim << 1 if case.acts[act] >= probability else claim
        for name, words in self._words.items():
            place = case.place(name)
            if place and place.views:
                found = 0
                for lexicon in place.lexicons:
                    found |= words.lexicons.get(lexicon, 0)
                for pattern in place.patterns:
                    found |= words.patterns.get(pattern, 0)
                false |= (words.all & ~found) | (found & (words.quoted if place.quotes else words.sure)) << 1
        return false

    def _made(self, key: object) -> tuple[Claims, bool]:
        if found := self._claims.get(key):
            return found, False
        bit = 1 << 2 * len(self._claims)
        self._claims[key] = bit, bit << 1
        return self._claims[key], True
