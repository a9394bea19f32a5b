"""Finds accounts and number plates, for :mod:`csnlp.text.redact`.

Accounts are those of WeChat and QQ under all their disguises, and those of shops, games and sites where the text says
that it is one (账号, 淘宝号, uid). What stands behind may be a number, letters with a digit, or a nickname that ends in
digits or letters; a nickname in Chinese alone is a word like any other. What numbers an order, a product or an event
(订单ID) is no account, nor is that of a shop.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]

_LABEL_REACH = 12
# What announces a number that is nobody's: an order's, a parcel's, a product's.
_ORDER = re.compile(
    r"(?:(?:订|运|快递|物流|货)单(?:号码?|编号)?|单号|编号|[型货款]号|商品(?:id|编号|编码)|券码|兑换码)[是为: ]{0,3}\Z"
)


def is_order(text: str, start: int) -> bool:
    """Whether what begins at ``start`` is called a number of an order, a parcel or a product."""
    return _ORDER.search(text, max(start - _LABEL_REACH, 0), start) is not None


_UNIT = "元块件个天年月日次级分秒条款只折万千%"
# Words that begin with letters as an account does: VIP2024, iphone15.
_WORD = r"(?!s?vip|iphone|ipad|ios|android|app|win|http|www|vivo|huawei|xiaomi\d)"
# With a digit, or parts that a line joins.
_LETTERS = rf"{_WORD} (?= [a-z-]{{0,24}} [\d_] ) [a-z_] [\w-]{{4,24}} (?! [\w.-] | 版 )"
_MIXED = r"(?= \d{1,19} [a-z_] ) \d [\w-]{5,19} (?! [\w.-] | 版 )"
_DATE = r"(?! 20[0-3]\d [01]\d [0-3]\d (?!\d) )"

# A digit behind 微信 alone can begin a sum, a letter a version: 微信50000元, 微信windows11版.
_CHAT = re.compile(
    rf"""(?:
        (?: 微信|威信|薇信|扣扣|qq|wx|vx|wechat|weixin|v信 )
        (?: (?: 号码? | [是为:] ) [是为: ~]{{0,3}} | [ ~]{{1,3}} ) (?=[a-z\d])
      | (?: 微信|威信|薇信|扣扣|v信 ) (?=[a-z])
      | 扣扣 (?=\d)
      | 薇 (?<![蔷紫采]薇) [ :~]{{0,2}} (?=[a-z])
      | [加+] vx? (?!i[pv]) [ :~]{{0,2}} (?=[a-z])
      | v [ ]? ~ [ ~]{{0,2}} (?=[a-z])
      | q [ ]? 号 [是为: ]{{0,3}} (?=\d)
    ) (?P<number>
        (?=[a-z_-]{{0,19}}\d) [a-z] [\w-]{{5,19}} (?! [\w.-] | 版 )
      | (?: (?<=[号是:扣]) | (?<=[号是:扣][ ]) ) [1-9]\d{{2,4}} (?: [ -] \d{{3,4}} ){{1,2}} (?! [ -]? [\d{_UNIT}] )
      | [1-9]\d{{4,11}} (?! [\d{_UNIT}] )
    )""",
    re.ASCII | re.VERBOSE,
)

_PLATFORM = (
    "淘宝|天猫|京东|旺旺|拼多多|抖音|快手|b站|哔哩哔哩|闲鱼|小红书|微博|知乎|豆瓣|steam|epic|战网|小米|华为|苹果|支付宝|百度|网易|"
    "腾讯|爱奇艺|优酷|美团|饿了么|微店|钉钉|游戏|王者荣耀|王者|原神|和平精英|吃鸡"
)
_KIND = "账号|帐号|账户名?|用户名|用户id|会员名|登[录陆]名|昵称|网名|角色编号|角色id|角色名|玩家id|游戏id|uid"
_LABEL = re.compile(
    rf"(?:{_PLATFORM}) ?(?:{_KIND}|号(?!码)|名(?!称)|id|uid)|{_KIND}|旺旺|id|我的(?:号|账号)?是|加我",
    re.ASCII,
)
_NOT_ONES_OWN = re.compile(
    "(?:[每一多几两]个|订单|快递|运单|[商产货]品|宝贝|活动|链接|sku|规格|设备|直播间?|视频|话题|店铺|本店|官方|客服|门店|[a-z0-9?&=/.])的?"
    r"[ _]?(?:抖音|淘宝|微博)?\Z"
)
_LINK = "(?P<link>(?:号|码)?[是为叫:= ~]{0,4})"
# What stands behind a label but is said of the account: 账号登录不了.
_SAID_OF_IT = (
    "是|为|叫|注销|限购|登|被|有|没|充|买|下单|收到|付|绑|余额|密码|异常|显示|等级|可以|[在不怎什我你您已里上领能解]"
)
_NO_NICKNAME = "余额|密码|登录|下单|退款|注销|限购|只有|链接|[了吗呢吧怎没被买充绑封]"
_NICKNAME = rf"""(?P<nick>
    (?! {_SAID_OF_IT} ) [\u4e00-\u9fff] (?: (?! {_NO_NICKNAME} ) [\u4e00-\u9fff] ){{0,9}}
    (?: \d{{2,8}} | {_WORD} [a-z]{{3,12}}\d{{0,6}} ) (?! [\w.:%\u4e00-\u9fff-] )
)"""
_TOKEN = re.compile(
    rf"""{_LINK} (?P<number>
        {_LETTERS} | {_MIXED} | {_NICKNAME} | {_DATE} (?P<digits> [1-9]\d{{5,19}} ) (?! [\d.{_UNIT}] )
    )""",
    re.ASCII | re.VERBOSE,
)
_SIGN = re.compile("[0-9a-z]")


def find_accounts(text: str) -> Iterator[Span]:
    """Where accounts stand in ``text``, which is folded."""
    if not _SIGN.search(text):
        return
    for match in _CHAT.finditer(text):
        yield match.span("number")


def find_platform_accounts(text: str) -> Iterator[Span]:
    """Those behind a label such as 账号 or 抖音号. Apart from the others, since the two kinds can overlap."""
    if not _SIGN.search(text):
        return
    for label in _LABEL.finditer(text):
        token = _TOKEN.match(text, label.end())
        start = label.start()
        if token and _counts(label[0], token) and not _NOT_ONES_OWN.search(text, max(start - 8, 0), start):
            yield token.span("number")


def _counts(label: str, token: re.Match[str]) -> bool:
    """Whether so weak a label is enough for what stands behind it."""
    if label == "加我":  # 加我100000, 加我微信
        return not token["nick"] and len(token["number"]) > 5
    if label.startswith("我的"):
        return not (token["nick"] or token["digits"]) and "_" in token["number"]
    if label == "旺旺" and token["nick"] is None:  # it is a toy as well
        return bool(token["link"])
    return True


_PLATE_SIGN = r"[a-hj-np-z\d]"
_PLATE = re.compile(
    rf"""(?P<place> [京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼] ) [ ]? [a-hj-z]
    (?P<dot> [ -]? [·.] )? [ -]? (?P<body>
      {_PLATE_SIGN}{{4}} (?: [挂学警港澳] | {_PLATE_SIGN}{{1,2}} (?![a-z\d]) )
    | {_PLATE_SIGN} (?: [ ] {_PLATE_SIGN} ){{4,5}} (?! [ ]? [a-z\d] )
    ) (?! [元块件个条台米克毫] )""",
    re.ASCII | re.VERBOSE,
)
# The plates of electric cars have six signs.
_PLATE_BODY = re.compile(r".{5}|[a-hjk][a-z\d]\d{4}|\d{5}[a-hjk]")
_CAR = re.compile("车|牌|停|违章")
_MEASURE = re.compile(r"\d+(?:ml|kg|gb|mm|cm)")


def _is_plate(match: re.Match[str]) -> bool:
    """Not the model of something (型号). Without a dot a plate begins a word, and what begins with 黑 or 新 can be a
    colour and a model, if there is no talk of a car."""
    text, start = match.string, match.start()
    body = match["body"].replace(" ", "")
    if is_order(text, start) or not _PLATE_BODY.fullmatch(body) or sum(sign.isdigit() for sign in body) < 3:
        return False
    if match["dot"]:
        return True
    if text[start - 1 : start] >= "\u4e00" and text[start - 1] not in "牌照号是为的车辆停开叫在到机主":
        return False
    if _CAR.search(text, max(start - _LABEL_REACH, 0), match.end() + _LABEL_REACH // 2):
        return True
    return match["place"] not in "新黑青云吉贵宁藏" and not _MEASURE.fullmatch(body)


def find_plates(text: str) -> Iterator[Span]:
    """Where number plates stand in ``text``, which is folded."""
    start = 0
    while match := _PLATE.search(text, start):
        if _is_plate(match):
            yield match.span()
            start = match.end()
        else:
            start = match.start() + 1
