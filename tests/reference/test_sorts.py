"""Words of which only one sort fits a thing, and replies in the standard answer's own words."""

from __future__ import annotations

import time

import pytest

from csnlp.reference.check import check_reference
from csnlp.reference.result import FactCheck

# question, reply, reference
RIGHT = [
    ("发什么快递", "亲，默认发圆通的哦", "默认圆通快递"),
    ("是纯棉的吗", "亲，是100%纯棉的", "面料：100%棉"),
    ("这个枕套什么面料", "全棉的", "纯棉"),
    ("是真皮吗", "是的亲", "头层牛皮"),
    ("是塑料的吗", "不是的哦", "材质：玻璃"),
    ("哪里产的", "国产的亲", "产地福建安溪"),
    # in the words of the standard answer
    ("怎么除湿", "亲，按一下模式键切换到除湿就可以了", "按模式键切换除湿模式"),
    ("可以改地址吗", "亲，没发货的话可以帮您改地址的", "未发货可修改地址"),
    ("含糖吗", "亲，这款是0蔗糖的，放心喝", "0蔗糖"),
    # in its numbers
    ("能装下吗", "亲，柜子内径深55公分的", "柜体内深550mm"),
    ("功率是多少", "亲，这款是1800瓦的", "额定功率1.8kW"),
]
WRONG = [
    ("发什么快递", "亲，我们发顺丰的", "默认圆通快递"),
    ("是纯棉的吗", "亲，这个是聚酯纤维的", "面料：100%棉"),
    ("是聚酯纤维的吗", "是的亲", "面料：100%棉"),
    ("里面是鸭绒还是鹅绒", "鸭绒的", "被芯填充为95%白鹅绒"),
    ("哪里产的", "亲，产地浙江的", "产地福建安溪"),
    ("什么颜色", "亲，是白色的", "颜色：黑色"),
    ("你们发什么快递", "韵达快递", "默认圆通快递"),
    ("是纯棉的吗", "是的亲", "面料：聚酯纤维"),
    ("这个斜挎包是真皮吗", "PU皮的", "主料为二层牛皮，里布为涤纶"),
]
# Options, parts, customers' parcels, a sort of the other, exceptions: nothing is contradicted.
APART = [
    ("发什么快递", "亲，大件发德邦的", "默认中通"),
    ("能发顺丰吗", "亲，可以发顺丰，加10元", "默认中通，如需顺丰补10元"),
    ("你们用什么快递", "默认顺丰", "默认韵达，如需顺丰请联系客服补差价"),
    ("退货发什么快递", "亲，您发圆通就可以", "默认中通发货"),
    ("我在乌鲁木齐，发什么快递", "邮政", "默认发中通；新疆、西藏只发邮政"),
    ("什么快递", "亲，您这单发的圆通", "默认中通"),
    ("发什么快递", "亲，可能是圆通", "默认中通"),
    ("发什么快递", "亲，暂时发圆通", "默认中通"),
    ("什么材质", "亲，杯盖塑料的", "杯身玻璃"),
    ("实木的吗", "亲，橡木的", "实木"),
    ("什么颜色", "亲，是深灰色的", "灰色"),
    ("是真皮的吗", "亲，鞋底橡胶，内里是猪皮的", "头层牛皮鞋面"),
    # what the question asks of is not what the standard answer tells of
    ("表带什么颜色", "黑色的", "白色表盘"),
    ("里面是什么材质", "涤纶的", "面料为纯棉"),
    ("拉链什么材质", "黄铜的", "面料：牛皮"),
    ("赠品什么颜色", "白色的", "主机为黑色"),
    ("大号什么材质", "铸铁的", "小号为铝合金"),
    ("新款什么颜色", "蓝色", "老款为黑色"),
    ("冷冻的发什么快递", "顺丰的", "常温商品默认中通"),
    ("店铺哪里的", "店在浙江", "产地云南"),
    ("客服是哪里的", "四川的", "产地云南"),
    # one order, or one parcel
    ("我这单发什么快递", "圆通的", "默认中通快递"),
    ("我买的什么口味", "原味的", "有草莓味、巧克力味"),
    ("寄给你们发什么快递", "邮政吧", "默认中通"),
    ("发什么快递", "您的订单已经发了,是申通", "默认发圆通快递"),
    # an offer, and what is so now
    ("能不能发顺丰", "可以发顺丰的", "默认中通"),
    ("有没有黑色", "黑色有的", "默认发白色"),
    ("发什么快递", "现在发韵达", "默认发中通"),
    # some of each
    ("是顺丰吗", "不是的", "默认中通，生鲜走顺丰"),
    ("是纯棉的吗", "不是的亲", "95%棉+5%氨纶"),
]
# What is in the standard answer's words, but for one.
NOT_BORNE_OUT = [
    ("驱虫药什么时候喂", "亲，饭前喂服", "饭后喂服"),
    ("怎么洗", "亲，不可手洗", "可手洗"),
    ("可以退吗", "可以的亲，联系客服", "不支持退货，联系客服"),
    ("怎么喝", "先加粉后加水", "先加水后加粉"),
    ("运费谁承担", "质量问题买家承担", "质量问题卖家承担"),
    ("左边还是右边", "开关在右边", "开关在左边"),
    ("放多少水", "多放点水", "少放点水"),
    ("什么肤质能用", "敏感肌可以用", "敏感肌慎用"),
    ("怎么退", "直接寄回就可以", "联系客服同意后寄回"),
    ("怎么预约", "可以提前预约", "必须提前预约"),
    ("掉色吗", "掉色不会缩水", "不掉色会缩水"),
    ("刻字能换吗", "刻字不合不可换", "刻字不合可免费换"),
    ("面料是啥", "真丝的", "聚酯纤维仿真丝"),
    ("什么快递", "都是顺丰", "默认中通，顺丰需补差价"),
    # of a sort, but of another thing
    ("什么颜色", "红色的", "黑色，扣子红色"),
    ("哪里产的", "产地新西兰、澳大利亚", "产地澳大利亚"),
    ("是顺丰吗", "是的", "默认中通，生鲜顺丰"),
    ("是纯棉的吗", "是的亲", "60%棉，40%聚酯纤维"),
]


@pytest.mark.parametrize(("question", "reply", "reference"), RIGHT)
def test_what_agrees_is_borne_out(question: str, reply: str, reference: str) -> None:
    assert check_reference(reply, reference, question) == FactCheck(True)


@pytest.mark.parametrize(("question", "reply", "reference"), WRONG)
def test_another_sort_contradicts(question: str, reply: str, reference: str) -> None:
    assert check_reference(reply, reference, question).contradictions


@pytest.mark.parametrize(("question", "reply", "reference"), APART)
def test_what_may_be_of_something_else_contradicts_nothing(question: str, reply: str, reference: str) -> None:
    assert not check_reference(reply, reference, question).contradictions


@pytest.mark.parametrize(("question", "reply", "reference"), NOT_BORNE_OUT)
def test_one_word_that_differs_is_not_borne_out(question: str, reply: str, reference: str) -> None:
    check = check_reference(reply, reference, question)
    assert check.contradictions or not check.applies


@pytest.mark.parametrize("text", ["圆通" * 60_000, "纯棉聚酯纤维，" * 20_000, "深灰色" * 50_000, "是塑料的" * 40_000])
@pytest.mark.parametrize("reversed_roles", [False, True])
def test_hostile_text_takes_linear_time(text: str, *, reversed_roles: bool) -> None:
    other = "默认圆通，面料纯棉"
    reply, reference = (other, text) if reversed_roles else (text, other)
    start = time.process_time()
    check_reference(reply, reference, "什么快递" + text)
    # Measured: 0.1 to 0.3 s. Quadratic time would be minutes.
    assert time.process_time() - start < 20
