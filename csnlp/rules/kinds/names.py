"""What a condition may refer to by name."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Names:
    """``lexicons``: those at hand. ``domains``: where the shop's links may lead (with everything below them)."""

    lexicons: frozenset[str]
    domains: tuple[str, ...] = ()
