"""The number that answers a question for a kind of quantity."""

from __future__ import annotations

import pytest

from csnlp.reference.result import FactCheck
from csnlp.rules.fact_check import check_facts
from csnlp.rules.facts import table_of


def check(facts: str, question: str, reply: str) -> FactCheck:
    return check_facts(reply, question, table_of(dict(fact.split("=", 1) for fact in facts.split(";"))))


@pytest.mark.parametrize(
    ("facts", "question", "reply", "found"),
    [
        ("净含量=500克;保质期=12个月", "一包多重", "两斤一包，够吃好久", "两斤"),
        ("净含量=500克;保质期=12个月", "能放多久", "只能放三个月的哦", "三个月"),
        ("功率=1500W;容量=1.7L", "几升的", "1.2升的，小巧不占地", "1.2升"),
        ("电池容量=5000mAh;屏幕=6.67英寸", "电池多大", "四千毫安的，轻薄机身", "四千毫安"),
        ("屏幕=27英寸;分辨率=2K", "是几寸的", "32寸大屏，看片很过瘾", "32寸"),
        ("优惠券=满100减15;会员折扣=9.5折", "会员几折", "会员打八折，最划算", "八折"),
        ("坏果=24小时内包赔", "坏果多久内说", "收到一周以内说都行，给您赔", "一周以内"),
        ("安装=免费;高空作业费=200元", "安装多少钱", "安装费一百五，师傅上门收", "一百五"),
        ("预售=定金50元，尾款6月10日支付", "定金多少", "先付一百定金，尾款后面付", "一百"),
        ("押金=500元", "押金多少", "押金两百就行", "两百"),
        ("停车=免费", "停车怎么收费", "十块钱一天", "十块钱"),
        # places in an order
        ("容量=480升;能效=一级", "能效几级", "三级能效的，费一点点电", "三级"),
        ("版本=第8版;装帧=平装", "第几版", "现在卖的是第六版，内容差不多", "第六版"),
        ("还款日=每月25日;宽限期=3天", "哪天还款", "每个月十五号还款，别忘了", "每个月十五号"),
        # the part of a value that is asked for
        ("票种=成人票120元、儿童票60元", "成人票多少", "成人票一百五一张", "一百五"),
        ("流量=通用30GB，定向20GB", "通用有多少", "通用流量有五十五个G，看视频随便刷", "五十五个G"),
    ],
)
def test_another_number_than_the_one_asked_for_is_wrong(facts: str, question: str, reply: str, found: str) -> None:
    assert [item.found for item in check(facts, question, reply).contradictions] == [found]


@pytest.mark.parametrize(
    ("facts", "question", "reply"),
    [
        ("净重=750克", "这罐多重", "净重一斤半"),
        ("容量=1.7L", "几升的", "1.7的亲，1700毫升"),
        ("保质期=18个月", "能放多久", "能放一年半"),
        ("保质期=12个月", "能放多久", "一年没问题哈，开了尽快喝"),
        ("押金=200元;价格=328元", "押金多少", "押金两百，房费另付"),
        ("票种=成人票120元、儿童票60元", "儿童票多少", "儿童票六十"),
        ("能效=二级", "几级能效", "二级的亲"),
        ("还款日=每月5日", "每月几号还", "每月五号"),
    ],
)
def test_the_number_asked_for_is_right(facts: str, question: str, reply: str) -> None:
    assert check(facts, question, reply) == FactCheck(True)


@pytest.mark.parametrize(
    ("facts", "question", "reply"),
    [
        # other articles, packs and times
        ("屏幕=6.1英寸", "Pro多大", "Pro是6.7寸的"),
        ("规格=50ml", "小样多大", "小样是5毫升的"),
        ("规格=50ml", "多大", "小瓶30毫升"),
        ("规格=350ml", "一箱多少毫升", "一箱24瓶，一共8.4升"),
        ("净含量=500克", "三包多重", "三包一共三斤哈"),
        ("净含量=500克", "多重", "重量2.7斤"),
        ("屏幕=55英寸", "多大", "箱子60*40厘米的"),
        ("容量=1.7L", "多大", "1.2升的是mini版"),
        ("保质期=12个月", "能放多久", "开封后三个月内吃完"),
        ("定制周期=20天", "多久做好", "加急的话十天能出"),
        ("会员折扣=9折", "会员几折", "生日八折"),
        ("还款日=每月25日", "账单哪天出", "账单每月5号出"),
        ("押金=300元", "押金多少", "今天押金两百"),
        # no name, so many facts may be meant
        ("保修期=2年", "多久能做好", "十天左右"),
        ("运费=6元", "一件多少钱", "亲，一件89元"),
        ("保质期=12个月", "用多久了会坏", "一般能用三五年"),
        ("电池=2年保", "电池能用几年", "一般能用四五年"),
        # limits
        ("续航=6小时", "能用多久", "至少五小时"),
    ],
)
def test_a_number_of_something_else_is_not_judged(facts: str, question: str, reply: str) -> None:
    assert check(facts, question, reply) == FactCheck(False)


def test_time_is_linear() -> None:
    for hostile in ("一百" * 20_000, "3天5级" * 20_000, "押金" * 20_000, "每月5号" * 20_000):
        assert not check("押金=300元;保质期=3天;能效=一级", "押金多少", hostile).contradictions
