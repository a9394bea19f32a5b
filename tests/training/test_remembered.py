from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from csnlp.models.folder import model_digest
from csnlp.models.registry import load_model
from csnlp.training.remembered import RememberedTeacher
from csnlp.types import Exchange, Prediction, Turn


class Asked:
    """A model that counts how often it is asked."""

    def __init__(self, folder: Path) -> None:
        self.model, self.folder, self.times = load_model(folder), folder, 0

    def predict(self, exchanges: Sequence[Exchange]) -> Prediction:
        self.times += 1
        return self.model.predict(exchanges)


def remembered(asked: Asked, folder: Path) -> RememberedTeacher:
    return RememberedTeacher(asked, model_digest(asked), folder)


EXCHANGES = [Exchange("好的", (Turn("customer", "在吗"),)), Exchange("\ud800明天发", reference="48小时内发货")]


def test_a_teacher_is_asked_once_for_the_same_exchanges(tiny_model: Path, tmp_path: Path) -> None:
    asked = Asked(tiny_model)
    said = remembered(asked, tmp_path / "said").predict(EXCHANGES)
    later = remembered(asked, tmp_path / "said").predict(EXCHANGES)  # by the next process
    assert asked.times == 1
    assert said.heads.keys() == later.heads.keys() == asked.model.predict(EXCHANGES).heads.keys()
    for name, array in said.heads.items():
        assert np.array_equal(array, later.heads[name])


def test_other_exchanges_or_other_weights_are_asked_anew(tiny_model: Path, tmp_path: Path) -> None:
    asked = Asked(tiny_model)
    remembered(asked, tmp_path).predict(EXCHANGES)
    others = [EXCHANGES[::-1], EXCHANGES[:1], [Exchange("好的", (Turn("agent", "在吗"),)), EXCHANGES[1]]]
    for exchanges in others:
        remembered(asked, tmp_path).predict(exchanges)
    assert asked.times == 4
    changed = shutil.copytree(tiny_model, tmp_path / "changed")
    settings = changed / "csnlp.json"
    settings.write_text(settings.read_text("utf-8") + "\n", encoding="utf-8")
    asked.folder = changed
    remembered(asked, tmp_path).predict(EXCHANGES)
    assert asked.times == 5


class Turned:
    """A model whose arrays are views of another's, in the order of columns."""

    array = np.linspace(0, 1, 15, dtype=np.float32).reshape(5, 3).T

    def predict(self, exchanges: Sequence[Exchange]) -> Prediction:
        return Prediction({"politeness": self.array, "satisfaction": self.array[:, 1:4]})


def test_arrays_of_any_layout_are_remembered_as_they_were_said(tmp_path: Path) -> None:
    for _ in range(2):
        said = RememberedTeacher(Turned(), "turned", tmp_path).predict(EXCHANGES).heads
        assert np.array_equal(said["politeness"], Turned.array)
        assert np.array_equal(said["satisfaction"], Turned.array[:, 1:4])
