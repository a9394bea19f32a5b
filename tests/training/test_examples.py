from __future__ import annotations

import math
import random
from collections.abc import Sequence
from itertools import islice
from typing import Any

import pytest
import torch

from csnlp.errors import ConfigError
from csnlp.heads import HEADS
from csnlp.training.augment import augment
from csnlp.training.calibrate import fit_temperatures
from csnlp.training.examples import Example, examples_from, one_of
from csnlp.training.join import labelled_spans, labelled_turns
from csnlp.training.losses import class_weights, head_losses, target_tensors
from csnlp.training.sampling import WINDOW, batches
from csnlp.types import Exchange, Turn

ROWS: dict[str, dict[str, Any]] = {
    "offence": {"text": "真没脑子", "offensive": 1},
    "condescension": {"text": "你们这种人啊", "condescension": 2},
    "sentiment": {"text": "难吃", "label": 0},
    "consistency": {"u1": "在吗", "b1": "在", "u2": "在吗", "b2": "不在", "contradiction": 1},
    "entailment": {"premise": "三天内发货", "hypothesis": "五天后发货", "label": "contradiction"},
}


def labels(example: Example, head: str) -> set[str]:
    return {label for label, value in zip(HEADS[head].labels, example.targets[head], strict=True) if value}


@pytest.mark.parametrize(
    ("format_name", "head", "expected"),
    [
        ("offence", "politeness", {"rude", "cold"}),
        ("condescension", "politeness", {"rude", "cold"}),
        ("sentiment", "complaint", {"dissatisfied", "complaint", "escalation"}),
        ("consistency", "accuracy", {"wrong"}),
        ("entailment", "accuracy", {"wrong"}),
    ],
)
def test_a_public_set_teaches_only_what_it_knows(format_name: str, head: str, expected: set[str]) -> None:
    (example,) = examples_from(format_name, [ROWS[format_name]])
    assert set(example.targets) == {head}
    assert labels(example, head) == expected


def test_what_a_premise_does_not_say_is_not_wrong() -> None:
    row = {"a": "三天内发货", "b": "发的是中通", "label": "neutral"}
    (example,) = examples_from("entailment", [row])
    assert labels(example, "accuracy") == {"evasive", "progresses", "answers"}


def test_relevance_gives_one_example_a_reply_in_one_group() -> None:
    row = {"query": "多大", "replies": [{"text": "九十平", "label": 1}, {"text": "您好", "label": 0}]}
    good, bad = examples_from("relevance", [row])
    assert labels(good, "accuracy") == {"progresses", "answers"} and labels(bad, "accuracy") == {"wrong", "evasive"}
    assert good.group == bad.group


def test_satisfaction_is_taught_before_and_after_the_customer_answers() -> None:
    turns = [("customer", "退款"), ("agent", "不退"), ("customer", "什么态度")]
    row = {"turns": [{"role": r, "text": t} for r, t in turns], "satisfaction": 0}
    after, before = examples_from("satisfaction", [row])
    assert after.exchange.context[-1].text == "什么态度" and after.exchange.reply == ""
    assert before.exchange.reply == "不退" and [turn.text for turn in before.exchange.context] == ["退款"]
    assert labels(before, "satisfaction") == labels(after, "satisfaction") == {"unsatisfied"}


def test_no_accuracy_where_it_does_not_apply() -> None:
    row = {"reply": "不客气", "context": [{"role": "customer", "text": "谢谢"}], "labels": {"accuracy": None}}
    (example,) = examples_from("exchanges", [row])
    assert example.targets == {"applicability": (0.0,)}


def test_unknown_names_list_what_is_known() -> None:
    with pytest.raises(ConfigError, match="unknown source format 'x'; known: condescension, consistency"):
        examples_from("x", [])
    with pytest.raises(ConfigError, match="politeness has no label 'kind'; its labels are rude"):
        one_of("politeness", "kind")


def _example(number: int) -> Example:
    turn = Turn("customer", f"我的订单[订单x]几号到#E-s[数字x] {number}")
    targets = {"politeness": one_of("politeness", "polite"), "complaint": one_of("complaint", "none")}
    return Example(Exchange("您好，[数字x]天内到哦", (turn,)), targets, str(number))


def test_augmenting_is_repeatable_and_never_invents_a_label() -> None:
    for seed in range(200):
        example = _example(seed)
        one, two = augment(example, random.Random(seed)), augment(example, random.Random(seed))
        assert one == two
        assert one.exchange.reply
        for head, target in one.targets.items():
            assert target == example.targets[head]
        assert one.exchange.context or set(one.targets) == {"politeness"}


def lengths(examples: Sequence[Example]) -> list[int]:
    return [len(example.exchange.reply) for example in examples]


def test_sampling_goes_through_everything_and_resumes_anywhere() -> None:
    pools = [[_example(n) for n in range(40)], [_example(n) for n in range(100, 105)]]
    stream = batches(pools, [3, 1], 4, 1, lengths)
    drawn = [[example.group for example, _ in next(stream)] for _ in range(3 * WINDOW)]
    assert {group for batch in drawn for group in batch} == {e.group for pool in pools for e in pool}
    large = sum(int(group) < 100 for batch in drawn for group in batch)
    assert large / sum(map(len, drawn)) == pytest.approx(0.75, abs=0.02)
    resumed = batches(pools, [3, 1], 4, 1, lengths, start=WINDOW + 3)
    for expected in drawn[WINDOW + 3 :]:
        assert [example.group for example, _ in next(resumed)] == expected


def test_batches_are_of_one_size_however_many_pools_there_are_and_resume_to_the_same_variants() -> None:
    pools = [[_example(n)] for n in range(25)]
    for size in (1, 4, 24):
        drawn = list(islice(batches(pools, [1.0] * 25, size, 1, lengths), 2 * WINDOW))
        assert {len(batch) for batch in drawn} <= {size - 1, size, size + 1} - {0}
        varied = [[augment(example, rng) for example, rng in batch] for batch in drawn]
        for start in (1, WINDOW // 2, WINDOW + 3):
            resumed = next(batches(pools, [1.0] * 25, size, 1, lengths, start=start))
            assert [augment(example, rng) for example, rng in resumed] == varied[start]


def test_a_set_of_labels_is_satisfied_by_any_of_them() -> None:
    targets = target_tensors([{"politeness": one_of("politeness", "rude", "cold")}])
    sure = {"politeness": torch.tensor([[9.0, 9.0, -9.0, -9.0, -9.0]])}
    wrong = {"politeness": torch.tensor([[-9.0, -9.0, 9.0, 0.0, 0.0]])}
    assert head_losses(sure, targets, {}, 0.5)["politeness"].item() == pytest.approx(0, abs=1e-4)
    assert head_losses(wrong, targets, {}, 0.5)["politeness"].item() > 10


def test_an_ordinal_loss_grows_with_the_distance() -> None:
    targets = target_tensors([{"politeness": one_of("politeness", "warm")}])
    near, far = torch.zeros(1, 5), torch.zeros(1, 5)
    near[0, 3], far[0, 0] = 4.0, 4.0
    losses = [head_losses({"politeness": logits}, targets, {}, 1.0)["politeness"].item() for logits in (near, far)]
    assert losses[0] < losses[1]


def test_rows_without_a_label_do_not_count() -> None:
    targets = target_tensors([{"complaint": one_of("complaint", "none")}, {}])
    logits = {"complaint": torch.tensor([[1.0, 0, 0, 0], [math.inf, 0, 0, 0]])}
    assert set(head_losses(logits, targets, {}, 0.5)) == {"complaint"}
    assert math.isfinite(head_losses(logits, targets, {}, 0.5)["complaint"].item())


def test_balance_weighs_rare_labels_up() -> None:
    many = [Example(Exchange("x"), {"politeness": one_of("politeness", "polite")}, "g")] * 90
    few = [Example(Exchange("x"), {"politeness": one_of("politeness", "rude")}, "g")] * 10
    weights = class_weights([*many, *few], 0.5)["politeness"]
    assert weights[0] / weights[3] == pytest.approx(3.0)
    assert (90 * weights[3] + 10 * weights[0]) / 100 == pytest.approx(1.0)


def test_the_fitted_temperature_undoes_overconfidence() -> None:
    import numpy as np

    from csnlp.evaluation.gold import GoldRow

    random_ = np.random.default_rng(0)
    logits = random_.normal(size=(4000, 5)).astype(np.float32)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    gold = [GoldRow(Exchange("x"), {"politeness": int(random_.choice(5, p=row / row.sum()))}, "g") for row in p]
    assert fit_temperatures(gold, {"politeness": logits * 3})["politeness"] == pytest.approx(3, rel=0.1)
    assert fit_temperatures(gold[:10], {"politeness": logits[:10]}) == {}


def test_labels_find_the_turns_that_they_were_given_for() -> None:
    turns = [{"role": role, "text": f"{role}{i}"} for i, role in enumerate(["customer", "agent"] * 5)]
    labels = [{"id": "a@b@3", "labels": {"politeness": "warm"}}, {"id": "a@b@9", "labels": {"politeness": "cold"}}]
    labels.append({"id": "not there@1", "labels": {"politeness": "rude"}})
    rows = list(labelled_turns([{"id": "a@b", "turns": turns}, {"id": "c", "turns": turns}], labels))
    assert [(row["reply"], len(row["context"])) for row in rows] == [("agent3", 3), ("agent9", 6)]
    (first, _) = examples_from("exchanges", rows)
    assert first.exchange.context[-1].text == "customer2" and set(first.targets) == {"politeness"}


def test_a_numbered_conversation_is_found_and_a_turn_that_it_has_not_is_told() -> None:
    chats = [{"id": 7, "turns": [{"role": "customer", "text": "在吗"}, {"role": "agent", "text": "在的"}]}]
    (row,) = labelled_turns(chats, [{"id": "7@1", "labels": {}}])
    assert row["reply"] == "在的"
    with pytest.raises(ConfigError, match="label 7@2: its conversation has 2 turns"):
        list(labelled_turns(chats, [{"id": "7@2", "labels": {}}]))


def test_labels_find_the_turns_inside_another_context() -> None:
    context = [
        {"role": "customer", "text": "几天到"},
        {"role": "agent", "text": "三天"},
        {"role": "customer", "text": "嗯"},
    ]
    rows = list(labelled_turns([{"id": "r", "context": context, "reply": "好"}], [{"id": "r@1", "labels": {}}]))
    assert rows == [{"id": "r@1", "context": context[:1], "reply": "三天", "labels": {}}]


def test_labels_find_stretches_of_lines() -> None:
    lines = ["在吗 您好，在的", "怎么还不发货"]
    chat = {"id": "a", "turns": [["customer", 0, 0, 2], ["agent", 0, 3, 8]], "labels": {"politeness": "polite"}}
    alone = {"id": "b", "turns": [["customer", 1, 0, 6]], "labels": {"complaint": "dissatisfied"}}
    first, second = labelled_spans(lines, [chat, alone])
    assert first["context"] == [{"role": "customer", "text": "在吗"}] and first["reply"] == "您好，在的"
    assert second["context"] == [{"role": "customer", "text": "怎么还不发货"}] and second["reply"] == ""
    (example,) = examples_from("exchanges", [second])
    assert set(example.targets) == {"complaint"}
