"""Labelled exchanges: what an evaluation compares with and what a training learns from.

A labelled file is JSON lines (plain or .gz), one exchange a line::

    {"id": "…", "context": [{"role": "customer", "text": "…"}], "reply": "…", "reference": "…, optional",
     "group": "…, optional", "labels": {"politeness": "polite", "accuracy": "answers", "complaint": "none",
     "complaint_type": null, "acts": ["apology"], "satisfaction": "neutral"}, "second": {…, optional}}

``context_text`` may stand for ``context``: words whose speakers are unknown, read as one customer turn. A head that is
absent from ``labels`` is not labelled. ``accuracy`` null means that accuracy does not apply to the exchange.
``group`` (or ``context_of``) names the context that rows share. ``second`` is an independent second labelling.
A row may instead be ``{"id", "turns", "satisfaction"}``: a chat, and how the customer felt in its last turn (rank
0..2). Where that turn is his own, there is no reply yet: what he says is read with the chat before it. Such a row is
passed over when it has ``"overall": true`` (it judges the whole chat).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from csnlp.errors import InputError
from csnlp.heads import ACTS, BY_PEOPLE, HEADS, OF_CUSTOMER, ONE_LABEL, SATISFACTION, Head
from csnlp.io.jsonl import read_objects
from csnlp.text.printable import shown
from csnlp.types import Exchange, Turn
from csnlp.validation import check_context, check_exchange

Target: TypeAlias = "int | tuple[int, ...]"
"""A gold label: its position in the head, or 0/1 for every label of a multi-label head."""


@dataclass(frozen=True, slots=True)
class GoldRow:
    """An exchange with its labels by head; ``second`` is another annotator's labels, if there is one.

    Rows with the same ``group`` share a context.
    """

    exchange: Exchange
    labels: Mapping[str, Target]
    group: str
    second: Mapping[str, Target] | None = None


def read_gold(path: str | Path, where: Mapping[str, str] | None = None) -> Iterator[GoldRow]:
    """The rows of a labelled file (see the module). A wrong row raises :class:`InputError` with file and line.

    ``where`` keeps only the rows that have these values in these fields (``{"origin": "contrast"}``).
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(str(path), "is not a file", "give a labelled .jsonl or .jsonl.gz file")
    kept = (where or {}).items()
    for number, row in read_objects(path):
        if any(str(row.get(field)) != value for field, value in kept):
            continue
        try:
            parsed = parse_row(row, f"row{number}")
        except InputError as error:
            raise InputError(f"{path}:{number}: {error.field}", error.problem, error.remedy) from error
        if parsed is not None:
            yield parsed


def parse_row(row: Mapping[str, Any], name: str = "") -> GoldRow | None:
    """One labelled row, or None for one to pass over (see the module). ``name`` stands in for an absent id.

    Raises :class:`InputError` naming the field, what is wrong and the remedy.
    """
    if "turns" in row:
        return _satisfaction_row(row, name)
    row_id = str(row.get("id") or name)
    exchange = exchange_of(row, row_id)
    check_exchange(exchange)
    second = row.get("second")
    return GoldRow(
        exchange=exchange,
        labels=parse_labels(row.get("labels")),
        group=str(row.get("group") or row.get("context_of") or row_id),
        second=None if second is None else parse_labels(second, "second"),
    )


def exchange_of(row: Mapping[str, Any], name: str = "") -> Exchange:
    """The texts of a labelled row; the reply may be empty. Raises :class:`InputError` as :func:`parse_row` does."""
    exchange = Exchange(
        reply=_text(row, "reply"),
        context=_context(row),
        reference=_text(row, "reference") if row.get("reference") is not None else None,
        id=name,
    )
    check_context(exchange)
    return exchange


def parse_labels(labels: object, field: str = "labels") -> dict[str, Target]:
    """Label names by head as positions. Adds ``applicability``; leaves out what is not labelled."""
    if not isinstance(labels, Mapping):
        raise InputError(field, "is not an object", f"give one with any of: {', '.join(BY_PEOPLE)}")
    for key in labels:
        if key not in BY_PEOPLE:
            raise InputError(f"{field}.{shown(str(key), 20)}", "is no head", f"use any of: {', '.join(BY_PEOPLE)}")
    targets: dict[str, Target] = {
        name: _position(HEADS[name], labels[name], field) for name in ONE_LABEL if labels.get(name) is not None
    }
    if "accuracy" in labels:
        targets["applicability"] = (int(labels["accuracy"] is not None),)
    if targets.get("complaint") == 0:
        targets.pop("complaint_type", None)
    if labels.get("acts") is not None:
        targets["acts"] = _acts(labels["acts"], field)
    return targets


def targets_of(
    rows: Sequence[Mapping[str, Target] | None], head: Head
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The labelled rows of ``head``: their positions, shape (n,), and their targets.

    The targets are label positions, shape (n,), or for a multi-label head 0/1, shape (n, labels).
    """
    kept = [number for number, labels in enumerate(rows) if labels is not None and head.name in labels]
    values = [labels[head.name] for number in kept if (labels := rows[number]) is not None]
    shape = (len(kept), len(head.labels)) if head.kind == "multilabel" else (len(kept),)
    return np.array(kept, dtype=np.int64), np.array(values, dtype=np.int64).reshape(shape)


def judged(rows: Sequence[GoldRow], head: Head) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """:func:`targets_of` those of ``rows`` of which ``head`` can be asked."""
    asked = [row.labels if head.name not in OF_CUSTOMER or row.exchange.has_customer else None for row in rows]
    return targets_of(asked, head)


def _satisfaction_row(row: Mapping[str, Any], name: str) -> GoldRow | None:
    turns, rank = _turns(row["turns"], "turns"), row.get("satisfaction")
    if row.get("overall"):
        return None
    if not turns:
        raise InputError("turns", "is empty", "give the turns of the chat, or leave the row out")
    if type(rank) is not int or not 0 <= rank < len(SATISFACTION.labels):
        raise InputError("satisfaction", "is not a rank", "give the rank: 0, 1 or 2")
    row_id = str(row.get("id") or name)
    if turns[-1].role == "agent":
        exchange = Exchange(reply=turns[-1].text, context=turns[:-1], id=row_id)
        check_exchange(exchange)
    else:
        exchange = Exchange(reply="", context=turns, id=row_id)
        check_context(exchange)
    # The turns of one chat come as many rows; they share its opening.
    return GoldRow(exchange, {"satisfaction": rank}, group=str(row.get("group") or turns[0].text))


def _context(row: Mapping[str, Any]) -> tuple[Turn, ...]:
    if row.get("context_text") is not None:
        return (Turn("customer", _text(row, "context_text")),)
    return _turns(row.get("context") or [], "context")


def _turns(value: object, field: str) -> tuple[Turn, ...]:
    if not isinstance(value, list) or not all(isinstance(turn, dict) for turn in value):
        raise InputError(field, "is not a list of turns", 'give [{"role": "customer", "text": "…"}]')
    return tuple(Turn(turn.get("role"), turn.get("text")) for turn in value)


def _text(row: Mapping[str, Any], field: str) -> str:
    value = row.get(field)
    if not isinstance(value, str):
        raise InputError(field, "is missing" if value is None else f"is {type(value).__name__}", "give a string")
    return value


def _position(head: Head, label: object, field: str) -> int:
    if label not in head.labels:
        raise InputError(f"{field}.{head.name}", "is not a known label", f"use one of: {', '.join(head.labels)}")
    return head.labels.index(str(label))


def _acts(names: object, field: str) -> tuple[int, ...]:
    if not isinstance(names, list) or not all(name in ACTS.labels for name in names):
        raise InputError(
            f"{field}.acts", "is not a list of known labels", f"give a list of any of: {', '.join(ACTS.labels)}"
        )
    return tuple(int(label in names) for label in ACTS.labels)
