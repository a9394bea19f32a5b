"""Random books and verdicts: the account adds up, and every rule that fires is in it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csnlp.rules import Case, RuleBook
from csnlp.rules.account import account
from csnlp.rules.book import SEVERITIES, VETOES, Band, Clause, Rule, Section
from csnlp.rules.engine import judge
from csnlp.rules.scanner import Scanner
from csnlp.rules.verdict import Condition, Verdict
from csnlp.scoring.assemble import assemble
from csnlp.types import Exchange

from .conftest import by_hand, shown_total


@dataclass(frozen=True)
class Says(Condition):
    verdict: Verdict

    def check(self, case: Case, /) -> Verdict:
        return self.verdict


REPLY = "一二三四五六七八九十"
weights = st.sampled_from([0.0, 0.1, 1.0, 3.0, 7.0, 33.3, 1e6]) | st.floats(0, 1e3)
spans = st.lists(st.integers(0, 9).map(lambda start: (start, start + 1)), max_size=5, unique=True).map(tuple)
verdicts = st.one_of(
    st.just(Verdict(False)),
    st.just(Verdict(None, reason="no_time")),
    spans.map(lambda found: Verdict(True, found)),
)


@st.composite
def books(draw: st.DrawFn) -> RuleBook:
    sections = tuple(Section(f"s{i}", "节", draw(weights)) for i in range(draw(st.integers(1, 3))))
    clauses = tuple(
        Clause(f"c{i}", draw(st.sampled_from(sections)).id, "条", draw(weights), draw(st.floats(0, 1)), "", {}, 0.0, "")
        for i in range(draw(st.integers(1, 6)))
    )
    rules = []
    for number in range(draw(st.integers(0, 10))):
        severity = draw(st.sampled_from(SEVERITIES))
        size = draw(st.floats(0, 50))
        rules.append(
            Rule(
                id=f"r{number}",
                clause=draw(st.sampled_from(clauses)).id,
                message="问题",
                suggestion="",
                severity=severity,
                points={"info": 0.0, "praise": size}.get(severity, -size),
                each=draw(st.booleans()),
                cap=draw(st.sampled_from([0.0, 5.0, 1000.0])),
                veto=draw(st.sampled_from(VETOES + ("none",) * 5)),
                when=Says(draw(verdicts)),
                applies=None,
                otherwise="no_match",
                start=None,
                end=None,
                examples=(),
                where="",
            )
        )
    limits = st.sampled_from([100.0, 79.0, 40.0, 0.0, 33.333])
    ceilings = draw(st.dictionaries(st.sampled_from(["minor", "major", "critical"]), limits))
    return RuleBook("b", "1", 0.5, sections, clauses, tuple(rules), ceilings, (Band("全", 0.0),), Scanner([]), "")


@settings(deadline=None)
@given(books())
def test_the_lines_add_up_to_the_total_by_any_book(book: RuleBook) -> None:
    case = Case(Exchange(REPLY), book.scanner)
    results = judge(book, case)
    lines, findings, total = account(book, results)
    clauses = {f"{clause.id} {clause.title}": clause for clause in book.clauses}
    if total is None:
        assert lines == () and all(finding.points == 0 for finding in findings)
        return
    assert 0 <= total <= 100 and sum(line.points for line in lines) == pytest.approx(total, abs=1e-6)
    own = [line for line in lines if line.item in clauses]
    assert sum(line.possible for line in own) == pytest.approx(100, abs=1e-6)
    shares = {result.clause.id: result.share for result in results}
    for line in own:
        assert 0 <= line.points <= line.possible and 0 <= line.score <= 1
        moved = [finding.points for finding in findings if finding.clause == clauses[line.item].id]
        begun = shares[clauses[line.item].id] * line.possible
        assert begun + sum(moved) == pytest.approx(line.points, abs=0.01 * (len(moved) + 1))
    for line in lines[len(own) :]:
        assert line.points <= 0 and line.possible == 0 and line.label in {rule.id for rule in book.rules}
    vetoed = {finding.rule for finding in findings} & {rule.id for rule in book.rules if rule.veto == "total"}
    assert not vetoed or total == 0
    for finding in findings:
        assert total <= round(book.ceilings.get(finding.severity, 100), 2)
    score = assemble(case, book)
    assert by_hand(score) == pytest.approx(total, abs=1e-6) == pytest.approx(shown_total(score), abs=1e-6)


@settings(deadline=None)
@given(books())
def test_the_order_of_the_rules_changes_no_points(book: RuleBook) -> None:
    turned = replace(book, rules=book.rules[::-1])
    case = Case(Exchange(REPLY), book.scanner)
    (lines, _, total), (others, _, other) = (account(one, judge(one, case)) for one in (book, turned))
    assert [(line.item, line.points) for line in lines] == [(line.item, line.points) for line in others]
    assert total == other


@settings(deadline=None)
@given(books())
def test_every_rule_that_fires_is_a_finding_with_its_evidence(book: RuleBook) -> None:
    _, findings, _ = account(book, judge(book, Case(Exchange(REPLY), book.scanner)))
    expected = []
    for clause in book.clauses:
        for rule in sorted(book.rules, key=lambda rule: rule.points > 0):  # what takes points away comes first
            verdict = rule.when.check(None)  # type: ignore[arg-type]
            if rule.clause == clause.id and verdict.holds:
                evidence = verdict.spans or ((0, len(REPLY)),)
                expected += [(rule.id, *span) for span in (evidence if rule.each else evidence[:1])]
    assert [(finding.rule, finding.start, finding.end) for finding in findings] == expected
