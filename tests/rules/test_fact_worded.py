"""Facts in words that settle a yes or no."""

from __future__ import annotations

import pytest

from csnlp.reference.result import FactCheck
from csnlp.rules.fact_check import check_facts
from csnlp.rules.facts import table_of


def check(facts: str, question: str, reply: str) -> FactCheck:
    return check_facts(reply, question, table_of(dict(fact.split("=", 1) for fact in facts.split(";"))))


@pytest.mark.parametrize(
    ("facts", "question", "reply"),
    [
        # policies
        ("发票=支持电子发票", "能开发票吗", "这个开不了的亲"),
        ("宠物=不可携带", "能带猫吗", "可以带，加五十块清洁费"),
        ("充电头=不含", "送充电头吗", "盒子里就有充电头，插上就能充"),
        ("改圈=免费1次", "能改大小吗", "改不了的亲，只能换新的"),
        ("行程=5天4晚;用餐=含早餐", "包早餐吗", "早餐不包的，三餐都自己解决"),
        ("成分=不含酒精、香精", "有酒精吗", "含一点酒精，挥发快吸收好"),
        ("孕妇=不建议使用", "怀孕能用吗", "孕妇可以放心用，天然的"),
        ("停车监控=需另购降压线", "要另外买线吗", "不用买线，插点烟器就有停车监控"),
        ("花盆=不含", "带盆吗", "带盆发货的，收到直接摆"),
        ("猫砂类型=豆腐猫砂;可冲厕所=可以", "能冲马桶吗", "不能冲的，会堵死，只能扔垃圾桶"),
        ("退票=不支持退改", "能退吗", "可以退的，全额退"),
        # ranges
        ("适用年龄=3岁以上", "一岁能玩吗", "一岁就能玩，很安全的"),
        ("适用月龄=6-12个月;段位=2段", "三个月能喝吗", "三个月可以喝"),
        ("尺码=35-40", "43码有吗", "43码也有的，拍下就行"),
        ("颜色=黑、白;尺码=S-XL", "有3XL吗", "有3XL，胖的也能穿"),
        ("适用肤质=油皮、混油", "油皮能用吗", "油皮不能用的，会闷痘"),
        # lists
        ("颜色=黑、白、灰;尺码=S-XL", "有红色吗", "红色有现货的，昨天刚补了"),
        ("口味=原味、海苔", "有番茄味吗", "番茄味有的亲"),
        # one character of a kind
        ("轴体=红轴;连接=有线", "什么轴的", "青轴的，打字咔咔响"),
        ("主要成分=鸡肉", "什么肉", "牛肉的，猫咪都爱"),
    ],
)
def test_a_plain_yes_or_no_against_the_table_is_wrong(facts: str, question: str, reply: str) -> None:
    assert len(check(facts, question, reply).contradictions) == 1


@pytest.mark.parametrize(
    ("facts", "question", "reply"),
    [
        ("发票=支持电子发票", "能开发票吗", "开得了的，电子的发邮箱"),
        ("宠物=不可携带", "能带狗吗", "很抱歉带不了"),
        ("充电头=不含", "盒子里有充电头吗", "没有配充电头哦"),
        ("用餐=含早餐", "包早餐吗", "早餐包的，晚餐不包"),
        ("孕妇=不建议使用", "孕妇能用吗", "孕妇不建议用哈"),
        ("安装=需自行组装", "要自己装吗", "要的，说明书配好了"),
        ("适用年龄=3岁以上", "一岁能玩吗", "一岁不能玩哈，太小了"),
        ("适用年龄=3岁以上", "五岁能玩吗", "五岁可以玩的"),
        ("尺码=35-40", "37码有吗", "37有的亲，35到40都齐"),
        ("颜色=黑、白、灰", "有没有红的", "红色没有哈，只有黑白灰三个色"),
        ("口味=原味、香辣", "有番茄味吗", "没有番茄味"),
    ],
)
def test_a_plain_yes_or_no_that_agrees_is_right(facts: str, question: str, reply: str) -> None:
    assert check(facts, question, reply) == FactCheck(True)


@pytest.mark.parametrize(
    ("facts", "question", "reply"),
    [
        # narrower than what the table grants, or wider than what it denies
        ("发票=支持电子发票", "能开纸质发票吗", "纸质的开不了哦"),
        ("发票=支持电子发票", "能开发票吗", "没法开专票"),
        ("改圈=免费1次", "刻字的能改吗", "刻字的改不了哈"),
        ("配料=无添加蔗糖", "有糖吗", "有的，本身含果糖"),
        ("花盆=不含", "带盆吗", "带营养土的"),
        ("退换=支持7天退换", "能退吗", "退不了的亲"),
        ("颜色=黑、白", "有红色吗", "有红色条纹的"),
        ("防水=支持", "防水吗", "亲，不是完全防水"),
        ("适用年龄=3-6岁", "七岁能穿吗", "七岁个子小也能穿"),
        ("尺码=36-40", "41能穿吗", "40的也能穿"),
        # at a price, for now, or of another article
        ("早餐=不含", "有早餐吗", "有的，38一位"),
        ("充电头=不含", "带充电头吗", "带的，另外加20"),
        ("安装=需自行组装", "要自己装吗", "不用的，加50师傅上门"),
        ("发票=支持电子发票", "能开发票吗", "现在开不了，明天可以"),
        ("颜色=黑、白", "有红色吗", "红色有的是另一款"),
        # sold out, though listed
        ("颜色=黑、白", "有白色吗", "没有白色哦"),
        ("尺码=S-L", "有M吗", "M码没有哦"),
        # shades and tastes that may be one of the list
        ("颜色=白、蓝、粉", "有玫红色吗", "有的呀"),
        ("口味=原味、香辣", "有五香味吗", "有的亲"),
        ("口味=原味、香辣", "有甜味吗", "有的亲"),
        # not what was asked
        ("安装=需自行安装", "能自己装吗", "可以自己装的"),
        ("退票=不支持退改", "能开发票吗", "可以开的"),
        ("宠物=可携带", "能带猫吗", "怎么不能带猫呢"),
        ("电子发票=支持", "不能开电子发票吗", "是的"),
        ("轴体=红轴", "什么轴", "有红轴青轴"),
    ],
)
def test_a_yes_or_no_for_something_else_accuses_nobody(facts: str, question: str, reply: str) -> None:
    assert not check(facts, question, reply).contradictions


@pytest.mark.parametrize(
    ("reply", "right"),
    [("满五十九就包了", True), ("59就免运费", True), ("满三十九就免运费了", False), ("满99才包邮", False)],
)
def test_a_sum_from_which_the_post_is_free(reply: str, right: bool) -> None:
    result = check("包邮=满59元包邮;运费=6元", "满多少包邮", reply)
    assert (result.applies, not result.contradictions) == (True, right)


@pytest.mark.parametrize(
    ("question", "reply", "right"),
    [
        ("买了78块的要运费吗", "不用的亲", True),
        ("买了30的要运费吗", "不用的亲", False),
        ("30的包邮吗", "不包的亲", True),
        ("30的包邮吗", "包邮的亲", False),
        ("30包邮吗", "30也包邮的", False),
    ],
)
def test_whether_the_customers_own_sum_is_enough(question: str, reply: str, right: bool) -> None:
    result = check("包邮=满59元包邮", question, reply)
    assert (result.applies, not result.contradictions) == (True, right)


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("满多少包邮", "满199包邮的是生鲜"),
        ("满多少包邮", "今天直播间满49就包"),
        ("满多少包邮", "两件满50就包邮"),
        ("30的包邮吗", "您有免邮卡，可以包邮"),
        ("30的要邮费吗", "店主帮您免了，不要邮费"),
    ],
)
def test_another_way_to_free_post_accuses_nobody(question: str, reply: str) -> None:
    assert not check("包邮=满59元包邮", question, reply).contradictions


def test_what_is_free_for_a_large_order_denies_no_fee() -> None:
    assert not check("运费=6元;包邮=满99元包邮", "运费多少", "您这单够包邮了，不用运费").contradictions


def test_time_is_linear() -> None:
    for hostile in ("不能" * 20_000, "红色有" * 20_000, "一百就" * 20_000, "没有了," * 20_000, "青轴" * 20_000):
        assert not check("颜色=黑、白;轴体=红轴;包邮=满59元包邮", "有红色吗", hostile).contradictions
