"""Conditions on wrong characters and broken sentences."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import get_args

from csnlp.rules.case import Case
from csnlp.rules.kinds.names import Names
from csnlp.rules.reader import Entry
from csnlp.rules.verdict import NO, Condition, Verdict
from csnlp.typos import Typo, find_typos
from csnlp.typos.finder import Kind

KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class HasTypo:
    """The reply has a typo of one of ``kinds`` with at least ``confidence``."""

    kinds: tuple[str, ...]
    confidence: float

    def check(self, case: Case, /) -> Verdict:
        found = [
            typo
            for typo in _typos(case.exchange.reply)
            if typo.kind in self.kinds and typo.confidence >= self.confidence
        ]
        if not found:
            return NO
        note = "；".join(f"{typo.found}→{typo.suggestion}" for typo in found if typo.suggestion)
        return Verdict(True, tuple((typo.start, typo.end) for typo in found), note=note)


@lru_cache(maxsize=16)
def _typos(text: str) -> tuple[Typo, ...]:
    """A book asks for each kind of typo in turn: look once."""
    return find_typos(text)


def parse(entry: Entry, names: Names) -> Condition:
    return HasTypo(entry.choices("typo", KINDS), entry.number("confidence", 0.0, high=1))
