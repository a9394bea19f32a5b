"""Reply and reference are compared by characters, and amounts by their value."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, pre_tokenizers

from csnlp.models.comparison import FIGURE, NEITHER, SHARED, compare, judgements
from csnlp.models.encoding import (
    COMPARED_SEGMENTS,
    PLAIN_SEGMENTS,
    REFERENCE,
    REFERENCE_FIGURE,
    REFERENCE_SHARED,
    REPLY,
    REPLY_AGREES,
    REPLY_DENIES,
    REPLY_FIGURE,
    REPLY_SHARED,
    ExchangeEncoder,
)
from csnlp.types import Exchange, Turn

TOKENIZER = Path(__file__).parents[2] / "models" / "zh-nano" / "tokenizer.json"


def marks(text: str, other: str) -> str:
    return "".join(".=#"[mark] for mark in compare(list(text), list(other)))


@pytest.mark.parametrize(
    ("text", "other", "expected"),
    [
        ("发货要3天", "3天发货", "==.=="),
        ("发货要5天", "3天发货", "==.##"),
        ("三天", "72小时", "=="),
        ("两天", "72小时", "##"),
        ("编号12", "编号21", "==##"),
        ("不可以", "可以", ".=="),
        ("您好", "三天", ".."),
        ("", "三天", ""),
        ("三天", "", "##"),
    ],
)
def test_what_is_shared_and_which_figures_are_not(text: str, other: str, expected: str) -> None:
    assert marks(text, other) == expected


@given(st.lists(st.text(max_size=4), max_size=12), st.lists(st.text(max_size=4), max_size=12))
def test_every_token_of_any_text_gets_a_mark(tokens: list[str], other: list[str]) -> None:
    found = compare(tokens, other)
    assert len(found) == len(tokens) and set(found) <= {NEITHER, SHARED, FIGURE}
    whole = "".join(tokens)
    if not any(char.isdigit() for char in whole):
        assert all(
            mark != NEITHER for token, mark in zip(tokens, compare(tokens, tokens), strict=True) if len(token) > 1
        )


@given(*(st.lists(st.text("可不能行以退换包邮要3天5三五元，。? \ue000🙂", max_size=4), max_size=8) for _ in range(3)))
def test_judgements_of_any_text_are_on_its_tokens(reply: list[str], reference: list[str], asked: list[str]) -> None:
    found = judgements(reply, reference, asked)
    assert all(reply[number] for number in found)  # an empty token says nothing
    assert judgements(["", *reply], reference, asked) == {number + 1: agrees for number, agrees in found.items()}


def test_a_figure_that_the_tokenizer_cuts_is_still_one_figure() -> None:
    """sentencepiece cuts numbers anywhere (1·99), WordPiece drops the space between two (12 64)."""
    names = {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3}
    pieces = ["1", "99", "9", "12", "64", "126", "4", "满", "元", "包", "邮", "g", "服", "参", "："]
    scores = [(piece, -1.0) for piece in ("<pad>", "<unk>", "<s>", "</s>", "▁", *pieces)]
    cut = ExchangeEncoder(Tokenizer(models.Unigram(scores, 1)), 64)
    words = Tokenizer(
        models.WordPiece({**names, **{piece: 4 + n for n, piece in enumerate(pieces)}}, unk_token="[UNK]")
    )
    words.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    spaced = ExchangeEncoder(words, 64)

    (same,) = cut.encode([Exchange("满199元", reference="满199元包邮")])
    (other,) = cut.encode([Exchange("满199元", reference="满99元包邮")])
    assert REPLY_FIGURE not in same.segments and (other.segments == REPLY_FIGURE).sum() >= 2
    (apart,) = spaced.encode([Exchange("12 64", reference="126 4")])
    assert (apart.segments == REPLY_FIGURE).sum() == 2
    (unknown,) = spaced.encode([Exchange("😡😡", reference="🥰🥰")])
    assert REPLY in unknown.segments and (unknown.segments == REPLY_SHARED).sum() <= 1  # the mark of the role, at most


def test_the_encoder_marks_reply_and_reference_and_nothing_else() -> None:
    turns = (Turn("customer", "什么时候发货"),)
    exchange = Exchange("编号5，五天发货", turns, reference="三天发货")
    (compared,) = ExchangeEncoder.from_file(TOKENIZER, 64).encode([exchange])
    (plain,) = ExchangeEncoder.from_file(TOKENIZER, 64, segments=PLAIN_SEGMENTS).encode([exchange])
    marked = {REPLY_FIGURE, REPLY_SHARED, REPLY_DENIES, REFERENCE_FIGURE, REFERENCE_SHARED}
    assert marked <= set(compared.segments.tolist())
    replies = (REPLY, REPLY_SHARED, REPLY_FIGURE, REPLY_DENIES)
    references = (REFERENCE, REFERENCE_SHARED, REFERENCE_FIGURE)
    for new, old in zip(compared.segments.tolist(), plain.segments.tolist(), strict=True):
        assert new == old or (old == REPLY and new in replies) or (old == REFERENCE and new in references)
    (alone,) = ExchangeEncoder.from_file(TOKENIZER, 64).encode([Exchange("5天发货", turns)])
    assert REPLY in alone.segments and not {REPLY_FIGURE, REPLY_SHARED} & set(alone.segments.tolist())


def test_what_the_rules_say_of_a_reply_is_marked() -> None:
    turns = (Turn("customer", "能机洗吗"),)
    replies = [Exchange(reply, turns, reference="不可以机洗") for reply in ("可以机洗", "不可以机洗", "麻烦稍等")]
    denies, agrees, neither = (
        set(encoded.segments.tolist()) for encoded in ExchangeEncoder.from_file(TOKENIZER, 64).encode(replies)
    )
    assert REPLY_DENIES in denies and REPLY_AGREES not in denies
    assert REPLY_AGREES in agrees and REPLY_DENIES not in agrees
    assert not {REPLY_DENIES, REPLY_AGREES} & neither
    (older,) = ExchangeEncoder.from_file(TOKENIZER, 64, COMPARED_SEGMENTS).encode(replies[:1])
    assert older.segments.max() < COMPARED_SEGMENTS and REPLY_SHARED in older.segments
