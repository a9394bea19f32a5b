"""Replies that have the numbers or words of the standard answer and may say the reverse."""

from __future__ import annotations

import time

import pytest

from csnlp.reference.check import check_reference
from csnlp.reference.result import FactCheck

# question, reply, reference
TURNED = [
    ("老人票", "60岁以下免票", "60岁以上免票"),
    ("几点退房", "12点后退房", "12点前退房"),
    ("多久能洗车", "7天内可以洗车", "7天后可以洗车"),
    ("多久发货", "3天后发货", "3天内发货"),
    ("取消收费吗", "24小时内取消免费", "24小时前取消免费"),
    ("满减", "不满200减30", "满200减30"),
    # in another order
    ("满减", "满100减200", "满200减100"),
    ("买几送几", "买1送2", "买2送1"),
    ("哪种不能退", "内衣可退外套不退", "外套可退内衣不退"),
    ("先付款吗", "先验货后付款", "先付款后验货"),
    # with one word swapped
    ("能开专票吗", "个人可开专票", "企业可开专票"),
    ("返现吗", "好评返现5元", "晒图返现5元"),
    ("有优惠吗", "老客立减20元", "新客立减20元"),
    ("几点上班", "9点下班", "9点上班"),
    ("第几件半价", "第一件半价", "第二件半价"),
]
STRAIGHT = [
    ("老人票", "60岁以上免票的", "60岁以上免票"),
    ("几点发", "四点前拍的当天发，四点后次日发", "16:00前付款当天发货，16:00后付款次日发出"),
    ("运费多少", "不满99元收8元", "满99元包邮，不满99元收8元"),
    ("运费多少", "运费8元,满59元包邮", "满59元包邮，运费8元"),
    ("怎么装", "亲，这款是免费上门安装的", "油烟机免费上门安装"),
]


@pytest.mark.parametrize(("question", "reply", "reference"), TURNED)
def test_the_reverse_is_not_borne_out(question: str, reply: str, reference: str) -> None:
    check = check_reference(reply, reference, question)
    assert check.contradictions or not check.applies


@pytest.mark.parametrize(("question", "reply", "reference"), STRAIGHT)
def test_the_same_is_borne_out(question: str, reply: str, reference: str) -> None:
    assert check_reference(reply, reference, question) == FactCheck(True)


@pytest.mark.parametrize("unit", ["60岁以下免票", "先验货后付款", "3天后", "白色", "第一", ","])
def test_time_is_linear(unit: str) -> None:
    text = unit * (20_000 // len(unit))
    begin = time.perf_counter()
    check_reference(text, "60岁以上免票", "几岁免票")
    check_reference("60岁以下免票", text, "什么颜色")
    check_reference("白色的", "颜色：黑色", text)
    assert time.perf_counter() - begin < 5
