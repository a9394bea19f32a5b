from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

import csnlp
import csnlp.io
from csnlp.cli.main import main
from csnlp.errors import ModelError
from csnlp.io import BadRow
from csnlp.io.job import CHUNK
from csnlp.types import Exchange, Finding, HeadScore, Score

from .conftest import GOOD


class FakeScorer:
    def metadata(self) -> dict[str, str]:
        return {"model": "fake", "model_version": "1"}

    def score_many(self, items: Iterable[Exchange | BadRow]) -> Iterator[Score]:
        for exchange in items:
            if isinstance(exchange, BadRow):
                yield Score(error=exchange.reason)
                continue
            if exchange.reply == "停":
                raise KeyboardInterrupt
            angry = "投诉" in "".join(turn.text for turn in exchange.context)
            yield Score(
                id=exchange.id,
                politeness=HeadScore("warm", 0.9, {"warm": 0.9}, 0.9),
                complaint=HeadScore("complaint" if angry else "none", 0.9, {}, 0.5),
                complaint_type=HeadScore("logistics", 0.9, {}) if angry else None,
                review=angry,
                total=80.0,
            )


def load(
    model: str = "bert", book: str = "taobao", *, device: str = "cpu", threads: int = 0, facts: str | None = None
) -> FakeScorer:
    if model != "bert":
        raise ModelError(f"there is no model {model!r}; the models are baseline, bert")
    return FakeScorer()


@pytest.fixture(autouse=True)
def _fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(csnlp, "load", load, raising=False)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.chdir(tmp_path)


def test_all_rows_scored(tmp_path, capsys):
    Path("chats.jsonl").write_text(GOOD, encoding="utf-8")
    assert main(["score", "chats.jsonl", "-o", "scores.csv"]) == 0
    out = capsys.readouterr().out
    for said in (
        "Politeness 礼貌",
        "warm 热情",
        "n/a 不适用",
        "logistics 物流",
        "50.0 %",
        "80.0",
        "scores.csv",
    ):
        assert said in out
    assert Path("scores.csv").read_text(encoding="utf-8-sig").splitlines()[1].startswith("a,warm,0.9")


def test_the_id_of_a_rule_is_no_markup(monkeypatch, capsys):
    finding = Finding("N4.3", "N4.3[/a]", 0, 1, -1.0, "问题")

    class Finds(FakeScorer):
        def score_many(self, items):
            return (Score(id=item.id, total=1.0, findings=(finding,)) for item in items)

    monkeypatch.setattr(csnlp, "load", lambda *arguments, **options: Finds())
    Path("chats.jsonl").write_text(GOOD, encoding="utf-8")
    assert main(["score", "chats.jsonl", "-o", "scores.jsonl"]) == 0
    assert "N4.3[/a]" in capsys.readouterr().out


def test_some_rows_bad(capsys):
    Path("chats.jsonl").write_text(GOOD + "{oops\n" + '{"reply": ""}\n', encoding="utf-8")
    assert main(["score", "chats.jsonl", "-o", "scores.jsonl"]) == 2
    err = capsys.readouterr().err
    assert "chats.jsonl:3" in err and "chats.jsonl:4: reply: is empty" in err and "scores.jsonl.errors.jsonl" in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["none.jsonl"], "no such file"),
        (["chats.jsonl", "--model", "gpt"], "the models are baseline, bert"),
        (["chats.jsonl", "-o", "scores.xlsx"], "*.parquet"),
        (["chats.jsonl", "-o", "no/scores.csv"], "no such folder"),
        (["chats.jsonl", "--map", "reply"], "FIELD=COLUMN"),
        (["chats.jsonl", "--map", "reply=a", "--map", "reply=b"], "--map gives reply twice (a, b)"),
        (["chats.jsonl", "--map", "answer=x"], "reply"),
        (["chats.jsonl", "--format", "pdf"], "transcript"),
        (["chats.jsonl", "--encoding", "klingon"], "gb18030"),
        (["table.csv", "--map", "reply=正文"], "编号, 回复"),
        ([], "INPUT"),
        (["chats.jsonl", "--nonsense"], "--nonsense"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(capsys, arguments, said):
    Path("chats.jsonl").write_text(GOOD, encoding="utf-8")
    Path("table.csv").write_text("编号,回复\n1,好\n", encoding="utf-8")
    assert main(["score", *arguments]) == 1
    err = capsys.readouterr().err
    assert said in err and "Traceback" not in err
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize("output", [[], ["-o", "scores.jsonl"], ["-o", "-"]])
def test_ids_that_come_again_are_told_once_at_the_end(capsys, output):
    Path("chats.jsonl").write_text(GOOD * 3 + '{"id": "c", "reply": "好"}\n', encoding="utf-8")
    assert main(["score", "chats.jsonl", *output]) == 0
    out, err = capsys.readouterr()
    assert err.count("2 ids occur more than once 重复编号, the first: a") == 1
    (line,) = [line for line in (out + err).splitlines() if "Repeated ids 重复编号" in line]
    assert "2" in line


@pytest.mark.parametrize("output", [[], ["-o", "scores.jsonl"], ["-o", "-"]])
def test_an_id_shows_no_number_to_people_and_stays_whole_for_joining(capsys, output):
    number = "13800138000"
    row = f'{{"id": "{number}", "reply": "好"}}\n'
    Path("chats.jsonl").write_text(row * 2 + f'{{"id": "{number}", "reply": ""}}\n', encoding="utf-8")
    assert main(["score", "chats.jsonl", *output]) == 2
    out, err = capsys.readouterr()
    assert "(id [手机号]): reply: is empty" in err and "the first: [手机号]" in err and number not in err
    assert (number in out) == (output == ["-o", "-"])
    if output == ["-o", "scores.jsonl"]:
        for name in ("scores.jsonl", "scores.jsonl.errors.jsonl"):
            assert json.loads(Path(name).read_text(encoding="utf-8").splitlines()[0])["id"] == number


def test_the_place_of_a_bad_row_is_no_emoji(capsys):
    Path("chats.jsonl").write_text('{"reply": "好"}\n' * 99 + "{oops\n", encoding="utf-8")
    assert main(["score", "chats.jsonl", "-o", "scores.jsonl"]) == 2
    assert "bad row 坏行: chats.jsonl:100: line: " in capsys.readouterr().err


def test_the_name_of_a_file_cannot_command_the_terminal(capsys):
    Path("a\x1b[31m.jsonl").write_text('{"reply": "好"}\n{\n', encoding="utf-8")
    assert main(["score", "a\x1b[31m.jsonl", "-o", "b\x1b[31m.jsonl"]) == 2
    assert main(["score", "a\x1b[31m.jsonl", "-o", "b\x1b[31m.xlsx"]) == 1
    Path("a\x1b[31m.jsonl").write_text("", encoding="utf-8")
    assert main(["score", "a\x1b[31m.jsonl"]) == 1
    out, err = capsys.readouterr()
    assert "\x1b" not in out + err and "a [31m.jsonl:2" in out + err


def test_ids_that_differ_are_not_spoken_of(capsys):
    Path("chats.jsonl").write_text(GOOD, encoding="utf-8")
    assert main(["score", "chats.jsonl", "-o", "scores.jsonl"]) == 0
    assert "重复编号" not in "".join(capsys.readouterr())


def test_nothing_scored(capsys):
    Path("chats.jsonl").write_text("{oops\n", encoding="utf-8")
    assert main(["score", "chats.jsonl", "-o", "scores.csv"]) == 1
    assert "no row could be scored" in capsys.readouterr().err
    assert not Path("scores.csv").exists()


def test_without_an_output_the_scores_are_shown(capsys):
    Path("chats.jsonl").write_text(GOOD + '{"id": "[red]c", "reply": "好"}\n' * 30, encoding="utf-8")
    assert main(["score", "chats.jsonl"]) == 0
    out = capsys.readouterr().out
    assert "complaint 投诉" in out and "[red]c" in out and "12 more" in out and "Summary 汇总" in out


def test_rows_to_the_standard_output_are_nothing_but_rows(capsys):
    Path("chats.jsonl").write_text(GOOD + "{oops\n", encoding="utf-8")
    assert main(["score", "chats.jsonl", "-o", "-"]) == 2
    out, err = capsys.readouterr()
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["a", "b"]
    assert "chats.jsonl:3" in err and "Summary" in err


def test_ctrl_c_says_how_to_go_on(capsys):
    Path("chats.jsonl").write_text(GOOD * CHUNK + '{"reply": "停"}\n', encoding="utf-8")
    assert main(["score", "chats.jsonl", "-o", "scores.csv"]) == 130
    assert "goes on" in capsys.readouterr().err


def test_ctrl_c_promises_nothing_where_nothing_is_kept(capsys):
    Path("chats.jsonl").write_text(GOOD + '{"reply": "停"}\n', encoding="utf-8")
    assert main(["score", "chats.jsonl", "-o", "scores.csv"]) == 130
    assert "Stopped; nothing is kept." in capsys.readouterr().err


def test_an_interrupted_run_of_other_options_needs_restart(capsys):
    Path("chats.jsonl").write_text('{"reply": "停"}\n', encoding="utf-8")
    assert main(["score", "chats.jsonl", "-o", "scores.csv"]) == 130
    Path("chats.jsonl").write_text(GOOD, encoding="utf-8")
    assert main(["score", "chats.jsonl", "-o", "scores.csv"]) == 1
    assert "--restart" in capsys.readouterr().err
    assert main(["score", "chats.jsonl", "-o", "scores.csv", "--restart"]) == 0


def test_options_reach_the_reader_and_the_writer():
    Path("chats.data").write_bytes("正文\n您好\n".encode("big5"))
    options = ["--format", "csv", "--map", "reply=正文", "--encoding", "big5", "--probabilities"]
    assert main(["score", "chats.data", "-o", "scores.jsonl", *options]) == 0
    (row,) = map(json.loads, Path("scores.jsonl").read_text(encoding="utf-8").splitlines())
    assert (row["id"], row["probabilities"]["politeness"]) == ("2", {"warm": 0.9})


def test_version_and_help(capsys):
    assert main(["--version"]) == 0
    assert main([]) == 0
    assert main(["score", "--help"]) == 0
    out = capsys.readouterr().out
    assert "csnlp" in out and "--restart" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["scroe"], "(see csnlp --help)"),
        (["score"], "Missing argument 'INPUT'. (see csnlp score --help)"),
        (["evaluate"], "(see csnlp evaluate --help)"),
        (["rules", "test", "--al"], "(see csnlp rules test --help)"),
    ],
)
def test_a_wrong_use_names_the_help_of_its_command(capsys, arguments, said):
    assert main(arguments) == 1
    assert said in capsys.readouterr().err


def test_rows_to_the_standard_output_tell_each_bad_row_once(capsys):
    Path("chats.jsonl").write_text(GOOD + "{oops\n" * 7, encoding="utf-8")
    assert main(["score", "chats.jsonl", "-o", "-"]) == 2
    err = capsys.readouterr().err
    assert err.count("chats.jsonl:3:") == 1 and err.count("chats.jsonl:9:") == 1 and "7 bad rows" in err


@pytest.mark.parametrize(("name", "content"), [("empty.jsonl", ""), ("header.csv", "id,reply\n"), ("empty.csv", "")])
@pytest.mark.parametrize("output", [[], ["-o", "scores.jsonl"]])
def test_a_file_without_rows_is_named(capsys, name, content, output):
    Path(name).write_text(content, encoding="utf-8")
    assert main(["score", name, *output]) == 1
    out, err = capsys.readouterr()
    assert err.strip() == f"csnlp: {name} holds no rows; give a file of chats" and out == ""


def test_an_input_of_the_run_is_never_an_output(capsys):
    Path("chats.jsonl").write_text(GOOD, encoding="utf-8")
    Path("w.jsonl.meta.json").write_text("facts", encoding="utf-8")
    assert main(["score", "chats.jsonl", "-o", "w.jsonl", "--facts", "w.jsonl.meta.json"]) == 1
    assert "is an input of this run" in capsys.readouterr().err
    assert Path("w.jsonl.meta.json").read_text(encoding="utf-8") == "facts"


def test_a_mapped_name_that_no_row_has_is_a_line_at_the_end(capsys):
    Path("chats.jsonl").write_text(GOOD, encoding="utf-8")
    assert main(["score", "chats.jsonl", "-o", "scores.jsonl", "--map", "question=asks"]) == 0
    (line,) = [line for line in capsys.readouterr().err.splitlines() if "warning" in line]
    assert line.startswith("csnlp: warning: chats.jsonl: no row has") and "--map question=asks" in line
    assert "id, question, reply" in line
