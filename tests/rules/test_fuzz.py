"""The bundled book against anything that can be typed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csnlp.heads import ACTS, HEADS
from csnlp.rules import Case, RuleBook, load_book
from csnlp.rules.account import account
from csnlp.rules.engine import apply, judge
from csnlp.rules.verdict import REASONS
from csnlp.types import ROLES, Exchange, HeadScore, Turn
from csnlp.validation import MAX_TEXT


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return load_book()


WORDS = "亲 您好 不 保证 最好 傻 逼 您说 第一步 点击 退款 3-5天 48小时 2.5元 包邮 谢谢 抱歉 查一下 http:// a.com/ sb"
SIGNS = "“”「\"'，。？*【】[]1Ａ㎡ﷺ😀 \n\u200b\ufe0f\u0301\x85"
PIECES = [*WORDS.split(" "), *SIGNS]
any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
pieced = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
# A few pieces over and over, and those over and over again.
LONGEST = 3_000
repeated = st.recursive(
    pieced, lambda inner: st.tuples(inner, inner, st.integers(1, 60)).map(lambda t: ((t[0] + t[1]) * t[2])[:LONGEST])
)
texts = (any_text | pieced | repeated).filter(bool)
ASKED = ("politeness", "accuracy", "complaint", "complaint_type", "satisfaction")
turns = st.lists(st.builds(Turn, st.sampled_from(ROLES), any_text | pieced), max_size=4).map(tuple)


@st.composite
def head_scores(draw: st.DrawFn) -> dict[str, HeadScore]:
    """What a model might say: some of the heads, any label."""
    found = {}
    for name in draw(st.sets(st.sampled_from(ASKED))):
        labels = HEADS[name].labels
        best = draw(st.sampled_from(labels))
        found[name] = HeadScore(best, 1.0, {label: float(label == best) for label in labels})
    return found


exchanges = st.builds(Exchange, reply=texts, context=turns, reference=st.none() | pieced, after=st.none() | turns)
acts = st.none() | st.fixed_dictionaries({act: st.sampled_from([0.0, 1.0]) for act in ACTS.labels})


def check(book: RuleBook, case: Case) -> None:
    results = judge(book, case)
    for result in results:
        assert result.reason is None or result.reason in REASONS
        assert 0 <= result.share <= 1
        for fired in result.fired:
            for start, end in fired.spans:
                assert 0 <= start < end <= len(case.exchange.reply)
    lines, findings, total = account(book, results)
    assert total is None or 0 <= total <= 100
    assert sum(line.points for line in lines) == pytest.approx(total or 0, abs=1e-6)
    fired = {rule.rule.id for result in results for rule in result.fired}
    assert {finding.rule for finding in findings} == fired
    check_each_alone(book, case, {each.rule.id: (each.spans, each.note) for result in results for each in result.fired})


def check_each_alone(book: RuleBook, case: Case, fired: dict[str, tuple[object, str]]) -> None:
    """Asked by itself, without a glance at the case before, every rule says what it says among the others."""
    whole = ((0, len(case.exchange.reply)),)
    alone = {rule.id: apply(rule, replace(case)) for rule in book.rules}
    assert {name: (verdict.spans or whole, verdict.note) for name, verdict in alone.items() if verdict.holds} == fired
    for rule in book.rules:
        for condition in (rule.when, *([rule.applies] if rule.applies else [])):
            decided, checked = condition.decide(replace(case)), condition.check(replace(case))
            assert (decided.holds, decided.reason) == (checked.holds, checked.reason), rule.id


@settings(deadline=None)
@given(exchanges, head_scores(), acts)
def test_no_text_breaks_a_rule(
    book: RuleBook, exchange: Exchange, heads: dict[str, HeadScore], acts: dict[str, float] | None
) -> None:
    check(book, Case(exchange, book.scanner, heads, acts or {}, frozenset(HEADS)))


LONG = ["傻*逼", "“傻逼", "您说“最好”，", "s b ", "亲，3天到，", "http://a.b/", "不保证", *"最【'1\n\u200bﷺ"]


@pytest.mark.parametrize("unit", LONG)
def test_a_reply_and_a_question_as_long_as_is_allowed(book: RuleBook, unit: str) -> None:
    text = (unit * (MAX_TEXT // len(unit) + 1))[:MAX_TEXT]
    part = text[:2000]
    context = (Turn("customer", text), Turn("agent", part), Turn("customer", part[::-1]))
    exchange = Exchange(text, context, reference=part, after=(Turn("agent", part), Turn("customer", part)))
    check(book, Case(exchange, book.scanner, known=frozenset(HEADS)))
