"""The engines: one network, the same numbers, whoever runs it and whatever else is in the batch."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import csnlp
from csnlp.errors import ConfigError, MissingExtra
from csnlp.heads import HEADS
from csnlp.models.bert import BertModel
from csnlp.types import Exchange, FloatArray

EXAMPLES = Path(__file__).parents[2] / "examples/chats.jsonl"
FLOAT32 = 1e-4  # sums in another order
BFLOAT16, INT8 = 0.03, 0.1  # eight bits through twelve layers, those of a mantissa or of a share of the largest
CPU_ENGINES = ("openvino", "cpu-float32", "cpu-bfloat16", "cpu-int8", "onnx", "torch")


@pytest.fixture(scope="module")
def natural() -> list[Exchange]:
    return [item for item in csnlp.read_exchanges(EXAMPLES) if isinstance(item, Exchange)]


@pytest.fixture(scope="module")
def shipped() -> Path:
    folder = csnlp.load_model("bert").folder  # type: ignore[attr-defined]
    assert isinstance(folder, Path)
    return folder


def heads(folder: Path, device: str, exchanges: list[Exchange]) -> dict[str, FloatArray]:
    return dict(BertModel.from_folder(folder, device).predict(exchanges).heads)


def test_float32_engines_agree(shipped: Path, natural: list[Exchange]) -> None:
    expected = heads(shipped, "torch", natural)
    for device in ("cpu-float32", "onnx"):
        for name, array in heads(shipped, device, natural).items():
            np.testing.assert_allclose(array, expected[name], atol=FLOAT32, err_msg=f"{device} {name}")


@pytest.mark.parametrize(("device", "tolerance"), [("cpu-bfloat16", BFLOAT16), ("cpu-int8", INT8), ("cpu", INT8)])
def test_fewer_bits_stay_near(shipped: Path, natural: list[Exchange], device: str, tolerance: float) -> None:
    exact = heads(shipped, "cpu-float32", natural)
    for name, array in heads(shipped, device, natural).items():
        np.testing.assert_allclose(array, exact[name], atol=tolerance, err_msg=name)


@pytest.mark.parametrize("device", ["cpu-float32", "cpu-bfloat16", "cpu-int8", "onnx"])
def test_a_row_has_the_same_bits_alone_and_in_any_batch(shipped: Path, natural: list[Exchange], device: str) -> None:
    model = BertModel.from_folder(shipped, device)
    together = model.engine.logits(model.encoder.encode(natural))
    backwards = model.engine.logits(model.encoder.encode(natural[::-1]))
    alone = [model.engine.logits(model.encoder.encode([exchange])) for exchange in natural]
    for name in HEADS:
        np.testing.assert_array_equal(backwards[name][::-1], together[name])
        if device != "onnx":  # ONNX Runtime's sums depend on the number of rows
            np.testing.assert_array_equal(np.concatenate([row[name] for row in alone]), together[name])
        np.testing.assert_allclose(np.concatenate([row[name] for row in alone]), together[name], atol=1e-4)


@pytest.mark.parametrize("device", CPU_ENGINES)
def test_embeddings_are_unit_vectors_the_same_alone(tiny_model: Path, device: str) -> None:
    texts = ["亲，请稍等", "不知道", "亲，请稍等", "三天" * 30]
    model = BertModel.from_folder(tiny_model, device)
    together = model.embed(texts)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(together, np.concatenate([model.embed([text]) for text in texts]), atol=1e-5)
    np.testing.assert_allclose(together, BertModel.from_folder(tiny_model, "torch").embed(texts), atol=0.02)
    cosines = together @ together.T
    assert cosines[0, 2] == pytest.approx(1, abs=1e-5) and cosines[0, 1] < cosines[0, 2] - 1e-4


@pytest.mark.parametrize("device", CPU_ENGINES)
def test_threads_that_share_an_engine_get_their_own_rows(
    tiny_model: Path, natural: list[Exchange], device: str
) -> None:
    model = BertModel.from_folder(tiny_model, device)
    expected = [model.predict([exchange]).heads for exchange in natural]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda exchange: model.predict([exchange]).heads, natural))
    for one, other in zip(expected, found, strict=True):
        for name in HEADS:
            np.testing.assert_allclose(one[name], other[name], atol=1e-5)


def test_the_number_of_cores_changes_no_number(tiny_model: Path, natural: list[Exchange]) -> None:
    one = BertModel.from_folder(tiny_model, "cpu", threads=1).predict(natural).heads
    two = BertModel.from_folder(tiny_model, "cpu", threads=2).predict(natural).heads
    for name in HEADS:
        np.testing.assert_allclose(one[name], two[name], atol=1e-6)


@pytest.mark.parametrize("device", CPU_ENGINES)
def test_no_exchanges_are_no_rows(tiny_model: Path, device: str) -> None:
    assert all(len(array) == 0 for array in BertModel.from_folder(tiny_model, device).predict([]).heads.values())


def test_an_unknown_device_lists_the_known_ones(tiny_model: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"'gpu' is not known; known are cpu, cpu-float32, cpu-bfloat16, cpu-int8, openvino"
    ):
        csnlp.load(tiny_model, device="gpu")


def test_without_vnni_no_engine_says_that_it_computes_in_8_bit_integers(
    tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("csnlp.models.openvino_engine.instructions", lambda: frozenset({"avx2"}))
    for device in ("cpu", "cpu-int8"):
        engine = BertModel.from_folder(tiny_model, device).engine
        assert engine.description in ("openvino float32", "openvino bfloat16")


def test_where_openvino_is_not_installed_the_portable_engine_runs(
    tiny_model: Path, natural: list[Exchange], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = heads(tiny_model, "onnx", natural)
    monkeypatch.setitem(__import__("sys").modules, "openvino", None)
    for name, array in heads(tiny_model, "cpu", natural).items():
        np.testing.assert_array_equal(array, expected[name])
    with pytest.raises(MissingExtra, match=r'pip install "csnlp-zh\[openvino\]"'):
        BertModel.from_folder(tiny_model, "openvino")
