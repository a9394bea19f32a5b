from __future__ import annotations

import math
import random

import pytest
from scipy.stats import binomtest
from sklearn.metrics import cohen_kappa_score

from csnlp.heads import HEADS
from csnlp.reviews import (
    Agreement,
    OverturnRate,
    ReviewError,
    ReviewStore,
    human_machine_kappa,
    overturn_rates,
    reviewer_kappa,
)
from csnlp.types import Finding, HeadScore

from .conftest import make_exchange, make_score

SILENT = {"taboo": "N1.1"}


def judge(store: ReviewStore, item, reviewer: str, label) -> None:
    """``reviewer`` says that ``label`` is right: a label of a head, or whether a rule should fire."""
    if item.kind == "head":
        verdict, options = ("confirmed", {}) if label == item.label else ("corrected", {"label": label})
    elif label == (item.kind == "finding"):
        verdict, options = "confirmed", {}
    else:
        verdict, options = ("corrected", {"points": -1.0}) if label else ("rejected", {})
    store.decide(item.id, reviewer, verdict, reason="x", **options)


@pytest.fixture
def judged(store):
    """Sixty replies with two independent opinions on every item; the truth is often the machine's verdict."""
    chance = random.Random(3)
    answers: dict[str, list[tuple[object, object, object]]] = {}

    def near(label: object, labels: list[object]) -> object:
        return label if chance.random() < 0.6 else chance.choice(labels)

    with store.transaction():
        for number in range(60):
            polite, kind = chance.choice(HEADS["politeness"].labels), chance.choice(HEADS["complaint_type"].labels)
            acts = tuple(act for act in HEADS["acts"].labels if chance.random() < 0.3)
            score = make_score(
                f"c{number}",
                politeness=HeadScore(polite, 0.5, {}),
                complaint_type=HeadScore(kind, 0.5, {}),
                acts=acts,
                findings=(Finding("N1.1", "taboo", 0, 1, -5, "m"),) if chance.random() < 0.5 else (),
            )
            heads = ["politeness", "complaint_type", "acts"]
            for item in store.add(score, make_exchange(f"c{number}"), heads=heads, silent=SILENT):
                if item.kind == "head":
                    machine, labels = item.label, list(HEADS[item.subject].labels)
                else:
                    machine, labels = item.kind == "finding", [True, False]
                if item.subject == "acts":
                    labels = [(act,) for act in labels]
                first, second = near(machine, labels), near(machine, labels)
                judge(store, item, "甲", first)
                judge(store, item, "乙", second)
                answers.setdefault(item.subject, []).append((machine, first, second))
    return answers


@pytest.mark.parametrize("subject", ["politeness", "complaint_type", "taboo", "apology"])
def test_kappas_are_those_of_scikit_learn(store, judged, subject):
    rows = judged["acts" if subject == "apology" else subject]
    if subject == "apology":
        rows = [tuple("apology" in labels for labels in row) for row in rows]
    labels = HEADS[subject].labels if subject in HEADS else (False, True)
    weights = "quadratic" if subject == "politeness" else None
    codes = [[labels.index(label) for label in row] for row in rows]

    def expected(pairs: list[tuple[int, int]]) -> float:
        return cohen_kappa_score(*zip(*pairs, strict=True), labels=range(len(labels)), weights=weights)

    between = reviewer_kappa(store, subject)
    assert between.n == 60
    assert between.kappa == pytest.approx(expected([(first, second) for _, first, second in codes]))

    # Where the reviewers differ nothing is settled: those items wait for a third voice.
    whole = judged["acts" if subject == "apology" else subject]
    agreed = [(code[0], code[1]) for code, row in zip(codes, whole, strict=True) if row[1] == row[2]]
    against = human_machine_kappa(store, subject)
    assert 0 < against.n == len(agreed) < 60
    assert against.kappa == pytest.approx(expected(agreed))


def test_a_verdict_on_an_appeal_is_no_second_opinion(store):
    item = store.add(make_score(), make_exchange())[0].id
    store.decide(item, "甲", "confirmed")
    store.appeal(item, "小林", reason="x")
    store.settle(item, "乙", "rejected", reason="x")
    assert reviewer_kappa(store, "buck_passing").n == 0
    assert human_machine_kappa(store, "buck_passing").n == 1


def test_a_head_that_has_no_verdict_is_left_out_and_counted(store):
    item = store.add(make_score(), make_exchange(), heads=["accuracy"])[2].id
    store.decide(item, "甲", "rejected", reason="客户没有提问")
    agreement = human_machine_kappa(store, "accuracy")
    assert (agreement.n, agreement.left_out) == (0, 1)
    assert math.isnan(agreement.kappa)


def test_all_rules_together_and_a_machine_that_only_says_yes(store):
    first, second, third = store.add(make_score(), make_exchange(), silent=SILENT)
    store.decide(first.id, "甲", "confirmed")
    store.decide(second.id, "甲", "rejected", reason="x")
    assert human_machine_kappa(store, "findings") == Agreement(0.0, 2)
    store.decide(third.id, "甲", "confirmed")
    expected = cohen_kappa_score([1, 1, 0], [1, 0, 0])
    assert human_machine_kappa(store, "findings").kappa == pytest.approx(expected)


def test_acts_are_asked_one_by_one(store):
    with pytest.raises(ReviewError, match="name one of apology, empathy"):
        human_machine_kappa(store, "acts")


def test_overturn_rates_by_rule(store):
    for number in range(10):
        first, second = store.add(make_score(f"c{number}"), make_exchange(f"c{number}"))
        if number < 2:
            store.decide(first.id, "甲", "rejected", reason="x")
        elif number == 2:
            store.decide(first.id, "甲", "corrected", points=-1, reason="x")
        else:
            store.decide(first.id, "甲", "confirmed")
        if number == 9:  # under appeal: not counted
            store.appeal(first.id, "小林", reason="x")
        if number < 2:  # disputed: not counted
            store.decide(second.id, "甲", "confirmed")
            store.decide(second.id, "乙", "rejected", reason="x")
        if number == 3:
            store.decide(second.id, "甲", "confirmed")
    absolute, buck_passing = overturn_rates(store)
    assert (absolute.rule, absolute.n, absolute.rate) == ("absolute", 1, 0.0)
    assert buck_passing == OverturnRate("buck_passing", 9, 2, 1, 3 / 9, buck_passing.low, buck_passing.high)
    for rate in (absolute, buck_passing):
        expected = binomtest(rate.rejected + rate.corrected, rate.n).proportion_ci(method="wilson")
        assert (rate.low, rate.high) == pytest.approx((expected.low, expected.high), abs=1e-6)
