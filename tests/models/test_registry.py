from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import csnlp
from csnlp.errors import ConfigError, CsnlpWarning, ModelError
from csnlp.models import load_model, registry
from csnlp.models.baseline import BaselineModel
from csnlp.models.folder import model_digest
from csnlp.models.registry import load_folder
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
    book = csnlp.load(Constant()).book
    for refuse in (csnlp.load_model, lambda model: csnlp.Scorer(model, book)):
        with pytest.raises(csnlp.ModelError, match="int has no predict"):
            refuse(3)
        with pytest.raises(csnlp.ModelError, match=r"Constant is a class; give a model that it makes, such as Const"):
            refuse(Constant)


@pytest.mark.usefixtures("clean_registry")
def test_a_registered_model_is_found_by_name_and_not_overwritten() -> None:
    csnlp.register_model("constant", Constant)
    assert "constant" in csnlp.model_names()
    assert isinstance(csnlp.load_model("constant"), Constant)
    with pytest.raises(csnlp.ModelError, match="exists already"):
        csnlp.register_model("constant", Constant)
    with pytest.raises(csnlp.ModelError, match="exists already"):
        csnlp.register_model("bert", Constant)


@pytest.mark.usefixtures("clean_registry")
def test_what_is_no_name_or_no_factory_is_not_registered() -> None:
    with pytest.raises(ModelError, match="int and type are no name and factory; give a string"):
        csnlp.register_model(3, Constant)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="str and Constant are no name and factory"):
        csnlp.register_model("constant", Constant())  # type: ignore[arg-type]
    assert "constant" not in csnlp.model_names()


@pytest.mark.parametrize("name", ["nope", ""])
def test_an_unknown_name_lists_what_is_there(name: str) -> None:
    with pytest.raises(csnlp.ModelError, match=rf"no model '{name}'.*bert.*zh-small"):
        csnlp.load(name)


@pytest.mark.usefixtures("clean_registry")
def test_a_factory_that_returns_no_model_is_named() -> None:
    csnlp.register_model("broken", lambda: "text")  # type: ignore[arg-type, return-value]
    with pytest.raises(csnlp.ModelError, match="'broken' returned str"):
        csnlp.load_model("broken")


def test_a_folder_is_loaded_by_path(tiny_model: Path) -> None:
    assert csnlp.load(tiny_model).metadata()["model"] == "tiny"
    assert csnlp.load(str(tiny_model)).metadata()["model_version"] == "1.2"


def test_a_path_to_a_folder_is_that_folder_whatever_its_name(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(tiny_model, tmp_path / "bert")
    monkeypatch.chdir(tmp_path)
    assert load_model(Path("bert")).name == "tiny"  # type: ignore[attr-defined]


@pytest.mark.usefixtures("clean_registry")
def test_an_unknown_device_is_refused_for_every_kind_of_model(tmp_path: Path) -> None:
    csnlp.register_model("constant", Constant)
    BaselineModel({}, {}).save(tmp_path / "own")
    for model in ("constant", Constant(), tmp_path / "own"):
        with pytest.raises(ConfigError, match="device 'banana' is not known; known are cpu"):
            load_model(model, device="banana")
    with pytest.raises(ConfigError, match="device 'banana' is not known"):
        load_folder(tmp_path / "own", "banana")


@pytest.mark.parametrize("threads", [-1, 1.5, "4", None])
def test_a_wrong_number_of_threads_is_refused_for_every_kind_of_model(tiny_model: Path, threads: Any) -> None:
    for model in (Constant(), tiny_model):
        with pytest.raises(ConfigError, match=f"threads is {threads!r}; give a whole number of cores, or 0 for all"):
            load_model(model, threads=threads)


@pytest.mark.usefixtures("clean_registry")
def test_a_model_that_takes_no_device_or_threads_says_so(tmp_path: Path, recwarn: pytest.WarningsRecorder) -> None:
    csnlp.register_model("constant", Constant)
    BaselineModel({}, {}).save(tmp_path / "own")
    for model, name in (("constant", "constant"), (Constant(), "constant"), (tmp_path / "own", "baseline")):
        load_model(model, device="cpu-float32")
        assert not recwarn.list
        with pytest.warns(
            CsnlpWarning, match=rf"the model {name} takes no device or threads \(device 'cuda', threads 0\): not used"
        ):
            load_model(model, device="cuda")
        with pytest.warns(CsnlpWarning, match=r"\(device 'cpu', threads 2\): not used"):
            load_model(model, threads=2)


@pytest.mark.usefixtures("clean_registry")
@pytest.mark.parametrize("value", [0, -1, 1.5, None, "4"])
@pytest.mark.parametrize("setting", ["parallel_calls", "window"])
def test_a_model_that_asks_for_impossible_calls_is_refused(setting: str, value: object) -> None:
    model = Constant()
    setattr(model, setting, value)
    csnlp.register_model("impossible", lambda: model)
    for asked in (model, "impossible"):
        with pytest.raises(ModelError, match=rf"Constant\.{setting} is {value!r}; .* whole number above 0"):
            load_model(asked)


class Rules:
    """A model whose files are of a kind of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def predict(self, exchanges: Sequence[Exchange], /) -> Prediction:
        return Prediction({})


def test_the_digest_tells_models_with_files_of_their_own_apart(tmp_path: Path) -> None:
    digests = []
    for name, words in (("one", "好"), ("two", "坏"), ("same", "好")):
        (tmp_path / name / "words").mkdir(parents=True)
        (tmp_path / name / "words/all.txt").write_text(words, encoding="utf-8")
        digests.append(model_digest(Rules(tmp_path / name)))
    assert digests[0] == digests[2] != digests[1]
    for passing in (".git", "words/__pycache__"):
        (tmp_path / "one" / passing).mkdir()
        (tmp_path / "one" / passing / "file").touch()
    assert model_digest(Rules(tmp_path / "one")) == digests[0]
    assert model_digest(Rules(tmp_path / "none")) == "none"


def test_the_digest_of_a_model_of_csnlp_is_that_of_what_it_reads(tiny_model: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(tiny_model, tmp_path / "copy")
    digest = model_digest(Rules(folder))
    (folder / "README.md").write_text("# My model", encoding="utf-8")
    assert model_digest(Rules(folder)) == digest
    (folder / "model.safetensors").write_bytes(b"other")
    assert model_digest(Rules(folder)) != digest


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


def test_the_folder_of_a_run_is_told_from_that_of_its_model(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model/csnlp.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match=r"it has no csnlp.json .*; is .*model meant\?"):
        load_model(tmp_path)


def test_a_head_that_is_misspelt_is_told_beside_one_that_is_not() -> None:
    class Misspelt:
        def predict(self, exchanges):
            polite = np.eye(5, dtype=np.float32)[[3] * len(exchanges)]
            return Prediction({"politeness": polite, "acuracy": polite[:, :4]})

    with pytest.warns(CsnlpWarning, match="head acuracy is not known, so it is not used; is accuracy meant"):
        assert csnlp.load(Misspelt()).score("您好").politeness.label == "polite"
