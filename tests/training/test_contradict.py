"""Replies that are made to contradict their reference: only what both say changes, and the label follows."""

from __future__ import annotations

import random
import re

from hypothesis import given
from hypothesis import strategies as st

from csnlp.training.contradict import vary_reference
from csnlp.training.examples import Example, one_of
from csnlp.training.siblings import CLASSES
from csnlp.types import Exchange, Turn

REFERENCE = "48小时内发货，支持7天无理由退货，不包邮"
REPLY = "亲，48小时内给您发出，支持7天无理由，邮费是不包邮的哦"
NUMBER = re.compile(r"\d+")
FACT = re.compile("|".join([r"\d+", "不?支持", "不?包邮", *(word for members in CLASSES for word in members)]))


def example(label: str = "answers", reply: str = REPLY, question: str = "几天发货？") -> Example:
    exchange = Exchange(reply, (Turn("customer", question),), REFERENCE)
    return Example(exchange, {"accuracy": one_of("accuracy", label)}, "group")


@given(st.integers())
def test_a_changed_reply_is_wrong_and_an_unchanged_one_keeps_its_label(seed: int) -> None:
    before = example()
    after = vary_reference(before, random.Random(seed))
    if after.exchange.reference is None:
        assert (after.exchange.reply, after.targets) == (REPLY, before.targets)
        return
    agrees = set(FACT.findall(after.exchange.reply)) <= set(FACT.findall(after.exchange.reference))
    assert (after.targets == before.targets) == agrees
    if after.targets != before.targets:
        assert after.targets["accuracy"] == one_of("accuracy", "wrong")


def test_figures_and_conditions_are_both_changed() -> None:
    seen = [vary_reference(example(), random.Random(seed)) for seed in range(200)]
    wrong = [e.exchange.reply for e in seen if e.targets["accuracy"] == one_of("accuracy", "wrong")]
    assert any("不支持" in reply for reply in wrong)
    assert any("不包邮" not in reply for reply in wrong)
    assert any(NUMBER.sub("0", reply) == NUMBER.sub("0", REPLY) for reply in wrong)
    assert len({e.exchange.reference for e in seen}) > 20


def test_a_figure_in_the_question_keeps_the_reference_as_it_is() -> None:
    for seed in range(50):
        varied = vary_reference(example(question="48小时能发吗"), random.Random(seed)).exchange.reference
        assert varied is None or NUMBER.findall(varied) == NUMBER.findall(REFERENCE)


def test_a_wrong_reply_is_wrong_as_long_as_its_reference_is_there_and_an_answer_without_it() -> None:
    seen = [vary_reference(example("wrong"), random.Random(seed)) for seed in range(100)]
    for varied in seen:
        label = "wrong" if varied.exchange.reference else "answers"
        assert varied.targets["accuracy"] == one_of("accuracy", label)
    assert 0 < sum(varied.exchange.reference is None for varied in seen) < 50


def test_an_evasive_reply_and_one_without_a_reference_keep_their_label() -> None:
    plain = Example(Exchange("48小时发货", (Turn("customer", "几天？"),)), example().targets, "group")
    for seed in range(50):
        assert vary_reference(example("evasive"), random.Random(seed)).targets == example("evasive").targets
        assert vary_reference(plain, random.Random(seed)) is plain


def test_a_figure_that_no_shop_states_is_left_alone() -> None:
    huge = "9" * 320
    example = Example(
        Exchange(f"编号{huge}", (Turn("customer", "编号多少"),), f"编号{huge}"),
        {"accuracy": one_of("accuracy", "answers")},
        "g",
    )
    assert all(
        vary_reference(example, random.Random(seed)).exchange.reply == example.exchange.reply for seed in range(50)
    )


def test_a_thing_is_changed_too_in_the_reply_alone_or_wherever_it_is_named() -> None:
    named = Exchange("默认发顺丰哦", (Turn("customer", "发顺丰还是中通？"),), "默认顺丰，中通要备注")
    before = Example(named, {"accuracy": one_of("accuracy", "answers")}, "group")
    seen = [vary_reference(before, random.Random(seed)) for seed in range(300)]
    wrong = [e.exchange for e in seen if e.targets["accuracy"] == one_of("accuracy", "wrong")]
    right = [e.exchange for e in seen if e.targets == before.targets and e.exchange.reference]
    assert any(named.reference == e.reference and named.reply != e.reply for e in wrong)
    assert all(carrier(e.reply) not in (e.reference or "") for e in wrong)
    assert len({e.reply for e in right}) > 3
    assert all(e.reference == f"默认{carrier(e.reply)}，{(e.reference or '')[5:7]}要备注" for e in right)
    assert all(e.context[0].text == f"发{carrier(e.reply)}还是{(e.reference or '')[5:7]}？" for e in right)


def carrier(reply: str) -> str:
    return reply.removeprefix("默认发").removesuffix("哦")


def test_no_word_stands_in_two_classes() -> None:
    words = [word for members in CLASSES for word in members]
    assert len(words) == len(set(words))
