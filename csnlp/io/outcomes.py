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

    def score_many(self, exchanges: Iterator[Exchange], /) -> Iterable[Score]:
        """One score for each exchange, in order; an exchange that cannot be scored has ``Score.error``. It may read
        ahead, so that the model is at the next exchanges while the last ones are written."""

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
    source = iter(chunks)
    unscored: deque[Chunk] = deque()  # read, and not given to the scorer yet
    unwritten: deque[Chunk] = deque()  # read, and not given back yet: the scorer is ahead of us

    def read() -> bool:
        if (chunk := next(source, None)) is None:
            return False
        unscored.append(chunk)
        unwritten.append(chunk)
        return True

    def exchanges() -> Iterator[Exchange]:
        while unscored or read():
            _, records = unscored.popleft()
            yield from (record.item for record in records if isinstance(record.item, Exchange))

    def outcome(record: Record) -> Outcome:
        if isinstance(record.item, BadRow):
            tick(record.line, 0)
            return record.item
        made = _outcome(next(scores), file, record.line, probabilities)
        tick(record.line, 1)
        return made

    scores = iter(scorer.score_many(exchanges()))
    while unwritten or read():
        number, records = unwritten.popleft()
        yield number, [outcome(record) for record in records]


def _outcome(score: Score, file: str, line: int, probabilities: bool) -> Outcome:
    if score.error is None:
        return score.to_dict(probabilities)
    field, _, rest = score.error.partition(": ")
    problem, _, remedy = rest.partition("; ")
    if remedy:  # the form of an InputError
        return BadRow(file, line, field, problem, remedy, score.id)
    return BadRow(file, line, "exchange", score.error, "leave the row out", score.id)
