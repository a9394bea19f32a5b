from __future__ import annotations

import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from csnlp.reviews import Review, ReviewError, export_labels, human_machine_kappa, overturn_rates, reviewer_kappa
from csnlp.types import Exchange, Turn

from .conftest import make_exchange, make_score


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
