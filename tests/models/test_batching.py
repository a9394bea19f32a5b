from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from csnlp.heads import HEADS
from csnlp.models.batching import CLOSED, STEP, padded_batches
from csnlp.models.cache import LogitCache
from csnlp.models.encoding import Encoded
from csnlp.types import FloatArray

PAD = 7


def row(length: int, fill: int = 1) -> Encoded:
    return Encoded(np.full(length, fill, np.int64), np.ones(length, np.int64))


@given(st.lists(st.integers(1, 50), min_size=1, max_size=40), st.integers(1, 200))
def test_batches_hold_every_row_once_within_the_budget(lengths: list[int], budget: int) -> None:
    batches = list(padded_batches([row(n) for n in lengths], PAD, budget))
    assert sorted(number for numbers, _ in batches for number in numbers) == list(range(len(lengths)))
    for numbers, batch in batches:
        assert len(numbers) == 1 or batch.ids.size <= budget
        for number, ids, bias in zip(numbers, batch.ids, batch.bias, strict=True):
            assert ids.tolist() == [1] * lengths[number] + [PAD] * (len(ids) - lengths[number])
            assert ((bias == CLOSED) == (ids == PAD)).all() and ((bias == 0) == (ids == 1)).all()


@given(st.lists(st.sampled_from((16, 48, 80)), min_size=1, max_size=300))
def test_there_are_few_numbers_of_rows(lengths: list[int]) -> None:
    shapes = {batch.ids.shape for _, batch in padded_batches([row(n) for n in lengths], PAD)}
    numbers = {16: (1, 4, 16, 64), 48: (1, 4, 16), 80: (1, 4)}
    assert shapes <= {(rows, length) for length, few in numbers.items() for rows in few}


@given(st.lists(st.integers(1, 50), min_size=1, max_size=40))
def test_a_row_is_padded_alike_whatever_its_neighbours_are(lengths: list[int]) -> None:
    for numbers, batch in padded_batches([row(n) for n in lengths], PAD):
        for number in numbers:
            assert batch.ids.shape[1] == -(-lengths[number] // STEP) * STEP


class Network:
    """Says of each row how long it is, and remembers how many rows it was asked about."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, rows: list[Encoded]) -> dict[str, FloatArray]:
        self.asked += len(rows)
        lengths = np.array([len(row) for row in rows], np.float32)[:, None]
        return {name: np.repeat(lengths, len(head.labels), axis=1) for name, head in HEADS.items()}


@given(st.lists(st.lists(st.integers(1, 9), max_size=12), max_size=6), st.integers(0, 5))
def test_rows_that_read_the_same_are_asked_about_once_in_a_batch(batches: list[list[int]], size: int) -> None:
    network, cache = Network(), LogitCache(HEADS, size)
    for lengths in batches:
        before = network.asked
        found = cache.fetch([row(n) for n in lengths], network)
        assert all(array[:, 0].tolist() == lengths for array in found.values())
        assert network.asked - before <= len(set(lengths))


def test_the_last_rows_are_remembered_and_no_more() -> None:
    network, cache = Network(), LogitCache(HEADS, 2)
    for length, asked in ((1, 1), (2, 2), (1, 2), (3, 3), (1, 3), (2, 4)):  # 3 pushes out 2, which came before 1
        cache.fetch([row(length)], network)
        assert network.asked == asked
    forgetful = LogitCache(HEADS, 0)
    for _ in range(2):
        forgetful.fetch([row(1)], network)
    assert network.asked == 6


def test_rows_of_other_segments_or_words_are_not_the_same() -> None:
    network, cache = Network(), LogitCache(HEADS, 9)
    other = Encoded(np.ones(3, np.int64), np.zeros(3, np.int64))
    cache.fetch([row(3), row(3, fill=2), other], network)
    assert network.asked == 3
