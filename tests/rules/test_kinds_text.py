from __future__ import annotations

from collections.abc import Callable

import pytest

from csnlp.rules.kinds.text import MAX_MATCHES
from csnlp.rules.verdict import Verdict

Ask = Callable[..., Verdict]
LEXICONS = {"push": "找快递\n不归我们\n", "hello": "您好\n在的\n"}


def evidence(verdict: Verdict, reply: str) -> list[str]:
    return [reply[start:end] for start, end in verdict.spans]


def test_the_evidence_is_given_in_the_original(ask: Ask) -> None:
    reply = "　這個　不 歸 我 們，您找\u200b快遞吧"
    verdict = ask("{lexicon: push}", reply, lexicons=LEXICONS)
    assert verdict.holds and evidence(verdict, reply) == ["不 歸 我 們", "找\u200b快遞"]


def test_several_lexicons_are_looked_through_together(ask: Ask) -> None:
    verdict = ask("{lexicon: [push, hello], times: 2}", "您好，找快递", lexicons=LEXICONS)
    assert verdict.holds and len(verdict.spans) == 2
    assert ask("{lexicon: push, times: 2}", "您好，找快递", lexicons=LEXICONS).holds is False


@pytest.mark.parametrize(
    ("pattern", "reply", "found"),
    [
        ("'[0-9]+元'", "只要１００元哦", ["１００元"]),
        ("'vip'", "您是ＶＩＰ客户", ["ＶＩＰ"]),
        ("'退(款|货)'", "退款或退貨", ["退款", "退貨"]),
        ("'有什么'", "有 什 麼 问题", ["有 什 麼"]),
        ("'^亲'", "亲，亲", ["亲"]),
        ("'吧$'", "吧，好吧", ["吧"]),
        ("'不存在'", "您好", []),
        (r"'\bok\b'", "book ok", ["ok"]),
        ("'(^|[^增])(?P<at>加微)(信|$)'", "增加微信 请加微信", ["加微"]),  # the rest says what must stand around
        ("'(?P<at>加微)信|扫码'", "扫码", ["扫码"]),
    ],
)
def test_a_pattern_matches_the_folded_text(ask: Ask, pattern: str, reply: str, found: list[str]) -> None:
    verdict = ask(f"{{regex: {pattern}}}", reply)
    assert bool(verdict.holds) is bool(found) and evidence(verdict, reply) == found


def test_a_pattern_has_the_options_of_a_lexicon(ask: Ask) -> None:
    assert ask("{regex: 保证, unless_negated: true}", "不保证").holds is False
    assert ask("{regex: 保证, except: [保证金]}", "保证金").holds is False
    assert ask("{regex: 骗子}", "您说的骗子", "客：骗子").holds is False


@pytest.mark.parametrize(
    ("reply", "fires"),
    [
        ("最好", True),
        ("最好不要", False),
        ("您最好", False),
        ("您最好不要这样，这款最好", True),
        ("最 好 不 要", False),
        ("不是最好", True),
    ],
)
def test_a_match_that_overlaps_an_exception_does_not_count(ask: Ask, reply: str, fires: bool) -> None:
    assert ask("{regex: 最好, except: [最好不要, 您最]}", reply).holds is fires


@pytest.mark.parametrize(
    ("options", "reply", "fires"),
    [
        ("head: 3", "您好呀", True),
        ("head: 3", "亲，您好", True),
        ("head: 3", "亲亲，您好", False),
        ("tail: 3", "再说一遍您好", True),
        ("tail: 3", "您好呀呀", True),
        ("tail: 3", "您好呀呀呀", False),
        ("head: 3, tail: 3", "您好" + "哦" * 20, False),
        ("times: 2", "您好您好", True),
        ("times: 3", "您好您好", False),
    ],
)
def test_where_and_how_often_words_count(ask: Ask, options: str, reply: str, fires: bool) -> None:
    assert ask(f"{{lexicon: hello, {options}}}", reply, lexicons=LEXICONS).holds is fires


CHAT = ["客：退款", "服：退货", "客：换货", "客：保修"]


@pytest.mark.parametrize(
    ("place", "word", "fires"),
    [
        ("reply", "发票", True),
        ("reply", "退款", False),
        ("question", "换货", True),
        ("question", "保修", True),
        ("question", "退款", False),
        ("question, last: 1", "换货", False),
        ("customer", "退款", True),
        ("customer", "退货", False),
        ("customer, last: 2", "退款", False),
        ("customer, last: 3", "退款", True),
        ("agent", "退货", True),
        ("agent", "发票", False),
        ("later_customer", "谢谢", True),
        ("later_customer", "不客气", False),
        ("later_agent", "不客气", True),
    ],
)
def test_each_place_is_those_turns_and_no_others(ask: Ask, place: str, word: str, fires: bool) -> None:
    after = ["客：谢谢", "服：不客气"]
    assert ask(f"{{regex: {word}, in: {place}}}", "开发票", *CHAT, after=after).holds is fires


def test_what_is_found_elsewhere_is_noted_and_has_no_place_in_the_reply(ask: Ask) -> None:
    verdict = ask("{regex: '退.', in: customer}", "好的", "客：退款")
    assert verdict.spans == () and verdict.note == "退款"


def test_what_the_customer_said_is_noted_without_his_number(ask: Ask) -> None:
    verdict = ask(r"{regex: '电话1\d{10}', in: customer}", "好的", "客：我电话13800138000")
    assert verdict.holds and verdict.note == "电话[手机号]"


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        (r"\d{4,}", "身份证11010519491231002X"),
        (r"1[3-9]\d{5}", "电话13800138000"),
        (r"1[3-9]\d{5}", "电话138\u200b00138000"),
        (r"\d{4} \d{4}", "电话138 0013\n8000"),
        ("[a-z]+@", "邮箱zhang@example.com"),
    ],
)
def test_half_of_what_is_masked_as_a_whole_is_not_noted(ask: Ask, pattern: str, said: str) -> None:
    verdict = ask(f"{{regex: '{pattern}', in: customer}}", "好的", f"客：{said}")
    assert verdict.holds and verdict.note == "…"


SORRY = {"aa": "抱歉\n歉意\n", "bb": "抱歉\n抱歉啊\n"}


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ("抱歉", ["抱歉"]),
        ("抱歉啊", ["抱歉啊"]),
        ("抱歉，抱歉啊", ["抱歉", "抱歉啊"]),
        ("抱歉意思", ["抱歉意"]),
        ("不抱歉啊", []),
    ],
)
def test_a_word_that_several_lexicons_have_counts_once(ask: Ask, reply: str, found: list[str]) -> None:
    verdict = ask("{lexicon: [bb, aa], unless_negated: true}", reply, lexicons=SORRY)
    assert evidence(verdict, reply) == found
    assert ask("{lexicon: [aa, bb], times: 2}", reply, lexicons=SORRY).holds is (len(found) > 1)


def test_a_longer_word_that_does_not_count_leaves_the_shorter_to_count(ask: Ask) -> None:
    lexicons = {"aa": "抱歉\n", "bb": "非常抱歉啊\n"}
    verdict = ask("{lexicon: [aa, bb], except: [非常]}", "非常抱歉啊", lexicons=lexicons)
    assert evidence(verdict, "非常抱歉啊") == ["抱歉"]


def test_matches_of_several_turns_count_together(ask: Ask) -> None:
    assert ask("{regex: 快, in: customer, times: 3}", "好的", "客：快", "服：好", "客：快快").holds
    assert ask("{regex: 快, in: customer, times: 4}", "好的", "客：快", "服：好", "客：快快").holds is False


@pytest.mark.parametrize(
    ("place", "reason"),
    [("question", "no_customer"), ("customer", "no_customer"), ("later_customer", "open"), ("later_agent", "open")],
)
def test_turns_that_are_not_known_are_unknown_and_not_silent(ask: Ask, place: str, reason: str) -> None:
    verdict = ask(f"{{regex: a, in: {place}}}", "好的")
    assert (verdict.holds, verdict.reason) == (None, reason)


def test_the_end_of_a_conversation_is_known_where_nothing_came_after(ask: Ask) -> None:
    assert ask("{regex: a, in: later_customer}", "好的", after=[]).holds is False


@pytest.mark.parametrize("when", ["{lexicon: hello}", "{regex: 您好}"])
def test_only_so_many_matches_are_looked_at(ask: Ask, when: str) -> None:
    assert len(ask(when, "您好" * 5000, lexicons=LEXICONS).spans) == MAX_MATCHES
