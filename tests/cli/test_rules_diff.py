from __future__ import annotations

from pathlib import Path

import pytest

from csnlp.cli.main import main

from .conftest import SCORES, changed, row_of, write_rows

pytestmark = pytest.mark.usefixtures("rule_files")


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
