from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from csnlp.errors import ConfigError, CsnlpWarning
from csnlp.io import BadRow, read_exchanges
from csnlp.types import Exchange

from .conftest import GOOD


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
        ("a.jsonl", {"columns": ["reply"]}, 'say which column a field is in, as {"reply": "回复正文"} does'),
        ("a.jsonl", {"columns": {"reply": 3}}, "say which column a field is in"),
        ("a.jsonl", {"encoding": 8}, "8 is not a text encoding; use utf-8"),
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
    with pytest.raises(ConfigError, match="is a folder; give a file of chats in it"):
        read_exchanges(str(tmp_path))
    with pytest.raises(ConfigError, match="no such file"):
        read_exchanges(tmp_path / "none.jsonl")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_a_pipe_is_to_be_read_from_the_standard_input(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigError, match="is no regular file; pipe it into csnlp score -"):
        read_exchanges(tmp_path / "pipe", format="jsonl")


@pytest.mark.parametrize("given", [None, 3, b"a.jsonl", [Exchange("好的")]])
def test_what_is_no_name_of_a_file_is_told(given: Any):
    with pytest.raises(ConfigError, match=f"is given as {type(given).__name__}; give its name, or - for stdin"):
        read_exchanges(given)


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


@pytest.mark.parametrize("name", ["a.xlsx", "a.XLS", "a.ods"])
def test_a_spreadsheet_is_to_be_saved_as_csv(read, name):
    with pytest.raises(ConfigError, match="save it as CSV"):
        read(name, b"PK")
