from __future__ import annotations

import gzip
import io
import json
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest

from csnlp.errors import ConfigError, CsnlpWarning
from csnlp.io import BadRow, read_exchanges, source
from csnlp.types import Exchange, Turn


def test_an_exchange_row_keeps_every_field(read):
    row = {
        "id": "a1",
        "context": [
            {"role": "customer", "text": "多重？", "time": "2024-05-01T10:00:00+08:00"},
            {"role": "agent", "text": "稍等"},
        ],
        "reply": "亲，12公斤哦",
        "reference": "12 kg",
        "agent": "小美",
        "time": "2024-05-01T02:00:05Z",
    }
    (exchange,) = read("a.jsonl", [row])
    assert exchange == Exchange(
        reply="亲，12公斤哦",
        context=(
            Turn("customer", "多重？", datetime.fromisoformat("2024-05-01T10:00:00+08:00")),
            Turn("agent", "稍等"),
        ),
        reference="12 kg",
        id="a1",
        agent="小美",
        time=datetime(2024, 5, 1, 2, 0, 5, tzinfo=timezone.utc),
    )


def test_a_conversation_row_gives_an_exchange_for_each_agent_turn(read):
    turns = [
        {"role": "客户", "text": "在吗"},
        {"role": "客服", "text": "在的"},
        {"role": "买家", "text": "多重"},
        {"role": "机器人", "text": "12公斤"},
    ]
    first, second = read("a.jsonl", [{"id": "c", "agent": "小美", "turns": turns, "rating": 5}])
    assert (first.id, first.reply, len(first.context), first.agent) == ("c#2", "在的", 1, "小美")
    assert (second.id, second.reply) == ("c#4", "12公斤")
    assert [turn.role for turn in second.context] == ["customer", "agent", "customer"]


@pytest.mark.parametrize(
    ("extra", "texts"),
    [
        ({"question": "多重？"}, ["多重？"]),
        ({"context_text": "在吗,多重"}, ["在吗,多重"]),
        ({"context": "客户：在吗\n客服：在\n客户：多重？"}, ["在吗", "在", "多重？"]),
        ({"context": '[{"role": "user", "content": "在吗"}]'}, ["在吗"]),
        ({"context": "[2024-05-01 10:00:00] 客户：在吗"}, ["在吗"]),
        ({"context": [{"role": "user", "text": "多重？"}], "question": "多重？"}, ["多重？"]),
        ({"context": [{"role": "user", "text": "在吗"}], "question": "多重？"}, ["在吗", "多重？"]),
        ({"context": [{"role": "agent", "text": "您好"}], "question": "您好"}, ["您好", "您好"]),
        ({"context": None}, []),
        ({}, []),
    ],
)
def test_what_came_before_can_be_given_in_several_ways(read, extra, texts):
    (exchange,) = read("a.jsonl", [{"reply": "12公斤", **extra}])
    assert [turn.text for turn in exchange.context] == texts


def test_ids_are_text_and_default_to_the_line(read):
    items = read("a.jsonl", '{"id": 7, "reply": "好"}\n\n{"reply": "好"}\n{"id": "", "reply": "好"}\n')
    assert [item.id for item in items] == ["7", "3", "4"]


GOOD = '{"id": "good", "reply": "好的"}'


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("{oops", "line"),
        ("[1, 2]", "line"),
        ('"text"', "line"),
        ("[" * 100_000, "line"),
        ("1" * 5000, "line"),
        ('{"id": "b"}', "reply"),
        ('{"id": "b", "reply": null}', "reply"),
        ('{"id": "b", "reply": 5}', "reply"),
        ('{"id": "b", "reply": ""}', "reply"),
        ('{"id": "b", "reply": " \\n "}', "reply"),
        ('{"id": "b", "reply": "😀👍"}', "reply"),
        ('{"id": "b", "reply": "a\\u0000b"}', "reply"),
        ('{"id": "b", "reply": "a\\ud800b"}', "reply"),
        (json.dumps({"id": "b", "reply": "长" * 1_000_000}, ensure_ascii=False), "reply"),
        ('{"id": "b", "reply": "好", "reference": 3}', "reference"),
        ('{"id": "b", "reply": "好", "context": 5}', "context"),
        ('{"id": "b", "reply": "好", "context": "随便说说"}', "context"),
        ('{"id": "b", "reply": "好", "context": ["x"]}', "context[1]"),
        ('{"id": "b", "reply": "好", "context": [{"role": "system", "text": "x"}]}', "context[1].role"),
        ('{"id": "b", "reply": "好", "context": [{"text": "x"}]}', "context[1].role"),
        ('{"id": "b", "reply": "好", "context": [{"role": "user"}]}', "context[1].text"),
        ('{"id": "b", "reply": "好", "question": 3}', "question"),
        ('{"id": "b", "reply": "好", "agent": ["x"]}', "agent"),
        ('{"id": ["b"], "reply": "好"}', "id"),
        ('{"id": "\\ud800", "reply": "好"}', "id"),
        ('{"id": true, "reply": "好"}', "id"),
        ('{"id": "b", "turns": [{"role": "user", "text": "x"}]}', "turns"),
        ('{"id": "b", "turns": []}', "turns"),
        ('{"id": "b", "turns": 3}', "turns"),
    ],
)
def test_a_bad_row_is_told_and_its_neighbours_are_read(read, line, field):
    before, bad, after = read("a.jsonl", f"{GOOD}\n{line}\n{GOOD}\n")
    assert before.id == after.id == "good"
    assert isinstance(bad, BadRow)
    assert (bad.line, bad.field) == (2, field)
    assert bad.id in ("b", None)
    assert bad.message.startswith(bad.file) and ":2" in bad.message and bad.remedy in bad.message
    assert "\n" not in bad.message
    assert BadRow.from_dict(json.loads(json.dumps(bad.to_dict()))) == bad


@pytest.mark.parametrize("time", ["yesterday", "2024-13-01", 5, True, 10**400, ["x"], {"a": 1}])
def test_a_time_that_cannot_be_read_costs_no_row(read, time):
    turn = {"role": "user", "text": "x", "time": time}
    row, chat = {"reply": "好", "time": time, "context": [turn]}, {"turns": [turn, {**turn, "role": "agent"}]}
    for exchange in read("a.jsonl", [row, chat]):
        assert exchange.time is None
        assert exchange.context == (Turn("customer", "x"),)


def test_no_message_repeats_what_was_said(read):
    secret = "电话13812345678"
    rows = [
        json.dumps({"reply": secret + "\x00"}),
        json.dumps({"reply": "好", "context": [{"role": secret, "text": "x"}]}),
        json.dumps({"reply": "好", "context": secret}),
        json.dumps({"turns": [{"role": "agent", "text": secret + "\ud800"}]}),
        '{"reply": "' + secret,
    ]
    for bad in read("a.jsonl", "\n".join(rows)):
        assert isinstance(bad, BadRow)
        assert "138" not in bad.message


def test_a_wrong_role_says_what_is_allowed(read):
    (bad,) = read("a.jsonl", [{"reply": "好", "context": [{"role": "system", "text": "x"}]}])
    assert "customer" in bad.remedy and "客户" in bad.remedy and "客服" in bad.remedy


def test_a_bad_agent_turn_spoils_only_its_own_exchange(read):
    turns = [
        {"role": "customer", "text": "在吗"},
        {"role": "agent", "text": "a\x00"},
        {"role": "agent", "text": "😀"},
        {"role": "agent", "text": "在的"},
    ]
    broken, emoji, good = read("a.jsonl", [{"id": "c", "turns": turns}])
    assert (broken.id, broken.field) == ("c#2", "turns[2].text")
    assert (emoji.id, emoji.field) == ("c#3", "reply")
    assert good.id == "c#4"
    assert [turn.text for turn in good.context] == ["在吗", "😀"]


def test_a_bad_customer_turn_spoils_what_follows_it_only(read):
    turns = [
        {"role": "agent", "text": "您好"},
        {"role": "nobody", "text": "在吗"},
        {"role": "agent", "text": "在的"},
    ]
    good, bad = read("a.jsonl", [{"id": "c", "turns": turns}])
    assert good.id == "c#1"
    assert (bad.id, bad.field) == ("c#3", "turns[2].role")


def test_a_bad_last_customer_turn_is_told_too(read):
    turns = [{"role": "agent", "text": "您好"}, {"role": "customer"}]
    good, bad = read("a.jsonl", [{"id": "c", "turns": turns}])
    assert good.id == "c#1"
    assert (bad.id, bad.field) == ("c", "turns[2].text")


def test_an_endless_conversation_is_one_bad_row(read):
    turns = [{"role": "agent", "text": "好"}] * 2001
    (bad,) = read("a.jsonl", [{"id": "c", "turns": turns}])
    assert bad.field == "turns" and "2000" in bad.problem


def test_a_line_over_the_limit_is_passed_over(read, monkeypatch):
    monkeypatch.setattr(source, "MAX_LINE", 100)
    before, bad, after = read("a.jsonl", f"{GOOD}\n{'x' * 1050}\n{GOOD}")
    assert before.id == after.id == "good"
    assert (bad.line, bad.field) == (2, "line")


def test_broken_bytes_spoil_their_own_row_only(read):
    data = f"{GOOD}\n".encode() + b'{"id": "b", "reply": "\xff\xfe"}\n{"id": "b", \xff}\n' + GOOD.encode()
    before, inside, outside, after = read("a.jsonl", data)
    assert before.reply == after.reply == "好的"
    assert inside.field == "reply" and inside.id == "b"
    assert outside.field == "line"
    assert "--encoding" in inside.remedy and "--encoding" in outside.remedy


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_encodings_are_told_by_the_file(read, encoding, suffix):
    data = '{"reply": "您好，这款洗衣机多重"}\n{"reply": "好的"}\n'.encode(encoding)
    first, second = read(f"a.jsonl{suffix}", gzip.compress(data) if suffix else data)
    assert (first.reply, second.reply) == ("您好，这款洗衣机多重", "好的")


def test_an_encoding_can_be_given(read):
    assert [item.reply for item in read("a.jsonl", '{"reply": "點解"}'.encode("big5"), encoding="big5")] == ["點解"]
    assert [item.reply for item in read("a.jsonl", '{"reply": "好"}'.encode("utf-8-sig"), encoding="UTF8")] == ["好"]


def test_half_a_character_at_the_end_of_utf_16_is_one_bad_row(read):
    data = f"{GOOD}\n{GOOD}".encode("utf-16")
    first, bad = read("a.jsonl", data[:-3])
    assert first.id == "good"
    assert isinstance(bad, BadRow)


def test_joined_files_may_have_marks_inside(read):
    first, second = read("a.jsonl", f"\ufeff{GOOD}\n\ufeff{GOOD}\n")
    assert first.id == second.id == "good"


def test_a_gzip_cut_short_keeps_what_came_before(read):
    rows = "".join(json.dumps({"id": str(n), "reply": f"好的{n * n}"}) + "\n" for n in range(5000))
    data = gzip.compress(rows.encode())
    items = read("a.jsonl.gz", data[: len(data) // 2])
    assert [item.id for item in items[:100]] == [str(n) for n in range(100)]
    assert isinstance(items[-1], BadRow) and items[-1].field == "file"
    assert all(isinstance(item, Exchange) for item in items[:-2])


def test_something_else_called_gz_is_a_bad_row(read):
    (bad,) = read("a.jsonl.gz", b"plain text")
    assert bad.field == "file"


def test_columns_are_mapped(read):
    rows = [{"正文": "好的", "编号": 9, "客户问题": "多重"}]
    (exchange,) = read("a.jsonl", rows, columns={"reply": "正文"})
    assert (exchange.reply, exchange.id, exchange.context[0].text) == ("好的", "9", "多重")


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("a.xlsx", {}, "CSV"),
        ("a", {}, "--format"),
        ("a.jsonl", {"format": "excel"}, "transcript"),
        ("a.jsonl", {"columns": {"antwort": "x"}}, "reference"),
        ("a.jsonl", {"encoding": "klingon"}, "gb18030"),
        ("a.jsonl", {"encoding": "base64"}, "gb18030"),
        ("a.parquet.gz", {}, "uncompressed"),
    ],
)
def test_options_that_cannot_be_right_are_told_at_once(tmp_path, name, options, said):
    path = tmp_path / name
    path.write_text(GOOD, encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        read_exchanges(path, **options)


def test_a_missing_file_is_told_at_once(tmp_path: Path):
    with pytest.raises(ConfigError, match="no such file"):
        read_exchanges(tmp_path / "none.jsonl")


def test_an_empty_file_has_nothing(read):
    for name in ("a.jsonl", "a.csv", "a.tsv", "a.txt", "b.jsonl"):
        assert read(name, "") == []


def test_standard_input_is_json_lines(monkeypatch):
    stdin = io.TextIOWrapper(io.BufferedReader(io.BytesIO('{"reply": "好的"}\n{'.encode("gb18030"))))
    monkeypatch.setattr(sys, "stdin", stdin)
    good, bad = read_exchanges("-")
    assert good.reply == "好的"
    assert bad.file == "<stdin>"
    assert not stdin.buffer.closed


def test_a_mapped_reply_that_a_row_lacks_is_named(read):
    mapping = {"columns": {"reply": "answr"}}
    with pytest.warns(CsnlpWarning):
        (bad,) = read("a.jsonl", [{"id": "x", "answer": "好", "ask": "在吗"}], **mapping)
    assert (bad.id, bad.field, bad.problem) == ("x", "reply", "is missing")
    assert bad.remedy == "correct --map reply=answr: the keys of this row are id, answer, ask"
    (bad,) = read("a.jsonl", [{"id": "x", "answr": None}], **mapping)
    assert "another column" in bad.remedy


def test_a_mapped_name_that_no_row_has_is_told_once_at_the_end(read):
    rows = [{"id": "a", "question": "多重", "reply": "好"}, "{oops", {"reply": "好", "later": "x"}]
    lines = "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows)
    with pytest.warns(CsnlpWarning) as told:
        items = read("a.jsonl", lines, columns={"question": "asks", "agent": "later", "reference": "facts"})
    assert [type(item) for item in items] == [Exchange, BadRow, Exchange]
    (warning,) = told
    assert "--map question=asks --map reference=facts" in str(warning.message)
    assert "id, question, reply" in str(warning.message) and "later" not in str(warning.message)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "gb18030"])
@pytest.mark.parametrize(("name", "text"), [("a.csv", "reply\n好的\n"), ("a.txt", "客服：好的\n")])
def test_a_byte_order_mark_is_never_text(read, encoding, name, text):
    (exchange,) = read(name, f"\ufeff{text}".encode(encoding), encoding=encoding)
    assert exchange.reply == "好的"
    if encoding == "gb18030":
        assert read(name, f"\ufeff{text}".encode(encoding)) == [exchange]


@pytest.mark.parametrize(("char", "problem"), [("\ud83d", "half of an emoji"), ("\udcff", "broken character")])
def test_half_an_emoji_is_not_called_a_wrong_encoding(read, char, problem):
    (bad,) = read("a.jsonl", json.dumps({"reply": f"好{char}"}))
    assert problem in bad.problem and ("--encoding" in bad.remedy) == (char == "\udcff")


@pytest.mark.parametrize("name", ["a.xlsx", "a.XLS", "a.ods"])
def test_a_spreadsheet_is_to_be_saved_as_csv(read, name):
    with pytest.raises(ConfigError, match="save it as CSV"):
        read(name, b"PK")
