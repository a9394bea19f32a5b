"""Conditions on facts: what the reply says against the shop's fact table, or against the standard answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from csnlp.reference.check import check_reference
from csnlp.reference.result import Contradiction, FactCheck
from csnlp.rules.case import Case
from csnlp.rules.fact_check import check_facts
from csnlp.rules.kinds.names import Names
from csnlp.rules.reader import Entry
from csnlp.rules.verdict import NO, YES, Condition, Verdict, unknown


@dataclass(frozen=True, slots=True)
class ContradictsFact(Condition):
    """The reply says something else than ``against``: the ``table`` of facts, or the ``reference``."""

    against: str

    cost = 6

    def check(self, case: Case, /) -> Verdict:
        result = _result(self.against, case)
        if result is None or not result.applies:
            return unknown("no_facts")
        if not result.contradictions:
            return NO
        note = "；".join(f"{found.found} ≠ {_due(found)}" for found in result.contradictions)
        return Verdict(True, tuple((found.start, found.end) for found in result.contradictions), note=note)


def _due(found: Contradiction) -> str:
    """What is right: 不含 alone would not say what is not there."""
    return f"{found.fact_key}：{found.expected}" if found.fact_key else found.expected


@dataclass(frozen=True, slots=True)
class ConfirmedByFact(Condition):
    """The reply says something that ``against`` (``table`` or ``reference``) bears out, and nothing else than it."""

    against: str

    cost = 6

    def check(self, case: Case, /) -> Verdict:
        return YES if is_confirmed(self.against, case) else NO


def is_confirmed(against: str, case: Case) -> bool:
    """See :class:`ConfirmedByFact`."""
    result = _result(against, case)
    return result is not None and result.applies and not result.contradictions


def is_contradicted(against: str, case: Case) -> bool:
    """Whether the reply says something else than ``against``; not so where nothing can be told."""
    result = _result(against, case)
    return result is not None and bool(result.contradictions)


def _result(against: str, case: Case) -> FactCheck | None:
    exchange = case.exchange
    if against == "table":
        return None if case.facts is None else check_facts(exchange.reply, _question(case), case.facts)
    return _against_reference(exchange.reply, exchange.reference, _question(case)) if exchange.reference else None


_against_reference = lru_cache(maxsize=16)(check_reference)
"""A book asks for it in more than one clause: look once."""


def _question(case: Case) -> str:
    return " ".join(turn.text for turn in case.question())


def parse(entry: Entry, names: Names) -> Condition:
    against = entry.choice("fact", ("table", "reference"))
    found = entry.choice("found", ("contradicted", "confirmed"), "contradicted")
    return ConfirmedByFact(against) if found == "confirmed" else ContradictsFact(against)
