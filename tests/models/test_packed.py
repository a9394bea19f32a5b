from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from csnlp.heads import HEADS
from csnlp.models import packed, torch_engine
from csnlp.models.encoding import SEGMENTS, SPECIAL, Encoded, pad
from csnlp.models.network import Network, NetworkConfig
from csnlp.models.torch_engine import TorchEngine, token_batches
from csnlp.types import FloatArray

CONFIG = NetworkConfig(vocab_size=50, hidden_size=32, intermediate_size=48, layers=2, attention_heads=4, max_tokens=64)
PADDED = 1e-5  # another kernel for the attention
ALONE = 1e-6  # float32 sums in another order
HALF = 0.05  # bfloat16 has 8 bits; the logits below are about 1

needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")


def random_network(dropout: float = 0.0) -> Network:
    """A network in which every weight counts."""
    torch.manual_seed(0)
    network = Network(CONFIG, dropout)
    for parameter in (network.pool_queries.weight, network.segments.weight):
        torch.nn.init.normal_(parameter, std=0.5)
    return network.eval()


def random_row(length: int, rng: np.random.Generator) -> Encoded:
    segments = rng.integers(SEGMENTS, size=length)
    segments[0] = SPECIAL
    return Encoded(rng.integers(CONFIG.vocab_size, size=length), segments)


def random_rows(lengths: Sequence[int], seed: int = 0) -> list[Encoded]:
    rng = np.random.default_rng(seed)
    return [random_row(length, rng) for length in lengths]


@torch.inference_mode()
def padded(network: Network, rows: Sequence[Encoded]) -> dict[str, FloatArray]:
    """What the network says with padding, and its embedding as one more "head"."""
    inputs = [torch.from_numpy(array) for array in pad(rows, pad_id=0)]
    return {name: x.numpy() for name, x in [*network(*inputs).items(), ("embedding", network.embed(*inputs))]}


def unpadded(engine: TorchEngine, rows: Sequence[Encoded]) -> dict[str, FloatArray]:
    return {**engine.logits(rows), "embedding": engine.embed(rows)}


def assert_close(found: dict[str, FloatArray], expected: dict[str, FloatArray], atol: float) -> None:
    assert list(found) == list(expected)
    for name, array in found.items():
        assert array.dtype == np.float32
        np.testing.assert_allclose(array, expected[name], rtol=0, atol=atol, err_msg=name)


ROWS = random_rows([5, 64, 1, 17, 5, 5, 40, 3, 17, 33, 1, 64])


def test_the_same_as_with_padding_in_any_order() -> None:
    network = random_network()
    engine = TorchEngine(network)
    expected = padded(network, ROWS)
    assert np.abs(expected["acts"]).max() > 0.1
    for order in (np.arange(len(ROWS)), np.arange(len(ROWS))[::-1], np.random.default_rng(1).permutation(len(ROWS))):
        found = unpadded(engine, [ROWS[number] for number in order])
        assert_close(found, {name: array[order] for name, array in expected.items()}, PADDED)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(1, CONFIG.max_tokens), min_size=1, max_size=8), st.integers(0, 1000))
def test_the_same_as_with_padding_for_any_lengths_and_segments(lengths: list[int], seed: int) -> None:
    network, rows = random_network(), random_rows(lengths, seed)
    assert_close(unpadded(TorchEngine(network), rows), padded(network, rows), PADDED)


def test_a_row_alone_is_the_same_as_in_a_batch() -> None:
    engine = TorchEngine(random_network())
    together = unpadded(engine, ROWS)
    for number, row in enumerate(ROWS):
        alone = unpadded(engine, [row])
        assert_close(alone, {name: array[number : number + 1] for name, array in together.items()}, ALONE)


@pytest.mark.parametrize("budget", [1, 64, 100])
def test_the_budget_changes_nothing(budget: int, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = TorchEngine(random_network())
    expected = unpadded(engine, ROWS)
    monkeypatch.setitem(torch_engine.TOKENS_PER_BATCH, "cpu", budget)
    assert_close(unpadded(engine, ROWS), expected, ALONE)


def test_batches_keep_to_the_budget_and_go_by_length() -> None:
    batches = list(token_batches(ROWS, 40))
    assert sorted(number for batch in batches for number in batch) == list(range(len(ROWS)))
    lengths = [[len(ROWS[number]) for number in batch] for batch in batches]
    assert lengths == [[1, 1, 3, 5, 5, 5, 17], [17], [33], [40], [64], [64]]


def test_no_rows() -> None:
    engine = TorchEngine(random_network())
    logits = engine.logits([])
    assert {name: array.shape for name, array in logits.items()} == {n: (0, len(h.labels)) for n, h in HEADS.items()}
    assert engine.embed([]).shape == (0, CONFIG.hidden_size)


def test_a_row_without_a_reply_embeds_as_zeros() -> None:
    row = Encoded(np.array([1, 2]), np.array([SPECIAL, SPECIAL]))
    assert not TorchEngine(random_network()).embed([row]).any()


def test_a_network_in_training_is_read_without_dropout_and_left_in_training() -> None:
    expected = padded(random_network(), ROWS)
    network = random_network(dropout=0.5).train()
    network.layers[0].eval()
    modes = [module.training for module in network.modules()]
    assert_close(unpadded(TorchEngine(network), ROWS), expected, PADDED)
    assert [module.training for module in network.modules()] == modes
    assert all(parameter.requires_grad and not parameter.is_inference() for parameter in network.parameters())


def change(network: Network) -> None:
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(1.1)


def on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> str:
    """The path of a GPU, but for its attention kernel."""
    monkeypatch.setattr(packed, "computes_half", lambda device: True)
    return "cpu"


PATHS: list[object] = [
    pytest.param(lambda monkeypatch: "cpu", 1e-5, id="cpu"),
    pytest.param(on_the_cpu, HALF, id="half"),
    pytest.param(lambda monkeypatch: "cuda", HALF, id="cuda", marks=needs_cuda),
]


@pytest.mark.parametrize(("prepare", "atol"), PATHS)
def test_on_every_path_changed_weights_are_seen(
    prepare: Callable[[pytest.MonkeyPatch], str], atol: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    device, reference = prepare(monkeypatch), random_network()
    monkeypatch.setitem(torch_engine.TOKENS_PER_BATCH, device, 80)  # several batches are on their way at once
    network = random_network().to(device)
    engine = TorchEngine(network)
    for _ in range(2):
        assert_close(unpadded(engine, ROWS), padded(reference, ROWS), atol)
        change(network)
        change(reference)
    assert network.words.weight.dtype == torch.float32
