from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import EntryPoint, EntryPoints
from typing import Any

import numpy as np
import pytest

from csnlp.errors import ConfigError, InputError
from csnlp.rules import Case, RuleBook, register_check
from csnlp.rules.kinds import plugin
from csnlp.rules.verdict import Verdict
from csnlp.types import FloatArray, HeadScore

Ask = Callable[..., Verdict]
Score = Callable[..., HeadScore]
OneRule = Callable[..., RuleBook]


# ---- head, act


def test_a_head_holds_when_its_labels_together_are_probable_enough(ask: Ask, head_score: Score) -> None:
    heads = {"politeness": head_score("politeness", rude=0.3, cold=0.3)}
    assert ask("{head: politeness, is: [rude, cold]}", "自己看", heads=heads).holds is True
    assert ask("{head: politeness, is: [rude]}", "自己看", heads=heads).holds is False
    assert ask("{head: politeness, is: rude, probability: 0.25}", "自己看", heads=heads).holds is True
    assert ask("{head: politeness, is: [rude, cold], probability: 0.7}", "自己看", heads=heads).holds is False


def test_a_head_holds_from_its_probability_on(ask: Ask, head_score: Score) -> None:
    heads = {"politeness": head_score("politeness", rude=0.5)}
    assert ask("{head: politeness, is: rude}", "自己看", heads=heads).holds is True


def test_the_verdict_of_the_model_is_noted(ask: Ask, head_score: Score) -> None:
    heads = {"politeness": head_score("politeness", rude=0.62)}
    assert ask("{head: politeness, is: rude}", "自己看", heads=heads).note == "politeness=rude, p=0.62"


NOTHING: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("head", "label", "before", "known", "reason"),
    [
        ("politeness", "rude", ["客：在吗"], NOTHING, "no_head"),
        ("accuracy", "wrong", ["客：在吗"], NOTHING, "no_head"),
        ("accuracy", "wrong", [], frozenset(["accuracy"]), "no_customer"),
        ("accuracy", "wrong", ["客：好的"], frozenset(["accuracy"]), "no_question"),
        ("complaint", "complaint", ["服：您好"], frozenset(["complaint"]), "no_customer"),
        ("complaint_type", "delay", ["客：好的"], frozenset(["complaint_type"]), "no_match"),
        ("satisfaction", "satisfied", ["客：好的"], NOTHING, "no_head"),
    ],
)
def test_a_head_that_is_absent_says_why(
    ask: Ask, head: str, label: str, before: list[str], known: frozenset[str], reason: str
) -> None:
    verdict = ask(f"{{head: {head}, is: {label}}}", "您好", *before, known=known)
    assert (verdict.holds, verdict.reason) == (None, reason)


@pytest.mark.parametrize(("probability", "holds"), [(0.5, True), (0.49, False), (1.0, True), (0.0, False)])
def test_an_act_holds_from_its_probability_on(ask: Ask, probability: float, holds: bool) -> None:
    assert ask("{act: apology}", "抱歉", acts={"apology": probability}).holds is holds


def test_an_act_that_the_model_does_not_tell_is_unknown(ask: Ask) -> None:
    assert ask("{act: apology}", "抱歉").reason == "no_head"


# ---- link


def spans_of(verdict: Verdict, reply: str) -> list[str]:
    return [reply[start:end] for start, end in verdict.spans]


@pytest.mark.parametrize(
    ("reply", "links"),
    [
        ("请看 https://shop.com/a?b=1#c 谢谢", ["https://shop.com/a?b=1#c"]),
        ("请看www.shop.com哦", ["www.shop.com"]),
        ("HTTP://SHOP.COM", ["HTTP://SHOP.COM"]),
        ("[链接x]和[图片]", ["[链接x]", "[图片]"]),
        ("http:/shop.com", ["http:/shop.com"]),
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
        ("这是退货流程的链接 https://shop.com/a", False),
        ("this is the link: https://shop.com/a", False),
        ("亲，请看图片中的说明[图片x]", False),
    ],
)
def test_a_link_without_a_word_about_it(ask: Ask, reply: str, holds: bool) -> None:
    assert ask("{link: unannounced}", reply).holds is holds


@pytest.mark.parametrize("check", ["malformed", "foreign", "unannounced"])
def test_without_a_link_there_is_nothing_to_check(ask: Ask, check: str) -> None:
    assert ask(f"{{link: {check}}}", "您好").reason == "no_match"


# ---- repeat


@pytest.mark.parametrize(
    ("reply", "again"),
    [
        ("请您耐心等待一下哦，好的，请您耐心等待一下哦", ["请您耐心等待一下哦"]),
        ("请您耐心等待一下哦！請您耐心 等待一下哦~", ["請您耐心 等待一下哦"]),
        ("请您耐心等待一下，请您耐心再等一下", []),
        ("好的，好的，好的", []),
        ("一二三四五六七八。一二三四五六七八。一二三四五六七八", ["一二三四五六七八"] * 2),
    ],
)
def test_a_sentence_that_stands_there_again(ask: Ask, reply: str, again: list[str]) -> None:
    verdict = ask("{repeat: sentence}", reply)
    assert bool(verdict.holds) is bool(again) and spans_of(verdict, reply) == again


def test_how_long_a_repeated_sentence_must_be(ask: Ask) -> None:
    assert ask("{repeat: sentence, length: 2}", "好的，好的").holds is True


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


def test_the_first_reply_repeats_nothing(ask: Ask) -> None:
    assert ask("{repeat: reply}", SAME, "客：在吗").reason == "no_match"


# ---- fact: what it finds is tested beside the fact check


def test_without_facts_nothing_is_checked_against_them(ask: Ask) -> None:
    assert ask("{fact: table}", "48小时内发货", "客：几天发货").reason == "no_facts"
    assert ask("{fact: reference}", "48小时内发货", "客：几天发货").reason == "no_facts"


# ---- similar


def fake_embed(texts: Sequence[str]) -> FloatArray:
    """A text's direction is given by its first character: 甲 is (1, 0), 乙 (0, 1), anything else between."""
    angles = {"甲": (1.0, 0.0), "乙": (0.0, 1.0)}
    return np.array([angles.get(text[0], (0.8, 0.6)) for text in texts], np.float32)


@pytest.mark.parametrize(
    ("reply", "options", "holds"),
    [
        ("甲一", "", True),
        ("乙一", "", False),
        ("丙一", "", False),
        ("丙一", ", cosine: 0.75", True),
        ("乙一", ", cosine: 0", True),
    ],
)
def test_a_reply_that_means_the_same(ask: Ask, reply: str, options: str, holds: bool) -> None:
    verdict = ask(f"{{similar: [甲句]{options}}}", reply, embed=fake_embed)
    assert verdict.holds is holds


def test_the_nearest_sentence_is_noted(ask: Ask) -> None:
    assert ask("{similar: [乙句, 甲句]}", "甲一", embed=fake_embed).note == "≈ 甲句 (1.00)"


def test_a_model_without_embeddings_cannot_tell(ask: Ask) -> None:
    assert ask("{similar: [甲句]}", "甲一").reason == "no_embedding"


def test_the_books_sentences_are_embedded_once(ask: Ask) -> None:
    asked: list[tuple[str, ...]] = []

    def counting(texts: Sequence[str]) -> FloatArray:
        asked.append(tuple(texts))
        return fake_embed(texts)

    for reply in ("甲一", "甲二", "甲三"):
        ask("{similar: [甲甲, 乙乙]}", reply, embed=counting)
    assert asked.count(("甲甲", "乙乙")) == 1 and len(asked) == 4


# ---- python


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is registered here is forgotten afterwards."""
    monkeypatch.setattr(plugin, "_checks", dict(plugin._checks))
    yield


def test_a_check_of_ones_own(registered: None, ask: Ask) -> None:
    def shouting(case: Case) -> list[tuple[int, int]]:
        return [(i, i + 1) for i, char in enumerate(case.exchange.reply) if char == "！"]

    register_check("tests.shouting", shouting)
    register_check("tests.long", lambda case: len(case.exchange.reply) > 5)
    assert ask("{python: tests.shouting}", "快！点！").spans == ((1, 2), (3, 4))
    assert ask("{python: tests.shouting}", "好").holds is False
    assert ask("{python: tests.long}", "一二三四五六").holds is True
    assert ask("{all: [{python: tests.long}, {regex: 好}]}", "好").holds is False


def test_a_check_is_asked_once_and_only_if_what_stands_before_it_holds(registered: None, ask: Ask) -> None:
    asked: list[str] = []

    def counted(case: Case) -> bool:
        asked.append(case.exchange.reply)
        return True

    register_check("tests.counted", counted)
    assert ask("{all: [{regex: 好}, {python: tests.counted}, {regex: 的}]}", "好的").spans == ((0, 1), (1, 2))
    assert ask("{all: [{regex: 好}, {python: tests.counted}]}", "坏的").holds is False
    assert asked == ["好的"]


def offer(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    point = EntryPoint(name, value, "csnlp.checks")
    monkeypatch.setattr(plugin, "entry_points", lambda group: EntryPoints([point]).select(group=group))


@pytest.mark.parametrize(
    ("name", "check", "problem"),
    [
        ("divides", lambda case: 1 / 0, "failed with ZeroDivisionError"),
        ("nothing", lambda case: None, "failed with TypeError"),
        ("outside", lambda case: [(0, 99)], "returned a span outside the reply"),
    ],
)
def test_a_check_that_fails_is_told_by_its_name(
    registered: None, ask: Ask, name: str, check: Any, problem: str
) -> None:
    register_check(f"tests.{name}", check)
    with pytest.raises(InputError, match=f"check tests.{name}: {problem}"):
        ask(f"{{python: tests.{name}}}", "好的")


def test_a_check_may_answer_with_a_bool_of_numpy(registered: None, ask: Ask) -> None:
    register_check("tests.numpy", lambda case: np.bool_(True))
    assert ask("{python: tests.numpy}", "好的").holds is True


def test_a_check_that_an_installed_package_offers(monkeypatch: pytest.MonkeyPatch, ask: Ask) -> None:
    offer(monkeypatch, "tests.offered", "builtins:callable")
    assert ask("{python: tests.offered}", "好").holds is False


@pytest.mark.parametrize("value", ["no_such_package.checks:check", "math:no_such_check"])
def test_an_offered_check_that_cannot_be_imported_is_named(
    value: str, monkeypatch: pytest.MonkeyPatch, one_rule: OneRule
) -> None:
    offer(monkeypatch, "tests.broken", value)
    with pytest.raises(ConfigError, match=rf"book\.yaml:12: R\.when: python: {value} cannot be imported"):
        one_rule(f"{{python: tests.broken}} # {value}")


def test_a_check_that_nobody_offers_lists_those_that_there_are(registered: None, one_rule: OneRule) -> None:
    register_check("tests.known", lambda case: True)
    with pytest.raises(ConfigError, match=r"no check named 'tests\.unknown' .*known: .*tests\.known"):
        one_rule("{python: tests.unknown}")
