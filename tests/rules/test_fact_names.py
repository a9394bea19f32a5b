"""A fact by its other names, facts in words, and what is not of the fact after all."""

from __future__ import annotations

import pytest

from csnlp.reference.result import FactCheck
from csnlp.rules.fact_check import check_facts
from csnlp.rules.facts import FactTable, table_of


def table(facts: str) -> FactTable:
    return table_of(dict(fact.split("=") for fact in facts.split(";")))


@pytest.mark.parametrize(
    ("facts", "question", "reply"),
    [
        ("运费=12元", "邮费多少", "亲，邮费12元哦"),
        ("保修=2年", "质保多久", "亲，质保两年的"),
        ("价格=299元", "多少钱", "亲，299元一套"),
        ("价格=299元", "多少钱", "亲，299的哦"),
        ("价格=158元", "怎么卖", "亲，158一个"),
        ("退房时间=12:00前", "几点退房", "亲，中午12点前退房"),
        ("容量=1.5升", "能装多少水", "1.5L的亲"),
        ("适用年龄=3岁以上", "几岁能玩", "亲，3岁以上就可以玩了"),
        ("运费=免费", "要邮费吗", "亲，不要邮费的"),
        ("发票=支持", "可以开票吗", "可以的亲"),
        ("包邮=是", "运费多少", "亲，免运费的哦"),
        ("七天无理由=支持", "不喜欢能退吗", "可以的亲，七天无理由退换"),
        ("防水=支持", "防水吗", "亲，防水的，淋雨没事"),
        # in words
        ("材质=纯棉", "是棉的吗", "是的亲，纯棉的"),
        ("材质=纯棉", "材质", "亲，面料是全棉的"),
        ("面料=亚麻", "是亚麻的吗", "是的亲"),
        ("颜色=黑色、白色", "有红色吗", "亲，没有红色的，只有黑色和白色"),
        ("快递=顺丰", "能发圆通吗", "亲，只发顺丰哦，不发圆通的"),
        ("产地=中国", "进口的吗", "亲，是国产的哦"),
        ("材质=304不锈钢", "是塑料的吗", "不是的亲，不锈钢的"),
    ],
)
def test_a_right_reply_in_other_words_is_borne_out(facts: str, question: str, reply: str) -> None:
    assert check_facts(reply, question, table(facts)) == FactCheck(True)


@pytest.mark.parametrize(
    ("facts", "question", "reply", "found"),
    [
        ("运费=12元", "邮费怎么收", "亲，邮费要15块", "15块"),
        ("质保=2年", "保修几年", "亲，保修三年", "三年"),
        ("价格=299元", "到手价多少", "亲，到手价259元", "259元"),
        ("价格=299元", "多少钱", "399的哦", "399"),
        ("入住时间=14:00后", "几点能入住", "亲，上午11点就可以入住", "上午11点"),
        ("适用年龄=3岁以上", "几岁可以玩", "亲，1岁以上就可以玩", "1岁以上"),
        ("材质=纯棉", "什么材质的", "亲，是聚酯纤维的", "聚酯纤维"),
        ("材质=实木", "", "亲，材质是密度板的", "密度板"),
        ("颜色=黑色", "什么颜色", "亲，颜色是白色的", "白色"),
        ("产地=福建安溪", "产地哪里", "亲，产地浙江的", "浙江"),
        ("快递=顺丰", "发哪家快递", "亲，发中通快递", "中通"),
        ("防水=IP68", "防水吗", "亲，不防水的", "不防水"),
        ("赠品=运动袜一双", "有赠品吗", "亲，没有赠品的", "没有赠品"),
    ],
)
def test_a_wrong_reply_in_other_words_is_found(facts: str, question: str, reply: str, found: str) -> None:
    assert [item.found for item in check_facts(reply, question, table(facts)).contradictions] == [found]


@pytest.mark.parametrize(
    ("facts", "question", "reply"),
    [
        # asked of something else
        ("价格=299元", "安装多少钱", "亲，安装80元"),
        ("价格=299元", "两件多少钱", "亲，两件540元"),
        ("价格=299元", "多少钱", "亲，定金50，到手299"),
        ("价格=299元", "现在什么价", "亲，299元，券后279元"),
        ("价格=299元;活动价=259元", "多少钱", "亲，现在259元"),
        ("发货=48小时内", "发票多久发", "亲，3天内发您邮箱"),
        ("发货=48小时内", "发票呢", "亲，发票3天内发出"),
        ("保修=1年", "电池保多久", "亲，电池保修半年"),
        ("到手价=99元", "价格多少", "亲，标价129元"),
        ("退货=7天", "几天可以退", "亲，15天内质量问题可以退"),
        ("快递=中通", "什么快递", "亲，看系统分配，可能是圆通"),
        # of a part, another place, another time, a sort of it
        ("材质=纯棉", "里面填充的是什么", "亲，里面是聚酯纤维填充的"),
        ("材质=玻璃", "盖子什么材质", "亲，塑料的"),
        ("材质=实木", "什么木头", "亲，橡木的"),
        ("颜色=蓝色", "标签什么颜色", "亲，红色的"),
        ("颜色=灰色", "什么颜色", "亲，是深灰色的"),
        ("颜色=黑色", "白色有吗", "亲，白色卖完了"),
        ("产地=云南", "哪里发货", "亲，从广东仓库发货的"),
        ("快递=顺丰", "退货寄什么快递", "亲，退货您用圆通中通都可以的"),
        ("快递=顺丰", "上次发的什么快递", "亲，上次发的圆通"),
        ("快递=圆通", "能发顺丰吗", "亲，可以的，补12元差价就给您发顺丰"),
        ("快递=顺丰", "快递到哪了", "亲，显示已经到广州中转站了"),
        ("预约=免预约", "要提前约吗", "亲，不用预约的"),
        ("赠品=袜子", "赠品还有吗", "亲，送完了，没有赠品了"),
        ("发票=支持", "开票要多久", "亲，不用开票那么久，一天就好"),
    ],
)
def test_what_is_of_something_else_contradicts_nothing(facts: str, question: str, reply: str) -> None:
    assert check_facts(reply, question, table(facts)).contradictions == ()


def test_a_name_that_two_facts_may_have_is_of_neither() -> None:
    both = table("保修=1年;质保=2年")
    assert check_facts("亲，质保两年的", "质保多久", both) == FactCheck(True)
    assert [item.fact_key for item in check_facts("亲，保修两年的", "保修多久", both).contradictions] == ["保修"]
    assert all("质保期" not in fact.names for fact in both.facts)


def test_a_list_gives_each_of_its_words() -> None:
    assert table("颜色=黑色、白色 或 米色").facts[0].value == ("黑色", "白色", "米色")
