from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from csnlp.reviews import HumanTotal, ReviewError, ReviewStore, human_total
from csnlp.types import Finding, Line

from .conftest import make_exchange, make_score


def test_a_rejected_finding_gives_its_points_back_and_a_corrected_one_is_replaced(store):
    buck_passing, absolute = (item.id for item in store.add(make_score(), make_exchange()))
    assert human_total(store, "c1#2") == HumanTotal("c1#2", 82.0, 82.0, exact=True)
    store.decide(buck_passing, "王芳", "rejected", reason="x")
    assert human_total(store, "c1#2") == HumanTotal("c1#2", 82.0, 94.0, exact=False)  # minor may have a ceiling
    store.decide(absolute, "王芳", "corrected", points=-10, reason="x")
    assert human_total(store, "c1#2") == HumanTotal("c1#2", 82.0, 90.0, exact=False)
    assert store.automatic("c1#2").total == 82.0


def test_a_decision_counts_during_an_appeal_and_not_while_it_is_disputed(store):
    item = store.add(make_score(), make_exchange())[0].id
    store.decide(item, "甲", "corrected", points=-20, reason="x")
    assert human_total(store, "c1#2").human == 74
    store.decide(item, "乙", "rejected", reason="x")
    assert human_total(store, "c1#2").human == 82
    store.decide(item, "丙", "corrected", points=-20, reason="x")
    store.appeal(item, "小林", reason="x")
    assert human_total(store, "c1#2").human == 74
    store.settle(item, "丁", "rejected", reason="x")
    assert human_total(store, "c1#2").human == 94


def test_a_silent_rule_that_should_have_fired_costs_its_points(store):
    taboo, late = store.add(make_score(), make_exchange(), silent={"taboo": "N1.1", "late": "P1.1"})[2:]
    store.decide(taboo.id, "王芳", "corrected", points=-15, reason="x")
    assert human_total(store, "c1#2") == HumanTotal("c1#2", 82.0, 67.0, exact=False)  # its rule may have a ceiling
    store.decide(late.id, "王芳", "corrected", points=-5, reason="x")  # a clause that has no line to take them from
    assert human_total(store, "c1#2") == HumanTotal("c1#2", 82.0, 67.0, exact=False)


def test_a_ceiling_holds_until_the_last_finding_of_its_rule_is_rejected(store):
    first, second = Finding("N1.1", "rude", 0, 1, -10, "m"), Finding("N1.1", "rude", 2, 3, -10, "m")
    minor = Finding("N4.3", "absolute", 7, 9, -6, "m")
    lines = (
        Line("N4.3 积极", "absolute", 0.85, 1, 40, 34),
        Line("N1.1 文明", "rude", 2 / 3, 1, 60, 40),
        Line("封顶 40", "rude", 0, 0, 0, -34),
    )
    score = make_score(total=40.0, lines=lines, findings=(minor, first, second))
    items = [item.id for item in store.add(score, make_exchange())]
    store.decide(items[1], "王芳", "rejected", reason="x")
    assert human_total(store, "c1#2") == HumanTotal("c1#2", 40.0, 40.0, exact=False)
    store.decide(items[2], "王芳", "rejected", reason="x")
    assert human_total(store, "c1#2") == HumanTotal("c1#2", 40.0, 94.0, exact=False)
    store.decide(items[0], "王芳", "rejected", reason="x")
    assert human_total(store, "c1#2") == HumanTotal("c1#2", 40.0, 100.0, exact=True)


def test_points_that_were_cut_at_zero_make_the_total_inexact(store):
    findings = (Finding("N4.3", "a", 0, 1, -40, "m"), Finding("N4.3", "b", 2, 3, 0, "m"))
    lines = (Line("N4.3 积极", "a、b", 0, 1, 40, 0), Line("N1.1 文明", "✓", 1, 1, 60, 60))
    first, second = store.add(make_score(total=60.0, lines=lines, findings=findings), make_exchange())
    store.decide(first.id, "王芳", "rejected", reason="x")
    assert human_total(store, "c1#2") == HumanTotal("c1#2", 60.0, 100.0, exact=False)  # what b costs is not known
    store.decide(second.id, "王芳", "corrected", points=-45, reason="x")
    assert human_total(store, "c1#2") == HumanTotal("c1#2", 60.0, 60.0, exact=True)  # now it is


def test_praise_that_was_cut_at_the_top_makes_the_total_inexact(store):
    praise = Finding("N4.3", "thanks", 0, 1, 0, "m", severity="praise")
    findings = (Finding("N4.3", "other", 0, 1, 4, "m", severity="praise"), praise)
    lines = (Line("N4.3 积极", "other、thanks", 1, 1, 40, 40), Line("N1.1 文明", "✓", 0, 1, 60, 30))
    item = store.add(make_score(total=70.0, lines=lines, findings=findings), make_exchange())[0]
    store.decide(item.id, "王芳", "rejected", reason="x")
    assert human_total(store, "c1#2") == HumanTotal("c1#2", 70.0, 66.0, exact=False)


def test_a_grave_finding_that_stays_may_set_a_ceiling_to_a_total_that_rises(store):
    grave, minor = Finding("N1.1", "a", 0, 1, -40, "m", severity="critical"), Finding("N4.3", "b", 0, 1, -30, "m")
    lines = (Line("N4.3 积极", "b", 0.25, 1, 40, 10), Line("N1.1 文明", "a", 1 / 3, 1, 60, 20))
    first, second = store.add(make_score(total=30.0, lines=lines, findings=(grave, minor)), make_exchange())
    store.decide(second.id, "王芳", "rejected", reason="x")
    assert human_total(store, "c1#2") == HumanTotal("c1#2", 30.0, 60.0, exact=False)  # the book says 40
    store.decide(first.id, "王芳", "rejected", reason="x")
    assert human_total(store, "c1#2") == HumanTotal("c1#2", 30.0, 100.0, exact=True)


def test_a_minor_finding_that_stays_may_set_a_ceiling_too(store):
    findings = (Finding("N4.3", "a", 0, 1, -10, "m"), Finding("N4.3", "b", 2, 3, -5, "m"))
    lines = (Line("N4.3 积极", "a、b", 0.625, 1, 40, 25), Line("N1.1 文明", "✓", 1, 1, 60, 60))
    first, second = store.add(make_score(total=85.0, lines=lines, findings=findings), make_exchange())
    store.decide(first.id, "王芳", "rejected", reason="x")
    assert human_total(store, "c1#2") == HumanTotal("c1#2", 85.0, 95.0, exact=False)  # 90 with ceilings: {minor: 90}
    store.decide(second.id, "王芳", "rejected", reason="x")
    assert human_total(store, "c1#2") == HumanTotal("c1#2", 85.0, 100.0, exact=True)


@pytest.mark.parametrize("item", ["C 1", "C 1 积极 面对"])
def test_the_id_of_a_clause_may_have_a_blank(store, item):
    lines = (Line(item, "a", 0.75, 1, 40, 30), Line("N1.1 文明", "✓", 1, 1, 60, 60))
    score = make_score(total=90.0, lines=lines, findings=(Finding("C 1", "a", 0, 1, -10, "m"),))
    store.decide(store.add(score, make_exchange())[0].id, "王芳", "rejected", reason="x")
    assert human_total(store, "c1#2") == HumanTotal("c1#2", 90.0, 100.0, exact=True)


def test_a_clause_whose_id_begins_another_is_told_apart_where_it_can_be(store):
    lines = (Line("C 积极", "a", 0.75, 1, 40, 30), Line("C 1 文明", "b", 0.5, 1, 60, 30))
    findings = (Finding("C", "a", 0, 1, -10, "m"), Finding("C 1", "b", 0, 1, -30, "m"))
    both = store.add(make_score(total=60.0, lines=lines, findings=findings), make_exchange())
    for item in both:
        store.decide(item.id, "王芳", "rejected", reason="x")
    assert human_total(store, "c1#2") == HumanTotal("c1#2", 60.0, 100.0, exact=True)
    one = store.add(make_score("c2", total=60.0, lines=lines, findings=findings[:1]), make_exchange("c2"))[0]
    store.decide(one.id, "王芳", "rejected", reason="x")
    assert not human_total(store, "c2").exact  # whose the second line is, nothing tells


def test_a_changed_head_makes_the_total_inexact(store):
    item = store.add(make_score(), make_exchange(), heads=["politeness"])[2]
    store.decide(item.id, "王芳", "corrected", label="cold", reason="x")
    assert human_total(store, "c1#2") == HumanTotal("c1#2", 82.0, 82.0, exact=False)


def test_a_reply_without_a_total_has_none(store):
    item = store.add(make_score(total=None, lines=()), make_exchange())[0]
    store.decide(item.id, "王芳", "rejected", reason="x")
    assert human_total(store, "c1#2").human is None
    with pytest.raises(ReviewError, match="there is no reply 'c9'"):
        human_total(store, "c9")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(costs=st.lists(st.integers(1, 30), min_size=1, max_size=4), keep=st.lists(st.booleans(), min_size=4, max_size=4))
def test_rejecting_findings_gives_what_the_account_would_have_been_without_them(tmp_path_factory, costs, keep):
    def total(taken: list[int]) -> int:
        return 40 + max(0, 60 - sum(taken))

    findings, left = [], 60
    for number, cost in enumerate(costs):
        findings.append(Finding("N1.1", f"r{number}", 0, 1, -min(left, cost), "m"))
        left = max(0, left - cost)
    lines = (Line("N1.1 文明", "r", left / 60, 1, 60, left), Line("N4.3 积极", "✓", 1, 1, 40, 40))
    score = make_score(total=float(total(costs)), lines=lines, findings=tuple(findings))
    with ReviewStore(tmp_path_factory.mktemp("totals") / "reviews.db") as store:
        for item, kept in zip(store.add(score, make_exchange()), keep, strict=False):
            if not kept:
                store.decide(item.id, "王芳", "rejected", reason="x")
        result = human_total(store, "c1#2")
    if result.exact:
        assert result.human == total([cost for cost, kept in zip(costs, keep, strict=False) if kept])
    kept = [kept for _, kept in zip(costs, keep, strict=False)]
    if sum(costs) < 60 and (all(kept) or not any(kept)):  # else a ceiling on minor findings may hold the total down
        assert result.exact
