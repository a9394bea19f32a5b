from __future__ import annotations

from itertools import pairwise

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from csnlp.rules.lexicon import Lexicon
from csnlp.rules.scanner import MAX_GAP, Scanner, View
from csnlp.text.fold import fold_text


def lexicon(*terms: str, innocent: tuple[str, ...] = (), loose: bool = True, name: str = "x") -> Lexicon:
    return Lexicon(name, name, "written for this test", loose, terms, innocent)


def found(scanner: Scanner, text: str, name: str = "x") -> list[str]:
    """The stretches of the original text that are hits."""
    view = scanner.view(text)
    return [text[slice(*view.folded.original_span(hit.start, hit.end))] for hit in view.hits.get(name, ())]


STRICT = Scanner([lexicon("自己看", "加微信", "a货", "vx", loose=False)])


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("请您自己看一下", ["自己看"]),
        ("您自己看，也加微信吧", ["自己看", "加微信"]),
        ("請自己看", ["自己看"]),
        ("您 自 己 看", ["自 己 看"]),
        ("自\u200b己\u00ad看", ["自\u200b己\u00ad看"]),
        ("加ＶＸ", ["ＶＸ"]),
        ("这是Ａ货", ["Ａ货"]),
        ("自己，看", []),
        ("自*己*看", []),
        ("自己自己看看", ["自己看"]),
        ("vxx", []),
        ("加vx123", []),
        ("vx：123", ["vx"]),
        ("您自己", []),
        ("", []),
    ],
)
def test_strict_terms_are_found_as_they_are_written_after_folding(text: str, hits: list[str]) -> None:
    assert found(STRICT, text) == hits


LOOSE = Scanner([lexicon("傻逼", "sb", "fuck", "笨蛋", "你大爷")])


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("你傻逼啊", ["傻逼"]),
        ("傻 逼", ["傻 逼"]),
        ("傻*逼", ["傻*逼"]),
        ("傻...逼", ["傻...逼"]),
        ("傻\u200b逼", ["傻\u200b逼"]),
        ("傻😀逼", ["傻😀逼"]),
        ("傻傻傻傻逼", ["傻傻傻傻逼"]),
        ("傻逼逼逼", ["傻逼"]),
        ("你 大 爺", ["你 大 爺"]),
        ("Ｓ Ｂ", ["Ｓ Ｂ"]),
        ("s.b", ["s.b"]),
        ("SSSBBB", ["SSSB"]),
        ("F_u_c_k", ["F_u_c_k"]),
        ("ｆuuuuck", ["ｆuuuuck"]),
        ("你sb吗", ["sb"]),
        ("笨蛋😀傻逼", ["笨蛋", "傻逼"]),
        ("傻****逼", []),  # over MAX_GAP
        ("真傻，逼我退货", []),
        ("真傻。逼我退货", []),
        ("真傻！逼我退货", []),
        ("usb接口", []),
        ("sbt型号", []),
        ("u s b", []),
        ("usb，s b", ["s b"]),
        ("usb--s b", ["s b"]),
        ("s b。usb", ["s b"]),
        ("5sb", []),
        ("傻子逼我", []),
    ],
)
def test_loose_terms_are_found_behind_what_is_put_between_their_characters(text: str, hits: list[str]) -> None:
    assert found(LOOSE, text) == hits


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("S/B两色", []),
        ("S-B款", []),
        ("规格:s b 两种", []),
        ("尺码有S/B", []),
        ("s b 一个", ["s b"]),
        ("s*b两个", ["s*b"]),  # nobody writes a list so
        ("f u-c*k", []),  # uneven
        ("fu*ck", ["fu*ck"]),
        ("傻/逼两个", ["傻/逼"]),
    ],
)
def test_letters_in_a_list_are_no_term(text: str, hits: list[str]) -> None:
    assert found(LOOSE, text) == hits


INNOCENT = Scanner(
    [
        lexicon("干", "力", "250", innocent=("干什么", "饼干", "强力胶", "给力", "250元", "250克")),
        lexicon("最好", innocent=("最好是",), loose=False, name="ads"),
    ]
)


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("干", ["干"]),
        ("你干什么", []),
        ("饼干和强力胶", []),
        ("250元", []),
        ("２５０ 克", []),
        ("你个250", ["250"]),
        ("1250件", []),
        ("饼干，你干", ["干"]),
        ("给力", []),
        ("力给", ["力"]),
    ],
)
def test_a_term_inside_an_innocent_word_does_not_count(text: str, hits: list[str]) -> None:
    assert found(INNOCENT, text) == hits


def test_an_innocent_word_of_one_lexicon_does_not_excuse_the_term_of_another() -> None:
    both = Scanner([lexicon("干", innocent=("饼干",), name="a"), lexicon("干", name="b")])
    assert found(both, "饼干", "a") == [] and found(both, "饼干", "b") == ["干"]


def test_an_innocent_word_inside_a_term_excuses_nothing() -> None:
    assert found(Scanner([lexicon("大傻瓜", innocent=("瓜",))]), "大傻瓜") == ["大傻瓜"]


def test_an_innocent_word_that_overlaps_excuses_the_term() -> None:
    assert found(Scanner([lexicon("逼着", innocent=("牛逼",))]), "牛逼着呢") == []


def test_the_longest_of_two_terms_in_one_place_is_the_hit() -> None:
    assert found(Scanner([lexicon("傻", "傻逼", "大傻逼", "逼人")]), "大傻逼人傻") == ["大傻逼", "逼人", "傻"]


def test_the_longest_term_being_excused_the_shorter_ones_are_still_looked_at() -> None:
    scanner = Scanner([lexicon("滚", "滚开水", innocent=("开水瓶",), loose=False)])
    assert found(scanner, "滚开水瓶") == ["滚"]


def test_every_lexicon_has_its_own_hits() -> None:
    scanner = Scanner([lexicon("谢谢", name="thanks"), lexicon("谢谢您", "再见", loose=False, name="closing")])
    assert found(scanner, "谢谢您，再见", "thanks") == ["谢谢"]
    assert found(scanner, "谢谢您，再见", "closing") == ["谢谢您", "再见"]


def test_without_lexicons_nothing_is_found() -> None:
    assert Scanner([]).view("傻逼").hits == {}


def test_long_texts_give_the_same_hits_as_short_ones() -> None:
    text = "您好，" * 5000 + "傻*逼"
    assert found(LOOSE, text) == found(LOOSE, text) == ["傻*逼"]


SEPARATORS = "*_-·.@# \u3000\u200b\u200d\u00ad\ufe0f/\\~^|+=😀★"
CLEAN = "您好亲，。！这款鞋子今天发货呢 \n😀①%Ⅱ"
TERMS = ["傻逼", "你大爷", "滚犊子", "脑残", "ab", "s逼"]
LOOSE_PROPERTY = Scanner([lexicon(*TERMS)])


def wide(char: str) -> str:
    """The full-width form of an ASCII letter."""
    return chr(ord(char) + 0xFEE0) if char.isascii() else char


spelt = st.sampled_from(TERMS).flatmap(
    lambda term: st.tuples(
        st.tuples(*(st.sampled_from([char, wide(char), wide(char.upper())]) for char in term)),
        st.tuples(*(st.text(SEPARATORS, max_size=MAX_GAP) for _ in term[1:])),
    )
)


@settings(deadline=None)
@given(st.text(CLEAN, max_size=12), spelt, st.text(CLEAN, max_size=12))
def test_nothing_put_between_the_characters_hides_a_loose_term(
    before: str, term: tuple[tuple[str, ...], tuple[str, ...]], after: str
) -> None:
    chars, gaps = term
    written = chars[0] + "".join(gap + char for gap, char in zip(gaps, chars[1:], strict=True))
    # A Latin letter beside the digits of ① or Ⅱ would be another word.
    before, after = f"{before}，", f"，{after}"
    assert found(LOOSE_PROPERTY, before + written + after) == [written]
    view = LOOSE_PROPERTY.view(before + written + after)
    (hit,) = view.hits["x"]
    assert view.folded.original_span(hit.start, hit.end) == (len(before), len(before) + len(written))


@settings(deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"])).filter(lambda text: not set("傻你滚脑as") & set(fold_text(text)))
)
def test_a_text_without_a_terms_first_character_has_no_hit(text: str) -> None:
    assert LOOSE_PROPERTY.view(text).hits == {}


ANY = Scanner(
    [lexicon("元", "m2", "好吗", "a b", loose=False, name="strict"), lexicon("元", "m2", "好吗", name="loose")]
)


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("元円m2㎡㎡好嗎吗 ａ\u200bb*"), max_size=60))
def test_hits_lie_in_the_text_in_order_and_are_what_was_looked_for(text: str) -> None:
    view = ANY.view(text)
    for name, hits in view.hits.items():
        for hit in hits:
            start, end = view.folded.original_span(hit.start, hit.end)
            assert 0 <= start < end <= len(text)
            inside = view.folded.text[hit.start : hit.end]
            letters = "".join(char for char in inside if char.isalnum()) if name == "loose" else inside
            assert letters == hit.term or (name == "loose" and set(letters) == set(hit.term))
        assert all(one.end < other.end for one, other in pairwise(hits))


PATTERNS = ("保证.{0,4}到", r"\d{3,}元", "^您好", "(?:最|第一)好?", "[a-z]+号")


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(["保证", "明天", "到", "100", "元", "您好", "最", "第一", "vip", "号", " ", "，"])).map(
        "".join
    )
)
def test_the_patterns_of_a_view_are_those_that_match_on_their_own(text: str) -> None:
    view = Scanner([], PATTERNS).view(text)
    assert view.patterns == {pattern for pattern in PATTERNS if re2.search(pattern, view.folded.text)}


def test_many_patterns_at_once_find_what_each_finds() -> None:
    patterns = [f"(?:甲{i}|乙).{{0,20}}(?:丙{i}|丁).{{0,20}}{i}号" for i in range(300)]
    text = "乙" * 30 + "甲7丙7，7号，乙丁299号"
    alone = {pattern for pattern in patterns if re2.search(pattern, text)}
    assert len(alone) > 2 and Scanner([], patterns).view(text).patterns == alone


MARKS = Scanner([lexicon("滚滚滚", "👍", "100%", "aa", "❤爱", "gogo*滚", "呵呵哒", innocent=("呵呵哒👍", "嘻嘻嘻"))])


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("这款滚筒洗衣机", []),
        ("您滚滚滚", ["滚滚滚"]),
        ("收到👍", ["👍"]),
        ("满100减20", []),
        ("保证100%", ["100%"]),
        ("选a款", []),
        ("选aa款", ["aa"]),
        ("爱您", []),
        ("❤爱您", ["❤爱"]),
        ("go go 滚", ["go go 滚"]),
        ("呵*呵*哒", ["呵*呵*哒"]),
        ("呵呵哒👍", ["呵呵哒", "👍"]),
    ],
)
def test_a_loose_term_of_which_too_little_is_left_is_found_as_it_is_written(text: str, hits: list[str]) -> None:
    assert found(MARKS, text) == hits


def test_innocent_words_count_however_either_is_looked_for() -> None:
    scanner = Scanner([lexicon("滚蛋", "笑死", innocent=("👍滚", "哈哈哈"))])
    assert found(scanner, "👍滚蛋") == [] and found(scanner, "滚*蛋，哈哈哈") == ["滚*蛋"]


@pytest.mark.parametrize(("length", "texts"), [(100, 900), (700, 250), (5_000, 40)])
def test_each_text_of_a_long_chat_is_scanned_once(length: int, texts: int) -> None:
    class Counting(Scanner):
        scans = 0

        def _view(self, text: str) -> View:
            self.scans += 1
            return super()._view(text)

    scanner = Counting([lexicon("自己看")])
    for _ in range(3):
        for number in range(texts):
            scanner.view(f"{number:03}" + "亲" * length)
    assert scanner.scans == texts
