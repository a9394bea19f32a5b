from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csnlp.reference.check import check_reference
from csnlp.reference.compare import agrees
from csnlp.reference.result import FactCheck
from csnlp.rules.fact_check import check_facts
from csnlp.rules.facts import FactTable, load_facts, table_of
from csnlp.text.quantities import quantities

ROOT = Path(__file__).parents[2]
# Pairs of our own over 25 trades: a standard answer, a reply, and whether the reply contradicts it.
PAIRS = [json.loads(line) for line in Path(__file__).with_name("fact_pairs.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def table() -> FactTable:
    return load_facts(ROOT / "examples" / "facts.yaml")


def wrong(check: FactCheck) -> list[tuple[str, str, str]]:
    return [(found.fact_key, found.found, found.expected) for found in check.contradictions]


# ---- how quantities are compared


@pytest.mark.parametrize(
    ("stated", "expected", "verdict"),
    [
        ("三天", "72小时", True),
        ("一周", "7天", True),
        ("30天", "一个月", True),
        ("半年", "6个月", True),
        ("五天", "7天", False),
        ("两天之内", "48小时内", True),
        ("24小时内", "48小时内", False),
        ("72小时内", "48小时内", False),
        ("4天", "3-5天", True),
        ("6天", "3-5天", False),
        ("3-4天", "3-5天", True),
        ("5-7天", "3-5天", False),
        ("3-5天", "4天", None),
        ("20天", "1个月内", True),
        ("40天", "1个月内", False),
        ("5天左右", "6天", True),
        ("5天左右", "8天", False),
        ("大概5.3斤", "4斤", False),
        ("大概5斤", "4斤", True),
        ("大概3斤", "4斤", True),
        ("大概2.9斤", "4斤", False),
        ("大概16元", "12元", False),
        ("16元", "大约12元", False),
        ("15元", "大约12元", True),
        ("大概32个月", "24个月", False),
        ("大概22个月", "2年", True),
        ("大概70度", "90度", False),
        ("大概88度", "90度", True),
        ("大概下午3点", "18:00", False),
        ("11个月", "12个月", False),
        ("25个月", "2年", False),
        ("13个月", "1年内", False),
        ("一年半", "18个月", True),
        ("3个月到1年", "3-12个月", True),
        ("365天", "12个月", True),
        ("124斤", "62公斤", True),
        ("62斤", "62公斤", False),
        ("半个月", "15天内", True),
        ("3个工作日", "3天", True),
        ("3-5天", "3个工作日", True),
        ("30天", "3个工作日", False),
        ("下午6点", "18:00", True),
        ("6点前", "18:00前", True),
        ("下午5点", "18:00", False),
        ("晚上12点", "0点开抢", True),
        ("今晚24点", "00:00", True),
        ("凌晨12点", "12:00", False),
        ("22:00到02:00", "22:00开始", True),
        ("凌晨1点", "22:00-02:00", True),
        ("下午3点", "22:00-02:00", False),
        ("零点后", "24点后", True),
        ("3月5日", "2026年3月5日", True),
        ("3月6日", "2026年3月5日", False),
        ("超过3片", "3片以内", None),
        ("零下18度", "-18℃", True),
        ("18度", "-18℃", False),
        ("-20℃", "-18~-24℃", True),
        ("-19度", "-18度", False),
        ("-18~-24℃", "-20℃", None),
        ("泡210秒", "泡3分30秒", True),
        ("5、6天", "5天", None),
        ("八折", "85折", False),
        ("1TB", "1000GB", True),
        ("3件", "3包", None),
        ("3元", "3斤", None),
    ],
)
def test_a_statement_has_to_keep_to_the_number(stated: str, expected: str, verdict: bool | None) -> None:
    (said,), (due,) = quantities(stated), quantities(expected)
    assert agrees(said, due) is verdict


# ---- against the table


@pytest.mark.parametrize(
    ("question", "reply", "found"),
    [
        ("多久发货", "亲，72小时内发货哦", [("发货时间", "72小时内", "48小时内")]),
        ("多久发货", "24小时内", [("发货时间", "24小时内", "48小时内")]),
        ("", "發貨時間是付款後三天內", [("发货时间", "三天內", "48小时内")]),
        ("", "48小时内发货，一般７天到货", [("送达时间", "７天", "3-5天")]),
        ("包邮吗", "不包邮的哦", [("包邮", "不包邮", "yes")]),
        ("包邮吗", "不包的亲", [("包邮", "不包", "yes")]),
        ("能开发票吗", "抱歉，不能", [("开发票", "不能", "yes")]),
        ("货到付款可以吗", "可以的亲", [("货到付款", "可以", "no")]),
        ("", "这款不支持七天无理由", [("七天无理由", "不支持七天无理由", "yes")]),
        ("养生壶多重", "两斤半", [("重量", "两斤半", "3斤")]),
        ("发什么快递", "默认发顺丰的", [("发货快递", "顺丰", "中通、圆通")]),
        ("3天能发货吗", "可以的，3天发货", [("发货时间", "3天", "48小时内")]),
        # a yes or no in one clause, the bare name of the policy in the other
        ("", "可以的，货到付款", [("货到付款", "可以的，货到付款", "no")]),
        ("", "可以的亲，货到付款没问题", [("货到付款", "货到付款没问题", "no")]),
        ("", "有的，货到付款", [("货到付款", "有的，货到付款", "no")]),
        ("", "货到付款没问题的", [("货到付款", "货到付款没问题", "no")]),
        ("", "货到付款，可以的亲", [("货到付款", "货到付款，可以", "no")]),
        ("在吗", "亲，可以的，亲，货到付款", [("货到付款", "可以的，亲，货到付款", "no")]),
        ("可以晚点付钱吗", "可以的，货到付款", [("货到付款", "可以的，货到付款", "no")]),
        ("你们支持货到付款吗", "支持的亲", [("货到付款", "支持", "no")]),
        ("", "没有的，发票", [("开发票", "没有的，发票", "yes")]),
        ("能开发票吗", "没有的 发票", [("开发票", "没有的 发票", "yes")]),
        ("", "发票，没有的哦", [("开发票", "发票，没有", "yes")]),
        ("", "发票没有呢", [("开发票", "发票没有", "yes")]),
        ("", "不支持的，七天无理由", [("七天无理由", "不支持的，七天无理由", "yes")]),
        ("", "七天无理由没有的", [("七天无理由", "七天无理由没有", "yes")]),
    ],
)
def test_a_reply_against_the_table_is_found_with_its_words(
    question: str, reply: str, found: list[tuple[str, str, str]], table: FactTable
) -> None:
    check = check_facts(reply, question, table)
    assert wrong(check) == found
    assert all(reply[item.start : item.end] == item.found for item in check.contradictions)


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("多久发货", "亲，两天之内给您发出"),
        ("", "付款后48小时内发货，3到5天到货"),
        ("包邮吗", "包的亲"),
        ("", "没有不支持七天无理由的"),
        ("能开发票吗", "可以开的"),
        ("", "并非不能开发票"),
        ("养生壶多重", "1500克"),
        ("保修几年", "质保24个月哦"),
        ("发什么快递", "中通圆通随机发的，不发顺丰"),
        ("3天能发货吗", "48小时内就能发货，不用3天的"),
        ("货到付款可以吗", "不支持货到付款的"),
        ("货到付款可以吗", "不可以的，货到付款"),
        ("", "有的，发票"),
        ("要运费吗", "不用的，包邮"),
    ],
)
def test_a_reply_that_agrees_is_judged_and_right(question: str, reply: str, table: FactTable) -> None:
    assert check_facts(reply, question, table) == FactCheck(True)


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("多重", "五斤"),  # of which product?
        ("多久发货", "如果是预售的话15天发货"),
        ("多久发货", "退款3天到账"),
        ("多久发货", "亲，您等了5天没发货吗？"),
        ("拆了能退吗", "拆封后不支持七天无理由"),
        ("包邮吗", "新疆不包邮的哦"),
        ("支持七天无理由吗", "不支持七天无理由的商品详情页会写明"),
        ("发票上会显示白条吗", "不会"),
        ("多久发货", "亲，请稍等，我看一下"),
        ("保修多久", "质保从24年5月开始算"),
        ("保修多久", "保修到26年5月"),
        ("退货发什么快递", "您退回来发顺丰也可以"),
        # the yes or no may answer something else
        ("要先付款吗", "不用的，货到付款"),
        ("有微信支付吗", "没有的，货到付款"),
        ("拆了能退吗", "不退的，七天无理由"),
        ("售后要寄什么", "是的，发票"),
        ("保修要提供发票吗", "不用的"),
        ("不能货到付款吗", "是的，货到付款"),
        ("不能货到付款吗", "是的"),
        ("", "可以的，货到付款吗"),
        ("", "可以的，货到付款的话要加5元"),
        ("", "可以的，货到付款，不支持"),
        ("", "可以的，花呗，微信，货到付款"),
        ("", "预售的话不可以的，七天无理由"),
        ("", "有发票没有呢"),
        ("什么快递，能发顺丰吗", "不支持的，顺丰"),
        ("", "一切都好，百度一下，第一时间处理"),
        ("", ""),
    ],
)
def test_what_cannot_be_told_is_not_judged(question: str, reply: str, table: FactTable) -> None:
    assert check_facts(reply, question, table) == FactCheck(False)


def test_a_product_has_its_own_facts(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    rows = [
        {"key": "重量", "names": ["多重", "重量"], "value": v, "product": p}
        for p, v in (("小米壶", "1斤"), ("大壶", "3斤"))
    ]
    path.write_text(json.dumps({"facts": rows}), encoding="utf-8")
    both = load_facts(path)
    assert wrong(check_facts("三斤", "小米壶多重", both)) == [("重量", "三斤", "1斤")]
    assert check_facts("三斤", "大壶多重", both) == FactCheck(True)
    assert check_facts("小米壶重量一斤，大壶重量三斤", "两个都多重", both) == FactCheck(True)


# ---- what is near a fact and not it


@pytest.mark.parametrize(
    ("fact", "question", "reply"),
    [
        # the right number stands beside
        ("价格=99元", "多少钱", "亲，价格99元，两件价格189元"),
        ("续航=9小时", "续航多久", "亲，看视频续航9小时，待机续航30天"),
        ("运费=6元", "运费", "亲，顺丰运费18元，中通运费6元"),
        ("质保=5年", "质保多久啊", "主机质保5年，易损件质保半年哈"),
        ("重量=1.35kg", "多重", "亲，净重1.35公斤，带适配器重量1.6公斤"),
        ("容量=350ml", "容量多大", "亲，大杯容量500毫升，小杯容量350毫升"),
        # a number sets a case, or changes the price
        ("运费=6元", "运费多少", "亲，6元运费，满59元免运费"),
        ("运费=6元", "运费", "亲，您买满99元就免运费啦"),
        ("运费=8元", "运费怎么算", "亲，购物满99元，免运费的"),
        ("运费=8元", "运费多少", "亲，拍两件的话，运费12元哦"),
        ("运费=10元", "买多少免运费", "亲，购买超过88元就不用运费了，不足88元运费10元"),
        ("价格=99元", "多少钱", "亲，价格满200减20元"),
        ("价格=99元", "多少钱", "亲，买2件价格180元"),
        ("价格=59元", "能便宜吗", "亲，这个价格下单还能再减5元的"),
        ("定金=50元", "定金能抵多少", "亲亲，定金抵100元哦"),
        # the name goes on
        ("保修=1年", "保修卡呢", "亲，保修卡3天内给您补寄"),
        ("保修=1年", "怎么保修", "亲，保修申请24小时内受理"),
        ("保修期=2年", "保修期内坏了呢", "亲，保修期内坏了寄回，检测需要5天左右"),
        ("运费=6元", "有运费险吗", "亲，运费险一般赔8元"),
        ("发货=48小时内", "几天到", "发货后3天到"),
        ("发货=48小时内", "发货后几天能到", "亲，一般3-4天哦"),
        # a kind of its own, in the reply or in the question
        ("运费=6元", "退货邮费", "亲，换货运费需要您付10元"),
        ("运费=6元", "退货运费多少", "亲，退货运费您先垫，大概10块左右"),
        ("运费=6元", "顺丰运费多少", "18元亲"),
        ("门票=120元", "学生呢", "亲，学生门票80元"),
        ("价格=199元", "会员多少钱", "亲，会员价格179元"),
        ("保质期=9个月", "开封后保质期多久", "亲，开封后保质期15天左右"),
        # another event
        ("退货=7天", "退货多久到账", "亲，仓库签收后2天内给您退款"),
        ("退货=7天", "退货", "退货审核24小时内"),
        ("退货=7天", "能退货吗", "亲，退货请在同意后3天内寄出"),
        ("发货=24小时内", "发货了吗", "亲，您的包裹昨天已经发货了，预计2天左右到您那边哦"),
        ("发货=48小时内", "发货慢", "亲，延迟发货超过72小时赔5元"),
        # a policy of which one case is denied
        ("包邮=是", "发顺丰包邮吗", "顺丰不包邮，要补12元，中通包邮"),
        ("包邮=是", "发EMS包邮吗", "亲，EMS不包邮的，默认圆通包邮"),
        ("包邮=是", "退货包邮吗", "退货不包邮哦"),
        ("包邮=是", "一件包邮吗", "一件不包邮，两件包邮"),
        ("包邮=是", "一件包邮不", "不包的亲"),
        ("发票=支持", "能开纸质发票吗", "亲，纸质发票开不了呢，电子发票可以的"),
        ("发票=支持", "可以开专票吗", "亲，专票开不了发票只能开普票呢"),
        ("七天无理由=支持", "贴身衣物支持七天无理由吗", "亲，贴身衣物不支持七天无理由的哦"),
        # not yet, or no need
        ("发票=支持", "发票开了没", "亲，还没开发票呢，今天帮您催"),
        ("发票=支持", "要提供发票吗", "不用提供发票的亲，有订单号就行"),
    ],
)
def test_what_stands_near_a_fact_does_not_contradict_it(fact: str, question: str, reply: str) -> None:
    assert check_facts(reply, question, table_of(dict([fact.split("=")]))).contradictions == ()


@pytest.mark.parametrize(
    ("fact", "question", "reply", "found"),
    [
        ("发货=48小时内", "什么时候发货", "亲，付款后5天内发货哦", "5天内"),
        ("发货=48小时内", "多久发货", "亲亲，我们这边是七天之内给您安排发货的哦", "七天之内"),
        ("发货=48小时内", "今天能发货吗", "亲，今天发不了，发货需要3-4天的", "3-4天"),
        ("运费=6元", "运费多少", "亲，运费大概要10块左右哦", "大概要10块左右"),
        ("运费=6元", "运费", "亲，运费是免费的哦", "免费"),
        ("运费=6元", "要运费吗", "运费全免的亲", "全免"),
        ("运费=6元", "运费", "亲，一件运费10元", "10元"),
        ("运费=6元", "运费", "48小时内发货，运费10元", "10元"),
        ("价格=99元", "价格", "亲，今天活动价格129元", "129元"),
        ("保修=1年", "保修多久", "亲，整机保修2年", "2年"),
        ("保修=1年", "保修", "亲，这款电饭煲保修三个月", "三个月"),
        ("退货=7天", "退货", "亲，签收后3天之内可以申请退货", "3天之内"),
        ("退货=7天", "可以退货吗", "可以的，收到货10天内都能退货的", "10天内"),
        ("续航=9小时", "续航", "亲，这款手表续航能有24小时", "24小时"),
        ("押金=500元", "押金", "亲，租车押金1000元", "1000元"),
        ("起批量=10件", "起批量", "亲，最低起批量30件", "30件"),
        ("学生门票=60元", "学生呢", "亲，学生门票80元", "80元"),
        ("退货运费=8元", "退货运费多少", "大概15元", "大概15元"),
        ("适用年龄=3岁以上", "几岁能玩", "适用年龄超过6岁", "超过6岁"),
        ("包邮=是", "请问包邮吗", "不包的亲", "不包"),
        ("包邮=是", "包邮吗", "亲，抱歉我们家不包邮呢", "不包邮"),
        ("运费险=有", "送运费险吗", "不送的哦", "不送"),
        ("运费险=有", "", "亲，我们不送运费险的哦", "不送运费险"),
        ("发票=支持", "能开发票吗", "不能的哦亲", "不能"),
        ("发票=支持", "", "亲，本店不支持开发票", "不支持开发票"),
        ("发票=不支持", "", "亲，可以给您开发票的", "可以给您开发票"),
        ("退货包邮=是", "退货包邮吗", "不包的亲", "不包"),
        ("保修=1年", "保修多久", "保修3年，发票1年内可补开", "3年"),
        ("发货=48小时内", "什么时候发货", "发货72小时内，退款48小时内到", "72小时内"),
        ("价格=99元", "多少钱", "价格199元，赠品价值99元", "199元"),
    ],
)
def test_a_wrong_word_on_the_fact_itself_is_still_found(fact: str, question: str, reply: str, found: str) -> None:
    check = check_facts(reply, question, table_of(dict([fact.split("=")])))
    assert [item.found for item in check.contradictions] == [found]


# ---- against a standard answer


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


# ---- properties

chats = st.text(max_size=60) | st.text(
    st.sampled_from("亲3５一两半天小时内元斤不没有支持可以包邮发货七无理由免费收您我，。？！的吗 ~"), max_size=60
)


@given(chats, chats, chats)
@settings(deadline=None)
def test_any_text_gives_valid_spans(reply: str, reference: str, question: str) -> None:
    shop = load_facts(ROOT / "examples" / "facts.yaml")
    for check in (check_facts(reply, question, shop), check_reference(reply, reference, question)):
        end = 0
        for found in check.contradictions:
            assert end <= found.start < found.end <= len(reply)
            assert found.found == reply[found.start : found.end]
            end = found.end
        assert check.applies or not check.contradictions


@given(chats, chats)
@settings(deadline=None)
def test_a_reply_never_contradicts_itself(reply: str, question: str) -> None:
    assert check_reference(reply, reply, question).contradictions == ()
