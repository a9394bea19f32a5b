"""``csnlp rules`` with a book whose own check (``python: NAME``) fails."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import csnlp
from csnlp.cli.main import main
from csnlp.rules import Case, load_book, register_check
from csnlp.rules.kinds import plugin
from csnlp.types import Exchange, Prediction

FAILED = "check tests.fragile: failed with ValueError"
BOOK = """\
name: small
version: "1"
sections: [{id: s, title: 规范, weight: 1}]
clauses: [{id: N1, section: s, title: 文明, weight: 10}]
rules:
  - {id: N1-push, clause: N1, message: 推诿, severity: major, points: -8, when: {regex: 自己看},
     examples: {fires: [您自己看, 自己看, 自己看哦], silent: [我帮您看, 您好, 好的]}}
  - {id: N1-own, clause: N1, message: 感谢, severity: praise, points: 1,
     when: {any: [{regex: 谢谢|您自己看}, {python: tests.fragile}]},
     examples: {fires: [谢谢, 谢谢您, 谢谢亲], silent: [好, 不在, 不知道]}}
"""
CHATS = [
    {"id": "a", "question": "在吗", "reply": "不归我们管"},
    {"no": "reply"},
    {"id": "b", "question": "在吗", "reply": "在的，谢谢"},
    {"id": "c", "reply": "不知道"},
]


class AllWarm:
    def predict(self, exchanges: Sequence[Exchange], /) -> Prediction:
        return Prediction({"politeness": np.tile(np.float32([0, 0, 0, 0, 1]), (len(exchanges), 1))})


@pytest.fixture(autouse=True)
def _files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A book with a check that fails on a reply that begins with 不, and holds of none; and chats."""
    monkeypatch.setattr(plugin, "_checks", dict(plugin._checks))

    def fragile(case: Case) -> bool:
        if case.exchange.reply.startswith("不"):
            raise ValueError(case.exchange.reply)
        return False

    register_check("tests.fragile", fragile)
    monkeypatch.setenv("COLUMNS", "240")
    monkeypatch.chdir(tmp_path)
    Path("own.yaml").write_text(BOOK, encoding="utf-8")
    rows = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in CHATS)
    Path("chats.jsonl").write_text(rows, encoding="utf-8")
    monkeypatch.setattr(csnlp, "load", lambda *arguments, **options: csnlp.Scorer(AllWarm(), load_book("own.yaml")))


@pytest.mark.parametrize("command", [["coverage", "own.yaml"], ["try", "own.yaml"], ["diff", "own.yaml", "own.yaml"]])
@pytest.mark.parametrize("scores", ["scores.jsonl", "scores.parquet"])
def test_a_reply_that_the_check_failed_on_when_it_was_scored_does_not_stop_the_command(
    command: list[str], scores: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["score", "chats.jsonl", "-o", scores, "--book", "own.yaml", "--probabilities"]) == 2
    capsys.readouterr()
    assert main(["rules", *command, "chats.jsonl", "--scores", scores]) == 0
    out, err = capsys.readouterr()
    assert "on 1 replies" in out or "1" in next(line for line in out.splitlines() if "Replies 回复" in line)
    assert f"a: {FAILED}" in err and f"c: {FAILED}" in err and "2 replies not judged" in err
    assert "1 bad rows 坏行" in err and "不知道" not in err


def test_lint_names_the_check_once_and_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "lint", "own.yaml"]) == 1
    out, err = capsys.readouterr()
    *problems, last = out.splitlines()
    assert last == f"{len(problems)} problems" and err == ""
    (failing,) = [problem for problem in problems if FAILED in problem]
    assert failing.startswith("own.yaml:") and f": N1-own: {FAILED}, e.g. on '不在'; let it return" in failing
    assert any("N1-push: has no suggestion" in problem for problem in problems)
    assert any("N1-own: praises what N1-push blames, e.g. '您自己看'" in problem for problem in problems)
