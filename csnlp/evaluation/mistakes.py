"""Where a model is wrong: the rows to read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from csnlp.evaluation.gold import GoldRow, judged
from csnlp.evaluation.metrics import Floats
from csnlp.evaluation.run import predict
from csnlp.heads import HEADS
from csnlp.models.protocol import Model


@dataclass(frozen=True, slots=True)
class Mistake:
    """The row ``id`` whose ``head`` was predicted otherwise than labelled; ``gold_probability`` is what the model gave
    the label (0..1: the lower, the surer it was of another)."""

    id: str
    head: str
    gold: str
    predicted: str
    gold_probability: float


def mistakes(model: Model, rows: Sequence[GoldRow]) -> list[Mistake]:
    """The mistakes of the ordinal and nominal heads on ``rows``, the surest first."""
    found = predict(model, rows)
    return sorted(
        (mistake for name in found for mistake in _of_head(name, found[name], rows)),
        key=lambda mistake: (mistake.gold_probability, mistake.id, mistake.head),
    )


def _of_head(name: str, probabilities: Floats, rows: Sequence[GoldRow]) -> Iterator[Mistake]:
    head = HEADS[name]
    if head.kind == "multilabel":
        return
    kept, gold = judged(rows, head)
    for row, label in zip(kept.tolist(), gold.tolist(), strict=True):
        best = int(probabilities[row].argmax())
        if best != label:
            said, p = head.labels[best], float(probabilities[row, label])
            yield Mistake(rows[row].exchange.id, name, head.labels[label], said, p)
