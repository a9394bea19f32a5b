from __future__ import annotations

from pathlib import Path

import pytest

from csnlp.cli.main import main
from csnlp.rules import Case, register_check
from csnlp.rules.kinds import plugin

from .conftest import CHATS, SCORES, changed, row_of, write_rows

pytestmark = pytest.mark.usefixtures("rule_files")


def test_list_shows_every_clause_and_rule(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "list", "book.yaml"]) == 0
    out = capsys.readouterr().out
    assert "small 3: 2 clauses, 3 rules" in out and "credit by politeness" in out
    assert all(said in row_of(out, "N1-push") for said in ("N1 文明 (10)", "major", "-8", "regex", "推诿"))
    assert "reply_time" in row_of(out, "N1-slow")


def test_list_shows_vetoes_and_points_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "list", changed("points: -8", "points: -8\n    each: true\n    veto: total")]) == 0
    assert "-8×n 否决 total" in row_of(capsys.readouterr().out, "N1-push")


def test_lint_of_a_clean_book(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "lint", "book.yaml"]) == 0
    assert capsys.readouterr().out == "0 problems\n"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("clauses:\n", "clauses:\n  - {id: N9, section: s, title: 空, weight: 1}\n", "N9: has no rule and no credit"),
        ("weight: 1}]", "weight: 1}, {id: t, title: 空, weight: 1}]", "t: is a section without clauses"),
        ("ceilings: {critical: 40, ", "ceilings: {critical: 90, ", "ceilings: a graver finding leaves a higher"),
        ("points: -8", "points: -8\n    until: 2020-01-01", "N1-push: is dead: it ended on 2020-01-01"),
        (", 您自己看, 不归我们管哦", "", "N1-push: has fewer than 3 firing or 3 silent examples"),
        ("points: -8", "points: -80", "N1-push: has -80 points, more than its clause weighs (10)"),
        ("    suggestion: 我帮您核实\n", "", "N1-push: has no suggestion how to say it instead"),
        (
            "clause: N2, message: 感谢, severity: info, when: {regex: 谢谢}",
            "clause: N1, message: 感谢, severity: praise, points: 1, when: {regex: 不归}",
            "N2-thanks: praises what N1-push blames, e.g. '这个不归我们管'",
        ),
        (
            "clause: N2, message: 感谢, severity: info, when: {regex: 谢谢}",
            "clause: N1, message: 感谢, severity: info, when: {regex: 不归我们管|自己看}",
            "N2-thanks: asks the same as N1-push: a reply pays twice",
        ),
    ],
)
def test_lint_finds_what_is_wrong_with_a_book_that_loads(
    old: str, new: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    name = changed(old, new)
    assert main(["rules", "lint", name]) == 1
    *problems, last = capsys.readouterr().out.splitlines()
    assert any(said in problem for problem in problems) and last == f"{len(problems)} problems"


def test_a_clause_that_weighs_nothing_may_be_left_without_rules(capsys: pytest.CaptureFixture[str]) -> None:
    name = changed("clauses:\n", "clauses:\n  - {id: N9, section: s, title: 空, weight: 0}\n")
    assert main(["rules", "lint", name]) == 0
    assert capsys.readouterr().out == "0 problems\n"


def test_the_examples_of_a_good_book_pass(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "test", "book.yaml"]) == 0
    assert capsys.readouterr().out == "3 rules, 18 examples, 0 failed\n"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[这个不归我们管,", "[好的,", "N1-push: should fire, is silent: 好的"),
        ("silent: [我帮您看,", "silent: [请自己看,", "N1-push: should be silent, fires at ((1, 4),): 请自己看"),
        ("at: 61", "at: 60", "N1-slow: should fire, is silent: 在的"),
        (', context: ["客@0：在吗"], at: 61', "", "N1-slow: should fire, no_customer: 在的"),
    ],
)
def test_an_example_that_fails_is_named(old: str, new: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    name = changed(old, new)
    assert main(["rules", "test", name]) == 1
    failed, summary = capsys.readouterr().out.splitlines()
    assert failed.startswith("changed.yaml:") and failed.endswith(said)
    assert summary == "3 rules, 18 examples, 1 failed"


def test_coverage_of_a_book_says_what_decides_each_clause_and_needs_what(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "coverage", "book.yaml"]) == 0
    out = capsys.readouterr().out
    assert all(said in row_of(out, "N1 文明") for said in ("regex, reply_time", "times 时间"))
    assert "head, regex" in row_of(out, "N2 热情")


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> str:
    """A book with a check that fails on a reply that begins with [ or 不, and holds of none."""
    monkeypatch.setattr(plugin, "_checks", dict(plugin._checks))

    def fragile(case: Case) -> bool:
        if case.exchange.reply.startswith(("[", "不")):
            raise ValueError(case.exchange.reply)
        return False

    register_check("tests.fragile", fragile)
    return changed("when: {regex: 谢谢}", "when: {any: [{regex: 谢谢}, {python: tests.fragile}]}")


FAILED = "check tests.fragile: failed with ValueError"


@pytest.mark.parametrize("command", ["coverage", "try", "diff"])
def test_a_check_that_fails_costs_its_reply_and_not_the_command(
    command: str, checked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    books = ["book.yaml", checked] if command == "diff" else [checked]
    assert main(["rules", command, *books, "chats.jsonl", *SCORES]) == 0
    out, err = capsys.readouterr()
    assert "on 1 replies" in out or "1" in row_of(out, "Replies 回复")
    assert f"a: {FAILED}" in err and f"[/red]c: {FAILED}" in err and "2 replies not judged" in err
    assert "自己看" not in err


def test_a_check_that_fails_on_every_reply_is_no_table_of_nothing(
    checked: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write_rows("one.jsonl", CHATS[:1])
    write_rows("one-scores.jsonl", [{"id": "a", "probabilities": {}}])
    assert main(["rules", "coverage", checked, "one.jsonl", "--scores", "one-scores.jsonl"]) == 1
    out, err = capsys.readouterr()
    assert out == "" and f"no reply could be judged: {FAILED}" in err


def test_a_check_that_fails_on_an_example_fails_the_example(checked: str, capsys: pytest.CaptureFixture[str]) -> None:
    text = Path(checked).read_text(encoding="utf-8")
    Path(checked).write_text(text.replace("silent: [好, 在, 嗯]", "silent: [好, 不在, 嗯]"), encoding="utf-8")
    assert main(["rules", "test", checked]) == 1
    failed, summary = capsys.readouterr().out.splitlines()
    assert failed.startswith("changed.yaml:") and f"N2-thanks: {FAILED}" in failed and failed.endswith("不在")
    assert summary == "3 rules, 18 examples, 1 failed"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["list", "gone.yaml"], "no rule book 'gone.yaml'"),
        (["lint", "broken.yaml"], "broken.yaml:3: broken: sections: expected a list"),
        (["try", "book.yaml", "gone.jsonl", *SCORES], "no such file"),
        (["try", "book.yaml", "chats.jsonl", "--scores", "gone.jsonl"], "gone.jsonl"),
        (["try", "book.yaml", "chats.jsonl", "--scores", "chats.jsonl"], "has no probabilities"),
        (["diff", "book.yaml", "gone.yaml", "chats.jsonl", *SCORES], "no rule book 'gone.yaml'"),
        (["coverage", "book.yaml", "one.jsonl", *SCORES], "the scores are not those of these chats"),
        (["coverage", "book.yaml", "chats.jsonl", *SCORES, "--facts", "gone.yaml"], "gone.yaml"),
        (["fly"], "fly"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("broken.yaml").write_text("name: a\nversion: 1\nsections: none\n", encoding="utf-8")
    write_rows("one.jsonl", [{"id": "z", "reply": "您好"}])
    assert main(["rules", *arguments]) == 1
    err = capsys.readouterr().err
    assert said in err and "Traceback" not in err and len(err.strip().splitlines()) == 1


def test_the_commands_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--help"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in ("list", "lint", "test", "coverage", "try", "diff"))


def test_without_a_command_there_is_help_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    out, err = capsys.readouterr()
    assert "coverage" in out and err == ""
