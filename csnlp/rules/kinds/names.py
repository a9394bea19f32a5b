"""What a condition may refer to by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from csnlp.rules.glance import Glance
from csnlp.rules.verdict import Condition


@dataclass(frozen=True, slots=True)
class Names:
    """``lexicons``: those at hand. ``domains``: where the shop's links may lead (with everything below them).
    ``glance``: takes note of the conditions that one look at a case can decide. ``conditions``: those that
    the book gave a name."""

    lexicons: frozenset[str]
    domains: tuple[str, ...] = ()
    glance: Glance = field(default_factory=Glance)
    conditions: Mapping[str, Condition] = field(default_factory=dict)
