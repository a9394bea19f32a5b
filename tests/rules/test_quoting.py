from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csnlp.rules.negating import clause_start, negated
from csnlp.rules.quoting import HIDDEN, quoted, shown, with_line_breaks
from csnlp.rules.verdict import Verdict
from csnlp.text.fold import fold_text

Ask = Callable[..., Verdict]
LEXICONS = {"bad": "应该\n保证\n最好\n骗子\n没人管\n"}


@pytest.mark.parametrize(
    ("reply", "fires"),
    [
        ("保证明天到", True),
        ("不能给您保证明天到", False),
        ("没法保证", False),
        ("我们无法保证的哦", False),
        ("不保证", False),
        ("这个我不太好保证呢", False),
        ("不过保证明天到", True),
        ("不好意思，保证明天到", True),
        ("非常好，保证", True),
        ("没问题保证明天到", True),
        ("没问题的，不过不保证", False),
        ("不能退，保证明天到", True),
        ("不行！保证明天到", True),
        ("我没空.保证明天到", True),
        ("不能1.5天保证到", False),
        ("不是今天发货的那一批货物的话就可以保证", True),  # the negation is too far off
        ("特别喜欢这款鞋子的人都保证", True),  # 别 in reach, but as a part of 特别
        ("保证不是假货", True),
        ("不贵 保证明天到", True),  # a space between phrases parts them, as a comma does
        ("这个不能 保 证", False),
        ("《保证》这本书有货", False),  # a title
        ("《保证》明天到", True),  # in the marks of a title, but no work
        ("不会用的话保证明天到", True),
        ("不用担心保证明天到", True),
        ("没货就保证明天发", True),
        ("不含糖您放心保证", True),
        ("不敢跟您保证", False),
        ("没有人可以保证", False),
        ("保证这种话是骗人的", False),
        ("保证明天到是不可能的", False),
        ("保证是真的", True),
        ("保证你信不信", True),
        ("应该是假的吧", True),
        ("《服务手册》里写了，保证明天到", True),
        ("这款不贵\n保证明天到", True),  # the end of a line parts them, too
        ("这款不贵 \r\n \n保证明天到", True),
        ("不能给您\u2028保证明天到", True),
        ("不\n能\n保\n证", False),  # a mask
        ("第一行\n不能保证明天到", False),
    ],
)
def test_a_negation_shortly_before_in_the_same_clause_bears_on_the_term(ask: Ask, reply: str, fires: bool) -> None:
    assert ask("{lexicon: bad, unless_negated: true}", reply, lexicons=LEXICONS).holds is fires


@pytest.mark.parametrize(
    ("reply", "fires"),
    [
        ("明天肯定到", True),
        ("肯定到不了的亲", False),
        ("肯定是发不出的", False),
        ("肯定坏不了的亲", True),
        ("肯定赔不了本", True),
        ("骗子发不了", True),  # no promise of his
    ],
)
def test_a_promise_that_something_fails_is_none(ask: Ask, reply: str, fires: bool) -> None:
    lexicons = {"promise": "肯定\n肯定到\n骗子\n"}
    assert ask("{lexicon: promise, unless_negated: true}", reply, lexicons=lexicons).holds is fires


def test_a_negation_matters_only_where_the_rule_says_so(ask: Ask) -> None:
    assert ask("{lexicon: bad}", "不保证", lexicons=LEXICONS).holds


@pytest.mark.parametrize(
    ("reply", "customer", "fires"),
    [
        ("我们不是骗子", "你们是骗子", True),  # his own words, though the customer used them too
        ("您说我们是骗子，我们很难过", "你们是骗子", False),
        ("您刚才说的骗子，我们不认同", "骗子！", False),
        ("您说的“骗子”我们不认同", "在吗", False),
        ("关于您提到的「没人管」，我来处理", "没人管我", False),
        ("“没人管”是我们的错", "没人管吗", False),
        ("'没人管'是我们的错", "没人管吗", False),
        ('"没人管"是我们的错', "没人管吗", False),
        ("“骗子没人管”是气话", "你们骗子没人管", False),
        ("“骗子们”是气话", "你们是骗子", False),
        ("“骗子”", "在吗", True),  # in quotation marks, but nobody else's words
        ("“放心”，骗子", "放心", True),
        ("您说得对，你是骗子", "在吗", True),
        ("您反馈没人管的问题", "售后没人管", False),
        ("亲，没人管哦", "没人管吗", True),
        ("您说我们骗子，你才是骗子", "你们是骗子", True),  # the second is his own
        ("您说我们是骗子你才是骗子", "你们是骗子", True),
        ("你说谁骗子呢，你才骗子", "骗子！", True),  # asked back
        ("你骂谁骗子，你才是骗子", "骗子！", True),
        ("你说什么骗子", "骗子！", True),
        ("您说的没错，你才是骗子", "骗子！", True),
        ("您说的没错\n你才是骗子", "骗子！", True),
        ("您刚才说：骗子没人管", "骗子没人管", False),  # only a colon may part them
        ("您刚才说：\n骗子没人管", "骗子没人管", False),
        ("您说的“骗子\n没人管”我们不认同", "骗子 没人管", False),
        ("您反馈的没人管\n您说的骗子", "骗子，没人管", False),
    ],
)
def test_the_customers_own_words_repeated_to_him_do_not_count(ask: Ask, reply: str, customer: str, fires: bool) -> None:
    assert ask("{lexicon: bad}", reply, f"客：{customer}", lexicons=LEXICONS).holds is fires
    assert ask("{lexicon: bad, quoted: true}", reply, f"客：{customer}", lexicons=LEXICONS).holds is True


def test_folding_does_not_keep_the_customers_words_from_being_his(ask: Ask) -> None:
    assert ask("{lexicon: bad}", "您说的騙子我們不認同", "客：ＡＡ骗子", lexicons=LEXICONS).holds is False


def test_the_customer_is_not_excused_for_quoting(ask: Ask) -> None:
    assert ask("{lexicon: bad, in: customer}", "您好", "客：你说的“骗子”", lexicons=LEXICONS).holds


def test_a_second_match_that_is_no_quotation_counts(ask: Ask) -> None:
    reply = "您说的“骗子”我听到了，也反映给主管好几次了，你才是骗子"
    assert ask("{lexicon: bad}", reply, "客：骗子", lexicons=LEXICONS).spans == ((26, 28),)


@settings(deadline=None)
@given(st.text("不没，。!保证您说“”'\"「」a1. ", max_size=300), st.integers(0, 300), st.integers(1, 20))
def test_any_place_of_any_text_can_be_asked(text: str, start: int, length: int) -> None:
    start = min(start, len(text))
    end = min(start + length, len(text))
    assert 0 <= clause_start(text, start) <= start
    assert negated(text, start, end) in (True, False)
    assert quoted(text, start, end, [text]) in (True, False)


@given(st.text("不说“”\u200b… \n\r\u2028a", max_size=30))
def test_a_line_break_stands_where_folding_left_a_space(text: str) -> None:
    broken = with_line_breaks(text)
    assert broken.replace("\n", " ") == fold_text(text)
    assert broken.count("\n") <= sum(map(text.count, "\n\r\u2028"))


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        ("手机", "手机"),
        ("手机13800138000", "手机[手机号]"),
        ("1380013", HIDDEN),
        ("机13", HIDDEN),
        ("ab@", HIDDEN),
    ],
)
def test_words_that_cut_through_personal_data_are_not_shown(words: str, seen: str) -> None:
    text = "手机13800138000，邮箱ab@example.com"
    start = text.index(words)
    assert shown(text, start, start + len(words)) == seen
