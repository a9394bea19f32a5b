from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import csnlp.models
from csnlp.cli.main import main
from csnlp.heads import HEADS
from csnlp.rules import Case, register_check
from csnlp.rules.kinds import plugin
from csnlp.types import Exchange, Prediction

BOOK = """\
name: small
version: "3"
sections: [{id: s, title: 规范, weight: 1}]
ceilings: {critical: 40, major: 79}
bands: [{name: 合格, at_least: 60}, {name: 不合格, at_least: 0}]
clauses:
  - {id: N1, section: s, title: 文明, weight: 10}
  - id: N2
    section: s
    title: 热情
    weight: 10
    credit: {head: politeness, rude: 0, cold: 0, neutral: 1, polite: 1, warm: 1}
rules:
  - id: N1-push
    clause: N1
    message: 推诿
    suggestion: 我帮您核实
    severity: major
    points: -8
    when: {regex: 不归我们管|自己看}
    examples:
      fires: [这个不归我们管, 您自己看, 不归我们管哦]
      silent: [我帮您看, 您好, 好的]
  - id: N1-slow
    clause: N1
    message: 回复慢
    suggestion: 请尽快
    severity: minor
    points: -2
    when: {reply_time: {over: 60}}
    examples:
      fires:
        - {reply: 在的, context: ["客@0：在吗"], at: 61}
        - {reply: 在的, context: ["客@0：在吗"], at: 600}
        - {reply: 在的, context: ["客@5：在吗", "客@50：？"], at: 70}
      silent:
        - {reply: 在的, context: ["客@0：在吗"], at: 30}
        - {reply: 在的, context: ["客：在吗"]}
        - 在的
  - {id: N2-thanks, clause: N2, message: 感谢, severity: info, when: {regex: 谢谢},
     examples: {fires: [谢谢, 谢谢您, 谢谢亲], silent: [好, 在, 嗯]}}
"""
CHATS = [
    {"id": "a", "question": "我的电话13800000000", "reply": "不归我们管，打13900000000吧"},
    {"id": "b", "question": "在吗", "reply": "在的，谢谢"},
    {"id": "[/red]c", "reply": "[bold]您自己看[/bold]"},
]


@pytest.fixture(autouse=True)
def _files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("COLUMNS", "240")
    monkeypatch.chdir(tmp_path)
    Path("book.yaml").write_text(BOOK, encoding="utf-8")
    write_rows("chats.jsonl", CHATS)
    probabilities = {"politeness": dict(zip(HEADS["politeness"].labels, (0, 0, 0, 1.0, 0), strict=True))}
    write_rows("scores.jsonl", [{"id": row["id"], "act_scores": {}, "probabilities": probabilities} for row in CHATS])


def write_rows(name: str, rows: Sequence[object]) -> None:
    Path(name).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def changed(old: str, new: str, name: str = "changed.yaml") -> str:
    assert BOOK.count(old) >= 1
    Path(name).write_text(BOOK.replace(old, new), encoding="utf-8")
    return name


SCORES = ["--scores", "scores.jsonl"]


def row_of(out: str, name: str) -> str:
    """The line of a printed table that has ``name``."""
    return next(line for line in out.splitlines() if name in line)


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


def test_coverage_on_chats_says_how_often_and_why_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "coverage", "book.yaml", "chats.jsonl", *SCORES]) == 0
    out = capsys.readouterr().out
    assert "small 3 on 3 replies" in out
    assert "100.0 %" in row_of(out, "N1 文明") and "66.7 %" in row_of(out, "N1 文明")
    slow_only = changed("{regex: 不归我们管|自己看}", "{reply_time: {over: 9}}")
    assert main(["rules", "coverage", slow_only, "chats.jsonl", *SCORES]) == 0
    out = capsys.readouterr().out
    assert "no_time 66.7 %, no_customer 33.3 %" in row_of(out, "N1 文明")
    assert "no_time: 没有时间" in out


def test_try_counts_hits_and_shows_samples_without_personal_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "try", "book.yaml", "chats.jsonl", *SCORES]) == 0
    out = capsys.readouterr().out
    assert "66.7 %" in row_of(out, "N1-push") and row_of(out, "N1-slow").split("│")[2].strip() == "0"
    assert "a  客：我的电话[手机号]  服：不归我们管，打[手机号]吧  「不归我们管」" in out
    assert "13800000000" not in out and "13900000000" not in out
    assert "[/red]c" in out and "[bold]您自己看[/bold]" in out


@pytest.mark.parametrize("pattern", ["1[0-9]{10}", "打139[0-9]{4}", "[0-9]{8}", "吧"])
def test_evidence_that_cuts_through_a_number_does_not_show_it(pattern: str, capsys: pytest.CaptureFixture[str]) -> None:
    name = changed("{regex: 不归我们管|自己看}", f"{{regex: '{pattern}'}}")
    assert main(["rules", "try", name, "chats.jsonl", "--rule", "N1-push", *SCORES]) == 0
    out = capsys.readouterr().out
    assert "服：不归我们管，打[手机号]吧" in out and "139" not in out


def test_try_can_be_limited_to_rules_and_clauses(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "try", "book.yaml", "chats.jsonl", "--rule", "N2", *SCORES]) == 0
    out = capsys.readouterr().out
    assert "N2-thanks" in out and "N1-push" not in out
    assert main(["rules", "try", "book.yaml", "chats.jsonl", "--rule", "N7", *SCORES]) == 1
    assert "the book has none of N7" in capsys.readouterr().err


def test_diff_of_a_book_with_itself_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "diff", "book.yaml", "book.yaml", "chats.jsonl", *SCORES]) == 0
    out = capsys.readouterr().out
    assert "0 (0.0 %)" in row_of(out, "Changed") and "Largest" not in out and "Bands" not in out


def test_diff_shows_what_changes_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    new = changed("points: -8", "points: -10\n    veto: total")
    text = Path(new).read_text(encoding="utf-8").replace("when: {regex: 谢谢}", "when: {regex: 在的}")
    Path(new).write_text(text.replace("N2-thanks", "N2-here"), encoding="utf-8")
    assert main(["rules", "diff", "book.yaml", new, "chats.jsonl", *SCORES]) == 0
    out = capsys.readouterr().out
    # a and c: 50 of politeness and 10 of 50 of wording before, nothing after; b: 100 both times, other findings.
    assert "3 (100.0 %)" in row_of(out, "Changed")
    assert "73.33" in row_of(out, "Mean before") and "33.33" in row_of(out, "Mean after")
    assert [cell.strip() for cell in row_of(out, "│ 合格").split("│")[1:4]] == ["合格", "不合格", "2"]
    assert [cell.strip() for cell in row_of(out, "│ N2-here").split("│")[1:4]] == ["N2-here", "0", "1"]
    assert [cell.strip() for cell in row_of(out, "│ N2-thanks").split("│")[1:4]] == ["N2-thanks", "1", "0"]
    changes = row_of(out, "不归我们管，打[手机号]吧")
    assert "60.00" in changes and "0.00" in changes and "13900000000" not in out
    assert "[/red]c" in out and "[bold]您自己看[/bold]" in out


UNDECIDED = """\
name: undecided
version: "1"
sections: [{id: s, title: 规范, weight: 1}]
clauses: [{id: N1, section: s, title: 文明, weight: 10}]
rules: [{id: N1-push, clause: N1, message: 推诿, severity: major, points: -8, when: {regex: 不归我们管|自己看},
         applies: {regex: 管|谢}}]
"""


def test_replies_that_a_book_does_not_decide_are_not_in_its_mean(capsys: pytest.CaptureFixture[str]) -> None:
    Path("old.yaml").write_text(UNDECIDED, encoding="utf-8")
    Path("new.yaml").write_text(UNDECIDED.replace("管|谢", "看|谢").replace("-8", "-9"), encoding="utf-8")
    assert main(["rules", "diff", "old.yaml", "new.yaml", "chats.jsonl", *SCORES]) == 0
    out = capsys.readouterr().out
    # before: a 20, b 100, c undecided; after: a undecided, b 100, c 10.
    assert "60.00" in row_of(out, "Mean before") and "55.00" in row_of(out, "Mean after")
    Path("none.yaml").write_text(UNDECIDED.replace("管|谢", "没有"), encoding="utf-8")
    assert main(["rules", "diff", "none.yaml", "none.yaml", "chats.jsonl", *SCORES]) == 0
    assert row_of(capsys.readouterr().out, "Mean before").split("│")[2].strip() == "–"


def test_a_reply_that_becomes_decided_is_not_the_largest_change_of_the_total(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("old.yaml").write_text(UNDECIDED, encoding="utf-8")
    Path("new.yaml").write_text(UNDECIDED.replace("管|谢", "管|谢|好").replace("-8", "-9"), encoding="utf-8")
    rows = [{"id": "decided", "reply": "您好"}, {"id": "lower", "reply": "不归我们管"}]
    write_rows("two.jsonl", rows)
    scores = [{"id": row["id"], "probabilities": {}} for row in rows]
    write_rows("two-scores.jsonl", scores)
    assert main(["rules", "diff", "old.yaml", "new.yaml", "two.jsonl", "--scores", "two-scores.jsonl"]) == 0
    out = capsys.readouterr().out
    assert out.index("lower") < out.index("decided")


COMMANDS = [["coverage", "book.yaml"], ["try", "book.yaml"], ["diff", "book.yaml", "book.yaml"]]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("scores", [SCORES, []], ids=["scores", "model"])
def test_bad_rows_are_told(
    command: list[str], scores: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(csnlp.models, "load_model", lambda name: AllWarm())
    write_rows("mixed.jsonl", [CHATS[0], {"id": "bad", "回复正文": "您好"}, {"no": "reply"}, *CHATS[1:]])
    assert main(["rules", *command, "mixed.jsonl", *scores]) == 0
    out, err = capsys.readouterr()
    assert "3" in out and "2 bad rows 坏行, the first: mixed.jsonl:2 (id bad): reply: " in err


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("scores", [SCORES, []], ids=["scores", "model"])
def test_chats_of_bad_rows_alone_are_no_table_of_nothing(
    command: list[str], scores: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(csnlp.models, "load_model", lambda name: AllWarm())
    write_rows("renamed.jsonl", [{"id": row["id"], "回复正文": row["reply"]} for row in CHATS])
    assert main(["rules", *command, "renamed.jsonl", *scores]) == 1
    out, err = capsys.readouterr()
    assert out == "" and "no row can be scored: 3 bad rows 坏行, the first: renamed.jsonl:1 (id a): reply: " in err
    assert "--map reply=COLUMN" in err


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


class AllWarm:
    def predict(self, exchanges: Sequence[Exchange], /) -> Prediction:
        return Prediction({"politeness": np.tile(np.float32([0, 0, 0, 0, 1]), (len(exchanges), 1))})


def test_without_scores_the_model_runs_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(csnlp.models, "load_model", lambda name: AllWarm())
    assert main(["rules", "try", "book.yaml", "chats.jsonl"]) == 0
    out, err = capsys.readouterr()
    assert "66.7 %" in row_of(out, "N1-push") and "the model runs on every reply" in err


def test_with_scores_no_model_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        raise AssertionError("a model was loaded")

    monkeypatch.setattr(csnlp.models, "load_model", fail)
    assert main(["rules", "coverage", "book.yaml", "chats.jsonl", *SCORES, "--model", "none"]) == 0


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


OWN = ["--format", "csv", "--map", "reply=正文", "--encoding", "big5"]


@pytest.mark.parametrize(
    "command", [["coverage", "book.yaml"], ["try", "book.yaml"], ["diff", "book.yaml", "book.yaml"]]
)
def test_chats_are_read_as_the_options_say(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    rows = "".join(f"{row['id']},{text}\n" for row, text in zip(CHATS, ("您好", "您好", "自己看"), strict=True))
    Path("chats.data").write_bytes(f"id,正文\n{rows}".encode("big5", "replace"))
    assert main(["rules", *command, "chats.data", *OWN, *SCORES]) == 0
    assert "3" in capsys.readouterr().out
    assert main(["rules", *command, "chats.data", *SCORES]) == 1
    assert "--format" in capsys.readouterr().err


def test_chats_without_rows_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty.jsonl").touch()
    assert main(["rules", "try", "book.yaml", "empty.jsonl", *SCORES]) == 1
    assert "empty.jsonl holds no rows" in capsys.readouterr().err


def test_without_a_command_there_is_help_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    out, err = capsys.readouterr()
    assert "coverage" in out and err == ""
