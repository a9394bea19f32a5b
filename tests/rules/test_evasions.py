"""The gravest rules of the bundled book against ways round them, and against honest agents who say the same words."""

from __future__ import annotations

import pytest

from csnlp.heads import ACTS, HEADS
from csnlp.rules import Case, RuleBook, load_book
from csnlp.rules.engine import judge
from csnlp.types import Exchange, HeadScore, Turn

GRAVE = {
    *("N1.1-vulgar", "N1.1-get-lost", "N2.3-off-platform", "N2.3-asks-secret"),
    *("N3.2-absolute-claim", "N3.2-outcome"),
}
NEUTRAL = HeadScore("neutral", 0.95, {"rude": 0.01, "cold": 0.01, "neutral": 0.95, "polite": 0.02, "warm": 0.01}, 0.5)


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return load_book("taobao")


def accused(book: RuleBook, reply: str, customer: str = "在吗") -> set[str]:
    """The grave rules that ``reply`` breaks when the model takes it for neutral."""
    exchange = Exchange(reply, (Turn("customer", customer),))
    case = Case(exchange, book.scanner, {"politeness": NEUTRAL}, dict.fromkeys(ACTS.labels, 0.0), frozenset(HEADS))
    fired = [fired.rule.id for clause in judge(book, case) for fired in clause.fired]
    return {name for name in fired if name in GRAVE}


@pytest.mark.parametrize(
    "reply",
    [
        "如果不会装可以加我微信教您",
        "不急的话您加我微信我慢慢给您讲",
        "没收到货的话私下转账补您",
        "平台上不方便加我微信聊",
        "这里回复不及时您加我微信",
        "不限时间您微信转我就行",
        "淘宝上不能讲价加我微信讲",
        "有不清楚的加我微信问",
        "看不清楚加我微信",
        "别的地方没货您加我微信拿货",
        "没空看旺旺您加我微信",
        "不放心的话密码发我我来弄",
        "登不上就把验证码发给我",
        "别着急把短信验证码告诉我就行",
        "不骗您全网最低价",
        "不含激素零副作用",
        "不掉色绝对不会起球",
        "没得说就是行业第一",
        "称得上国家级",
    ],
)
def test_a_negation_of_something_else_excuses_nothing(book: RuleBook, reply: str) -> None:
    assert accused(book, reply)


@pytest.mark.parametrize(
    "reply",
    [
        "亲，不要加我微信以外的陌生人",
        "平台不允许加我微信的亲",
        "我们不会让您加微信的",
        "不会以任何理由要求您加微信",
        "我们这边不方便加微信的亲",
        "请勿轻信他人加微信",
        "不要轻信别人说加我微信有优惠",
        "客服不会引导顾客加微信",
        "我们从来没说过可以加微信",
        "谨防骗子加微信",
        "骗子才会让您加微信",
        "不用把银行卡号发我的",
        "不是让您把验证码告诉我",
        "没有任何客服会叫您把验证码告诉我",
        "没有全网最低价这一说",
        "没有人可以保证全网最低价",
        "我们做不到全网最低价",
        "算不上行业第一",
        "不存在零风险的投资",
    ],
)
def test_a_refusal_is_no_breach(book: RuleBook, reply: str) -> None:
    assert not accused(book, reply)


@pytest.mark.parametrize(
    "reply",
    [
        "加微信是违规的亲",
        "私下转账是骗人的别信",
        "加微信交易的不受保护",
        "加微信，不受平台保护的",
        "把验证码告诉我的客服都是假的",
        "密码发我这种话都是骗子说的",
        "亲，陌生人加微信别理",
        "加我们微信的都是骗子",
        "加微信不行的哦",
        "全网最低价不敢说",
        "零风险是不存在的",
        "绝对不会起球没人敢说",
        "零辐射的电器是没有的，这款远低于限值",
        "国家级的称号我们没有，是市级老字号",
        "目前没有药敢说根治，只能缓解",
        "一周美白这种说法不科学",
        "7天美白的都是噱头",
        "怎么洗都不会变形我可不敢答应您",
        "永不褪色的毛毯目前是没有的",
        "没有药能保证根治",
        "没有哪家能承诺全网最低价",
        "根治脚气，没有科学依据的",
        "全网最低价我不能答应您",
    ],
)
def test_what_is_denied_or_warned_of_behind_it_is_no_breach(book: RuleBook, reply: str) -> None:
    assert not accused(book, reply)


@pytest.mark.parametrize(
    "reply",
    [
        "加我微信不收手续费",
        "加我微信我们不是骗子",
        "加我微信别忘了备注",
        "加我微信不违规的",
        "加我微信不行再退",
        "密码发我不会泄露的",
        "私下转账不走平台便宜",
        "全网最低价不骗您",
        "全网最低价，不行就退",
        "零风险不用担心",
        "加我微信的优惠平台上没有",
        "全网最低价的店别家没有",
        "百分百有效的药没有吗",
        "根治的方子副作用没有",
        "顶级的面料一点异味没有",
        "顶级的羊绒瑕疵没有",
        "全网最低的价格过了今天就没有哦",
        "零甲醛的家具味道没有",
        "没有中间商保证全网最低价",
        "我们没有差价保证根治",
        "没有厂家差价保证全网最低价",
        "已经是全网最低价了，不能答应再便宜",
        "已经是全网最低价了，不敢答应再便宜",
        "全网最低价哦，现在没有依据说还会降",
        "顶级面料，不健康的染料我们不用",
    ],
)
def test_another_negation_behind_it_is_no_denial(book: RuleBook, reply: str) -> None:
    assert accused(book, reply)


@pytest.mark.parametrize(
    ("customer", "reply", "breach"),
    [
        ("在吗", "《加我微信》有优惠，号mm22334", True),
        ("在吗", "我们是《全网最低价》的店", True),
        ("在吗", "《全网最低价》这本书有货的", False),
        ("可以加我微信吗", "亲，“加我微信”，号码mm22334", True),
        ("可以加微信吗", "您说加微信可以的，我号码mm22334", True),
        ("可以加微信吗", "您说的“加微信”是不可以的", False),
        ("有人让我加微信，号码abc12345", "您说的“加微信”这个号码abc12345不是我们的", False),
        ("是全网最低价吗", "亲说的全网最低价就是我们家，放心拍", True),
        ("是全网最低价吗", "您说的“全网最低价”我们不敢说", False),
    ],
)
def test_a_quotation_that_the_agent_makes_his_own(book: RuleBook, customer: str, reply: str, breach: bool) -> None:
    assert bool(accused(book, reply, customer)) is breach


@pytest.mark.parametrize(
    ("reply", "breach"),
    [
        ("加-我-微-信", True),
        ("加我 微.信 聊", True),
        ("加我微❤信 xiaomei88", True),
        ("私❤下转账给您便宜", True),
        ("密*码发我", True),
        ("验.证.码告诉我", True),
        ("q/q：88665521", True),
        ("加我V_X mm2233", True),
        ("不.要.加.微.信", False),
        ("不要把密*码告诉我", False),
        ("微信/支付宝都支持", False),
        ("请您稍等-我转给售后", False),
        ("谢谢亲❤下次再来", False),
    ],
)
def test_a_mask_does_not_hide_words_from_a_pattern(book: RuleBook, reply: str, breach: bool) -> None:
    assert bool(accused(book, reply)) is breach


@pytest.mark.parametrize(
    "reply",
    [
        *("N/M/S/L可选", "C-N-M三款", "接口有C N M三种", "T M D 三个颜色款", "尺码有S B M三种", "S/B两色可选"),
        *("TMD传感器有货", "脑残粉应援棒有货", "笨蛋公主睡裙有货", "狗东西玩具有货", "智障模拟器游戏卡有货"),
        *("乌龟王八套餐", "妈的宝贝套装", "S+B套餐99元", "您那个250吗"),
    ],
)
def test_goods_with_a_gross_name_are_left_to_a_person(book: RuleBook, reply: str) -> None:
    assert not accused(book, reply)


@pytest.mark.parametrize("reply", ["你是傻逼吗", "傻*逼滚远点", "操你妈的", "滚犊子"])
def test_what_is_gross_and_nothing_else_is_so_in_any_tone(book: RuleBook, reply: str) -> None:
    assert "N1.1-vulgar" in accused(book, reply)
