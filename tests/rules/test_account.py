from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from csnlp.rules import Case, load_book
from csnlp.scoring.assemble import assemble
from csnlp.types import Exchange, Finding, Line, Score

from .conftest import by_hand, shown_total

WriteBook = Callable[..., Path]

HEAD = """
name: account
version: "1"
sections: [{id: norms, title: 规范, weight: 70}, {id: flow, title: 流程, weight: 30}]
clauses:
  - {id: N1, section: norms, title: 文明, weight: 15}
  - {id: N2, section: norms, title: 热情, weight: 20, starts_at: 0.5}
  - {id: P1, section: flow, title: 及时, weight: 5}
"""
# One rule with the letter of its name as its evidence; SILENT ones decide the clauses that nothing else decides.
SILENT = """
  - {id: N1-never, clause: N1, message: 无, severity: minor, points: -1, when: {regex: 永不}}
  - {id: N2-never, clause: N2, message: 无, severity: minor, points: -1, when: {regex: 永不}}
  - {id: P1-never, clause: P1, message: 无, severity: minor, points: -1, when: {regex: 永不}}
"""


@pytest.fixture
def scored(write_book: WriteBook) -> Callable[..., Score]:
    """The score of a reply by a book with the rules given (YAML), beside SILENT ones."""

    def score(reply: str, rules: str = "", settings: str = "", silent: str = SILENT) -> Score:
        book = load_book(write_book(f"{HEAD}{settings}\nrules:{silent}{rules}"))
        result = assemble(Case(Exchange(reply), book.scanner), book)
        if result.total is not None:
            assert by_hand(result) == pytest.approx(result.total, abs=1e-6) == pytest.approx(shown_total(result))
            assert 0 <= result.total <= 100
        return result

    return score


def points(score: Score) -> dict[str, tuple[float, float]]:
    return {line.item.split()[0]: (line.points, line.possible) for line in score.lines if line.possible}


def test_points_are_shared_out_by_weight(scored: Callable[..., Score]) -> None:
    score = scored("您好")
    assert points(score) == {"N1": (30, 30), "N2": (20, 40), "P1": (30, 30)}
    assert score.total == 80 and score.findings == () and score.not_applicable == {}
    assert [line.label for line in score.lines] == ["✓"] * 3


def test_a_clause_that_cannot_be_decided_leaves_its_points_to_the_others(scored: Callable[..., Score]) -> None:
    only_n = "\n".join(line for line in SILENT.splitlines() if "P1" not in line)
    score = scored("您好", silent=only_n)
    assert {name: possible for name, (_, possible) in points(score).items()} == {"N1": 42.86, "N2": 57.14}
    assert score.not_applicable == {"P1": "no_rule"}
    score = scored("您好", silent="\n".join(line for line in SILENT.splitlines() if "N1" not in line))
    assert {name: possible for name, (_, possible) in points(score).items()} == {"N2": 70, "P1": 30}


def test_nothing_decided_is_no_total(scored: Callable[..., Score]) -> None:
    info = "\n  - {id: I, clause: N1, message: 提示, severity: info, when: {regex: 提示}}"
    score = scored("您好", silent=info)
    assert score.total is None and score.band is None and score.lines == ()
    assert set(score.not_applicable) == {"N1", "N2", "P1"}


def rule(clause: str, points: float, **more: object) -> str:
    keys = {"id": "R", "clause": clause, "message": "坏", "points": points, "when": "{regex: 坏}", "severity": "minor"}
    return "\n  - {" + ", ".join(f"{key}: {value}" for key, value in (keys | more).items()) + "}"


def test_a_rule_takes_its_points_on_the_scale_of_the_clauses_weight(scored: Callable[..., Score]) -> None:
    score = scored("好坏", rule("N1", -5))
    assert points(score)["N1"] == (20, 30) and score.total == 70
    assert score.findings == (Finding("N1", "R", 1, 2, -10, "坏", "minor", ""),)
    assert score.lines[0].label == "R" and score.lines[0].score == pytest.approx(2 / 3)


def test_a_rule_takes_no_more_than_there_is(scored: Callable[..., Score]) -> None:
    score = scored("坏", rule("N1", -20) + rule("N1", -5, id="S"))
    assert points(score)["N1"] == (0, 30)
    assert [finding.points for finding in score.findings] == [-30, 0]


def test_praise_adds_no_more_than_is_possible(scored: Callable[..., Score]) -> None:
    score = scored("坏", rule("N2", 4, severity="praise"))
    assert points(score)["N2"] == (28, 40) and score.findings[0].points == 8
    assert points(scored("坏", rule("N2", 40, severity="praise")))["N2"] == (40, 40)
    assert points(scored("坏", rule("N1", 40, severity="praise")))["N1"] == (30, 30)


@pytest.mark.parametrize(
    ("options", "taken", "findings"),
    [
        ({}, -6, 1),
        ({"each": "true"}, -18, 3),
        ({"each": "true", "cap": 6}, -12, 3),
        ({"each": "true", "cap": 0}, 0, 3),
        ({"cap": 2}, -4, 1),
    ],
)
def test_each_piece_of_evidence_counts_up_to_the_cap(
    scored: Callable[..., Score], options: dict[str, object], taken: float, findings: int
) -> None:
    score = scored("坏坏，坏", rule("N1", -3, **options))
    assert points(score)["N1"] == (30 + taken, 30) and len(score.findings) == findings
    assert sum(finding.points for finding in score.findings) == pytest.approx(taken)
    assert [finding.start for finding in score.findings] == [0, 1, 3][:findings]


def test_a_remark_is_a_finding_without_points(scored: Callable[..., Score]) -> None:
    score = scored("坏", rule("N1", 0, severity="info"))
    assert score.total == 80 and [(f.rule, f.severity, f.points) for f in score.findings] == [("R", "info", 0)]


def test_a_rule_of_a_clause_that_weighs_nothing_is_a_finding_without_points(scored: Callable[..., Score]) -> None:
    extra = "\n  - {id: X, section: norms, title: 记录, weight: 0}\nbands: []"
    score = scored("坏", rule("X", -5), settings=extra)
    assert score.total == 80 and [finding.points for finding in score.findings] == [0]


def test_the_veto_of_a_section_takes_all_of_its_points(scored: Callable[..., Score]) -> None:
    score = scored("坏", rule("N1", -5, veto="section"))
    assert score.total == 30
    assert score.lines[-1] == Line("否决 norms", "R", 0, 0, 0, -40)


def test_the_veto_of_the_total_takes_everything_once(scored: Callable[..., Score]) -> None:
    score = scored("坏", rule("N1", -5, veto="total") + rule("P1", -1, veto="section", id="S"))
    assert score.total == 0 and [line.item for line in score.lines[3:]] == ["一票否决"]


def test_two_sections_can_be_vetoed(scored: Callable[..., Score]) -> None:
    score = scored("坏", rule("N1", -5, veto="section") + rule("P1", -1, veto="section", id="S"))
    assert score.total == 0 and [line.item for line in score.lines[3:]] == ["否决 norms", "否决 flow"]


CEILINGS = "ceilings: {critical: 40, major: 79}"


@pytest.mark.parametrize(
    ("rules", "total", "item"),
    [
        (rule("N1", -0.5, severity="major"), 79.0, None),
        (rule("N1", 0, severity="major"), 79.0, "封顶 79"),
        (rule("N1", -15, severity="major"), 50, None),
        (rule("N1", 0, severity="critical"), 40, "封顶 40"),
        (rule("N1", 0, severity="critical") + rule("P1", 0, severity="major", id="S"), 40, "封顶 40"),
        (rule("N1", 0, severity="minor"), 80, None),
        (rule("N1", -15, severity="critical", veto="section"), 30, None),
    ],
)
def test_a_grave_finding_sets_a_ceiling(
    scored: Callable[..., Score], rules: str, total: float, item: str | None
) -> None:
    score = scored("坏", rules, settings=CEILINGS)
    assert score.total == total
    assert [line.item for line in score.lines if line.item.startswith("封顶")] == ([item] if item else [])


def test_the_band_is_that_of_the_total(scored: Callable[..., Score]) -> None:
    bands = "bands: [{name: 合格, at_least: 75}, {name: 整改, at_least: 20}]"
    assert scored("您好", settings=bands).band == "合格"
    assert scored("坏", rule("N1", -15), settings=bands).band == "整改"
    assert scored("坏", rule("N1", -15, veto="total"), settings=bands).band is None


@pytest.mark.parametrize("clauses", [1, 3, 6, 7, 9, 11, 13, 17])
def test_a_reply_without_a_fault_has_a_hundred_points_however_many_clauses_share_them(
    clauses: int, write_book: WriteBook
) -> None:
    names = [f"C{number}" for number in range(clauses)]
    text = "name: even\nversion: 1\nsections: [{id: s, title: t, weight: 3}]\nclauses:\n"
    text += "".join(f"- {{id: {name}, section: s, title: t, weight: 7}}\n" for name in names) + "rules:\n"
    text += "".join(rule(name, -1, id=f"{name}-r").lstrip("\n") + "\n" for name in names)
    book = load_book(write_book(text))
    score = assemble(Case(Exchange("您好"), book.scanner), book)
    assert score.total == 100 == shown_total(score) and by_hand(score) == pytest.approx(100, abs=1e-6)


def test_each_finding_of_a_typo_names_its_own_correction() -> None:
    book = load_book("taobao")
    reply = "您的包果到了，帮您合实一下"
    found = [
        f for f in assemble(Case(Exchange(reply), book.scanner), book).findings if f.rule == "N1.2-wrong-character"
    ]
    assert [f.message.partition("（")[2] for f in found] == ["包果→包裹）", "合实一下→核实一下）"]


def test_the_account_names_findings_suggestions_and_what_was_not_decided(scored: Callable[..., Score]) -> None:
    only_n = "\n".join(line for line in SILENT.splitlines() if "P1" not in line)
    shown = scored("坏", rule("N1", -5, suggestion="换个说法"), silent=only_n).explain()
    assert "R [0:1] -14.29 坏" in shown and "→ 换个说法" in shown and "n/a P1: 没有规则" in shown
