from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from csnlp.rules.verdict import Verdict

from .conftest import spans_of

Ask = Callable[..., Verdict]


@pytest.mark.parametrize(
    ("reply", "links"),
    [
        ("请看 https://shop.com/a?b=1#c 谢谢", ["https://shop.com/a?b=1#c"]),
        ("请看www.shop.com哦", ["www.shop.com"]),
        ("HTTP://SHOP.COM", ["HTTP://SHOP.COM"]),
        ("[链接x]和[图片]", ["[链接x]", "[图片]"]),
        ("http:/shop.com", ["http:/shop.com"]),
        ("点htp:/shop.com哦", ["htp:/shop.com"]),
        ("【文件】a_2.zip", ["【文件】", "a_2.zip"]),
        ("说明书.pdf", []),
        ("1.5元，v2.0版", []),
        ("我们支持https协议", []),
        ("发到a@b.com", []),
        ("您好", []),
    ],
)
def test_links_and_their_masks_are_found(ask: Ask, reply: str, links: list[str]) -> None:
    verdict = ask("{link: present}", reply)
    assert bool(verdict.holds) is bool(links) and spans_of(verdict, reply) == links


@pytest.mark.parametrize(
    ("url", "malformed"),
    [
        ("https://item.taobao.com/item.htm?id=1", False),
        ("https://shop.com:8080/a", False),
        ("www.shop.com", False),
        ("https://a-b.shop.com.cn", False),
        ("http:/shop.com", True),
        ("http:shop.com", True),
        ("htp:/shop.com/a", True),
        ("htps://shop.com/a", True),
        ("https://shop.com/item.htm?id=", True),
        ("https://shop.com/a?id=1&from=", False),
        ("https:///shop.com", True),
        ("https://shop", True),
        ("https://shop..com", True),
        ("https://-shop.com", True),
        ("https://shop.com@evil.top/", True),
        ("https://1.2.3.4/login", True),
        ("https://shop.com:port/", True),
    ],
)
def test_an_address_that_is_none(ask: Ask, url: str, malformed: bool) -> None:
    reply = f"请看这个链接 {url} 哦"
    verdict = ask("{link: malformed}", reply)
    assert verdict.holds is malformed and spans_of(verdict, reply) == ([url] if malformed else [])


@pytest.mark.parametrize(
    ("url", "foreign"),
    [
        ("https://taobao.com", False),
        ("https://item.taobao.com/a", False),
        ("https://ITEM.TaoBao.COM/a", False),
        ("https://detail.tmall.com", False),
        ("https://taobao.com.evil.top/item", True),
        ("https://taobao.com-login.top", True),
        ("https://xtaobao.com", True),
        ("https://evil.top/taobao.com", True),
        ("https://evil.top?u=taobao.com", True),
        ("https://evil.top#.taobao.com", True),
        ("https://taobao.co", True),
        ("https://ta0bao.com", True),
        ("www.evil.top", True),
    ],
)
def test_a_link_to_somewhere_else(ask: Ask, url: str, foreign: bool) -> None:
    reply = f"请看{url}，谢谢"
    verdict = ask("{link: foreign, domains: [taobao.com, '*.tmall.com']}", reply)
    assert verdict.holds is foreign and spans_of(verdict, reply) == ([url] if foreign else [])


def test_of_two_links_the_wrong_one_is_the_evidence(ask: Ask) -> None:
    reply = "看https://taobao.com/a或http://evil.top。"
    assert spans_of(ask("{link: foreign, domains: taobao.com}", reply), reply) == ["http://evil.top"]


@pytest.mark.parametrize(
    ("reply", "holds"),
    [
        ("https://shop.com/a", True),
        ("[图片x]", True),
        ("[图片x][图片x] 亲", True),
        ("亲，看图[图片x]", True),
        ("亲，尺码表[图片x]", False),
        ("您好，说明书：https://shop.com/a", False),
        ("这是退货流程的链接 https://shop.com/a", False),
        ("this is the link: https://shop.com/a", False),
        ("亲，请看图片中的说明[图片x]", False),
    ],
)
def test_a_link_without_a_word_about_it(ask: Ask, reply: str, holds: bool) -> None:
    assert ask("{link: unannounced}", reply).holds is holds


@pytest.mark.parametrize(
    ("before", "reply", "after", "holds"),
    [
        ("服：这是S码实拍", "[图片]", None, False),
        ("服：您好，安装视频发您", "[视频]", "客：好", False),
        ("客：发我看看", "[视频]", "服：这是安装视频", False),
        ("客：发我看看", "https://shop.com/a", "服：您点开看看这款", False),
        ("服：您好，稍等一下哦", "[图片]", None, True),
        ("客：发我看看", "[图片]", "服：好的亲", True),
        ("客：发我看看", "[图片]", "客：这是安装视频？", True),
        ("客：这是安装视频？", "[视频]", None, True),
    ],
)
def test_what_the_agent_says_around_a_link_announces_it(
    ask: Ask, before: str, reply: str, after: str | None, holds: bool
) -> None:
    verdict = ask("{link: unannounced}", reply, before, after=after if after is None else [after])
    assert verdict.holds is holds


@pytest.mark.parametrize("check", ["malformed", "foreign", "unannounced"])
def test_without_a_link_there_is_nothing_to_check(ask: Ask, check: str) -> None:
    assert ask(f"{{link: {check}}}", "您好").reason == "no_match"


@pytest.mark.parametrize(
    "domain",
    [
        "my-shop.com",
        "https://my-shop.com",
        "HTTP://WWW.My-Shop.com:8080/a?b",
        "my-shop.com/",
        "www.my-shop.com",
        "*.my-shop.com",
        "https://*.my-shop.com/*",
    ],
)
def test_a_domain_may_be_given_as_people_copy_it(ask: Ask, domain: str) -> None:
    when = f"{{link: foreign, domains: ['{domain}']}}"
    assert ask(when, "看https://my-shop.com/item/1").holds is False
    assert ask(when, "看https://item.my-shop.com").holds is False
    assert ask(when, "看https://notmy-shop.com").holds is True


def test_www_is_no_part_of_a_domain_that_is_nothing_without_it(ask: Ask) -> None:
    assert ask("{link: foreign, domains: www.com}", "看https://evil.com").holds is True


DOMAINS = "{link: foreign, domains: [taobao.com, tb.cn, jd.com]}"


@pytest.mark.parametrize(
    ("reply", "link"),
    [
        ("打开 shop-vip88.cn 领券", "shop-vip88.cn"),
        ("网址：shop88.top", "shop88.top"),
        ("去我们官网 shop88.com 下单", "shop88.com"),
        ("shop88.vip领券", "shop88.vip"),
        ("亲，领券看这个t.cn/A6xYz", "t.cn/A6xYz"),
        ("看 taobao.shop-vip.top/abc 哦", "taobao.shop-vip.top/abc"),
        ("资料在 pan.baidu.com/s/1abc", "pan.baidu.com/s/1abc"),
        ("复制 ｈｔｔｐ：／／ｐａｙ－ｖ１．ｃｏｍ 打开", "ｈｔｔｐ：／／ｐａｙ－ｖ１．ｃｏｍ"),
        ("看 ｗｗｗ．ｃｈｅａｐ．ｃｏｍ 便宜", "ｗｗｗ．ｃｈｅａｐ．ｃｏｍ"),
        ("看 http:// cheap.com 便宜", "http:// cheap.com"),
        ("点 https://taobao.com@cheap.com/a 付款", "https://taobao.com@cheap.com/a"),
        ("点 http:/cheap.com 付款", "http:/cheap.com"),
        ("点 https://1.2.3.4/login 登录", "https://1.2.3.4/login"),
    ],
)
def test_a_link_that_hides_what_it_is(ask: Ask, reply: str, link: str) -> None:
    verdict = ask(DOMAINS, reply)
    assert verdict.holds is True and spans_of(verdict, reply) == [link]


@pytest.mark.parametrize(
    "reply",
    [
        "手机淘宝打开 m.tb.cn/h.5abc 就是这款",
        "打开 item.taobao.com 看一下",
        "打开a.cn文件，把第二行删掉",
        "打开config.cn文件就行",
        "您是在booking.com下单的",
        "booking.com的订单我们查不到",
        "发到kefu@shop-vip88.com",
        "1.vip会员可以用 2.top款也可以",
        "版本v1.2.3，型号V8.0",
        "不要打开 shop-vip88.cn 这种网站",
        "ASP.NET/PHP都支持",
        "看https://taobao.com/a，https://jd.com/b（都可以）",
        "看https://kefu@taobao.com/a",
    ],
)
def test_no_link_to_somewhere_else(ask: Ask, reply: str) -> None:
    assert ask(DOMAINS, reply).holds is not True


@pytest.mark.parametrize("text", ["a." * 20_000, "a" * 40_000 + ".", "打开" * 20_000, "a-" * 20_000 + ".com"])
def test_a_long_text_takes_no_long_time(ask: Ask, text: str) -> None:
    start = time.perf_counter()
    ask(DOMAINS, text)
    assert time.perf_counter() - start < 5
