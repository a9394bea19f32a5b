"""Reply and reference are compared by characters, and amounts by their value."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csnlp.models.comparison import FIGURE, NEITHER, SHARED, compare
from csnlp.models.encoding import (
    REFERENCE,
    REFERENCE_FIGURE,
    REFERENCE_SHARED,
    REPLY,
    REPLY_FIGURE,
    REPLY_SHARED,
    ExchangeEncoder,
)
from csnlp.types import Exchange, Turn


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


def test_the_encoder_marks_reply_and_reference_and_nothing_else(tiny_base: Path) -> None:
    turns = (Turn("customer", "什么时候发货"),)
    exchange = Exchange("5天发货", turns, reference="三天发货")
    (compared,) = ExchangeEncoder.from_file(tiny_base / "tokenizer.json", 64).encode([exchange])
    (plain,) = ExchangeEncoder.from_file(tiny_base / "tokenizer.json", 64, compares=False).encode([exchange])
    assert {REPLY_FIGURE, REPLY_SHARED, REFERENCE_FIGURE, REFERENCE_SHARED} <= set(compared.segments.tolist())
    replies, references = (REPLY, REPLY_SHARED, REPLY_FIGURE), (REFERENCE, REFERENCE_SHARED, REFERENCE_FIGURE)
    for new, old in zip(compared.segments.tolist(), plain.segments.tolist(), strict=True):
        assert new == old or (old == REPLY and new in replies) or (old == REFERENCE and new in references)
    (alone,) = ExchangeEncoder.from_file(tiny_base / "tokenizer.json", 64).encode([Exchange("5天发货", turns)])
    assert REPLY in alone.segments and not {REPLY_FIGURE, REPLY_SHARED} & set(alone.segments.tolist())
