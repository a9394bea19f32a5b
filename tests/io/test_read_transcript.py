from __future__ import annotations

from datetime import datetime

import pytest

from csnlp.io import BadRow, opening
from csnlp.types import Exchange


def turns(exchange: Exchange) -> list[tuple[str, str]]:
    return [*((turn.role, turn.text) for turn in exchange.context), ("agent", exchange.reply)]


def test_plain_lines_with_blanks_and_continuations(read):
    text = "客户：在吗\n\n想问一下\n地址：北京\n\n客服: 在的亲\n  您说\nCustomer: 多重\nAGENT：12公斤\n"
    first, second = read("a.txt", text)
    assert turns(second) == [
        ("customer", "在吗\n\n想问一下\n地址：北京"),
        ("agent", "在的亲\n  您说"),
        ("customer", "多重"),
        ("agent", "12公斤"),
    ]
    assert first.id == "1#2"


@pytest.mark.parametrize(
    "text",
    [
        "[2024-05-01 10:00:00] 客户：在吗\n[2024-05-01 10:00:05] 客服：在的",
        "2024-05-01 10:00:00 客户：在吗\n2024-05-01 10:00:05 客服：在的",
        "2024/5/1 10:00:00 客户: 在吗\n2024/5/1 10:00:05 客服: 在的",
        "【2024年5月1日 10:00:00】客户：在吗\n【2024年5月1日 10:00:05】客服：在的",
        "客户 (2024-05-01 10:00:00): 在吗\n客服（2024-05-01 10:00:05）：在的",
        "tb123456(2024-05-01 10:00:00): 在吗\n某某旗舰店:小美(2024-05-01 10:00:05): 在的",
        "tb123456 (2024-05-01 10:00:00)\n在吗\n某某旗舰店:小美 (2024-05-01 10:00:05)\n在的",
        "客户 2024-05-01 10:00:00\n在吗\n客服 2024-05-01 10:00:05\n在的\n",
        "tb123 2024-05-01 10:00:00\n在吗\n客服 2024-05-01 10:00:05\n在的\n",
        "小明 2024-05-01 10:00:00\n在吗\n客服小二 2024-05-01 10:00:05\n在的\n",
        "2024-05-01 10:00:00 买家\n在吗\n2024-05-01 10:00:05 客服01\n在的\n",
        "张三：在吗\n[2024-05-01 10:00:05] 客服(小美)：在的",
    ],
)
def test_the_ways_chats_are_exported(read, text):
    (exchange,) = read("a.txt", text)
    assert turns(exchange) == [("customer", "在吗"), ("agent", "在的")]
    assert exchange.time == datetime(2024, 5, 1, 10, 0, 5)


def test_an_agent_who_has_a_name_is_known_by_it(read):
    texts = [
        "客户：在吗\n客服小美：在",
        "客户：在吗\n客服：在",
        "tb1(2024-05-01 10:00): 在吗\n店:小美(2024-05-01 10:01): 在",
    ]
    agents = [item.agent for text in texts for item in read("a.txt", text) if isinstance(item, Exchange)]
    assert agents == [None, "店:小美"]


def test_a_clock_time_alone_is_no_date(read):
    (exchange,) = read("a.log", "10:00 客户：在吗\n[10:01:05] 客服：在的")
    assert turns(exchange) == [("customer", "在吗"), ("agent", "在的")]
    assert exchange.time is None


def test_separators_and_their_ids(read):
    text = "=== 会话1001 ===\n客户：在吗\n客服：在\n---\n客服：您好\n\n===== 1002\n\n客户：？\n客服：嗯嗯\n----\n"
    assert [item.id for item in read("a.txt", text)] == ["会话1001#2", "5#1", "1002#2"]


def test_a_nickname_is_the_other_side_of_a_known_one(read):
    text = "小明：在吗\n客服：在的\n小明：多重\n客服：地址：没有\n---\n客户：在吗\n美美：在\n"
    first, second, third = read("a.txt", text)
    assert turns(second) == [
        ("customer", "在吗"),
        ("agent", "在的"),
        ("customer", "多重"),
        ("agent", "地址：没有"),
    ]
    assert first.reply == "在的"
    assert isinstance(third, BadRow)  # 美美 may be anything said by the customer: nobody replies


def test_two_strangers_cannot_be_told_apart(read):
    for text in ("小明：在吗\n", "小明 2024-05-01 10:00:00\n在吗\n小美 2024-05-01 10:00:05\n在\n"):
        (bad,) = read("a.txt", text)
        assert bad.field == "role"
        assert "客服" in bad.remedy


def test_lines_of_nobody_are_told_once_and_the_rest_is_read(read):
    bad, good = read("a.txt", "会话 开始了\n真的\n客户：在吗\n客服：在\n")
    assert (bad.line, bad.field) == (1, "line")
    assert good.reply == "在"


def test_a_bad_agent_turn_spoils_its_own_exchange(read):
    bad, good = read("a.txt", "客户：在吗\n客服：\x07\n客服：在\n")
    assert (bad.line, bad.field) == (2, "text")
    assert [turn.text for turn in good.context] == ["在吗"]


def test_a_bad_time_is_no_time(read):
    (exchange,) = read("a.txt", "客户：在吗\n[2024-13-01 10:00:00] 客服：在\n")
    assert (exchange.reply, exchange.time) == ("在", None)


@pytest.mark.parametrize("word", ["亲", "会员", "商家"])
def test_a_line_that_opens_with_an_address_goes_on(read, word):
    (exchange,) = read("a.txt", f"客服：您好\n{word}：请看详情页\n")
    assert exchange.reply == f"您好\n{word}：请看详情页"


def test_an_address_is_a_speaker_where_it_cannot_be_a_word(read):
    for text in (
        "亲：在吗\n客服：在的\n亲：好",
        "买家：在吗\n商家：在的\n买家：好",
        "会员：在吗\n商家：在的\n会员：好",
    ):
        (exchange,) = read("a.txt", text)
        assert (turns(exchange)[0][1], exchange.reply) == ("在吗", "在的")
    _, second = read("a.txt", "[10:00:00] 客服：您好\n[10:00:05] 亲：在吗\n[10:00:09] 客服：在的\n")
    assert turns(second) == [("agent", "您好"), ("customer", "在吗"), ("agent", "在的")]
    (exchange,) = read("a.jsonl", [{"turns": [{"role": "亲", "text": "在吗"}, {"role": "商家", "text": "在的"}]}])
    assert turns(exchange) == [("customer", "在吗"), ("agent", "在的")]


def test_a_customer_alone_is_told(read):
    (bad,) = read("a.txt", "客户：在吗\n客户：人呢\n")
    assert (bad.line, bad.field) == (1, "turns")


def test_texts_and_chats_without_end_are_told_and_bounded(read, monkeypatch):
    long, good, *chat = read("a.txt", "客服：" + "好\n" * 30_000 + "---\n客服：好\n---\n" + "客服：好\n" * 5000)
    assert (long.field, good.reply) == ("text", "好")
    assert [(bad.field, bad.line) for bad in chat] == [("turns", 30004)]
    monkeypatch.setattr(opening, "MAX_LINE", 100)
    first, second = read("a.txt", "客户：" + "好" * 500 + "\n客服：好\n")
    assert first.field == "line"
    assert second.reply == "好"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_encodings(read, encoding):
    (exchange,) = read("a.txt", "客户：在吗\r\n客服：在的\r\n".encode(encoding))
    assert turns(exchange) == [("customer", "在吗"), ("agent", "在的")]


def test_an_id_with_a_broken_byte_costs_the_id_alone(read):
    bad, exchange = read("a.txt", "--- ab\udcff\n客户：在吗\n客服：在的\n".encode("utf-8", "surrogateescape"))
    assert isinstance(bad, BadRow) and (bad.line, bad.field) == (1, "id")
    assert exchange.reply == "在的" and exchange.id.isascii()
