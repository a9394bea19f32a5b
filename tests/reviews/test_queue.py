from __future__ import annotations

import pytest

import csnlp
from csnlp.reviews import ReviewError

from .conftest import make_exchange, make_score


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
    with pytest.raises(csnlp.InputError, match="limit: is str; give a whole number"):
        ids(limit="x")
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
