from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csnlp.rules.kinds.form import MEASURES
from csnlp.rules.verdict import Verdict

Ask = Callable[..., Verdict]


@pytest.mark.parametrize(
    ("measure", "text", "value"),
    [
        ("length", "您 好\n吗", 3),
        ("length", "　\t", 0),
        ("length", "点 https://item.taobao.com/item.htm?id=654321098765&skuId=49123 ，拍下", 5),
        ("length", "www.tmall.com/a/b-c就是", 3),
        ("length", "https://", 8),
        ("paragraphs", "一\n\n二\n  \n三", 3),
        ("paragraphs", "一", 1),
        ("paragraphs", "\n", 0),
        ("points", "1. 打开\n2. 点击\n3、提交", 3),
        ("points", "首先打开，其次点击，最后提交", 3),
        ("points", "① 打开 ② 点击", 2),
        ("points", "第一步，打开；第二步，点击", 2),
        ("points", "(1)打开 （二）点击", 2),
        ("points", "1.5元一斤，2.50元两斤", 0),
        ("points", "您好", 0),
        ("steps", "进入我的订单→点击退款→提交", 5),
        ("steps", "您好", 0),
        ("sentences", "您好。今天发货！请放心～", 3),
        ("sentences", "您好", 1),
        ("sentences", "。。。！！", 0),
        ("sentences", "……★★", 0),
        ("sentences", "ok. 好", 1),
        ("figures", "2026.1.5下单，3天，10:30，[金额x]", 4),
        ("figures", "您好", 0),
        ("marks", "【重要】请看《说明》和**这里**❗", 4),
        ("marks", "重点：三天内", 1),
        ("marks", "【】《》“”", 0),
        ("marks", "[图片x][亲]", 0),
        ("marks", "“这样”「那样」[下单时间]", 3),
        ("questions", "多少钱？几天到？", 2),
        ("questions", "能不能退，怎么退", 2),
        ("questions", "有没有货呢？？？", 1),
        ("questions", "我要退货。", 0),
        ("questions", "多少钱 几天到 要不要押金", 3),
        ("questions", "会不会掉色，收不收运费，几寸的", 3),
        ("questions", "不好不坏", 0),
        ("stretch", "先断电，再把后盖推开取出滤网 装好", 10),
        ("stretch", "，。", 0),
        ("courtesy", "您好，很荣幸为您服务，包邮的", 79),
        ("courtesy", "包邮的", 0),
        ("courtesy", "感谢您的咨询这款是包邮的今天五点前付款当天就能给您发走", 0),
        ("courtesy", "", 0),
    ],
)
def test_what_is_counted(measure: str, text: str, value: int) -> None:
    assert MEASURES[measure](text) == value


@pytest.mark.parametrize(
    ("options", "holds"),
    [
        ("over: 4", True),
        ("over: 5", False),
        ("under: 6", True),
        ("under: 5", False),
        ("over: 9, under: 3", False),
        ("over: 9, under: 6", True),
    ],
)
def test_over_and_under_exclude_the_number_itself(ask: Ask, options: str, holds: bool) -> None:
    verdict = ask(f"{{format: length, {options}}}", "五个字的话")
    assert verdict.holds is holds
    assert verdict.note == ("length=5" if holds else "")


def test_the_question_is_all_that_the_customer_said_since(ask: Ask) -> None:
    chat = ["客：几天到？", "服：三天", "客：多少钱？", "客：能退吗？"]
    assert ask("{format: questions, over: 1, in: question}", "好的", *chat).holds is True
    assert ask("{format: questions, over: 2, in: question}", "好的", *chat).holds is False
    assert ask("{format: questions, over: 1, in: question}", "好的").reason == "no_customer"


def test_only_the_latest_turns_count_with_last(ask: Ask) -> None:
    chat = ["客：几天到？多少钱？", "客：能退吗？"]
    assert ask("{format: questions, over: 1, in: question, last: 1}", "好的", *chat).holds is False
    assert ask("{format: questions, over: 2, in: question, last: 2}", "好的", *chat).holds is True


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("1.、)①第一步。！【】[]**“\n→")))
def test_any_text_can_be_measured(text: str) -> None:
    counted = {name: measure(text) for name, measure in MEASURES.items()}
    assert 0 <= counted.pop("courtesy") <= 100
    assert all(0 <= value <= len(text) for value in counted.values())
    assert (counted["sentences"] > 0) == any(char.isalnum() or char == "_" for char in text)


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("，", {"sentences": 0, "marks": 0, "questions": 0}),
        ("【", {"sentences": 0, "marks": 0}),
        ("“”", {"sentences": 0, "marks": 0}),
        ("《一", {"sentences": 1, "marks": 0}),
        ("[a", {"sentences": 1, "marks": 0}),
        ("★ ", {"sentences": 0, "marks": 100_000}),
        ("**", {"sentences": 0, "marks": 0}),
        ("1", {"sentences": 1, "figures": 1, "points": 0}),
        ("第一", {"sentences": 1, "points": 0}),
        ("\n", {"sentences": 0, "paragraphs": 0, "length": 0}),
        ("谢谢", {"questions": 0, "courtesy": 0, "stretch": 200_000}),
        ("祝，", {"courtesy": 100, "stretch": 1}),
    ],
)
def test_a_long_text_of_one_sign_is_counted_like_any_other(unit: str, expected: dict[str, int]) -> None:
    """100,000 times: in time that grows with the square of the length, some of these took minutes."""
    assert {name: MEASURES[name](unit * 100_000) for name in expected} == expected
