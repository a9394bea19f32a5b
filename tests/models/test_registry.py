from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

import csnlp
from csnlp.errors import ModelError
from csnlp.models import load_model, registry
from csnlp.types import Exchange, Prediction


class Constant:
    name, version = "constant", "7"

    def predict(self, exchanges: Sequence[Exchange], /) -> Prediction:
        return Prediction({"politeness": np.tile(np.float32([0, 0, 0, 1, 0]), (len(exchanges), 1))})


@pytest.fixture
def clean_registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "_registered", {})
    yield


def test_an_object_that_predicts_is_a_model() -> None:
    model = Constant()
    assert csnlp.load_model(model) is model
    score = csnlp.load(model).score("您好", question="在吗")
    assert score.politeness is not None and score.politeness.label == "polite"
    assert score.accuracy is None and score.complaint is None and score.acts == ()
    (line,) = [line for line in score.lines if line.item.startswith("N4.1 ")]
    assert line.score == 1 and "N3.1" in score.not_applicable


def test_an_object_that_does_not_is_refused() -> None:
    with pytest.raises(csnlp.ModelError, match="int has no predict"):
        csnlp.load_model(3)  # type: ignore[arg-type]


@pytest.mark.usefixtures("clean_registry")
def test_a_registered_model_is_found_by_name_and_not_overwritten() -> None:
    csnlp.register_model("constant", Constant)
    assert "constant" in csnlp.model_names()
    assert isinstance(csnlp.load_model("constant"), Constant)
    with pytest.raises(csnlp.ModelError, match="exists already"):
        csnlp.register_model("constant", Constant)
    with pytest.raises(csnlp.ModelError, match="exists already"):
        csnlp.register_model("bert", Constant)


def test_an_unknown_name_lists_what_is_there() -> None:
    with pytest.raises(csnlp.ModelError, match=r"no model 'nope'.*bert.*zh-small"):
        csnlp.load("nope")


@pytest.mark.usefixtures("clean_registry")
def test_a_factory_that_returns_no_model_is_named() -> None:
    csnlp.register_model("broken", lambda: "text")  # type: ignore[arg-type, return-value]
    with pytest.raises(csnlp.ModelError, match="'broken' returned str"):
        csnlp.load_model("broken")


def test_a_folder_is_loaded_by_path(tiny_model: Path) -> None:
    assert csnlp.load(tiny_model).metadata()["model"] == "tiny"
    assert csnlp.load(str(tiny_model)).metadata()["model_version"] == "1.2"


def test_two_packages_that_offer_one_name_are_both_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("one", "two"):
        info = tmp_path / package / f"{package}-1.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1\n")
        (info / "entry_points.txt").write_text(f"[csnlp.models]\nours = {package}:make\n")
        monkeypatch.syspath_prepend(str(tmp_path / package))
    with pytest.raises(ModelError, match=r"two packages offer the model 'ours': (one|two):make and (one|two):make"):
        load_model("ours")
    assert load_model("baseline").name == "baseline"
