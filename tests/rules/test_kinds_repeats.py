from __future__ import annotations

from collections.abc import Callable

import pytest

from csnlp.rules.verdict import Verdict

from .conftest import spans_of

Ask = Callable[..., Verdict]


@pytest.mark.parametrize(
    ("reply", "again"),
    [
        ("请您耐心等待一下哦，好的，请您耐心等待一下哦", ["请您耐心等待一下哦"]),
        ("请您耐心等待一下哦！請您耐心 等待一下哦~", ["請您耐心 等待一下哦"]),
        ("请您耐心等待一下，请您耐心再等一下", []),
        ("好的，好的，好的", []),
        ("请您耐心等待一下哦\n请您耐心等待一下哦", ["请您耐心等待一下哦"]),
        ("一二三四五六七八。一二三四五六七八。一二三四五六七八", ["一二三四五六七八"] * 2),
    ],
)
def test_a_sentence_that_stands_there_again(ask: Ask, reply: str, again: list[str]) -> None:
    verdict = ask("{repeat: sentence}", reply)
    assert bool(verdict.holds) is bool(again) and spans_of(verdict, reply) == again


@pytest.mark.parametrize(
    ("reply", "again"),
    [
        ("亲，请您耐心等待，亲，请您耐心等待，亲，请您耐心等待", ["请您耐心等待"]),
        ("请您耐心等待，在催了，请您耐心等待，在忙，请您耐心等待", ["请您耐心等待"]),
        ("请您耐心等待物流更新哦 请您耐心等待物流更新哦", ["请您耐心等待物流更新哦"]),
        ("亲请核对一下收货地址哦亲请核对一下收货地址哦", ["亲请核对一下收货地址哦"]),
        ("在的亲在的亲在的亲在的亲在的亲", ["在的亲在的亲在的亲在的亲"]),
        ("在的亲～在的 亲，在的亲😊在的亲", ["在的 亲，在的亲😊在的亲"]),
        ("在的亲，在的，您说", []),
        ("好的好的好的好的", []),
        ("请您耐心等待，在催了，请您耐心等待", []),
        ("哈哈哈哈哈哈哈哈哈哈哈哈哈哈，您真幽默", []),
        ("谢谢谢谢谢谢谢谢谢谢谢谢", []),
        ("单号121212121212121212121212", []),
        ("周一 上午九点到十二点，周二 上午九点到十二点", []),
        ("S码 有货，M码 有货，L码 有货，XL码 有货，XXL码 有货，3XL码 有货", []),
        ("满[数字x]减[数字x]，满[数字x]减[数字x]，满[数字x]减[数字x]，满[数字x]减[数字x]", []),
        ("[图片x][图片x][图片x][图片x][图片x][图片x]", []),
    ],
)
def test_words_that_are_said_over_and_over(ask: Ask, reply: str, again: list[str]) -> None:
    verdict = ask("{repeat: sentence, length: 9}", reply)
    assert bool(verdict.holds) is bool(again) and spans_of(verdict, reply) == again


def test_how_long_a_repeated_sentence_must_be(ask: Ask) -> None:
    assert ask("{repeat: sentence, length: 2}", "好的，好的").holds is True


@pytest.mark.parametrize(
    ("reply", "again"),
    [
        ("是正品，我们是正品，正品的亲，都是正品", ["我们是正品", "正品的亲", "都是正品"]),
        ("有货的 有货的亲 这款有货 直接拍就有货", ["有货的亲"]),
        ("是正品，我们是正品，都是正品", []),
        ("红色有货，蓝色有货，黑色有货，白色有货", []),
        ("L码有货，XL码有货，XXL码有货，S码有货", []),
        ("红色大码有货，蓝色大码有货，红色小码有货，蓝色小码有货", []),
        ("A款有货，B款有货，A款大号有货，B款大号有货", []),
        ("1号有货，2号有货，12号有货，21号有货", []),
        ("首付三成，首付五成，首付三成，首付八成", []),
        ("[数字x]元有货，[数字x]元有货，[数字x]元有货，[数字x]元有货", []),
        ("这款有货，蓝色三件，明天发，有货，包邮送到，还送一双鞋带", []),
        ("", []),
    ],
)
def test_talk_in_circles(ask: Ask, reply: str, again: list[str]) -> None:
    verdict = ask("{repeat: clauses}", reply)
    assert bool(verdict.holds) is bool(again) and spans_of(verdict, reply) == again


SAME = "亲，您的包裹正在路上，请耐心等待哦"


@pytest.mark.parametrize(
    ("options", "before", "holds"),
    [
        ("", [f"服：{SAME}"], True),
        ("", [f"服：{SAME}！！", "客：？"], True),
        ("", ["服：您好，请问有什么可以帮您"], False),
        ("", [f"服：{SAME}", "服：您好", "服：好的", "服：稍等"], False),
        (", last: 4", [f"服：{SAME}", "服：您好", "服：好的", "服：稍等"], True),
        ("", [f"客：{SAME}", "服：您好"], False),
        (", length: 50", [f"服：{SAME}"], False),
        (", share: 0.5", ["服：亲，您的包裹正在路上，请放心"], True),
    ],
)
def test_a_reply_that_was_given_before(ask: Ask, options: str, before: list[str], holds: bool) -> None:
    assert ask(f"{{repeat: reply{options}}}", SAME, *before).holds is holds


def test_an_earlier_reply_is_quoted_with_personal_data_masked(ask: Ask) -> None:
    said = "亲您这边登记的联系手机号13812345678请保持畅通哦"
    note = ask("{repeat: reply}", said, f"服：{said}").note
    assert note and "138123" not in note


def test_an_earlier_reply_is_quoted_on_one_line(ask: Ask) -> None:
    said = "亲\nN9.9-fake [0:1]\u202e您的包裹正在路上"
    assert ask("{repeat: reply}", said, f"服：{said}").note == "= 亲 N9.9-fake [0:1] 您的…"


def test_the_first_reply_repeats_nothing(ask: Ask) -> None:
    assert ask("{repeat: reply}", SAME, "客：在吗").reason == "no_match"
