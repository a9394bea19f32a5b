from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest

from csnlp.rules import Case
from csnlp.rules.kinds.timing import ReplyTimeOver
from csnlp.rules.scanner import Scanner
from csnlp.rules.verdict import Verdict
from csnlp.types import Exchange, Turn

Ask = Callable[..., Verdict]


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
