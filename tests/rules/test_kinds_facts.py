"""The condition ``fact`` without facts: what it finds is tested beside the fact check."""

from __future__ import annotations

from collections.abc import Callable

import csnlp
from csnlp.rules.facts import table_of
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


def test_a_contradiction_names_the_fact_where_its_value_alone_says_nothing() -> None:
    score = csnlp.load("zh-nano", facts=table_of({"充电头": "不含"})).score("盒子里就有充电头", question="送充电头吗")
    assert [f.message for f in score.findings if f.clause == "P3.1"] == [
        "与事实表不符（盒子里就有充电头 ≠ 充电头：不含）"
    ]
