"""The condition ``fact`` without facts: what it finds is tested beside the fact check."""

from __future__ import annotations

from collections.abc import Callable

from csnlp.rules.verdict import Verdict

Ask = Callable[..., Verdict]


def test_without_facts_nothing_is_checked_against_them(ask: Ask) -> None:
    assert ask("{fact: table}", "48小时内发货", "客：几天发货").reason == "no_facts"
    assert ask("{fact: reference}", "48小时内发货", "客：几天发货").reason == "no_facts"


def test_a_reply_is_confirmed_by_what_bears_it_out_and_by_nothing_less(ask: Ask) -> None:
    confirmed = "{fact: reference, found: confirmed}"
    assert ask(confirmed, "48小时内发货", "客：几天发货", reference="付款后48小时内发货").holds
    assert ask(confirmed, "72小时内发货", "客：几天发货", reference="付款后48小时内发货").holds is False
    assert ask(confirmed, "您好，在的", "客：几天发货", reference="付款后48小时内发货").holds is False
    assert ask(confirmed, "48小时内发货", "客：几天发货").holds is False
