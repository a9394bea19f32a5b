from __future__ import annotations

import io
import json
import sys
from datetime import datetime, timezone

import pytest

from csnlp.errors import ConfigError, CsnlpWarning, InputError
from csnlp.io import BadRow, cells, jsonl, opening, read_exchanges
from csnlp.types import Exchange, Turn

from .conftest import GOOD


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
        assert "12345678" not in bad.message


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


def test_turns_over_the_limit_are_refused_before_they_are_read(read, monkeypatch):
    monkeypatch.setattr(cells, "make_turn", None)
    for row in ({"turns": [{}] * 2001}, {"reply": "好", "context": [{}] * 2001}):
        (bad,) = read("a.jsonl", [row])
        assert bad.reason.endswith("has 2001 turns, over 2000; split the conversation")


def test_a_line_over_the_limit_is_passed_over(read, monkeypatch):
    monkeypatch.setattr(opening, "MAX_LINE", 100)
    before, bad, after = read("a.jsonl", f"{GOOD}\n{'x' * 1050}\n{GOOD}")
    assert before.id == after.id == "good"
    assert (bad.line, bad.field) == (2, "line")


def test_an_empty_file_has_nothing(read):
    for name in ("a.jsonl", "a.csv", "a.tsv", "a.txt", "b.jsonl"):
        assert read(name, "") == []


@pytest.mark.parametrize("stdin", [None, io.StringIO("{}")])  # closed by the shell; a notebook's, which gives no bytes
def test_without_a_standard_input_nothing_is_read(monkeypatch, stdin):
    monkeypatch.setattr(sys, "stdin", stdin)
    with pytest.raises(ConfigError, match="there is no standard input"):
        list(read_exchanges("-"))


@pytest.mark.parametrize(
    "row",
    [
        '{"id": "b", "reply": "好", "reply": "今天发"}',
        '{"reply": "好", "context": [{"role": "user", "reply": "", "text": "在吗", "reply": ""}]}',
    ],
)
def test_a_key_that_comes_twice_is_a_bad_row(read, row):
    before, bad, after = read("a.jsonl", f"{GOOD}\n{row}\n{GOOD}\n")
    assert before.id == after.id == "good"
    assert (bad.line, bad.field) == (2, "line") and "the key 'reply' more than once" in bad.problem


def test_no_words_of_a_chat_are_quoted_as_a_key(read):
    (bad,) = read("a.jsonl", '{"我叫张伟": 1, "我叫张伟": 2}\n')
    assert "a key more than once" in bad.problem
    with pytest.warns(CsnlpWarning, match="the first row are key 1, text"):
        (bad,) = read("a.jsonl", '{"我叫张伟": 1, "text": "好"}\n', columns={"reply": "内容"})
    assert bad.remedy.endswith("the keys of this row are key 1, text")


def test_objects_of_a_line_too_long_are_told_by_their_line(tmp_path, monkeypatch):
    monkeypatch.setattr(jsonl, "MAX_LINE", 100)
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1}\n' + " " * 1000 + '{"a": 2}\n', encoding="utf-8")
    objects = jsonl.read_objects(path)
    assert next(objects) == (1, {"a": 1})
    with pytest.raises(InputError, match=r"a\.jsonl:2: line: is over 100 characters long"):
        next(objects)


def test_standard_input_is_json_lines(monkeypatch):
    stdin = io.TextIOWrapper(io.BufferedReader(io.BytesIO('{"reply": "好的"}\n{'.encode("gb18030"))))
    monkeypatch.setattr(sys, "stdin", stdin)
    good, bad = read_exchanges("-")
    assert good.reply == "好的"
    assert bad.file == "<stdin>"
    assert not stdin.buffer.closed
