"""A reply against its standard answer."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csnlp.reference.check import check_reference
from csnlp.reference.result import FactCheck

# Pairs of our own over 25 trades: a standard answer, a reply, and whether the reply contradicts it.
PAIRS = [json.loads(line) for line in Path(__file__).with_name("fact_pairs.jsonl").read_text("utf-8").splitlines()]


def test_the_pairs_are_many_and_of_many_trades() -> None:
    assert min(Counter(pair["contradicts"] for pair in PAIRS).values()) >= 100
    assert len({pair["trade"] for pair in PAIRS}) >= 25


@pytest.mark.parametrize("pair", [p for p in PAIRS if not p["contradicts"]], ids=lambda pair: pair["reply"])
def test_a_right_reply_is_never_called_wrong(pair: dict[str, str]) -> None:
    assert check_reference(pair["reply"], pair["reference"], pair["question"]).contradictions == ()


# Months against years of age, a number without a unit (twice), a question in other words than the standard answer
# (twice), a longer verb between, and another noun.
MISSED = {
    "适合6岁以上的宝宝哦",
    "加床是每晚一百五哦",
    "补办会员卡收五十的工本费",
    "亲，一天大概要耗1.5度电左右",
    "放15度左右就行，别放冰箱",
    "抱歉，不能开发票的",
}


@pytest.mark.parametrize("pair", [p for p in PAIRS if p["contradicts"]], ids=lambda pair: pair["reply"])
def test_a_wrong_reply_is_found(pair: dict[str, str]) -> None:
    found = check_reference(pair["reply"], pair["reference"], pair["question"]).contradictions
    assert bool(found) == (pair["reply"] not in MISSED)


@pytest.mark.parametrize(
    ("reply", "reference", "question", "found"),
    [
        ("整机八年，内胆六年", "整机质保6年，内胆质保8年", "保几年", [("八年", "6年"), ("六年", "8年")]),
        ("亲，是62斤的", "净重62公斤", "多重", [("62斤", "62公斤")]),
        ("可以机洗的亲", "真丝不可机洗", "怎么洗", [("可以机洗", "不可机洗")]),
        ("上门要收50元的", "上门安装免费", "上门收费吗", [("50元", "免费")]),
        ("运费我们承担", "退货运费由买家承担", "运费谁出", [("我们承担", "买家承担")]),
        ("超期每天收30元", "超期每天收1元", "超期收多少", [("30元", "1元")]),
        ("18度", "冷冻室温度：-18℃", "冷冻室温度多少", [("18度", "-18°c")]),
        ("零下18度哦", "冷冻室温度：-18~-24℃", "冷冻室温度多少", []),
        ("一箱是2升", "一箱6瓶，每瓶500ml", "一箱多少升", [("2升", "500ml")]),
    ],
)
def test_contradictions_name_both_sides(
    reply: str, reference: str, question: str, found: list[tuple[str, str]]
) -> None:
    check = check_reference(reply, reference, question)
    assert [(item.found, item.expected) for item in check.contradictions] == found


@pytest.mark.parametrize(
    ("reply", "reference", "question"),
    [
        ("您家离得远，5公斤要看地区", "首重1公斤12元", "我的5公斤寄一下多少"),
        ("亲，是3天吗？", "48小时内发货", "什么时候发"),
        ("您等了7天真抱歉，我催一下", "48小时内发货", "都7天了"),
        ("好的亲，稍等哦", "48小时内发货", "什么时候发"),
        ("这个优惠力度很大的，下单立减5元", "48小时内发货", "什么时候发"),
        ("加一块有3升呢", "一箱6瓶，每瓶500ml", "一箱多少升"),
        ("要补90元搬运费", "4楼起每层加收30元", "6楼，多3层，收多少"),
        ("能", "孕妇可穿，不含荧光剂", "怀孕能穿吗，有荧光剂没"),
        ("您好", "", ""),
    ],
)
def test_a_reply_that_speaks_of_something_else_is_not_judged(reply: str, reference: str, question: str) -> None:
    assert check_reference(reply, reference, question) == FactCheck(False)


chats = st.text(max_size=60) | st.text(
    st.sampled_from("亲3５一两半天小时内元斤不没有支持可以包邮发货七无理由免费收您我，。？！的吗 ~"), max_size=60
)


@given(chats, chats)
@settings(deadline=None)
def test_a_reply_never_contradicts_itself(reply: str, question: str) -> None:
    assert check_reference(reply, reply, question).contradictions == ()
