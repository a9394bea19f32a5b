"""Labelled files: what is read, what is not labelled, and what is refused with file and line."""

import gzip
import json

import numpy as np
import pytest

from csnlp.errors import InputError
from csnlp.evaluation.gold import parse_labels, parse_row, read_gold, targets_of
from csnlp.evaluation.tasks import TASKS, read_cases
from csnlp.heads import HEADS


def test_plain_and_gzipped_files_read_alike(make_row, write_rows):
    rows = [make_row(1), make_row(2, reference="48 小时内发货")]
    plain = list(read_gold(write_rows([rows[0], "", rows[1]])))
    assert plain == list(read_gold(write_rows(rows, "gold.jsonl.gz")))
    assert [row.exchange.id for row in plain] == ["r1", "r2"]
    assert plain[1].exchange.reference == "48 小时内发货"
    assert plain[0].exchange.context[0].text == "第1件什么时候发货？"


def test_a_byte_order_mark_is_no_text(make_row, write_rows):
    path = write_rows([make_row(1)])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert len(list(read_gold(path))) == 1
    # Two files joined, and an empty one of a mark and a line end.
    path.write_bytes(path.read_bytes() + b"\xef\xbb\xbf\r\n" + path.read_bytes())
    assert len(list(read_gold(path))) == 2


def test_labels_become_positions():
    targets = parse_labels(
        {
            "politeness": "warm",
            "accuracy": "wrong",
            "complaint": "escalation",
            "complaint_type": "other",
            "acts": ["apology", "guess"],
            "satisfaction": "neutral",
        }
    )
    assert targets.pop("acts") == (1, 0, 0, 0, 0, 0, 0, 0, 0, 1)
    assert targets == {
        "politeness": 4,
        "accuracy": 0,
        "applicability": (1,),
        "complaint": 3,
        "complaint_type": 7,
        "satisfaction": 1,
    }


def test_null_accuracy_means_not_applicable_and_no_accuracy_means_not_labelled():
    assert parse_labels({"accuracy": None}) == {"applicability": (0,)}
    assert parse_labels({"politeness": "cold"}) == {"politeness": 1}


def test_a_complaint_type_counts_only_with_a_complaint():
    assert parse_labels({"complaint": "none", "complaint_type": "delay"}) == {"complaint": 0}
    assert parse_labels({"complaint": "dissatisfied", "complaint_type": "delay"})["complaint_type"] == 5


def test_no_acts_is_a_label_and_absent_acts_are_none():
    assert parse_labels({"acts": []})["acts"] == (0,) * 10
    assert "acts" not in parse_labels({"acts": None})


def test_context_text_is_one_customer_turn(make_row):
    row = make_row(1, context_text="好的,那我等,到底几点到")
    del row["context"]
    parsed = parse_row(row)
    (turn,) = parsed.exchange.context
    assert (turn.role, turn.text) == ("customer", "好的,那我等,到底几点到")
    assert parsed.exchange.has_customer


def test_rows_that_name_a_context_share_its_group(make_row):
    groups = [
        parse_row(row).group
        for row in (make_row(1), make_row(2, context_of="r1"), make_row(3, group="聊天9", context_of="r1"))
    ]
    assert groups == ["r1", "r1", "聊天9"]


def test_a_second_labelling_is_read(make_row):
    assert parse_row(make_row(1, second={"politeness": "neutral"})).second == {"politeness": 2}
    assert parse_row(make_row(1)).second is None


def test_satisfaction_is_read_from_the_whole_chat(write_rows):
    turns = [
        {"role": "customer", "text": "退款到哪了"},
        {"role": "agent", "text": "正在查询"},
        {"role": "customer", "text": "还没好？"},
    ]
    rows = [
        {"id": "a", "turns": turns, "satisfaction": 0, "overall": False},
        {"id": "b", "turns": turns, "satisfaction": 2, "overall": True},
        {"id": "c", "turns": turns[:2], "satisfaction": 1},
    ]
    answered, asked = read_gold(write_rows(rows))  # b judges the whole chat
    assert answered.exchange.reply == ""
    assert [turn.text for turn in answered.exchange.context] == ["退款到哪了", "正在查询", "还没好？"]
    assert answered.labels == {"satisfaction": 0} and answered.group == "退款到哪了"
    assert asked.exchange.reply == "正在查询" and len(asked.exchange.context) == 1


def test_targets_keep_the_labelled_rows():
    rows = [{"politeness": 3}, {"acts": (0,) * 10}, None, {"politeness": 0}]
    kept, targets = targets_of(rows, HEADS["politeness"])
    np.testing.assert_array_equal(kept, [0, 3])
    np.testing.assert_array_equal(targets, [3, 0])
    kept, targets = targets_of(rows, HEADS["acts"])
    assert kept.tolist() == [1] and targets.shape == (1, 10)
    kept, targets = targets_of(rows, HEADS["applicability"])
    assert kept.shape == (0,) and targets.shape == (0, 1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"labels": {"politeness": "nice"}},
            "labels.politeness: is not a known label; use one of: rude, cold, neutral",
        ),
        ({"labels": {"politness": "polite"}}, "labels.politness: is no head; use any of: politeness, accuracy"),
        (
            {"labels": {"acts": ["greets"]}},
            "labels.acts: is not a list of known labels; give a list of any of: apology",
        ),
        ({"labels": {"acts": "greeting"}}, "labels.acts: is not a list of known labels"),
        ({"labels": None}, "labels: is not an object"),
        ({"second": {"complaint": 2}}, "second.complaint: is not a known label; use one of: none"),
        ({"reply": None}, "reply: is missing"),
        ({"reply": "  "}, "reply: is empty"),
        ({"context": [{"role": "buyer", "text": "在吗"}]}, 'context[1].role: is not a known role; use "customer" or'),
        ({"context": [{"role": "customer"}]}, "context[1].text: is NoneType, not text"),
        ({"context": "在吗"}, "context: is not a list of turns"),
        ({"context_text": 5}, "context_text: is int"),
        ({"turns": [{"role": "agent", "text": "在"}], "satisfaction": 3}, "satisfaction: is not a rank; give the rank"),
    ],
)
def test_a_wrong_row_is_named_with_file_and_line(make_row, write_rows, changes, message):
    path = write_rows([make_row(1), make_row(2, **changes)])
    with pytest.raises(InputError) as caught:
        list(read_gold(path))
    assert str(caught.value).startswith(f"{path}:2: {message}")


SAID = "张三13800138000"


@pytest.mark.parametrize(
    "changes",
    [
        {"labels": {"politeness": SAID}},
        {"labels": {"acts": [SAID]}},
        {"labels": {SAID: "polite"}},
        {"second": {"accuracy": SAID}},
        {"turns": [{"role": "agent", "text": "在"}], "satisfaction": SAID},
    ],
)
def test_a_wrong_label_is_not_quoted(make_row, write_rows, changes):
    with pytest.raises(InputError) as caught:
        list(read_gold(write_rows([make_row(1, **changes)])))
    assert "13800138000" not in str(caught.value)


def test_broken_files_are_named(tmp_path, write_rows):
    with pytest.raises(InputError, match="not JSON"):
        list(read_gold(write_rows(['{"id": "r1", '])))
    with pytest.raises(InputError, match="is not an object"):
        list(read_gold(write_rows(["[1, 2]"])))
    with pytest.raises(InputError, match=r"nowhere.jsonl: is not a file"):
        list(read_gold(tmp_path / "nowhere.jsonl"))
    broken = {"latin.jsonl": b"\xff\xfe\xb0", "plain.jsonl.gz": b"{}", "cut.jsonl.gz": gzip.compress(b"{}" * 999)[:-9]}
    for name, content in broken.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match="cannot be read"):
            list(read_gold(tmp_path / name))


def test_a_customer_who_answers_with_an_emoji_is_read(write_rows):
    turns = [
        {"role": "customer", "text": "到了吗"},
        {"role": "agent", "text": "到了"},
        {"role": "customer", "text": "👌"},
    ]
    (row,) = read_gold(write_rows([{"id": "a", "turns": turns, "satisfaction": 2}]))
    assert row.exchange.context[-1].text == "👌" and row.exchange.reply == ""


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (b"\xb0\xa1\n", "cannot be read as UTF-8 (invalid start byte at byte 1); save it as UTF-8 JSON lines"),
        (b"[" * 100_000 + b"\n", "line: is nested too deeply"),
        (b"1" * 5_000 + b"\n", "line: is not JSON"),
    ],
)
@pytest.mark.parametrize("task", [False, True])
def test_what_is_no_row_is_told_with_its_own_line(tmp_path, make_row, broken, said, task):
    row = {"text": "好", "offensive": 0} if task else make_row(1)
    good = json.dumps(row, ensure_ascii=False).encode() + b"\n"
    path = tmp_path / "rows.jsonl"
    path.write_bytes(good * 3 + b"\n" + broken + good)
    read = read_cases(TASKS["offence"], path) if task else read_gold(path)
    with pytest.raises(InputError) as caught:
        list(read)
    assert str(caught.value).startswith(f"{path}:5: {said}") and len(str(caught.value)) < 400
