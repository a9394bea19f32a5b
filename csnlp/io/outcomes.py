"""From records to outcomes: each is a score row, or the bad row that says why there is none."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Protocol, TypeAlias

from csnlp.io.badrow import BadRow, Record
from csnlp.types import Exchange, Score

Outcome: TypeAlias = "dict[str, Any] | BadRow"
Progress: TypeAlias = Callable[[int, int], None]
"""Called with the last line of input that is done, and how many replies have been scored since the start."""

Chunk: TypeAlias = "tuple[int, list[Record]]"
"""A number of its own, and records that are kept together."""


class Scorer(Protocol):
    """What scores: see :class:`csnlp.scoring.Scorer`."""

    def score_many(self, items: Iterator[Exchange | BadRow], /) -> Iterable[Score]:
        """One score for each item, in order; a bad row, or an exchange that cannot be scored, has ``Score.error``
        (and ``Score.fault``, if it can name the parts). It may read ahead, so that the model is at the next exchanges
        while the last ones are written."""

    def metadata(self) -> Mapping[str, str]:
        """What the scores depend on: model, model_version, rule_book, rule_book_version, csnlp_version."""


def chunks(records: Iterable[Record], size: int) -> Iterator[list[Record]]:
    """The records in lists of ``size``, the last one shorter."""
    iterator = iter(records)
    while chunk := list(islice(iterator, size)):
        yield chunk


def score_chunks(
    scorer: Scorer, chunks: Iterable[Chunk], file: str, probabilities: bool, tick: Callable[[int, int], None]
) -> Iterator[tuple[int, list[Outcome]]]:
    """The outcomes of each chunk's records, in order; ``tick`` is called with the line of each record that is
    done, and 1 when it was a reply that the scorer has seen, else 0."""
    unwritten: deque[Chunk] = deque()  # the scorer is ahead of us

    def items() -> Iterator[Exchange | BadRow]:
        # Bad rows too, though no score is needed: a scorer that waits for so many items before it gives a score would
        # have us read, and hold, any number of bad rows among them.
        for chunk in chunks:
            unwritten.append(chunk)
            yield from (record.item for record in chunk[1])

    outcomes: list[Outcome] = []
    for score in scorer.score_many(items()):
        number, records = unwritten[0]
        record = records[len(outcomes)]
        outcomes.append(_outcome(record, score, file, probabilities))
        tick(record.line, int(isinstance(record.item, Exchange)))
        if len(outcomes) == len(records):
            unwritten.popleft()
            yield number, outcomes
            outcomes = []
    if unwritten:
        raise RuntimeError("the scorer gave fewer scores than there were items")


def _outcome(record: Record, score: Score, file: str, probabilities: bool) -> Outcome:
    if isinstance(record.item, BadRow):
        return record.item
    if score.error is None:
        return score.to_dict(probabilities)
    field, problem, remedy = score.fault or ("exchange", score.error, "leave the row out")
    return BadRow(file, record.line, field, problem, remedy, score.id)
