"""What a reply and its reference have in common, token by token, so that the network need not find it out by itself.

A small encoder learns slowly that "3天" and "5天" at two places of a text are the point, and that "三天" and "72小时"
are not. Each token of the two is told apart here: *shared* (the other text has the same characters or the same amount),
*figure* (an amount or a number that the other text has not), or neither. It is the exact-match feature of Chen et al.
2017 (arXiv:1704.00051), with amounts compared by value. What the rules of :mod:`csnlp.reference` make of the reply is
marked too: they judge little (in models/data they contradict a quarter of the wrong replies, and 3 % of the
others), and the network learns how far to trust them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from csnlp.reference.check import judge
from csnlp.reference.clauses import read
from csnlp.text.quantities import Quantity, quantities

NEITHER, SHARED, FIGURE = range(3)

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def compare(tokens: Sequence[str], other: Sequence[str]) -> list[int]:
    """NEITHER, SHARED or FIGURE for each of ``tokens`` against ``other``: FIGURE when one of its characters is, SHARED
    when most of them are."""
    marks = _marks("".join(tokens), "".join(other))
    found, at = [], 0
    for token in tokens:
        here = marks[at : at + len(token)]
        at += len(token)
        found.append(FIGURE if FIGURE in here else SHARED if 2 * here.count(SHARED) > len(here) else NEITHER)
    return found


def judgements(tokens: Sequence[str], reference: Sequence[str], asked: Sequence[str]) -> dict[int, bool]:
    """For each of a reply's ``tokens`` that the rules judge: whether it agrees with the ``reference`` to what was
    ``asked``. A token of both kinds does not."""
    said = read("".join(tokens))
    token_at = [number for number, token in enumerate(tokens) for _ in token]
    found: dict[int, bool] = {}
    for judgement in judge(said, read("".join(reference)), read("".join(asked))):
        start, end = said.folded.original_span(judgement.start, judgement.end)
        for number in token_at[start:end]:
            found[number] = found.get(number, True) and judgement.agrees
    return found


def _marks(text: str, other: str) -> list[int]:
    """The mark of each character of ``text``."""
    pairs = {other[i : i + 2] for i in range(len(other) - 1)}
    marks = [NEITHER] * len(text)
    for i in range(len(text) - 1):
        if text[i : i + 2] in pairs:
            marks[i] = marks[i + 1] = SHARED
    numbers = set(_NUMBER.findall(other))
    for match in _NUMBER.finditer(text):
        _fill(marks, match.start(), match.end(), SHARED if match.group() in numbers else FIGURE)
    stated = quantities(other)
    for amount in quantities(text):
        _fill(marks, amount.start, amount.end, SHARED if any(_same(amount, one) for one in stated) else FIGURE)
    return marks


def _same(first: Quantity, second: Quantity) -> bool:
    return (first.dimension, first.low, first.high) == (second.dimension, second.low, second.high)


def _fill(marks: list[int], start: int, end: int, mark: int) -> None:
    marks[start:end] = [mark] * (end - start)
