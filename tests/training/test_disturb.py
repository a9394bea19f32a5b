"""The same words with slips in them: their meaning is kept, and a model can be taught to give them the same labels."""

from __future__ import annotations

import random
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import csnlp
from csnlp.heads import HEADS
from csnlp.training.augment import disturb
from csnlp.training.examples import Example, one_of
from csnlp.training.losses import divergences
from csnlp.training.run import train
from csnlp.types import Exchange, Turn

from .conftest import recipe


def example(reply: str, asked: str = "这件衣服会不会掉色？") -> Example:
    exchange = Exchange(reply, (Turn("customer", asked),), reference="不掉色，48小时内发货")
    return Example(exchange, {"accuracy": one_of("accuracy", "answers")}, "g")


def what_counts(text: str) -> list[str]:
    return re.findall(r"\d+(?:[.:~]\d+)*|[不没无未非免别勿莫零一二三四五六七八九十百千万两半几]", text)


@given(st.text("您好亲不没免三天十块全部是48.5:30~小时内发货，。！ok[] "), st.integers(0, 99))
def test_figures_denials_labels_and_the_reference_are_left_alone(reply: str, seed: int) -> None:
    plain = example(reply)
    disturbed = disturb(plain, random.Random(seed))
    assert disturbed == disturb(plain, random.Random(seed))
    assert disturbed.targets == plain.targets and disturbed.exchange.reference == plain.exchange.reference
    assert what_counts(disturbed.exchange.reply) == what_counts(reply)


def test_every_text_is_written_in_the_same_other_way() -> None:
    plain = example("不会掉色的，请您放心！")
    seen = {disturb(plain, random.Random(seed)).exchange for seed in range(60)}
    texts = {(e.reply, e.context[0].text) for e in seen}
    assert ("不会掉色的 请您放心", "这件衣服会不会掉色") in texts
    assert sum(reply[-1] == "！" and len(reply) == 10 for reply, _ in texts) > 2  # a character is missing
    assert all(reply != plain.exchange.reply or asked != plain.exchange.context[0].text for reply, asked in texts)


def test_only_what_is_said_of_the_disturbed_text_moves() -> None:
    torch.manual_seed(0)
    plain = {name: torch.randn(4, len(head.labels), requires_grad=True) for name, head in HEADS.items()}
    other = {name: torch.randn(4, len(head.labels), requires_grad=True) for name, head in HEADS.items()}
    found = divergences(plain, other, HEADS)
    assert found.keys() == HEADS.keys() and all(value > 0 for value in found.values())
    torch.stack(list(found.values())).sum().backward()
    assert all(x.grad is None for x in plain.values()) and all(x.grad is not None for x in other.values())
    assert all(value.item() == pytest.approx(0, abs=1e-6) for value in divergences(plain, plain, HEADS).values())


def test_a_model_taught_to_be_consistent_wavers_less(tiny_base: Path, labelled: Path, tmp_path: Path) -> None:
    wavers = {}
    for consistency in (0.0, 10.0):
        folder = tmp_path / str(consistency)
        folder.mkdir()
        path = recipe(folder, tiny_base, labelled, steps=60, evaluate_every=60, consistency=consistency)
        scorer = csnlp.load(train(path))
        plain = [example(reply) for reply in ("您好，请稍等", "亲，谢谢您", "自己看说明吧", "您好，三天到货")] * 8
        slips = [disturb(one, random.Random(seed)) for seed, one in enumerate(plain)]
        said, says = (scorer.model.predict([e.exchange for e in rows]).heads for rows in (plain, slips))
        wavers[consistency] = float(np.mean([np.abs(said[n] - says[n]).mean() for n in ("politeness", "complaint")]))
    assert wavers[10.0] < wavers[0.0]
