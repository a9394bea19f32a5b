from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csnlp.text.spacing import joined

CHINESE = st.text(alphabet=[chr(code) for code in range(0x4E00, 0x4E80)], min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("退 款 太 慢 了", "退款太慢了"),
        ("退 款 太 慢 了 ， 3 天 了", "退款太慢了，3天了"),
        ("好 的   您 稍 等", "好的 您稍等"),
        ("好的 您稍等 马上查 感谢", "好的 您稍等 马上查 感谢"),
        ("嗯 好 的", "嗯 好 的"),  # too short to tell
        ("a b c d e", "a b c d e"),
        ("", ""),
    ],
)
def test_single_characters_are_joined_and_words_are_not(text: str, expected: str) -> None:
    assert joined(text) == expected


@given(st.text(max_size=60))
def test_nothing_but_spaces_is_lost(text: str) -> None:
    assert joined(text).replace(" ", "") == text.replace(" ", "")


@given(st.lists(CHINESE, min_size=4, max_size=12))
def test_any_chinese_text_reads_the_same_spaced_out(words: list[str]) -> None:
    text = "".join(words)
    assert joined(" ".join(text)) == text
