from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import csnlp.models
from csnlp.cli.main import main
from csnlp.types import Exchange, Prediction

from .conftest import CHATS, SCORES, changed, row_of, write_rows

pytestmark = pytest.mark.usefixtures("rule_files")


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


def test_no_rule_that_is_asked_for_is_passed_over(capsys: pytest.CaptureFixture[str]) -> None:
    wanted = ["--rule", "N2", "--rule", "TYPO99", "--rule", "N8"]
    assert main(["rules", "try", "book.yaml", "chats.jsonl", *wanted, *SCORES]) == 1
    assert "the book has none of TYPO99, N8; see" in capsys.readouterr().err


def test_the_name_of_a_book_is_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    book = changed("name: small", "name: '[/red]small[bold]'")
    for command in (["list", book], ["coverage", book], ["try", book, "chats.jsonl", *SCORES]):
        assert main(["rules", *command]) == 0
        assert "[/red]small[bold] 3" in capsys.readouterr().out


def test_an_id_forges_no_line_and_shows_no_number(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [{"id": id, "reply": "不归我们管\u202e"} for id in ("a\nN9.9-fake\u202e", "13800138000")]
    write_rows("ids.jsonl", rows)
    write_rows("ids-scores.jsonl", [{"id": row["id"], "act_scores": {}, "probabilities": {}} for row in rows])
    assert main(["rules", "try", "book.yaml", "ids.jsonl", "--scores", "ids-scores.jsonl"]) == 0
    out = capsys.readouterr().out
    assert (
        "  a N9.9-fake  客：" in out and "  [手机号]  客：" in out and "13800138000" not in out and "\u202e" not in out
    )


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
