from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csnlp.text import fold, fold_text

# Text in which folding has something to do.
messy = st.text() | st.text(st.sampled_from("您 好　Ａａ㎡①怎麼妳\u200b\u00ad。\n\t…İ😀\ufe0f"))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("２０元　ＮＢ", "20元 nb"),
        ("妳怎麼還不發貨", "你怎么还不发货"),
        ("有 什 么 可以帮您", "有什么 可以帮您"),
        ("好 行", "好 行"),
        ("好的 谢谢 您", "好的 谢谢 您"),
        ("傻\u200b子", "傻子"),
        ("  两端\n\n空白\t", "两端 空白"),
        ("㎡", "m2"),
        ("", ""),
    ],
)
def test_spellings_that_mean_the_same_become_one(text: str, folded: str) -> None:
    assert fold_text(text) == folded


@given(messy)
def test_both_ways_of_folding_agree(text: str) -> None:
    assert fold(text).text == fold_text(text)


@given(messy)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold_text(fold_text(text)) == fold_text(text)


@given(messy)
def test_offsets_point_at_the_character_that_was_folded(text: str) -> None:
    folded = fold(text)
    assert len(folded.offsets) == len(folded.text)
    assert list(folded.offsets) == sorted(folded.offsets)
    for char, offset in zip(folded.text, folded.offsets, strict=True):
        assert char in fold_text(f"x{text[offset]}x") or char == " "


def test_a_span_found_in_the_folded_text_is_given_in_the_original() -> None:
    text = "亲，您 自 己 看　ＯＫ"
    folded = fold(text)
    start = folded.text.index("自己看")
    assert text[slice(*folded.original_span(start, start + 3))] == "自 己 看"


def test_a_span_outside_is_refused() -> None:
    with pytest.raises(IndexError, match="outside the folded text of length 2"):
        fold("您好").original_span(1, 3)
