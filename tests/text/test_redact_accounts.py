import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csnlp.text.redact import redact

MASKED = [
    ("我的是wz_xiaoyu7749 充到别人那了", "我的是[账号] 充到别人那了"),
    ("steam账号 night_fox2281", "steam账号 [账号]"),
    ("我淘宝号tb83920174_55 你查下", "我淘宝号[账号] 你查下"),
    ("京东账号是jd_5f8c2a91b", "京东账号是[账号]"),
    ("旺旺名爱吃鱼的小胖88 昨晚付的款", "旺旺名[账号] 昨晚付的款"),
    ("小米账号1847203956 解绑不了", "小米账号[账号] 解绑不了"),
    ("微信区 id风吹麦浪2333 没到", "微信区 id[账号] 没到"),
    ("原神ＵＩＤ：164820397", "原神ＵＩＤ：[账号]"),
    ("角色编号5839204716", "角色编号[账号]"),
    ("闲鱼号一只咸鱼Nora 链接发那边", "闲鱼号[账号] 链接发那边"),
    ("用户名 sunny2019cat", "用户名 [账号]"),
    ("直接加我91827364", "直接加我[账号]"),
    ("V信qiuqiu52099备注", "V信[账号]备注"),
    ("薇❤️yy_0618zz", "薇❤️[账号]"),
    ("weixin laozhang_cha168", "weixin [账号]"),
    ("加V hanhan_9527", "加V [账号]"),
    ("➕我扣扣2847193056", "➕我扣扣[账号]"),
    ("q号1983 204 765备注", "q号[账号]备注"),
]

KEPT = [
    "订单ID 2839471650283，商品ID：683920174，活动id 9283746",
    "https://item.example.com/item.htm?id=738291046573",
    "账号登录不了 错误码10086，账号被封3天了，账号余额10000元",
    "账户注销电脑端链接https://passport.example.com",
    "一个账号限购2件，每个ID只能买100份，一个账号只有一包是349其余399",
    "店铺ID 839201746，官方抖音号xiaomi_store01，店铺号 83920174",
    "旺旺雪饼84g，旺旺大礼包1500克",
    "小米14 pro，华为mate60pro，苹果id忘了 iphone13解锁",
    "用户名和密码都不对 提示40013",
    "支付宝付了12345元，原神648充值",
    "蔷薇abc12345款，薇姿m50修护",
    "加vip2024会员，+v30pro手机壳，❤️vivox100pro",
    "QQ飞车手游2020，扣扣子50个，q号是什么意思",
    "加我100000元，加我微信",
    "单号83920174651028，[USERID_10007539]",
]


@pytest.mark.parametrize(("text", "masked"), MASKED)
def test_masks_accounts(text: str, masked: str) -> None:
    assert redact(text) == masked


@pytest.mark.parametrize("text", KEPT)
def test_keeps_what_is_no_account(text: str) -> None:
    assert redact(text) == text


PIECES = [
    *"是：:号 ~❤➕aA_1薇vq",
    *(
        "账号",
        "id",
        "uid",
        "抖音",
        "淘宝",
        "旺旺",
        "加我",
        "扣扣",
        "微信",
        "昵称",
        "订单",
        "abc_123",
        "12345678",
        "小胖88",
    ),
    *("[账号]", "13800000000", "a#163.com", "1⃣️", "三五"),
    *(text for text, _ in MASKED),
]


@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_is_idempotent(text: str) -> None:
    once = redact(text)
    assert redact(once) == once


@pytest.mark.parametrize(
    "unit", ["账号", "账号1", "id", "id一", "抖音号a", "q号1 ", "薇~", "加我1", "a#", "1三", "卡6", "1😊"]
)
def test_time_grows_linearly(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    start = time.process_time()
    redact(text)
    # Measured: 0.1 to 0.7 s. Quadratic time would be many minutes.
    assert time.process_time() - start < 10
