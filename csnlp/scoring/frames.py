"""Scores a pandas or polars frame: one output row for each input row, the same kind of frame out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from csnlp.errors import InputError
from csnlp.io.badrow import BadRow
from csnlp.io.columns import Columns, listed
from csnlp.io.rows import read_row
from csnlp.types import Exchange, Score

if TYPE_CHECKING:
    from csnlp.scoring.scorer import Scorer

Frame = TypeVar("Frame")


def score_frame(scorer: Scorer, frame: Frame) -> Frame:
    """The output columns (README, "Files in and out") and ``error``, row for row; a pandas index is kept.

    The frame needs a column ``reply`` (or a name that files may use for it, such as 回复); ``question`` or
    ``context``, ``reference``, ``id``, ``agent`` and ``time`` are read where they are there. A row that cannot be
    scored has its reason in ``error``. Raises :class:`csnlp.errors.InputError` for something that is no frame, or one
    without replies.
    """
    import pyarrow as pa

    from csnlp.io.parquet_writer import schema

    kind = type(frame).__module__.partition(".")[0]
    if kind not in ("pandas", "polars") or type(frame).__name__ != "DataFrame":
        raise InputError("frame", f"is {type(frame).__name__}", "give a pandas or polars DataFrame")
    table: Any = frame
    places = _places([str(name) for name in table.columns])
    used = list(places.values())
    rows = table.iloc[:, used].to_dict("records") if kind == "pandas" else table[:, used].to_dicts()
    items = [_item(dict(zip(places, row.values(), strict=True)), number) for number, row in enumerate(rows, 1)]
    scores = iter(scorer.score_many([item for item in items if isinstance(item, Exchange)]))
    out = [_output(next(scores) if isinstance(item, Exchange) else _failed(item)) for item in items]
    columns = schema({}, probabilities=False).append(pa.field("error", pa.string()))
    if kind == "pandas":
        import pandas

        result: Any = pandas.DataFrame(out, index=table.index, columns=columns.names)
    else:
        import polars

        # By way of Arrow, so that the types are the same for every frame, an empty one too.
        result = polars.from_arrow(pa.Table.from_pylist(out, schema=columns))
    scored: Frame = result
    return scored


def _places(names: list[str]) -> dict[str, int]:
    """The number of each field's column; ``turns`` are left out, as a conversation would give several rows."""
    places = Columns().find(names, "frame")
    if "reply" not in places:
        remedy = f"rename it to reply; the columns are {listed(names)}" if names else "give one, named reply"
        raise InputError("frame", "has no column for the reply", remedy)
    return {field: place for field, place in places.items() if field != "turns"}


def _item(row: dict[str, Any], number: int) -> Exchange | BadRow:
    (record,) = read_row(row, "frame", number, remedy="give the agent's words, or leave the row out")
    return record.item


def _failed(bad: BadRow) -> Score:
    return Score(id=bad.id or "", error=bad.reason)


def _output(score: Score) -> dict[str, Any]:
    return {**score.to_dict(), "error": score.error}
