from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csnlp.rules import Case
from csnlp.rules.kinds.flow import POSITIONS, Position
from csnlp.rules.scanner import Scanner
from csnlp.rules.verdict import Verdict
from csnlp.types import Exchange, Turn

Ask = Callable[..., Verdict]


FIRST = {"opening_reply", "first_reply"}


@pytest.mark.parametrize(
    ("before", "after", "holds"),
    [
        ([], [], {*FIRST, "last_reply"}),
        (["客：在吗"], [], {*FIRST, "last_reply"}),
        (["客：在吗", "客：在？"], ["客：谢谢"], {*FIRST, "last_reply"}),
        (["服：您好"], [], {"later_reply", "last_reply", "continuing_reply"}),
        (["客：在吗", "服：在", "客：好"], ["服：嗯"], {"later_reply", "earlier_reply", "continued_reply"}),
        (["客：在吗"], ["客：好", "服：嗯", "客：哦"], {*FIRST, "earlier_reply"}),
    ],
)
def test_where_a_reply_stands(ask: Ask, before: list[str], after: list[str], holds: set[str]) -> None:
    for position in POSITIONS:
        assert ask(f"{{position: {position}}}", "好的", *before, after=after).holds is (position in holds)


@pytest.mark.parametrize("position", ["opening_reply", "first_reply", "later_reply"])
def test_a_reply_on_its_own_may_be_any(ask: Ask, position: str) -> None:
    assert ask(f"{{position: {position}}}", "好的").reason == "no_context"


def test_an_exchange_that_is_cut_out_of_a_conversation_need_not_be_its_opening(ask: Ask) -> None:
    assert ask("{position: opening_reply}", "好的", "客：在吗").reason == "no_context"
    assert ask("{position: first_reply}", "好的", "客：在吗").holds is True
    assert ask("{position: later_reply}", "好的", "客：在吗").holds is False


@pytest.mark.parametrize("position", ["last_reply", "earlier_reply"])
def test_without_the_conversations_end_no_reply_is_the_last(ask: Ask, position: str) -> None:
    assert ask(f"{{position: {position}}}", "好的", "客：在吗").reason == "open"


def test_an_exchange_alone_is_taken_to_be_complete(ask: Ask) -> None:
    assert ask("{position: continued_reply}", "好的", "客：在吗").holds is False


@pytest.mark.parametrize(("minutes", "holds"), [(0, True), (5, True), (6, False), (600, False)])
def test_a_reply_goes_on_only_within_minutes(minutes: int, holds: bool) -> None:
    said = datetime(2026, 1, 5, 9, 0)
    exchange = Exchange("稍等", time=said, after=(Turn("agent", "查到了", said + timedelta(minutes=minutes)),))
    assert Position("continued_reply").check(Case(exchange, Scanner([]))).holds is holds


def test_times_that_cannot_be_compared_do_not_part_two_messages() -> None:
    said = datetime(2026, 1, 5, 9, 0)
    exchange = Exchange("稍等", time=said, after=(Turn("agent", "查到了", said.replace(tzinfo=timezone.utc)),))
    assert Position("continued_reply").check(Case(exchange, Scanner([]))).holds is True


@pytest.mark.parametrize(
    ("before", "holds"),
    [
        (["客：坏了", "服：给您换货"], True),
        (["客：坏了", "服：给您换货", "服：您放心"], True),
        (["客：坏了", "服：给您换货", "客：又坏了"], False),
        (["客：换货"], False),
        ([], False),
    ],
)
def test_a_burst_is_the_reply_with_what_was_said_right_before_it(ask: Ask, before: list[str], holds: bool) -> None:
    assert ask("{regex: 换货, in: burst}", "好的", *before).holds is holds
    assert ask("{regex: 好的, in: burst}", "好的", *before).holds is True


# ---- sequence

CHECKS = "first: {by: agent, regex: 查一下}, then: {by: agent, regex: 查到了}"
ANGRY = "first: {by: customer, regex: 投诉}, then: {by: agent, regex: 抱歉}"
THANKED = "first: {by: customer, regex: 谢谢}, then: {by: agent, regex: 不客气}"


@pytest.mark.parametrize(
    ("before", "reply", "within", "holds"),
    [
        (["服：我查一下"], "查到了", 1, True),
        (["服：我查一下", "客：好"], "查到了", 1, True),
        (["服：我查一下", "客：好", "服：稍等"], "查到了", 1, False),
        (["服：我查一下", "客：好", "服：稍等"], "查到了", 2, True),
        (["服：我查一下"], "没有", 1, False),
        (["客：我查一下"], "查到了", 1, False),
        ([], "查到了", 1, False),
    ],
)
def test_something_followed_by_something(ask: Ask, before: list[str], reply: str, within: int, holds: bool) -> None:
    verdict = ask(f"{{sequence: {{{CHECKS}, within: {within}}}}}", reply, *before)
    assert verdict.holds is holds
    assert verdict.spans == (((0, 3),) if holds else ())


def test_the_customers_turn_is_followed_by_the_agents(ask: Ask) -> None:
    assert ask(f"{{sequence: {{{THANKED}}}}}", "不客气", "客：谢谢").holds is True
    assert ask(f"{{sequence: {{{THANKED}}}}}", "不客气", "客：好的").holds is False


@pytest.mark.parametrize(
    ("reply", "after", "within", "holds"),
    [
        ("我查一下", ["客：好", "服：查到了"], 1, False),
        ("我查一下", ["客：好", "服：还在查"], 1, True),
        ("我查一下", ["客：好", "服：稍等", "客：？", "服：查到了"], 1, True),
        ("我查一下", ["客：好", "服：稍等", "客：？", "服：查到了"], 2, False),
        ("我查一下", ["客：查到了"], 1, True),
        ("我查一下", [], 1, True),
        ("您好", [], 1, False),
    ],
)
def test_what_the_agent_owes_and_never_does_is_found_at_his_first_step(
    ask: Ask, reply: str, after: list[str], within: int, holds: bool
) -> None:
    verdict = ask(f"{{sequence: {{{CHECKS}, within: {within}, missing: true}}}}", reply, after=after)
    assert verdict.holds is holds
    assert verdict.spans == (((1, 4),) if holds else ())


@pytest.mark.parametrize(
    ("before", "holds"),
    [
        (["客：在吗", "服：我查一下"], True),
        (["客：在吗", "服：我查一下", "服：稍等"], True),
        (["客：在吗", "服：我查一下", "客：好"], False),
        (["服：我查一下", "客：好", "服：稍等"], False),
        ([], False),
    ],
)
def test_unbroken_ends_where_the_customer_speaks(ask: Ask, before: list[str], holds: bool) -> None:
    assert ask(f"{{sequence: {{{CHECKS}, within: 9, unbroken: true}}}}", "查到了", *before).holds is holds


@pytest.mark.parametrize(
    ("after", "holds"),
    [
        (["服：查到了"], False),
        (["服：稍等", "服：查到了"], False),
        (["客：好", "服：查到了"], True),
        ([], True),
    ],
)
def test_what_is_missing_from_a_burst_may_come_after_the_customer_has_spoken(
    ask: Ask, after: list[str], holds: bool
) -> None:
    given = f"{{sequence: {{{CHECKS}, within: 9, missing: true, unbroken: true}}}}"
    assert ask(given, "我查一下", after=after).holds is holds


def test_what_is_owed_is_unknown_while_the_conversation_is_open(ask: Ask) -> None:
    verdict = ask(f"{{sequence: {{{CHECKS}, missing: true}}}}", "我查一下")
    assert (verdict.holds, verdict.reason) == (None, "open")
    assert ask(f"{{sequence: {{{CHECKS}, missing: true}}}}", "您好").holds is False


@pytest.mark.parametrize(
    ("before", "reply", "within", "holds"),
    [
        (["客：我要投诉"], "您好", 1, True),
        (["客：我要投诉"], "非常抱歉", 1, False),
        (["客：我要投诉", "客：听到没"], "您好", 1, True),
        (["客：在吗"], "您好", 1, False),
        (["客：我要投诉"], "您好", 2, False),  # the next reply may still say it
        (["客：我要投诉", "服：您好", "客：？"], "在的", 2, True),
        (["客：我要投诉", "服：抱歉", "客：？"], "在的", 2, False),
        (["客：我要投诉", "服：您好", "客：？"], "抱歉", 2, False),
        (["客：我要投诉", "服：您好", "客：？"], "在的", 1, False),  # said at the reply before
        (["客：我要投诉", "服：您好", "客：我要投诉！"], "在的", 2, True),
        (["客：我要投诉", "服：您好", "客：？", "服：在", "客：我要投诉！"], "在的", 2, False),
        (["服：您可以投诉"], "您好", 1, False),
    ],
)
def test_what_the_customer_is_owed_is_found_at_the_last_reply_that_could_give_it(
    ask: Ask, before: list[str], reply: str, within: int, holds: bool
) -> None:
    assert ask(f"{{sequence: {{{ANGRY}, within: {within}, missing: true}}}}", reply, *before).holds is holds


@pytest.mark.parametrize(
    ("before", "reply", "after", "holds"),
    [
        (["客：我要投诉"], "哦", [], True),
        (["客：我要投诉"], "哦", ["客：算了"], True),
        (["客：我要投诉"], "抱歉", [], False),
        (["客：我要投诉"], "哦", ["客：？", "服：抱歉"], False),
        (["客：我要投诉"], "哦", ["客：？", "服：在"], False),  # said at the next reply
        (["客：我要投诉", "服：在", "客：？"], "哦", [], True),
        (["客：我要投诉", "服：在", "客：？", "服：在"], "哦", [], False),
        (["客：你好"], "哦", [], False),
    ],
)
def test_the_last_reply_of_a_chat_is_the_last_that_could_give_it(
    ask: Ask, before: list[str], reply: str, after: list[str], holds: bool
) -> None:
    when = f"{{sequence: {{{ANGRY}, within: 2, missing: true}}}}"
    assert ask(when, reply, *before, after=after).holds is holds


@settings(deadline=None)
@given(st.lists(st.sampled_from(["客：投诉", "客：好", "服：抱歉", "服：您好"]), max_size=8), st.integers(1, 3))
def test_each_thing_owed_is_missed_at_one_reply_at_most(ask: Ask, chat: list[str], within: int) -> None:
    when = f"{{sequence: {{{ANGRY}, within: {within}, missing: true}}}}"
    found = 0
    for index, line in enumerate(chat):
        if line.startswith("服："):
            found += bool(ask(when, line[2:], *chat[:index]).holds)
    # Owed and missed: no apology in the next ``within`` replies, of which there are that many.
    owed = 0
    for index, line in enumerate(chat):
        replies = [later for later in chat[index + 1 :] if later.startswith("服：")][:within]
        owed += line == "客：投诉" and len(replies) == within and "服：抱歉" not in replies
    assert (found > 0) == (owed > 0) and found <= owed


def test_a_step_that_cannot_be_decided_is_unknown_and_not_missing(ask: Ask) -> None:
    steps = "first: {by: agent, regex: 查一下}, then: {by: agent, act: closing}"
    verdict = ask(f"{{sequence: {{{steps}, missing: true}}}}", "我查一下", after=["客：好", "服：再见"], acts={})
    assert (verdict.holds, verdict.reason) == (None, "no_head")  # no model looks at a turn other than the reply
    assert ask(f"{{sequence: {{{steps}, missing: true}}}}", "我查一下", after=["客：好"], acts={}).holds is True
    owed = "first: {by: customer, regex: 投诉}, then: {by: agent, act: apology}"
    assert ask(f"{{sequence: {{{owed}, missing: true}}}}", "您好", "客：投诉").reason == "no_head"
    assert ask(f"{{sequence: {{{owed}, missing: true}}}}", "您好", "客：在吗").holds is False
    assert ask(f"{{sequence: {{{owed}, missing: true}}}}", "您好", "客：投诉", acts={"apology": 0.9}).holds is False
    assert ask(f"{{sequence: {{{owed}, missing: true}}}}", "您好", "客：投诉", acts={"apology": 0.1}).holds is True
    mood = "first: {by: customer, head: complaint, is: complaint}, then: {by: agent, regex: 抱歉}"
    assert ask(f"{{sequence: {{{mood}, missing: true}}}}", "您好", "客：投诉").holds is None
    assert ask(f"{{sequence: {{{mood}}}}}", "抱歉", "客：投诉").holds is None
    assert ask(f"{{sequence: {{{mood}}}}}", "您好", "客：投诉").holds is False
