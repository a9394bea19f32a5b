from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csnlp.rules import Case
from csnlp.rules.kinds.flow import POSITIONS, Position
from csnlp.rules.kinds.timing import ReplyTimeOver
from csnlp.rules.scanner import Scanner
from csnlp.rules.verdict import REASONS, AtLeast, Condition, Not, Verdict
from csnlp.types import Exchange, Turn

Ask = Callable[..., Verdict]


# ---- all, any, not, at_least

VALUES = (True, False, None)


class Says(Condition):
    """A condition of which the verdict is known."""

    def __init__(self, holds: bool | None, number: int = 0) -> None:
        if holds:
            self.verdict = Verdict(True, ((number, number + 1),), note=f"n{number}")
        else:
            self.verdict = Verdict(holds, reason="open" if holds is None else "")

    def check(self, case: Case, /) -> Verdict:
        return self.verdict


CASE = Case(Exchange("好的"), Scanner([]))


def oracle(n: int, values: tuple[bool | None, ...]) -> bool | None:
    """Whether at least ``n`` hold, by trying both values of every unknown one."""
    outcomes = {
        sum(outcome) >= n for outcome in product(*((True, False) if value is None else (value,) for value in values))
    }
    return outcomes.pop() if len(outcomes) == 1 else None


def tables() -> Iterator[tuple[int, tuple[bool | None, ...]]]:
    for size in range(1, 5):
        for values in product(VALUES, repeat=size):
            for n in range(1, size + 1):
                yield n, values


def test_what_is_unknown_decides_nothing_and_stays_unknown_only_where_it_would_decide() -> None:
    for n, values in tables():
        verdict = AtLeast(n, tuple(Says(value, i) for i, value in enumerate(values))).check(CASE)
        assert verdict.holds is oracle(n, values), (n, values)
        assert bool(verdict.reason) is (verdict.holds is None)


@pytest.mark.parametrize("value", VALUES)
def test_not_turns_what_is_known_and_leaves_what_is_not(value: bool | None) -> None:
    verdict = Not(Says(value)).check(CASE)
    assert verdict.holds is (None if value is None else not value)
    assert verdict.spans == () and bool(verdict.reason) is (value is None)


def test_the_evidence_is_that_of_all_parts_that_hold_without_doubles() -> None:
    verdict = AtLeast(2, (Says(True, 5), Says(False), Says(True, 1), Says(True, 5))).check(CASE)
    assert verdict.spans == ((1, 2), (5, 6)) and verdict.note == "n5；n1"


def test_any_gives_the_evidence_of_every_part_that_holds() -> None:
    assert AtLeast(1, (Says(None), Says(True, 3), Says(False), Says(True, 4))).check(CASE).spans == ((3, 4), (4, 5))


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ("{all: [{regex: 好}, {regex: 的}]}", True),
        ("{all: [{regex: 好}, {regex: 坏}]}", False),
        ("{any: [{regex: 坏}, {regex: 的}]}", True),
        ("{any: [{regex: 坏}, {regex: 糟}]}", False),
        ("{not: {regex: 坏}}", True),
        ("{at_least: 2, of: [{regex: 好}, {regex: 坏}, {regex: 的}]}", True),
        ("{at_least: 3, of: [{regex: 好}, {regex: 坏}, {regex: 的}]}", False),
        ("{all: [{regex: 好}, {reply_time: {over: 1}}]}", None),
        ("{all: [{regex: 坏}, {reply_time: {over: 1}}]}", False),
        ("{any: [{regex: 好}, {reply_time: {over: 1}}]}", True),
        ("{any: [{regex: 坏}, {reply_time: {over: 1}}]}", None),
        ("{not: {reply_time: {over: 1}}}", None),
        ("{all: [{any: [{regex: 坏}, {regex: 好}]}, {not: {all: [{regex: 坏}]}}]}", True),
    ],
)
def test_conditions_of_a_book_are_put_together(ask: Ask, when: str, holds: bool | None) -> None:
    verdict = ask(when, "好的")
    assert verdict.holds is holds
    assert verdict.reason in ({"", *REASONS} if holds is None else {""})


# ---- position

FIRST = {"opening_reply", "first_reply"}


@pytest.mark.parametrize(
    ("before", "after", "holds"),
    [
        ([], [], {*FIRST, "last_reply"}),
        (["客：在吗"], [], {*FIRST, "last_reply"}),
        (["客：在吗", "客：在？"], ["客：谢谢"], {*FIRST, "last_reply"}),
        (["服：您好"], [], {"later_reply", "last_reply"}),
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


# ---- reply_time


@pytest.mark.parametrize(
    ("before", "at", "holds", "reason"),
    [
        (["客@0：在吗"], 181, True, ""),
        (["客@0：在吗"], 180, False, ""),
        (["客@0：在吗", "客@170：？"], 181, True, ""),  # since the first unanswered turn
        (["客@0：在吗", "服@10：在", "客@100：好"], 250, False, ""),
        (["客@0：在吗", "服@10：在"], 999, None, "no_customer"),
        ([], 999, None, "no_customer"),
        (["客：在吗"], 999, None, "no_time"),
        (["客@0：在吗"], None, None, "no_time"),
        (["客@500：在吗"], 100, None, "no_time"),  # an answer before the question is a wrong clock
        (["客：在吗", "客@5：？"], 999, None, "no_time"),
    ],
)
def test_the_reply_time(ask: Ask, before: list[str], at: int | None, holds: bool | None, reason: str) -> None:
    verdict = ask("{reply_time: {over: 180}}", "在的", *before, at=at)
    assert (verdict.holds, verdict.reason) == (holds, reason)
    assert not holds or verdict.note == "181 s > 180 s"


@pytest.mark.parametrize(
    ("before", "at", "holds"),
    [
        (["客@0：在吗", "客@170：再不处理我投诉"], 175, False),
        (["客@0：在吗", "客@170：再不处理我投诉"], 231, True),
        (["客@0：在吗", "客@20：我要投诉", "客@170：？"], 175, True),
        (["客@0：在吗", "客@100：都碎了"], 175, True),  # of none: the last
        (["客@0：在吗", "客@170：都碎了"], 175, False),
        (["客@0：都碎了"], 175, True),
        (["客@0：我要投诉", "服@10：在", "客@170：投诉"], 175, False),
        (["客：在吗", "客@20：投诉"], 175, True),
        (["客@0：在吗", "客：投诉"], 175, None),
    ],
)
def test_the_reply_time_since_a_turn_of_a_kind(ask: Ask, before: list[str], at: int, holds: bool | None) -> None:
    when = "{reply_time: {over: 60, since: {regex: 投诉, in: question}}}"
    assert ask(when, "在的", *before, at=at).holds is holds


NOON = datetime(2026, 3, 2, 12, 0)


@pytest.mark.parametrize(
    ("asked", "answered", "holds"),
    [
        (NOON.replace(tzinfo=timezone.utc), NOON, None),
        (NOON, NOON.replace(tzinfo=timezone.utc), None),
        # Twelve o'clock in London is eight in the evening in Beijing.
        (NOON.replace(tzinfo=timezone.utc), NOON.replace(hour=20, tzinfo=timezone(timedelta(hours=8))), False),
        (NOON.replace(tzinfo=timezone.utc), NOON.replace(hour=21, tzinfo=timezone(timedelta(hours=8))), True),
        (datetime.min, datetime.max, True),
    ],
)
def test_times_of_different_zones(asked: datetime, answered: datetime, holds: bool | None) -> None:
    exchange = Exchange("在的", (Turn("customer", "在吗", asked),), time=answered)
    verdict = ReplyTimeOver(180).check(Case(exchange, Scanner([])))
    assert verdict.holds is holds and verdict.reason == ("no_time" if holds is None else "")
