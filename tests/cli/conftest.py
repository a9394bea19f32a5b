"""Two rows for ``csnlp score``; a small rule book, a few chats and their scores for ``csnlp rules``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from csnlp.heads import HEADS

GOOD = '{"id": "a", "question": "我要投诉物流", "reply": "亲，马上查"}\n{"id": "b", "reply": "好的"}\n'

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
SCORES = ["--scores", "scores.jsonl"]


@pytest.fixture
def rule_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Makes a fresh folder that holds them the working directory."""
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


def row_of(out: str, name: str) -> str:
    """The line of a printed table that has ``name``."""
    return next(line for line in out.splitlines() if name in line)
