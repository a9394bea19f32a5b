"""Stored predictions: what the rules need to score again without a model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from csnlp.errors import ConfigError, InputError
from csnlp.heads import ACTS, HEADS, OF_CUSTOMER
from csnlp.io.badrow import BadRow, Record
from csnlp.io.jsonl import read_objects
from csnlp.io.writers import errors_path
from csnlp.rules.book import RuleBook
from csnlp.rules.case import Case
from csnlp.rules.facts import FactTable
from csnlp.rules.tally import Failed
from csnlp.text.printable import shown
from csnlp.types import Exchange, HeadScore

StoredRow = Mapping[str, Any]
"""A row of ``csnlp score --probabilities``."""

AHEAD = 1000
"""Replies looked at to see which heads the model had: enough to meet each, few enough to hold."""


def read_stored(path: Path) -> Iterator[StoredRow]:
    """The rows of a score file (JSON lines, plain or .gz, or Parquet) that was written with ``--probabilities``.

    Raises :class:`csnlp.errors.InputError`, naming the row, for a file that is none.
    """
    if not path.exists():
        raise InputError(str(path), "is not there", "give the scores that csnlp score --probabilities wrote")
    if path.name.lower().removesuffix(".gz").endswith((".csv", ".tsv")):
        raise InputError(
            str(path), "is a table, of which no scores are read back", "give .jsonl, .jsonl.gz or .parquet"
        )
    rows = _parquet(path) if path.suffix.lower() == ".parquet" else (row for _, row in read_objects(path))
    for number, row in enumerate(rows, 1):
        _check(row, f"{path}: row {number}")
        yield row


def read_unscored(path: Path) -> Iterator[BadRow]:
    """What could not be scored into the score file ``path``, in order: the errors file beside it, if there is one.

    Raises :class:`csnlp.errors.InputError`, naming the line, for an errors file that csnlp did not write.
    """
    beside = errors_path(path)
    if not beside.exists():
        return
    for number, row in read_objects(beside):
        try:
            yield BadRow.from_dict(row)
        except TypeError:
            problem, remedy = "is no bad row", f"give the scores the errors file that belongs to them: {beside.name}"
            raise InputError(f"{beside}:{number}", problem, remedy) from None


def stored_cases(
    records: Iterable[Record],
    rows: Iterable[StoredRow],
    book: RuleBook,
    facts: FactTable | None = None,
    unscored: Iterable[BadRow] = (),
    failed: Failed | None = None,
) -> Iterator[Case]:
    """Each exchange with what the stored row says of it. Bad rows of the chats are passed over, as they have no score.

    ``unscored``: what has no row, as it could not be scored; the exchanges among it (a check failed on them) are
    counted in ``failed``. Raises :class:`csnlp.errors.ConfigError` when the files do not go together.
    """
    pairs = _pairs(records, rows, unscored, failed or Failed())
    first = list(islice(pairs, AHEAD))
    known = _known(first)
    for exchange, row in chain(first, pairs):
        yield stored_case(exchange, row, known, book, facts)


def stored_case(
    exchange: Exchange, row: StoredRow, known: frozenset[str], book: RuleBook, facts: FactTable | None = None
) -> Case:
    """``exchange`` with the verdicts in ``row`` of a model that has the heads ``known``."""
    heads = {
        name: _head(name, probabilities, row)
        for name, probabilities in row["probabilities"].items()
        if probabilities is not None
    }
    acts = {name: p for name, p in (row.get("act_scores") or {}).items() if p is not None}
    return Case(exchange, book.scanner, heads, acts, known, facts)


def _pairs(
    records: Iterable[Record], rows: Iterable[StoredRow], unscored: Iterable[BadRow], failed: Failed
) -> Iterator[tuple[Exchange, StoredRow]]:
    """Each exchange with its row; those that could not be scored are counted in ``failed``."""
    stored, left_out = iter(rows), iter(unscored)
    bad = next(left_out, None)
    for record in records:
        item = record.item
        # By the line too, as an id may stand in the chats twice, and be scored but once.
        if bad is not None and (bad.line, bad.id) == (record.line, item.id):
            if isinstance(item, Exchange):
                failed.add(item.id, bad.reason)
            bad = next(left_out, None)
        elif isinstance(item, Exchange):
            row = next(stored, None)
            if row is None or row.get("id") != item.id:
                found = "nothing more" if row is None else _id(row)
                raise _mismatch(f"{shown(item.id)!r} expected, found {found}")
            yield item, row
    if (row := next(stored, None)) is not None:
        raise _mismatch(f"{_id(row)} is not among them")


def _id(row: StoredRow) -> str:
    return "no id" if row.get("id") is None else repr(shown(str(row["id"])))


def _mismatch(problem: str) -> ConfigError:
    remedy = "give all that csnlp score wrote of them, the .errors.jsonl beside the scores too"
    return ConfigError(f"the scores are not those of these chats: {problem}; {remedy}")


def _known(pairs: Sequence[tuple[Exchange, StoredRow]]) -> frozenset[str]:
    """The heads that the model had. No row tells: it lacks those that do not apply to it as well.

    So a head that no row has is one that the model lacks, unless there was no occasion for it: no customer, or, for the
    type of a complaint, perhaps no complaint.
    """
    given = {name for _, row in pairs for name, found in row["probabilities"].items() if found is not None}
    if not any(exchange.has_customer for exchange, _ in pairs):
        return OF_CUSTOMER.union(given)
    return frozenset(given | {"complaint_type"} if "complaint" in given else given)


def _head(name: str, probabilities: Mapping[str, float], row: StoredRow) -> HeadScore:
    label = max(probabilities, key=lambda label: probabilities[label])
    return HeadScore(label, probabilities[label], probabilities, row.get(f"{name}_score"))


def _check(row: StoredRow, where: str) -> None:
    heads = row.get("probabilities")
    if not isinstance(heads, Mapping):
        raise InputError(where, "has no probabilities", "score the chats with --probabilities")
    for name, probabilities in heads.items():
        if probabilities is None:
            continue
        known = HEADS[name].labels if name in HEADS else ()
        if not isinstance(probabilities, Mapping) or set(probabilities) != set(known):
            raise InputError(where, f"has other labels of {name!r} than csnlp", "score the chats with this csnlp")
        if not all(_is_probability(value) for value in probabilities.values()):
            raise InputError(where, f"has no probabilities for {name}", "score the chats with --probabilities")
        if not _is_score(row.get(f"{name}_score")):
            raise InputError(where, f"has a {name}_score that is not 0..1", "score the chats with this csnlp")
    _check_acts(row.get("act_scores"), where)


def _check_acts(acts: object, where: str) -> None:
    if acts is None:
        return
    if not isinstance(acts, Mapping) or not set(acts) <= set(ACTS.labels):
        raise InputError(where, "has other act_scores than csnlp", "score the chats with this csnlp")
    if not all(value is None or _is_probability(value) for value in acts.values()):
        raise InputError(where, "has act_scores that are no probabilities", "score the chats with this csnlp")


def _is_score(value: object) -> bool:
    if value is None:  # the head has none, or csnlp score left it out
        return True
    # 0..1, give or take what a model that computes in 16 bits may be off.
    return isinstance(value, int | float) and not isinstance(value, bool) and -0.01 <= value <= 1.01


def _is_probability(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _parquet(path: Path) -> Iterator[StoredRow]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        for batch in pq.ParquetFile(path).iter_batches():
            yield from batch.to_pylist()
    except (pa.ArrowException, OSError) as error:
        problem = str(error).partition("\n")[0]
        raise InputError(str(path), f"cannot be read ({problem})", "give a file of scores") from None
