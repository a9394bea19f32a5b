from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csnlp.reference.check import check_reference
from csnlp.reference.result import FactCheck
from csnlp.rules.fact_check import check_facts
from csnlp.rules.facts import FactTable, load_facts

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def table() -> FactTable:
    return load_facts(ROOT / "examples" / "facts.yaml")


def wrong(check: FactCheck) -> list[tuple[str, str, str]]:
    return [(found.fact_key, found.found, found.expected) for found in check.contradictions]


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
