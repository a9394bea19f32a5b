from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from csnlp.errors import ModelError
from csnlp.heads import HEADS
from csnlp.models import load_model
from csnlp.models.bert import BertModel
from csnlp.models.weights import quantised
from csnlp.types import Exchange


def test_probabilities_are_well_formed(tiny_model: Path, exchanges: list[Exchange]) -> None:
    prediction = BertModel.from_folder(tiny_model).predict(exchanges)
    assert set(prediction.heads) == set(HEADS) and len(prediction) == len(exchanges)
    for name, array in prediction.heads.items():
        assert array.shape == (len(exchanges), len(HEADS[name].labels)) and array.dtype == np.float32
        assert ((array >= 0) & (array <= 1)).all()
        if HEADS[name].kind != "multilabel":
            assert np.allclose(array.sum(axis=1), 1, atol=1e-5)


def test_the_temperature_softens(tiny_model: Path, exchanges: list[Exchange]) -> None:
    model = BertModel.from_folder(tiny_model)
    plain = BertModel(model.encoder, model.engine).predict(exchanges).heads
    soft = model.predict(exchanges).heads
    assert (soft["politeness"].max(axis=1) < plain["politeness"].max(axis=1)).all()
    assert np.array_equal(soft["complaint"], plain["complaint"])


def test_a_quantised_weight_is_off_by_half_a_step_at_most() -> None:
    matrix = np.random.default_rng(0).normal(size=(7, 50)).astype(np.float32)
    matrix[3] = 0
    stored, scale = quantised(matrix)
    assert stored.dtype == np.int8
    assert (np.abs(stored * scale[:, None] - matrix) <= scale[:, None] / 2 + 1e-7).all()


def test_a_folder_that_is_no_model_says_what_is_missing(tiny_model: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"csnlp\.json"):
        load_model(tmp_path)
    broken = shutil.copytree(tiny_model, tmp_path / "broken")
    settings = json.loads((broken / "csnlp.json").read_text())
    (broken / "csnlp.json").write_text(json.dumps({**settings, "kind": "magic"}))
    with pytest.raises(ModelError, match="unknown kind of model 'magic'"):
        load_model(broken)


def test_damaged_weights_are_an_error_not_a_score(tiny_model: Path, tmp_path: Path) -> None:
    broken = shutil.copytree(tiny_model, tmp_path / "broken")
    weights = broken / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:5000])
    with pytest.raises(ModelError, match="cannot be loaded"):
        load_model(broken)


def test_only_the_taught_heads_are_reported(tiny_model: Path, tmp_path: Path, exchanges: list[Exchange]) -> None:
    folder = changed(tiny_model, tmp_path, lambda data: [data["heads"].pop(name) for name in ("acts", "satisfaction")])
    for device in ("cpu", "torch"):
        model = BertModel.from_folder(folder, device)
        assert list(model.predict(exchanges).heads) == [name for name in HEADS if name not in ("acts", "satisfaction")]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data.pop("heads"), "'heads' is missing"),
        (lambda data: data["heads"]["acts"].reverse(), "its labels of acts are guess, .*; here they are apology"),
        (lambda data: data["heads"].update(mood=["good"]), "its labels of mood are good; there is no such head here"),
        (lambda data: data.pop("version"), "'version' is missing"),
        (lambda data: data["network"].update(max_tokens=512), r"positions.weight has shape \(96, 32\).* \(512, 32\)"),
        (lambda data: data["network"].update(layers=3), r"layers.2.query.weight is missing .*\(32, 32\)"),
        (lambda data: data["network"].update(attention_heads=5), "5 attention heads do not divide"),
        (lambda data: data["network"].update(colour="red"), "colour"),
        (lambda data: data.update(temperatures={"politeness": -1}), "the temperature of politeness is no number"),
        (lambda data: data.update(temperatures={"politeness": "abc"}), "the temperature of politeness is no number"),
        (lambda data: data.update(temperatures={"acts": float("nan")}), "the temperature of acts is no number"),
        (lambda data: data.update(temperatures={"acts": 1e-300}), "the temperature of acts is no number"),
    ],
)
def test_wrong_settings_are_a_model_error(change: Any, message: str, tiny_model: Path, tmp_path: Path) -> None:
    folder = changed(tiny_model, tmp_path, change)
    with pytest.raises(ModelError, match=f"(?s){folder}: .*{message}"):
        load_model(folder, device="torch")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"layers": 1}, "layers.1.attention_norm.bias, which the network of csnlp.json has not"),
        ({"layers": 10**9}, "layers.2.query.weight is missing"),
        ({"layers": -3}, "layers is -3, not a whole number above 0"),
        ({"attention_heads": 5}, "5 attention heads do not divide a hidden size of 32"),
        ({"attention_heads": "4"}, "attention_heads is '4', not a whole number"),
        ({"segments": 5}, r"segments.weight has shape \(11, 32\), but should have \(5, 32\)"),
        ({"segments": 3}, "segments is 3, not one of 5, 9, 11"),
        ({"intermediate_size": 32}, r"layers.0.up.weight has shape \(64, 32\), but should have \(32, 32\)"),
    ],
)
@pytest.mark.parametrize("device", ["cpu", "onnx"])
def test_settings_of_another_network_are_an_error_not_a_score(
    change: dict[str, Any], message: str, device: str, tiny_model: Path, tmp_path: Path
) -> None:
    folder = changed(tiny_model, tmp_path, lambda data: data["network"].update(change))
    with pytest.raises(ModelError, match=message):
        load_model(folder, device)


@pytest.mark.parametrize("name", ["segments.weight", "layers.1.value.bias", "heads.acts.weight.scale"])
def test_a_tensor_that_is_too_short_is_an_error_not_a_score(name: str, tiny_model: Path, tmp_path: Path) -> None:
    folder = changed(tiny_model, tmp_path)
    path = folder / "model.safetensors"
    tensors = load_file(path)
    save_file({**tensors, name: tensors[name][:-1]}, path)
    with pytest.raises(ModelError, match=rf"{name} has shape \(\d+.*, but should have \(\d+"):
        load_model(folder)


def test_settings_nested_without_end_are_a_model_error(tmp_path: Path) -> None:
    (tmp_path / "csnlp.json").write_text("[" * 200_000)
    with pytest.raises(ModelError, match="not a model folder"):
        load_model(tmp_path)


def test_what_a_tokenizer_says_of_padding_and_truncation_changes_no_score(
    tiny_model: Path, tmp_path: Path, exchanges: list[Exchange]
) -> None:
    folder = changed(tiny_model, tmp_path)
    tokenizer = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    padding = {"strategy": {"Fixed": 500}, "direction": "Right", "pad_to_multiple_of": None}
    tokenizer["padding"] = {**padding, "pad_id": 0, "pad_type_id": 0, "pad_token": "[PAD]"}
    tokenizer["truncation"] = {"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 9}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    expected = load_model(tiny_model).predict(exchanges).heads
    for name, array in load_model(folder).predict(exchanges).heads.items():
        np.testing.assert_array_equal(array, expected[name])


def test_a_tokenizer_with_more_words_than_the_network_is_refused(tiny_model: Path, tmp_path: Path) -> None:
    folder = changed(tiny_model, tmp_path)
    tokenizer = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
    tokenizer["model"]["vocab"]["鼎"] = 9_999
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    with pytest.raises(ModelError, match="a token of number 9999, but the network only"):
        load_model(folder)


@pytest.mark.parametrize("content", [None, b"", b"{}", b'{"model": {"type": "WordPiece", "vocab": {}}}'])
def test_a_broken_tokenizer_is_a_model_error(content: bytes | None, tiny_model: Path, tmp_path: Path) -> None:
    folder = changed(tiny_model, tmp_path)
    (folder / "tokenizer.json").unlink()
    if content is not None:
        (folder / "tokenizer.json").write_bytes(content)
    with pytest.raises(ModelError, match=f"{folder}: "):
        load_model(folder)


def changed(model: Path, tmp_path: Path, change: Any = lambda data: None) -> Path:
    """A copy of ``model`` whose csnlp.json went through ``change``."""
    folder = shutil.copytree(model, tmp_path / "changed")
    data = json.loads((folder / "csnlp.json").read_text(encoding="utf-8"))
    change(data)
    (folder / "csnlp.json").write_text(json.dumps(data), encoding="utf-8")
    return folder
