"""A teacher's probabilities as targets."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from csnlp.errors import ConfigError
from csnlp.heads import ACTS, HEADS
from csnlp.models import load_model
from csnlp.training.config import train_config
from csnlp.training.distil import taught_by
from csnlp.training.examples import Example, examples_from, is_distribution, one_of
from csnlp.training.losses import head_losses, target_tensors
from csnlp.types import Exchange, Turn

ASKED = Exchange("亲，请稍等", (Turn("customer", "几天发货"),))


def test_known_labels_and_the_teacher_meet_half_way(tiny_model: Path) -> None:
    said = {name: array[0] for name, array in load_model(tiny_model).predict([ASKED]).heads.items()}
    known = {
        "politeness": one_of("politeness", "warm"),
        "accuracy": one_of("accuracy", "wrong", "evasive"),
        "acts": (math.nan,) * 5 + (1.0,) * 5,
    }
    (taught,) = taught_by([load_model(tiny_model)], [Example(ASKED, known, "group")])
    assert set(taught.targets) == set(HEADS)
    assert taught.targets["politeness"][4] == pytest.approx(0.5 + said["politeness"][4] / 2)
    assert taught.targets["accuracy"][2:] == (0.0, 0.0) and sum(taught.targets["accuracy"]) == pytest.approx(1)
    assert taught.targets["acts"][0] == pytest.approx(said["acts"][0])
    assert taught.targets["acts"][9] == pytest.approx(0.5 + said["acts"][9] / 2)
    assert taught.targets["complaint"] == pytest.approx(said["complaint"])


def test_several_teachers_say_their_mean(tiny_model: Path) -> None:
    zh_nano = Path(__file__).parents[2] / "models" / "zh-nano"
    one, other = (load_model(folder).predict([ASKED]).heads["complaint"][0] for folder in (tiny_model, zh_nano))
    (taught,) = taught_by([load_model(tiny_model), load_model(zh_nano)], [Example(ASKED, {}, "group")])
    assert taught.targets["complaint"] == pytest.approx((one + other) / 2, abs=1e-6)


def test_a_recipe_names_one_teacher_or_a_list(tmp_path: Path) -> None:
    def teachers(named: object) -> tuple[Path, ...]:
        source = {"path": "rows.jsonl", "teacher": named}
        data = {"name": "n", "version": "1", "base": "b", "output": "out", "sources": [source]}
        return train_config(data, tmp_path, "recipe").sources[0].teacher

    assert teachers("a") == (tmp_path / "a",)
    assert teachers(["a", "b"]) == (tmp_path / "a", tmp_path / "b")
    for wrong in ([], [1], 3):
        with pytest.raises(ConfigError, match=r"sources\[0\]: teacher: expected a model folder or a list"):
            teachers(wrong)


def test_a_teacher_is_not_asked_what_cannot_be_asked(tiny_model: Path) -> None:
    alone = Example(Exchange("亲，请稍等"), {}, "a")
    silent = Example(Exchange("", ASKED.context), {"complaint": one_of("complaint", "none")}, "b")
    greeting = Example(ASKED, {"applicability": (0.0,)}, "c")
    first, second, third = taught_by([load_model(tiny_model)], [alone, silent, greeting])
    assert set(first.targets) == {"politeness", "acts"}
    assert set(second.targets) == {"complaint", "satisfaction"}
    assert "accuracy" not in third.targets


def test_probabilities_are_learnt_as_they_are_and_a_single_label_as_before() -> None:
    said = (0.1, 0.2, 0.3, 0.3, 0.1)
    logits = {"politeness": torch.tensor([said]).log()}
    targets = target_tensors([{"politeness": said}])
    entropy = -sum(p * math.log(p) for p in said)
    assert head_losses(logits, targets, {}, 0.5)["politeness"].item() == pytest.approx(entropy, abs=1e-5)
    one = target_tensors([{"politeness": one_of("politeness", "cold")}])
    assert head_losses(logits, one, {}, 0.0)["politeness"].item() == pytest.approx(-math.log(0.2), abs=1e-5)


def test_a_label_is_a_distribution_and_a_set_is_none() -> None:
    row = {"text": "滚", "offensive": 1}
    (offensive,) = examples_from("offence", [row])
    assert not is_distribution(offensive.targets["politeness"])
    assert is_distribution(one_of("politeness", "rude")) and len(ACTS.labels) == 10
