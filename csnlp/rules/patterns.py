"""Patterns of a book's own: RE2, which takes time linear in the text whatever the pattern is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import re2

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
_OPTIONS.max_mem = 64 << 20


def compile_pattern(pattern: str) -> Any:
    """``pattern`` for folded text. Raises ValueError when RE2 cannot read it, or when it matches the empty text."""
    try:
        compiled = re2.compile(pattern, _OPTIONS)
    except re2.error as error:
        reason = error.args[0].decode("utf-8", "replace") if error.args else "?"
        raise ValueError(f"no pattern of RE2 (no look-around, no back-references): {reason}") from None
    if compiled.search("") is not None:
        raise ValueError("matches the empty text, so it would match everywhere")
    return compiled


def pattern_set(patterns: Iterable[str]) -> Any:
    """All ``patterns`` as one automaton; its ``Match(text)`` gives the numbers of those that match somewhere."""
    found = re2.Set.SearchSet(_OPTIONS)
    for pattern in patterns:
        found.Add(pattern)
    found.Compile()
    return found
