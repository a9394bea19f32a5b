"""Conditions on wrong characters and broken sentences."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import get_args

from csnlp.rules.case import Case
from csnlp.rules.kinds.names import Names
from csnlp.rules.reader import Entry
from csnlp.rules.verdict import NO, Condition, Verdict
from csnlp.types import Exchange
from csnlp.typos import find_typos
from csnlp.typos.finder import Kind, Typo

KINDS: tuple[str, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class HasTypo(Condition):
    """The reply has a typo of one of ``kinds`` with at least ``confidence``.

    A character that stands beside the same one in what was said before is none: names and rare words are taken up.
    """

    kinds: tuple[str, ...]
    confidence: float

    cost = 5

    def check(self, case: Case, /) -> Verdict:
        found = [
            typo
            for typo in _typos(case.exchange.reply)
            if typo.kind in self.kinds and typo.confidence >= self.confidence and not _is_taken_up(typo, case.exchange)
        ]
        if not found:
            return NO
        notes = tuple(f"{typo.found}→{typo.suggestion}" if typo.suggestion else "" for typo in found)
        spans = tuple((typo.start, typo.end) for typo in found)
        return Verdict(True, spans, note="；".join(filter(None, notes)), notes=notes)


def _is_taken_up(typo: Typo, exchange: Exchange) -> bool:
    if typo.end - typo.start != 1:
        return False
    pairs = (exchange.reply[max(0, typo.start - 1) : typo.end], exchange.reply[typo.start : typo.end + 1])
    said = [turn.text for turn in exchange.context] + [exchange.reference or ""]
    return any(len(pair) == 2 and pair in text for pair in pairs for text in said)


_typos = lru_cache(maxsize=256)(find_typos)
"""A book asks for each kind of typo in turn, and the same replies are given again and again: look once."""


def parse(entry: Entry, names: Names) -> Condition:
    return HasTypo(entry.choices("typo", KINDS), entry.number("confidence", 0.0, high=1))
