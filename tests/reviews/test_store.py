from __future__ import annotations

import doctest
import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

import csnlp.reviews
from csnlp.errors import CsnlpError, InputError
from csnlp.reviews import ReviewError, ReviewStore
from csnlp.types import Exchange, Finding, HeadScore, Line, Score, Turn

from .conftest import dump, make_exchange, make_score


def test_the_example_in_the_package_runs():
    result = doctest.testmod(csnlp.reviews)
    assert result.attempted > 10
    assert result.failed == 0


def test_adding_the_same_again_changes_nothing(store, path):
    first = store.add(make_score(), make_exchange(), heads=["politeness", "acts"])
    assert [(item.kind, item.subject) for item in first] == [
        ("finding", "buck_passing"),
        ("finding", "absolute"),
        ("head", "politeness"),
        ("head", "acts"),
    ]
    before = dump(path)
    assert store.add(make_score(), make_exchange(), heads=["politeness", "acts"], by="someone else") == first
    assert dump(path) == before


def test_numbers_that_differ_by_rounding_are_the_same_score(store, path):
    store.add(make_score(), make_exchange())
    before = dump(path)
    store.add(make_score(total=82.01), make_exchange())
    assert dump(path) == before


def test_a_chat_that_goes_on_has_the_same_reply(store, path):
    chat = make_exchange()
    store.add(make_score(), replace(chat, after=()))
    before = dump(path)
    store.add(make_score(), replace(chat, after=(Turn("customer", "谢谢"),)))
    assert dump(path) == before


@pytest.mark.parametrize(
    ("score", "exchange", "message"),
    [
        (make_score(total=70.0), make_exchange(), "another verdict, which is never overwritten"),
        (make_score(findings=()), make_exchange(), "another verdict"),
        (make_score(politeness=HeadScore("cold", 0.6, {})), make_exchange(), "another verdict"),
        (make_score(), make_exchange(reply="换了一句话"), "other words"),
        (make_score(), make_exchange(agent="小周"), "another agent"),
    ],
)
def test_a_stored_verdict_is_never_overwritten(store, path, score, exchange, message):
    store.add(make_score(), make_exchange())
    before = dump(path)
    with pytest.raises(ReviewError, match=message):
        store.add(score, exchange, heads=["politeness"])
    assert dump(path) == before


def test_heads_and_silent_rules_can_be_added_later(store):
    store.add(make_score(), make_exchange())
    store.decide(1, "王芳", "confirmed")
    silent = {"buck_passing": "N4.3", "taboo": "N1.1", "late": "P1.1"}
    score = make_score(not_applicable={"P1.1": "no_time"})
    items = store.add(score, make_exchange(), heads=["politeness", "complaint"], silent=silent)
    assert [(item.kind, item.subject) for item in items[2:]] == [("silence", "taboo"), ("head", "politeness")]
    assert store.review(1).state == "confirmed"


def test_the_automatic_verdict_is_kept_beside_the_human_one(store):
    item = store.add(make_score(), make_exchange(), heads=["politeness"])[2]
    store.decide(item.id, "王芳", "corrected", label="cold", reason="不是辱骂")
    review = store.review(item.id)
    assert review.item == item
    assert review.item.label == "rude"
    assert review.standing is not None and review.standing.ruling.label == "cold"
    automatic = store.automatic("c1#2")
    assert automatic.total == 82.0
    assert automatic.lines == make_score().lines
    assert automatic.findings == make_score().findings


def test_the_database_itself_refuses_to_change_or_remove_a_row(store, path):
    store.add(make_score(), make_exchange())
    store.decide(1, "王芳", "confirmed")
    with sqlite3.connect(path) as other:
        for table in ("replies", "items", "events"):
            for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id"):
                with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                    other.execute(statement)


def test_every_change_says_who_when_and_why(path):
    shanghai = timezone(timedelta(hours=8))
    times = iter(datetime(2026, 5, 1, 9, minute, tzinfo=shanghai) for minute in range(9))
    with ReviewStore(path, clock=lambda: next(times)) as store:
        item = store.add(make_score(), make_exchange(), by="夜间任务")[0]
        store.decide(item.id, "王芳", "corrected", points=-3, reason="说轻了")
        store.appeal(item.id, "小林", reason="已转接")
        store.settle(item.id, "李雷", "rejected", reason="记录属实")
    with ReviewStore(path) as store:  # it is all on the disk
        review = store.review(item.id)
    assert (review.item.added_by, review.item.added) == ("夜间任务", datetime(2026, 5, 1, 1, 0, tzinfo=timezone.utc))
    decided, appealed, settled = review.history
    assert (decided.reviewer, decided.reason, decided.ruling.points, decided.state) == (
        "王芳",
        "说轻了",
        -3,
        "corrected",
    )
    assert (appealed.agent, appealed.reason, appealed.state) == ("小林", "已转接", "appealed")
    assert (settled.reviewer, settled.reason, settled.state) == ("李雷", "记录属实", "overturned")
    assert [entry.time.minute for entry in review.history] == [1, 2, 3]
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT time FROM events").fetchone()[0] == "2026-05-01T01:01:00+00:00"


@pytest.mark.parametrize(
    "hostile", ["'; DROP TABLE items; --", '" OR 1=1 --', "%", "?1 :state $x", "x' UNION SELECT 1"]
)
def test_hostile_text_is_data(store, hostile):
    exchange = Exchange(hostile, (Turn("customer", hostile),), id=hostile, agent="a" + hostile)
    finding = Finding(hostile, hostile, 0, 1, -1, hostile)
    score = Score(id=hostile, total=99, lines=(Line(hostile, hostile, 1, 1, 100, 99),), findings=(finding,))
    store.add(make_score(), make_exchange())
    item = store.add(score, exchange)[0]
    assert store.queue(rule=hostile) == store.queue(agent="a" + hostile) == (item,)
    assert store.queue(rule=hostile, reviewer=hostile) == (item,)
    assert store.decide(item.id, hostile, "rejected", reason=hostile).reason == hostile
    assert store.appeal(item.id, "a" + hostile, reason=hostile).agent == "a" + hostile
    assert [review.item for review in store.reviews(reply=hostile)] == [item]
    assert len(store.queue()) == 3


@pytest.mark.parametrize(
    ("score", "exchange", "field"),
    [
        (Score(id="c1#2", error="InputError: reply: is empty"), make_exchange(), "score"),
        (make_score(total=float("nan")), make_exchange(), "score"),
        (make_score(total=10**400), make_exchange(), "score"),
        (make_score("other"), make_exchange(), "score.id"),
        (make_score(""), make_exchange(""), "id"),
        (make_score(), make_exchange(reply="\ud800"), "reply"),
        (make_score(), make_exchange(reply=" "), "reply"),
        (make_score(), make_exchange(reply=None), "reply"),  # type: ignore[arg-type]
        (make_score(), make_exchange(agent="\u200b小林"), "agent"),
        (make_score("x" * 201), make_exchange("x" * 201), "id"),
        (make_score(findings=(Finding("N1", "r", 0, 1, -1, "\x00"),)), make_exchange(), "finding.message"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_field(store, path, score, exchange, field):
    before = dump(path)
    with pytest.raises(InputError) as error:
        store.add(score, exchange)
    assert error.value.field == field
    assert dump(path) == before


def test_an_id_in_a_message_shows_no_number(store):
    number = "13800138000"
    store.add(make_score(number), make_exchange(number))
    calls = [
        lambda: store.add(make_score(number), make_exchange("a")),
        lambda: store.add(make_score(number), make_exchange(number, reply="换了一句话")),
        lambda: store.add(make_score(number, total=70.0), make_exchange(number)),
        lambda: store.automatic("13900139000"),
        lambda: store.automatic("13900139000\u200b"),
    ]
    for call in calls:
        with pytest.raises(CsnlpError, match=r"\[手机号\]") as error:
            call()
        assert "138001" not in str(error.value) and "139001" not in str(error.value)


def test_broken_arguments_raise_errors_of_csnlp_and_store_nothing(store, path):
    store.add(make_score(), make_exchange())
    before = dump(path)
    calls = [
        lambda: store.decide(1, " ", "confirmed"),
        lambda: store.decide(1, "王\x00芳", "confirmed"),
        lambda: store.decide(1, "王芳", "rejected", reason="\ud800"),
        lambda: store.decide(2**70, "王芳", "confirmed"),
        lambda: store.decide(99, "王芳", "confirmed"),
        lambda: store.queue(rule="\ud800"),
        lambda: store.add(make_score(), make_exchange(), silent={"\ud800": "N1"}),
        lambda: store.add(make_score(), make_exchange(), heads=["mood"]),
        lambda: store.automatic("nobody"),
    ]
    for call in calls:
        with pytest.raises(CsnlpError):
            call()
    assert dump(path) == before


def test_an_item_given_for_its_id_is_told(store):
    item = store.add(make_score(), make_exchange())[0]
    with pytest.raises(ReviewError, match=f"item {item.id} is given as a whole; give its id"):
        store.decide(item, "王芳", "confirmed")


def test_a_transaction_is_all_or_nothing(store):
    store.add(make_score(), make_exchange())
    with pytest.raises(ZeroDivisionError), store.transaction():
        store.decide(1, "王芳", "confirmed")
        raise ZeroDivisionError
    assert store.review(1).state == "automatic"
    with store.transaction():
        store.decide(1, "王芳", "confirmed")
        with pytest.raises(ZeroDivisionError), store.transaction():  # only the inner block is undone
            store.decide(2, "王芳", "confirmed")
            raise ZeroDivisionError
        store.decide(2, "李雷", "confirmed")
    assert [review.history[0].reviewer for review in store.reviews()] == ["王芳", "李雷"]
