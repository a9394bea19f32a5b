"""Who warns of something does not do it, and who does it is found whatever he denies beside it."""

import pytest

from csnlp.rules import Case, RuleBook, load_book
from csnlp.rules.engine import judge
from csnlp.types import Exchange


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return load_book("taobao")


def fired(book: RuleBook, reply: str) -> set[str]:
    results = judge(book, Case(Exchange(reply), book.scanner))
    return {fired.rule.id for result in results for fired in result.fired if fired.rule.severity != "info"}


@pytest.mark.parametrize(
    "reply",
    [
        "让您打开tb-refund.com的短信是假的，别点",
        "您的短信里tuikuan88.com/abc是钓鱼网站，请删除",
        "请不要打开www.tb-refund.com",
        "http://tuikuan88.com 不是我们的网站，请不要打开",
        "对方如果要您加微信，请拒绝",
        "自称客服要求加QQ的，请直接挂断",
        "常见的骗局是先让您加QQ再转账",
        "让您加微信的，不是我们",
        "没人会加您微信的",
        "没有衣服是永远不起球的，打理一下就好",
        "没有哪款能做到百分百不过敏，建议先试用",
        "销量第一不是我们，榜单每天都变",
    ],
)
def test_a_warning_or_denial_is_no_breach(book: RuleBook, reply: str) -> None:
    assert not fired(book, reply) & {"N2.3-off-platform", "N2.3-foreign", "N3.2-outcome", "N3.2-absolute-claim"}


@pytest.mark.parametrize(
    ("reply", "rule"),
    [
        ("打开 shop-vip88.cn 领券", "N2.3-foreign"),
        ("不要在这里拍，打开 shop-vip88.cn 下单", "N2.3-foreign"),
        ("请点击 httptaobao.com/login 重新支付", "N2.3-foreign"),
        ("https-taobao.com/login", "N2.3-foreign"),
        ("请打开 https://evil.top/?a[]=1 支付", "N2.3-foreign"),
        ("不一定有货加我微信mm22334", "N2.3-off-platform"),
        ("没人回您加我微信mm22334", "N2.3-off-platform"),
        ("没收到的加我微信", "N2.3-off-platform"),
        ("永远不会起球的", "N3.2-outcome"),
        ("全网最低不是我们吹的", "N3.2-absolute-claim"),
    ],
)
def test_a_breach_is_found_whatever_stands_before_it(book: RuleBook, reply: str, rule: str) -> None:
    assert rule in fired(book, reply)
