"""Conditions on facts: what the reply says against the shop's fact table, or against the standard answer."""

from __future__ import annotations

from dataclasses import dataclass

from csnlp.rules.case import Case
from csnlp.rules.fact_check import check_facts, check_reference
from csnlp.rules.kinds.names import Names
from csnlp.rules.reader import Entry
from csnlp.rules.verdict import NO, Condition, Verdict, unknown


@dataclass(frozen=True, slots=True)
class ContradictsFact:
    """The reply says something else than ``against``: the ``table`` of facts, or the ``reference``."""

    against: str

    def check(self, case: Case, /) -> Verdict:
        exchange = case.exchange
        question = " ".join(turn.text for turn in case.question())
        if self.against == "table":
            if case.facts is None:
                return unknown("no_facts")
            result = check_facts(exchange.reply, question, case.facts)
        else:
            if not exchange.reference:
                return unknown("no_facts")
            result = check_reference(exchange.reply, exchange.reference, question)
        if not result.applies:
            return unknown("no_facts")
        if not result.contradictions:
            return NO
        note = "；".join(f"{found.found} ≠ {found.expected}" for found in result.contradictions)
        return Verdict(True, tuple((found.start, found.end) for found in result.contradictions), note=note)


def parse(entry: Entry, names: Names) -> Condition:
    return ContradictsFact(entry.choice("fact", ("table", "reference")))
