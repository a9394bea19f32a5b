from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from csnlp.reviews.masking import mask

PIECES = [
    "亲",
    "，",
    "1",
    " ",
    "[微笑]",
    "[手机号]",
    "13800000000",
    "a@example.com",
    "文三路12号3幢201室",
    "肯定",
    "[",
    "]",
]


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.data())
def test_a_span_lies_inside_the_masked_text_and_keeps_its_order(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    masked = mask(text)
    new_start, new_end = masked.span(start, end)
    assert 0 <= new_start <= len(masked.text)
    assert new_end <= len(masked.text)
    assert new_start <= new_end or start == end
    assert masked.span(0, len(text)) == (0, len(masked.text))


@given(st.lists(st.sampled_from([piece for piece in PIECES if piece != "肯定"]), max_size=6).map("".join),
       st.lists(st.sampled_from([piece for piece in PIECES if piece != "肯定"]), max_size=6).map("".join))  # fmt: skip
def test_words_that_are_not_masked_are_found_again(before, after):
    text = f"{before}。肯定。{after}"
    masked = mask(text)
    start, end = masked.span(len(before) + 1, len(before) + 3)
    assert masked.text[start:end] == "肯定"


def test_a_span_that_cuts_masked_numbers_takes_their_masks_whole():
    masked = mask("号码13800000000，13900000000。")
    assert masked.text == "号码[手机号]，[手机号]。"
    start, end = masked.span(4, 16)  # from inside the first number to inside the second
    assert masked.text[start:end] == "[手机号]，[手机号]"
