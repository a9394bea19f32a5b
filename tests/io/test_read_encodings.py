from __future__ import annotations

import gzip
import json

import pytest

from csnlp.errors import ConfigError
from csnlp.io import BadRow
from csnlp.types import Exchange

from .conftest import GOOD


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


@pytest.mark.parametrize(
    ("encoding", "row"),
    [("big5", "親，您的訂單已經發出，請問還有什麼問題"), ("shift_jis", "ありがとうございます。明日発送いたします")],
)
def test_another_encoding_is_asked_for(read, encoding, row):
    table = "".join(["id,reply\n", *(f"{n},{row}\n" for n in range(6))]).encode(encoding)
    with pytest.raises(ConfigError, match=r"a\.csv: is neither UTF-8 nor GB18030; pass --encoding"):
        read("a.csv", table)
    assert read("a.csv", table, encoding=encoding)[0].reply == row


@pytest.mark.parametrize(
    "reply", ["親，您的訂單已經發出，請問還有什麼問題", "還沒發貨嗎 請問幾時發貨" * 20, "喆", "日本の商品です 正品哦亲"]
)
def test_gb18030_is_told_for_traditional_text_and_a_few_characters(read, reply):
    (exchange,) = read("a.csv", f"reply\n{reply}\n".encode("gb18030"))
    assert exchange.reply == reply


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"PK\x03\x04\x14\x00", r"Excel workbook \(\.xlsx\) .*; save the table as CSV"),
        ("a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1", r"Excel workbook \(\.xls\); save the table as CSV"),
        ("a.jsonl", gzip.compress(GOOD.encode()), r"compressed with gzip; unpack it, or end its name in \.gz"),
        ("a.txt", b"PAR1\x15\x04", "Parquet file; pass --format parquet"),
        ("a.csv", "id,回复\n1,好的\n".encode("utf-16-le"), "pass --encoding utf-16-le"),
        ("a.txt", "客服：3号发货 都可以\n客户：ok\n".encode("utf-16-be"), "pass --encoding utf-16-be"),
    ],
)
def test_what_is_no_text_is_called_by_its_kind(read, name, content, said):
    with pytest.raises(ConfigError, match=said):
        read(name, content)


def test_utf_16_without_a_mark_is_told_how_to_be_read(read):
    data = f"{GOOD}\n".encode("utf-16-be")
    with pytest.raises(ConfigError, match="no byte order mark, pass --encoding utf-16-le or utf-16-be"):
        read("a.jsonl", data, encoding="utf-16")
    assert read("a.jsonl", data, encoding="utf-16-be")[0].id == "good"


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
