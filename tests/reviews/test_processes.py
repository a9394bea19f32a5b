"""Several processes and threads at once, and processes that die."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import csnlp.reviews
from csnlp.reviews import ReviewError, ReviewStore

from .conftest import make_exchange, make_score

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(csnlp.reviews.__file__).parents[2])}

DECIDE_ALL = """
import sys
from csnlp.reviews import ReviewError, ReviewStore
path, reviewer, items = sys.argv[1], sys.argv[2], int(sys.argv[3])
refused = 0
with ReviewStore(path) as store:
    sys.stdin.readline()
    for item in range(1, items + 1):
        try:
            store.decide(item, reviewer, "confirmed")
        except ReviewError as error:
            assert f"item {item}" in str(error), error
            refused += 1
print(refused)
"""

OPEN_AND_ADD = """
import sys
from csnlp.reviews import ReviewStore
from csnlp.types import Exchange, Finding, Score
sys.stdin.readline()
with ReviewStore(sys.argv[1]) as store:
    for number in range(10):
        score = Score(id=f"c{number}", findings=(Finding("N1.1", "taboo", 0, 1, -5, "m"),))
        store.add(score, Exchange("您好", id=f"c{number}"), by=sys.argv[2])
"""

DECIDE_FOREVER = """
import sys
from csnlp.reviews import ReviewStore
with ReviewStore(sys.argv[1]) as store:
    for item in store.queue(states=["automatic"], limit=10_000):
        store.decide(item.id, "甲", "confirmed")
        print(item.id, flush=True)
"""

HALF_A_TRANSACTION = """
import sys, time
from csnlp.reviews import ReviewStore
with ReviewStore(sys.argv[1]) as store, store.transaction():
    store.decide(1, "甲", "confirmed")
    store.decide(2, "甲", "confirmed")
    print("half", flush=True)
    time.sleep(60)
"""


def start(program: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, env=ENVIRONMENT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def fill(store: ReviewStore, replies: int) -> None:
    with store.transaction():
        for number in range(replies):
            store.add(make_score(f"c{number}"), make_exchange(f"c{number}"))


def test_two_processes_open_and_fill_a_new_store_at_once(path):
    runs = [start(OPEN_AND_ADD, path, name) for name in ("one", "other")]
    for run in runs:
        run.communicate("go\n")
        assert run.returncode == 0
    with ReviewStore(path) as store:
        assert sorted(item.reply for item in store.queue()) == sorted(f"c{number}" for number in range(10))


def test_two_processes_that_decide_at_once_lose_nothing(store, path):
    fill(store, 30)
    runs = [start(DECIDE_ALL, path, reviewer, 60) for reviewer in ("甲", "乙", "甲")]
    for run in runs:
        assert run.stdin is not None
        run.stdin.write("go\n")
        run.stdin.flush()
    refused = [int(run.communicate()[0]) for run in runs]
    # The two that are the same person get each item once between them.
    assert refused[0] + refused[2] == 60
    assert refused[1] == 0
    reviews = store.reviews()
    assert len(reviews) == 60
    assert all(sorted(decision.reviewer for decision in review.decisions) == ["乙", "甲"] for review in reviews)


def test_threads_share_one_store(store):
    fill(store, 10)
    refused = []

    def decide_all(reviewer: str) -> None:
        for item in range(1, 21):
            try:
                store.decide(item, reviewer, "confirmed")
            except ReviewError:
                refused.append(item)

    threads = [threading.Thread(target=decide_all, args=(reviewer,)) for reviewer in ("甲", "甲", "乙", "丙")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 40  # of 80 attempts: two different people may decide each of the 20 items
    assert all(len({decision.reviewer for decision in review.decisions}) == 2 for review in store.reviews())


def test_a_writer_waits_for_another_and_then_says_what_to_do(store, path):
    store.add(make_score(), make_exchange())
    with ReviewStore(path, timeout=0.05) as other, store.transaction():
        store.decide(1, "甲", "confirmed")
        assert other.review(1).state == "automatic"  # readers never wait, and see only what is committed
        with pytest.raises(ReviewError, match="locked; others are writing: try again"):
            other.decide(1, "乙", "confirmed")
    assert store.review(1).state == "confirmed"


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_a_transaction_that_is_killed_leaves_nothing_and_locks_nobody_out(store, path):
    store.add(make_score(), make_exchange())
    run = start(HALF_A_TRANSACTION, path)
    assert run.stdout is not None
    assert run.stdout.readline() == "half\n"
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.communicate()
    assert store.reviews() == ()
    assert store.decide(1, "乙", "confirmed").state == "confirmed"


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_no_decision_that_was_reported_is_lost_when_killed(store, path):
    fill(store, 1_000)
    chance = random.Random(0)
    reported: set[int] = set()
    for _ in range(4):
        run = start(DECIDE_FOREVER, path)
        assert run.stdout is not None
        reported.update(int(run.stdout.readline()) for _ in range(chance.randint(1, 100)))
        run.send_signal(signal.SIGKILL)
        reported.update(map(int, run.stdout.read().split()))
        run.communicate()
        decided = {review.item.id for review in store.reviews()}
        assert reported <= decided
        assert len(decided - reported) <= 4  # committed, and killed before it could say so
        reported = decided
    assert len(reported) < 2_000  # they were killed, not done
