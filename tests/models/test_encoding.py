from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from csnlp.models.encoding import (
    CUSTOMER,
    EARLIER,
    REFERENCE,
    REFERENCE_FIGURE,
    REFERENCE_SHARED,
    REPLY,
    REPLY_FIGURE,
    REPLY_SHARED,
    STEP,
    Encoded,
    ExchangeEncoder,
    pad,
)
from csnlp.types import Exchange, Turn


@pytest.fixture(scope="module")
def encoder(tiny_base: Path) -> ExchangeEncoder:
    return ExchangeEncoder.from_file(tiny_base / "tokenizer.json", max_tokens=64)


def _text(encoder: ExchangeEncoder, encoded: Encoded, segment: int) -> str:
    ids = encoded.ids[encoded.segments == segment].tolist()
    return str(encoder._tokenizer.decode(ids)).replace(" ", "")


def test_each_part_has_its_segment(encoder: ExchangeEncoder) -> None:
    turns = (Turn("customer", "您好"), Turn("agent", "亲"), Turn("customer", "退款"), Turn("customer", "快"))
    (encoded,) = encoder.encode([Exchange("请稍等", turns, reference="三天")])
    assert _text(encoder, encoded, EARLIER) == "客：您好服：亲"
    assert _text(encoder, encoded, CUSTOMER) == "客：退款客：快"
    assert _text(encoder, encoded, REFERENCE) + _text(encoder, encoded, REFERENCE_FIGURE) == "参：三天"
    assert _text(encoder, encoded, REPLY) == "服：请稍等"


@pytest.mark.parametrize("blank", ["", " ", "\n", "\u200b", "—", "/"])
def test_a_reference_without_words_is_none(encoder: ExchangeEncoder, blank: str) -> None:
    asked = (Turn("customer", "什么时候发货"),)
    plain, given = encoder.encode([Exchange("三天", asked), Exchange("三天", asked, reference=blank)])
    assert np.array_equal(plain.ids, given.ids) and np.array_equal(plain.segments, given.segments)


def test_the_oldest_turns_are_left_out_first(encoder: ExchangeEncoder) -> None:
    turns = (Turn("customer", "质量问题" * 20), Turn("agent", "您好" * 5), Turn("customer", "什么时候退款"))
    (encoded,) = encoder.encode([Exchange("三天", turns)])
    assert len(encoded) == 64
    assert _text(encoder, encoded, CUSTOMER) == "客：什么时候退款"
    assert _text(encoder, encoded, REPLY) == "服：三天"


def test_the_customers_words_stay_whatever_the_agent_said_after_them(encoder: ExchangeEncoder) -> None:
    turns = (Turn("customer", "投诉快递"), Turn("agent", "请稍等" * 100))
    (encoded,) = encoder.encode([Exchange("您好", turns)])
    assert _text(encoder, encoded, CUSTOMER) == "客：投诉快递"


def test_a_long_reference_leaves_room_for_the_reply(encoder: ExchangeEncoder) -> None:
    (encoded,) = encoder.encode([Exchange("三天" * 100, (Turn("customer", "退款" * 100),), reference="包邮" * 100)])
    replies, references = (REPLY, REPLY_SHARED, REPLY_FIGURE), (REFERENCE, REFERENCE_SHARED, REFERENCE_FIGURE)
    assert np.isin(encoded.segments, replies).sum() > 15 and np.isin(encoded.segments, references).sum() > 8


def test_a_very_long_chat_costs_what_its_end_costs(encoder: ExchangeEncoder) -> None:
    end = (Turn("agent", "您好"), Turn("customer", "什么时候发货"))
    old = (Turn("agent", "请稍等" * 10),) * 2_000
    (short,), (long,) = (
        encoder.encode([Exchange("三天", (*old[:300], *end))]),
        encoder.encode([Exchange("三天", (*old, *end))]),
    )
    assert np.array_equal(short.ids, long.ids)


def test_a_very_long_run_of_the_customers_costs_what_its_end_costs(encoder: ExchangeEncoder) -> None:
    end = (Turn("customer", "退款"),) * 30 + (Turn("customer", "什么时候发货"), Turn("agent", "您好"))
    long_ago = (Turn("customer", "质量问题" * 400),) * 100
    for replies in ((), (Turn("agent", "请稍等" * 500),)):
        kept, whole = encoder.encode(
            [Exchange("三天", (*long_ago[:2], *end, *replies)), Exchange("三天", (*long_ago, *end, *replies))]
        )
        assert np.array_equal(kept.ids, whole.ids) and np.array_equal(kept.segments, whole.segments)
        assert "什么时候发货" in _text(encoder, whole, CUSTOMER)


def test_a_padded_row_never_has_more_tokens_than_positions(tiny_base: Path) -> None:
    encoder = ExchangeEncoder.from_file(tiny_base / "tokenizer.json", max_tokens=100)
    (long,) = encoder.encode([Exchange("今天发货" * 300)])
    ids, _, _ = pad([long], encoder.pad_id, multiple=STEP)
    assert len(long) > 80 and ids.shape[1] <= 100


def test_a_long_reply_keeps_its_beginning_and_its_end(encoder: ExchangeEncoder) -> None:
    (encoded,) = encoder.encode([Exchange("您好" + "查" * 300 + "谢谢", (Turn("customer", "退款" * 100),))])
    reply = _text(encoder, encoded, REPLY)
    assert reply.startswith("服：您好") and reply.endswith("谢谢")
    assert "退款" in _text(encoder, encoded, CUSTOMER)


texts = st.text(alphabet="亲您好退款 ，a1😀", max_size=80)
turns_strategy = st.lists(st.builds(Turn, st.sampled_from(["customer", "agent"]), texts), max_size=6).map(tuple)
exchanges_strategy = st.builds(Exchange, texts, turns_strategy, st.none() | texts)


@settings(deadline=None)
@given(st.lists(exchanges_strategy, min_size=1, max_size=4))
def test_length_is_bounded_and_neighbours_do_not_matter(encoder: ExchangeEncoder, batch: list[Exchange]) -> None:
    together = encoder.encode(batch)
    for exchange, encoded in zip(batch, together, strict=True):
        (alone,) = encoder.encode([exchange])
        assert np.array_equal(alone.ids, encoded.ids) and np.array_equal(alone.segments, encoded.segments)
        assert len(encoded) <= encoder.max_tokens
        assert REPLY in encoded.segments
