"""The moves of one item, in any order, against a plain model of what the table in csnlp.reviews.moves says."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from csnlp.reviews import ReviewError, ReviewStore

from .conftest import make_exchange, make_score

PEOPLE = st.sampled_from(["小林", "小周", "甲", "乙", "丙", "丁", "戊"])
RULINGS = st.sampled_from([("confirmed", None), ("rejected", None), ("corrected", -1.0), ("corrected", -2.0)])


class Moves(RuleBasedStateMachine):
    """The agent is 小林. The model keeps who did what, and works the state out by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "reviews.db"
        self.store = ReviewStore(self.path)
        self.item = self.store.add(make_score(), make_exchange())[0]
        self.opinions: list[tuple[str, tuple[str, float | None]]] = []
        self.appealed = False
        self.outcome: str | None = None

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    def state(self) -> str:
        rulings = [ruling for _, ruling in self.opinions]
        if self.outcome:
            return self.outcome
        if self.appealed:
            return "appealed"
        if not rulings:
            return "automatic"
        if len(rulings) == 2 and rulings[0] != rulings[1]:
            return "disputed"
        return rulings[-1][0]

    def may_decide(self, person: str) -> bool:
        waits = not self.appealed and (len(self.opinions) < 2 or self.state() == "disputed")
        return waits and person != "小林" and person not in dict(self.opinions)

    def attempt(self, legal: bool, move, *arguments, **options) -> bool:
        if legal:
            assert move(self.item.id, *arguments, **options).state is not None
            return True
        before = self.store.review(self.item.id)
        with pytest.raises(ReviewError):
            move(self.item.id, *arguments, **options)
        assert self.store.review(self.item.id) == before
        return False

    @rule(person=PEOPLE, ruling=RULINGS)
    def decide(self, person, ruling):
        verdict, points = ruling
        if self.attempt(self.may_decide(person), self.store.decide, person, verdict, points=points, reason="因为"):
            self.opinions.append((person, ruling))

    @rule(person=PEOPLE)
    def appeal(self, person):
        legal = person == "小林" and self.state() in ("confirmed", "rejected", "corrected")
        self.appealed |= self.attempt(legal, self.store.appeal, person, reason="不服")

    @rule(person=PEOPLE, ruling=RULINGS)
    def settle(self, person, ruling):
        verdict, points = ruling
        legal = self.state() == "appealed" and person != "小林" and person not in dict(self.opinions)
        if self.attempt(legal, self.store.settle, person, verdict, points=points, reason="查证"):
            self.outcome = "upheld" if ruling == self.opinions[-1][1] else "overturned"

    @rule()
    def reopen(self):
        self.store.close()
        self.store = ReviewStore(self.path)

    @invariant()
    def the_store_says_what_the_model_says(self):
        review = self.store.review(self.item.id)
        assert review.state == self.state()
        assert review.item == self.item
        assert [decision.reviewer for decision in review.opinions] == [person for person, _ in self.opinions]
        assert (review.standing is None) == (self.state() in ("automatic", "disputed"))
        for person in ("甲", "小林"):
            queued = self.item.id in [item.id for item in self.store.queue(reviewer=person)]
            assert queued == self.may_decide(person)
        assert [item.id for item in self.store.queue(states=[self.state()], rule="buck_passing")] == [self.item.id]


Moves.TestCase.settings = settings(max_examples=25, stateful_step_count=12, deadline=None)
TestMoves = Moves.TestCase


def test_an_illegal_move_says_what_is_allowed(store):
    finding = store.add(make_score(), make_exchange())[0].id
    with pytest.raises(ReviewError, match=r"item 1 is automatic .* not allow to settle; allowed now: decide$"):
        store.settle(finding, "李雷", "confirmed", reason="x")
    store.decide(finding, "甲", "confirmed")
    with pytest.raises(ReviewError, match=r"allowed now: decide, appeal$"):
        store.settle(finding, "李雷", "confirmed", reason="x")
    store.decide(finding, "乙", "confirmed")
    with pytest.raises(ReviewError, match=r"is confirmed \(decisions: 2\).*allowed now: appeal$"):
        store.decide(finding, "丙", "confirmed")
    store.appeal(finding, "小林", reason="不服")
    with pytest.raises(ReviewError, match=r"甲 has decided item 1 already; another person"):
        store.settle(finding, "甲", "confirmed", reason="x")
    with pytest.raises(ReviewError, match=r"小林 is the agent of item 1"):
        store.settle(finding, "小林", "rejected", reason="x")
    store.settle(finding, "丙", "confirmed", reason="x")
    with pytest.raises(ReviewError, match=r"is upheld .*allowed now: nothing, it is final"):
        store.appeal(finding, "小林", reason="还是不服")


def test_a_person_is_the_same_in_full_width_and_with_spaces(store):
    finding = store.add(make_score(), make_exchange())[0].id
    store.decide(finding, "Wang Fang", "confirmed")
    with pytest.raises(ReviewError, match="has decided item 1 already"):
        store.decide(finding, "  Ｗａｎｇ　 Fang", "confirmed")


def test_an_unknown_agent_may_be_anyone_but_a_judge(store):
    finding, other = (item.id for item in store.add(make_score(), make_exchange(agent=None)))
    store.decide(finding, "甲", "confirmed")
    with pytest.raises(ReviewError, match="cannot appeal as its agent"):
        store.appeal(finding, "甲", reason="x")
    store.appeal(finding, "谁", reason="x")
    with pytest.raises(ReviewError, match="谁 is the agent"):
        store.settle(finding, "谁", "rejected", reason="x")
    store.decide(other, "甲", "confirmed")
    with pytest.raises(ReviewError, match="a reason is missing"):
        store.appeal(other, "谁", reason="  ")


@pytest.mark.parametrize(
    ("number", "verdict", "options", "message"),
    [
        (0, "fine", {}, "use one of confirmed, rejected, corrected"),
        (0, "rejected", {"reason": " "}, "a reason is missing"),
        (0, "rejected", {"points": -1.0}, "takes no label and no points; use corrected"),
        (0, "corrected", {}, "give a number from -100 to 100"),
        (0, "corrected", {"points": float("nan")}, "give a number"),
        (0, "corrected", {"points": 10**400}, "give a number"),
        (0, "corrected", {"points": -(10**5000)}, "give a number"),
        (0, "corrected", {"points": "5"}, "give a number"),
        (0, "corrected", {"points": -12.001}, "are the automatic points: use confirmed"),
        (0, "corrected", {"label": "cold"}, "is a rule and has no label"),
        (2, "rejected", {}, "should have fired: use corrected"),
        (3, "corrected", {"label": "nice"}, "use one of rude, cold, neutral, polite, warm"),
        (3, "corrected", {"label": "rude"}, "is the automatic label: use confirmed"),
        (3, "corrected", {"points": 1.0, "label": "cold"}, "is a head and has no points"),
        (4, "corrected", {"label": ("guess",)}, "is the automatic label"),
        (4, "corrected", {"label": "apology"}, "give a tuple of any of apology"),
        (4, "corrected", {"label": ("shout",)}, "give a tuple of any of apology"),
    ],
)
def test_a_ruling_that_says_nothing_of_the_item_is_refused(store, number, verdict, options, message):
    items = store.add(make_score(), make_exchange(), heads=["politeness", "acts"], silent={"taboo": "N1.1"})
    with pytest.raises(ReviewError, match=message):
        store.decide(items[number].id, "王芳", verdict, **{"reason": "因为", **options})
    assert store.review(items[number].id).history == ()


def test_acts_in_another_order_are_the_same_ruling(store):
    item = store.add(make_score(), make_exchange(), heads=["acts"])[2].id
    store.decide(item, "甲", "corrected", label=("greeting", "apology"), reason="x")
    assert (
        store.decide(item, "乙", "corrected", label=["apology", "greeting", "apology"], reason="x").state == "corrected"
    )
    standing = store.review(item).standing
    assert standing is not None and standing.ruling.label == ("apology", "greeting")
