from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from csnlp.reviews import ReviewStore
from csnlp.reviews.masking import mask
from csnlp.types import Exchange, Finding, Line, Score, Turn

from .conftest import dump

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


def test_personal_data_is_masked_and_the_evidence_still_fits(path):
    reply = "亲，电话13800000000，地址杭州市西湖区文三路12号3幢201室，肯定给您退，或写信a@example.com"
    start = reply.index("肯定")
    exchange = Exchange(
        reply,
        (Turn("customer", "我的号码 13900000000"),),
        reference="拨打 13700000000",
        id="x",
        after=(Turn("customer", "好，13600000000"),),
    )
    rows = (
        Finding("N3.2", "absolute", start, start + 2, -5, "绝对化：13500000000"),
        Finding("N3.2", "phone", reply.index("138"), reply.index("138") + 3, 0, "m"),
        Finding("N3.2", "whole", 0, len(reply), 0, "m"),
    )
    score = Score(id="x", total=95, lines=(Line("N3.2 不猜测", "absolute", 0.95, 1, 100, 95),), findings=rows)
    with ReviewStore(path) as store:
        absolute, phone, whole = store.add(score, exchange)
        masked = json.loads(absolute.exchange)["reply"]
        assert masked == "亲，电话[手机号]，地址[地址]，肯定给您退，或写信[邮箱]"
        assert masked[absolute.start : absolute.end] == "肯定"
        assert masked[phone.start : phone.end] == "[手机号]"
        assert (whole.start, whole.end) == (0, len(masked))
        store.decide(absolute.id, "王芳", "rejected", reason="客户 13400000000 已确认")
    everything = "\n".join(dump(path))
    assert not any(f"1{digit}00000000" in everything for digit in range(30, 100))

    with ReviewStore(path.with_name("open.db"), masked=False) as store:
        absolute = store.add(score, exchange)[0]
        assert json.loads(absolute.exchange)["reply"] == reply
        assert absolute.start == start
