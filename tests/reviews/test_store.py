from __future__ import annotations

import doctest
import json
import os
import sqlite3
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

import csnlp.reviews
from csnlp.errors import CsnlpError, InputError
from csnlp.reviews import (
    Review,
    ReviewError,
    ReviewStore,
    export_labels,
    human_machine_kappa,
    overturn_rates,
    reviewer_kappa,
)
from csnlp.types import Exchange, Finding, HeadScore, Line, Score, Turn

from .conftest import make_exchange, make_score


def dump(path: Path) -> list[str]:
    with sqlite3.connect(path) as connection:
        return list(connection.iterdump())


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


def test_the_queue_filters_and_begins_with_the_oldest(store):
    for number, agent in enumerate(["小林", "小周", "小林"]):
        reply = f"c{number}#2"
        store.add(make_score(reply), make_exchange(reply, agent), heads=["politeness"])
    store.decide(1, "王芳", "confirmed")
    store.decide(4, "王芳", "rejected", reason="正常")
    store.appeal(4, "小周", reason="?")

    def ids(**conditions: object) -> list[int]:
        return [item.id for item in store.queue(**conditions)]

    assert ids() == list(range(1, 10))
    assert ids(limit=2) == [1, 2]
    assert ids(states=["automatic"], rule="buck_passing") == [7]
    assert ids(states=["confirmed", "appealed"]) == [1, 4]
    assert ids(head="politeness") == [3, 6, 9]
    assert ids(rule="politeness") == []
    assert ids(agent=" 小周 ") == [4, 5, 6]
    assert ids(reviewer="王芳") == [2, 3, 5, 6, 7, 8, 9]
    assert ids(reviewer="李雷") == [1, 2, 3, 5, 6, 7, 8, 9]
    assert ids(reviewer="小周") == [1, 2, 3, 7, 8, 9]
    with pytest.raises(ReviewError, match=r"'open' is no state; the states are automatic, "):
        store.queue(states=["open"])


def test_the_queue_follows_the_second_and_the_third_opinion(store):
    agreed, disputed = (item.id for item in store.add(make_score(), make_exchange()))
    for item in (agreed, disputed):
        store.decide(item, "甲", "confirmed")
    store.decide(agreed, "乙", "confirmed")
    store.decide(disputed, "乙", "rejected", reason="不算")
    assert [item.id for item in store.queue(reviewer="丙")] == [disputed]
    store.decide(disputed, "丙", "rejected", reason="不算")
    assert store.queue(reviewer="丁") == ()


def test_a_second_opinion_is_blind(store):
    before = store.add(make_score(), make_exchange())[0]
    store.decide(before.id, "王芳", "rejected", reason="引用了客户的话")
    assert store.queue(reviewer="李雷")[0] == before  # the very same: nothing of the first decision shows


def test_personal_data_is_masked_and_the_evidence_still_fits(path):
    reply = "亲，电话13800000000，地址杭州市西湖区文三路12号3幢201室，肯定给您退，或写信a@example.com"
    start = reply.index("肯定")
    exchange = Exchange(
        reply,
        (Turn("customer", "我的号码 13900000000"),),
        reference="拨打 13700000000",
        id="x",
        after=(Turn("customer", "好，13600000000"),),
    )
    rows = (
        Finding("N3.2", "absolute", start, start + 2, -5, "绝对化：13500000000"),
        Finding("N3.2", "phone", reply.index("138"), reply.index("138") + 3, 0, "m"),
        Finding("N3.2", "whole", 0, len(reply), 0, "m"),
    )
    score = Score(id="x", total=95, lines=(Line("N3.2 不猜测", "absolute", 0.95, 1, 100, 95),), findings=rows)
    with ReviewStore(path) as store:
        absolute, phone, whole = store.add(score, exchange)
        masked = json.loads(absolute.exchange)["reply"]
        assert masked == "亲，电话[手机号]，地址[地址]，肯定给您退，或写信[邮箱]"
        assert masked[absolute.start : absolute.end] == "肯定"
        assert masked[phone.start : phone.end] == "[手机号]"
        assert (whole.start, whole.end) == (0, len(masked))
        store.decide(absolute.id, "王芳", "rejected", reason="客户 13400000000 已确认")
    everything = "\n".join(dump(path))
    assert not any(f"1{digit}00000000" in everything for digit in range(30, 100))

    with ReviewStore(path.with_name("open.db"), masked=False) as store:
        absolute = store.add(score, exchange)[0]
        assert json.loads(absolute.exchange)["reply"] == reply
        assert absolute.start == start


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


def test_statistics_and_exports_do_not_hold_the_texts_in_memory(store, tmp_path):
    long = Exchange("您好", (Turn("customer", "退款" * 10_000),), agent="小林")
    with store.transaction():
        for number in range(60):  # 60 KB of text and six events each
            for item in store.add(make_score(f"c{number}"), replace(long, id=f"c{number}"), heads=["politeness"]):
                store.decide(item.id, "王芳", "confirmed")
                store.decide(item.id, "李雷", "confirmed")
    counts = (
        lambda: overturn_rates(store),
        lambda: human_machine_kappa(store, "politeness"),
        lambda: reviewer_kappa(store, "politeness"),
        lambda: export_labels(store, tmp_path / "labels.jsonl"),
    )
    for count in counts:
        tracemalloc.start()
        count()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 3_000_000  # a text with each event would be 14 MB


def test_reviews_come_one_by_one_and_without_their_texts(store):
    for item in store.add(make_score(), make_exchange(), heads=["politeness"]):
        store.decide(item.id, "王芳", "confirmed")
    judged = store.reviews()
    assert len(judged) == 3
    for reply in (None, "c1#2"):
        without = [Review(replace(review.item, exchange=""), review.history) for review in judged]
        assert list(store.stream(reply=reply)) == without
    assert list(store.stream(reply="c2")) == []
    assert {review.item.exchange for review in judged} == {store.exchange("c1#2")}
    with pytest.raises(ReviewError, match="no reply 'c2'"):
        store.exchange("c2")


def test_a_stream_that_is_left_lets_others_go_on(store, path):
    for item in store.add(make_score(), make_exchange()):
        store.decide(item.id, "王芳", "confirmed")
    for _ in store.stream():
        break
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(store.decide, 1, "李雷", "confirmed").result(timeout=10).state == "confirmed"


def test_a_store_of_a_newer_csnlp_is_refused(path):
    ReviewStore(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(ReviewError, match=r"schema version 99, this csnlp knows up to 1; upgrade"):
        ReviewStore(path)


def test_a_file_of_something_else_is_refused_and_left_alone(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE mine (a)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(ReviewError, match="a database of something else"):
        ReviewStore(path)
    assert path.read_bytes() == before
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(ReviewError, match="not a database"):
        ReviewStore(path)
    with pytest.raises(ReviewError, match="unable to open"):
        ReviewStore(path / "below")


def test_a_closed_store_says_so(path):
    store = ReviewStore(path)
    store.close()
    store.close()
    with pytest.raises(ReviewError, match="closed"):
        store.queue()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_store_carried_over_a_fork_is_refused(store):
    child = os.fork()
    if child == 0:
        try:
            store.queue()
        except ReviewError as error:
            os._exit(7 if "open it anew" in str(error) else 1)
        os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7
