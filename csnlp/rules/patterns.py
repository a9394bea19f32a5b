"""Patterns of a book's own: RE2, which takes time linear in the text whatever the pattern is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import re2

from csnlp.errors import ConfigError

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 16 << 20  # a quarter of what the bundled book's states take: 0.02 to 0.06 ms a text more, 49 MB less

_ALONE = re2.Options()
_ALONE.log_errors = False
_ALONE.max_mem = 4 << 20  # long texts fill it where a pattern has gaps: a third of the memory, 5 % more time


def compile_pattern(pattern: str) -> Any:
    """``pattern`` for folded text. Raises ValueError when RE2 cannot read it, or when it matches the empty text."""
    try:
        compiled = re2.compile(pattern, _ALONE)
    except re2.error as error:
        reason = error.args[0].decode("utf-8", "replace") if error.args else "?"
        raise ValueError(f"no pattern of RE2 (no look-around, no back-references): {reason}") from None
    if compiled.search("") is not None:
        raise ValueError("matches the empty text, so it would match everywhere")
    return compiled


class PatternSet:
    """Tells which of many patterns match somewhere, in one or two passes over the text.

    An automaton's states are made as texts turn up. Those of patterns with gaps (``.{0,8}``) are many, and would
    multiply those of the others: hence an automaton of their own.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        kinds: dict[bool, list[str]] = {}
        for pattern in dict.fromkeys(patterns):
            kinds.setdefault(_GAP.search(pattern) is not None, []).append(pattern)
        self._patterns = [pattern for kind in kinds.values() for pattern in kind]
        self._sets = [(kind, _automaton(kind)) for kind in kinds.values()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._patterns)

    def matching(self, text: str) -> frozenset[str]:
        """The patterns that match somewhere in ``text``."""
        return frozenset([kind[number] for kind, automaton in self._sets for number in automaton.Match(text) or ()])


_GAP = re.compile(r"[.\]][*+?{]")
"""One of many characters, more than once."""


def _automaton(patterns: Sequence[str]) -> Any:
    found = re2.Set.SearchSet(_OPTIONS)
    for pattern in patterns:
        found.Add(pattern)
    try:
        found.Compile()
    except re2.error:
        largest = max(patterns, key=lambda pattern: int(compile_pattern(pattern).programsize))
        raise ConfigError(
            f"the {len(patterns)} patterns together need over {_OPTIONS.max_mem >> 20} MB; shorten the gaps, such as "
            f".{{0,300}} to .{{0,30}}; the largest: {largest}"
        ) from None
    return found
