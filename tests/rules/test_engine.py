from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import pytest

from csnlp.heads import HEADS
from csnlp.rules import Case, RuleBook, load_book
from csnlp.rules.engine import ClauseResult, apply, judge
from csnlp.types import Exchange, HeadScore, Turn

Score = Callable[..., HeadScore]

BOOK = """
name: engine
version: "1"
sections: [{id: s, title: 规范, weight: 1}]
clauses:
  - {id: A, section: s, title: 甲, weight: 10}
  - id: B
    section: s
    title: 乙
    weight: 10
    credit: {head: politeness, rude: 0, cold: 0.2, neutral: 0.8, polite: 1, warm: 1}
  - {id: C, section: s, title: 丙, weight: 10, starts_at: 0.5}
  - {id: D, section: s, title: 丁, weight: 10}
  - id: E
    section: s
    title: 戊
    weight: 10
    credit: {head: accuracy, wrong: 0, evasive: 0.3, progresses: 0.9, answers: 1, confirmed: 0.8}
rules:
  - {id: A-bad, clause: A, message: 坏, severity: minor, points: -2, when: {regex: 坏}}
  - {id: A-slow, clause: A, message: 慢, severity: minor, points: -2, when: {reply_time: {over: 60}}}
  - {id: A-link, clause: A, message: 链接, severity: minor, applies: {link: present}, when: {link: malformed}}
  - {id: B-cold, clause: B, message: 冷, severity: minor, points: -2, when: {regex: 冷}}
  - {id: C-note, clause: C, message: 提示, severity: info, when: {regex: 提示}}
  - {id: C-good, clause: C, message: 好, severity: praise, points: 5, when: {regex: 好}}
  - {id: D-may, clause: D, message: 五月, severity: minor, from: 2026-05-01, until: 2026-05-31, when: {regex: 五}}
"""


@pytest.fixture(scope="module")
def book(write_book: Callable[..., Path]) -> RuleBook:
    return load_book(write_book(BOOK))


def results(
    book: RuleBook, exchange: Exchange, heads: Mapping[str, HeadScore] | None = None
) -> dict[str, ClauseResult]:
    case = Case(exchange, book.scanner, heads or {}, known=frozenset(HEADS) if heads else frozenset())
    return {result.clause.id: result for result in judge(book, case)}


def test_a_rule_that_fires_has_its_evidence(book: RuleBook) -> None:
    (fired,) = results(book, Exchange("太坏，很坏"))["A"].fired
    assert fired.rule.id == "A-bad" and fired.spans == ((1, 2), (4, 5))


def test_evidence_that_is_no_stretch_of_the_reply_is_the_whole_reply(book: RuleBook) -> None:
    times = [datetime(2026, 3, 1, 10, minute) for minute in (0, 5)]
    exchange = Exchange("您好", (Turn("customer", "在吗", times[0]),), time=times[1])
    (fired,) = results(book, exchange)["A"].fired
    assert fired.rule.id == "A-slow" and fired.spans == ((0, 2),) and fired.note == "300 s > 60 s"


def test_a_silent_rule_decides_its_clause_though_others_cannot(book: RuleBook) -> None:
    result = results(book, Exchange("您好"))["A"]
    assert result.reason is None and result.fired == () and result.share == 1


def test_where_a_rule_does_not_apply_it_says_nothing(book: RuleBook) -> None:
    (rule,) = [rule for rule in book.rules if rule.id == "A-link"]
    verdict = apply(rule, Case(Exchange("您好"), book.scanner))
    assert (verdict.holds, verdict.reason) == (None, "no_match")
    assert apply(rule, Case(Exchange("请看链接http://x"), book.scanner)).holds is True


def test_a_gate_that_cannot_be_decided_gives_its_own_reason(write_book: Callable[..., Path]) -> None:
    text = BOOK.replace("applies: {link: present}", "applies: {position: last_reply}, otherwise: no_rule")
    (rule,) = [rule for rule in load_book(write_book(text)).rules if rule.id == "A-link"]
    scanner = load_book(write_book(text)).scanner
    assert apply(rule, Case(Exchange("您好"), scanner)).reason == "open"
    later = (Turn("agent", "再见"),)
    assert apply(rule, Case(Exchange("您好", after=later), scanner)).reason == "no_rule"


def test_a_remark_or_praise_decides_a_clause_only_when_it_comes(book: RuleBook) -> None:
    assert results(book, Exchange("您早"))["C"].reason == "no_rule"
    assert results(book, Exchange("提示"))["C"].reason is None
    praised = results(book, Exchange("好"))["C"]
    assert praised.reason is None and praised.share == 0.5


def test_a_clause_has_the_share_that_the_models_verdict_is_worth(book: RuleBook, head_score: Score) -> None:
    heads = {"politeness": head_score("politeness", rude=0.1, cold=0.2, neutral=0.3, polite=0.3, warm=0.1)}
    result = results(book, Exchange("您好"), heads)["B"]
    assert result.reason is None and result.share == pytest.approx(0.2 * 0.2 + 0.3 * 0.8 + 0.3 + 0.1)


def test_without_the_head_that_credits_it_a_clause_is_decided_only_by_a_rule_that_fires(book: RuleBook) -> None:
    assert results(book, Exchange("您好"))["B"].reason == "no_head"
    result = results(book, Exchange("冷"))["B"]
    assert result.reason is None and [fired.rule.id for fired in result.fired] == ["B-cold"]


@pytest.mark.parametrize(
    ("reply", "reference", "share"),
    [
        ("3天到账的", "退款3天到账", 0.8),  # confirmed: wrong is worth 0.8 too
        ("7天到账的", "退款3天到账", 0.0),
        ("3天到账的，到账要收5元手续费", "退款3天到账，不收手续费", 0.0),
        ("在的呢", "退款3天到账", 0.0),  # nothing that could be confirmed
        ("3天到账的", None, 0.0),
    ],
)
def test_a_verdict_counts_less_against_a_reply_that_the_reference_confirms(
    book: RuleBook, head_score: Score, reply: str, reference: str | None, share: float
) -> None:
    exchange = Exchange(reply, (Turn("customer", "退款几天到账"),), reference)
    result = results(book, exchange, {"accuracy": head_score("accuracy", wrong=1.0)})["E"]
    assert result.share == pytest.approx(share)


@pytest.mark.parametrize(
    ("day", "fires", "reason"),
    [
        ((2026, 4, 30), False, "no_rule"),
        ((2026, 5, 1), True, None),
        ((2026, 5, 31), True, None),
        ((2026, 6, 1), False, "no_rule"),
        (None, True, None),
    ],
)
def test_a_rule_is_in_force_on_its_days_both_included_and_on_unknown_ones(
    book: RuleBook, day: tuple[int, int, int] | None, fires: bool, reason: str | None
) -> None:
    time = datetime(*day, 23, 59) if day else None
    result = results(book, Exchange("五月", time=time))["D"]
    assert bool(result.fired) is fires and result.reason == reason


def test_clauses_come_in_the_books_order(book: RuleBook) -> None:
    assert list(results(book, Exchange("好"))) == ["A", "B", "C", "D", "E"]


def test_a_reply_of_white_space_is_judged_too(book: RuleBook) -> None:
    assert all(result.fired == () for result in results(book, Exchange(" \n")).values())


@pytest.mark.parametrize(
    ("time", "fires"),
    [
        ("2026-05-01T00:30:00+08:00", True),
        ("2026-04-30T16:30:00+00:00", True),
        ("2026-05-31T15:30:00+00:00", True),
        ("2026-05-31T16:30:00+00:00", False),
        ("2026-05-01T03:00:00+12:00", False),
        ("2026-05-31T23:30:00", True),
        ("9999-12-31T23:59:59+00:00", False),
    ],
)
def test_a_rules_days_are_those_of_china(time: str, fires: bool, book: RuleBook) -> None:
    assert bool(results(book, Exchange("五", time=datetime.fromisoformat(time)))["D"].fired) is fires
