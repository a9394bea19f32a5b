"""Honest replies that name another number than the standard answer, each beside one that really contradicts."""

from __future__ import annotations

from pathlib import Path

import pytest

from csnlp.reference.check import check_reference
from csnlp.rules.fact_check import check_facts
from csnlp.rules.facts import FactTable, load_facts

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def table() -> FactTable:
    return load_facts(ROOT / "examples" / "facts.yaml")


HONEST = [
    # what is left of a term
    ("能退吗", "支持7天无理由退货", "您还有三天可以退货"),
    ("保修几年", "整机质保3年", "您买了两年了，还有一年质保"),
    ("保质期多久", "保质期12个月", "您收到的这批还有10个月保质期"),
    ("多久到账", "退款7天到账", "还要3天到账"),
    ("多久到", "物流3-5天送达", "还要两天送达哦"),
    ("多久到", "物流3-5天送达", "大概还需要2天送达"),
    ("多久到账", "退款3-5个工作日到账", "再有一天就到账了"),
    ("多久到账", "退款7天到账", "离到账还有3天"),
    ("还保修吗", "保修2年", "您的保修剩余6个月"),
    ("还保修吗", "保修18个月", "十七个月还差一个月到期，在保修里"),
    # a fee in another case
    ("安装费", "首次安装免费", "移机安装需要收费"),
    ("安装费", "首次安装免费", "第二次安装要收费80元"),
    ("维修费", "保修期内维修免费", "过了保修期维修要收费"),
    ("维修费", "质量问题免费维修", "人为损坏维修是收费的"),
    ("退票费", "24小时内退票免费", "超过24小时退票收费"),
    ("维修费", "3至6个月免费维修一次，超过6个月付费维修30元/次", "超过6个月付费维修30元/次"),
    # worked out
    ("积分怎么用", "100积分抵1元", "一千积分能抵10元"),
    ("我有2600积分能换多少钱", "100积分抵1元", "26元"),
    ("钠多少", "每100克含钠200毫克", "一包50克含钠100毫克"),
    ("蛋白质多少", "蛋白质含量3.6g/100ml", "一盒250ml里有9克蛋白质"),
    ("加多少", "每升水加5克", "10升水加50克"),
    ("用多少", "每平米用200ml", "10平米用2升"),
    ("耗电多吗", "每天耗电1度", "一个月30度电"),
    ("怎么换", "10个瓶盖换1瓶", "20个瓶盖能换2瓶"),
    ("几斤", "一箱10斤", "两箱20斤"),
    ("返多少", "好评返现2元", "三单返6元"),
    ("我家六楼没电梯，搬楼费多少", "无电梯3楼起每层加收20元搬楼费", "搬楼费80元"),
    ("手写笔和套一共多少", "手写笔399元，键盘499元，保护套89元", "手写笔399元，保护套89元，一共488元"),
    ("有8毫米的吗", "钻头含4、6、8、10mm各1支", "有8毫米的"),
    ("换屏多久", "到店更换约40分钟", "到店不到一个小时就换好"),
    ("保多久", "均质保180天", "保半年"),
    # what is missing to a threshold
    ("怎么包邮", "满88元包邮", "您再凑个20块钱的小东西就包邮了"),
    ("怎么包邮", "满88元包邮", "再买12元的就包邮啦"),
    ("怎么包邮", "满88元包邮", "再拍一个15元的袜子就够包邮了"),
    ("银卡怎么升金卡", "消费满5000元升金卡", "您再买七百块就够金卡了"),
    # 一分钱 denied
    ("安装要钱吗", "免费上门安装", "师傅上门装好您不用掏一分钱的"),
    ("安装要钱吗", "免费上门安装", "安装不会多收您一分钱"),
    ("托运要钱吗", "轮椅可免费托运", "轮椅托运一分钱不花"),
    # goods and times of their own
    ("几天发", "48小时内发货", "定制款要7天发货"),
    ("几天发", "48小时内发货", "您拍的刻字款，7天发货"),
    ("几天发", "48小时内发货", "双十一期间7天内发货哦"),
    # promotions
    ("优惠多少", "满300减50", "满300优惠50块"),
    ("优惠多少", "每满300减40", "满600减80元"),
]

WRONG = [
    ("能退吗", "支持7天无理由退货", "三天内可以无理由退货"),
    ("保修几年", "整机质保3年", "整机质保一年"),
    ("保修多久", "整机质保24个月", "整机质保大概32个月"),
    ("多重", "净重4斤", "净重大概5.3斤"),
    ("多久到账", "退款7天到账", "退款3天到账"),
    ("安装收费吗", "首次安装免费", "首次安装要收费"),
    ("维修费", "保修期内维修免费", "保修期内维修要收费"),
    ("退票费", "24小时内退票免费", "24小时内退票收费"),
    ("安装要钱吗", "免费上门安装", "安装要您自己付费的"),
    ("积分怎么用", "100积分抵1元", "一千积分能抵50元"),
    ("我有2600积分能换多少钱", "100积分抵1元", "260元"),
    ("钠多少", "每100克含钠200毫克", "每100克含钠500毫克"),
    ("加多少", "每升水加5克", "10升水加80克"),
    ("耗电多吗", "每天耗电1度", "每天耗电3度电"),
    ("几斤", "一箱10斤", "一箱20斤"),
    ("吃几粒", "每日2次，每次1粒", "一天两次，一次两粒"),
    ("怎么包邮", "满88元包邮", "满99元包邮"),
    ("几天发", "48小时内发货", "7天内发货哦"),
    ("定制款几天发", "定制款15天内发货", "定制款20天发货"),
    ("优惠多少", "满300减50", "满300减30哦"),
    ("优惠多少", "满300减50", "满200减50哦"),
]


@pytest.mark.parametrize(("question", "reference", "reply"), HONEST)
def test_another_number_may_be_right(question: str, reference: str, reply: str) -> None:
    assert check_reference(reply, reference, question).contradictions == ()


@pytest.mark.parametrize(("question", "reference", "reply"), WRONG)
def test_a_contradiction_near_by_is_still_found(question: str, reference: str, reply: str) -> None:
    assert check_reference(reply, reference, question).contradictions


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("保修多久", "还有8个月保修"),
        ("保修多久", "配件保修1年，整机2年"),
        ("什么快递", "顺丰暂时发不了哦"),
        ("什么快递", "之前是发顺丰快递的，现在改中通了"),
        ("什么快递", "别家都发顺丰"),
        ("养生壶材质", "比塑料的好，是304不锈钢材质"),
        ("养生壶什么材质", "不锈钢内胆，手柄是塑料的"),
    ],
)
def test_the_table_accuses_nobody_of_what_the_reply_says_is_not_so(question: str, reply: str, table: FactTable) -> None:
    assert check_facts(reply, question, table).contradictions == ()


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("保修多久", "质保一年"),
        ("什么快递", "默认发顺丰的"),
        ("什么快递", "现在都发顺丰快递"),
        ("养生壶什么材质", "壶身是塑料的"),
    ],
)
def test_the_table_still_finds_what_is_wrong(question: str, reply: str, table: FactTable) -> None:
    assert check_facts(reply, question, table).contradictions
