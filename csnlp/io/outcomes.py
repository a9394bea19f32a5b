"""From records to outcomes: each is a score row, or the bad row that says why there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Protocol, TypeAlias

from csnlp.io.badrow import BadRow, Record
from csnlp.types import Exchange, Score

Outcome: TypeAlias = "dict[str, Any] | BadRow"
Progress: TypeAlias = Callable[[int, int], None]
"""Called with the last line of input that is done, and how many replies have been scored since the start."""


STRIDE = 250
"""Replies given to the scorer at once: enough for good batches, few enough for a progress bar that moves."""


class Scorer(Protocol):
    """What scores: see :class:`csnlp.scoring.Scorer`."""

    def score_many(self, exchanges: Sequence[Exchange], /) -> Iterable[Score]:
        """One score for each exchange, in order; an exchange that cannot be scored has ``Score.error``."""

    def metadata(self) -> Mapping[str, str]:
        """What the scores depend on: model, model_version, rule_book, rule_book_version, csnlp_version."""


def chunks(records: Iterable[Record], size: int) -> Iterator[list[Record]]:
    """The records in lists of ``size``, the last one shorter."""
    iterator = iter(records)
    while chunk := list(islice(iterator, size)):
        yield chunk


def score_chunk(
    scorer: Scorer, chunk: list[Record], file: str, probabilities: bool, tick: Callable[[int, int], None]
) -> list[Outcome]:
    """The outcome of each record, in order; ``tick`` is called with a line and the number of replies done up to it."""
    exchanges = [(record.line, record.item) for record in chunk if isinstance(record.item, Exchange)]
    scored: list[Outcome] = []
    for start in range(0, len(exchanges), STRIDE):
        group = exchanges[start : start + STRIDE]
        scores = scorer.score_many([exchange for _, exchange in group])
        scored += [_outcome(score, file, line, probabilities) for (line, _), score in zip(group, scores, strict=True)]
        tick(group[-1][0], len(group))
    following = iter(scored)
    return [record.item if isinstance(record.item, BadRow) else next(following) for record in chunk]


def _outcome(score: Score, file: str, line: int, probabilities: bool) -> Outcome:
    if score.error is None:
        return score.to_dict(probabilities)
    field, _, rest = score.error.partition(": ")
    problem, _, remedy = rest.partition("; ")
    if remedy:  # the form of an InputError
        return BadRow(file, line, field, problem, remedy, score.id)
    return BadRow(file, line, "exchange", score.error, "leave the row out", score.id)
