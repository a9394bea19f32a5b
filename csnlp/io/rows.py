"""From one row of fields to its exchanges: an exchange row gives one, a conversation row one for each agent turn."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from csnlp.errors import InputError
from csnlp.io.badrow import BadRow, Record
from csnlp.io.cells import parse_turns
from csnlp.io.columns import NO_REPLY
from csnlp.io.times import parse_time
from csnlp.io.turns import exchanges_of
from csnlp.types import Exchange, Turn
from csnlp.validation import check_exchange, check_text


def read_row(row: Mapping[str, Any], file: str, line: int, remedy: str = NO_REPLY) -> Iterator[Record]:
    """The records of a row, which holds raw values under the field names of :data:`csnlp.io.columns.HEADERS`.

    A row with ``turns`` is a conversation. A row without an id is called after its line. ``remedy`` is what to do when
    there is no reply.
    """
    id: str | None = None
    try:
        id = _name(row.get("id"), "id")
        agent = _name(row.get("agent"), "agent")
        if not _absent(row.get("turns")):
            turns = parse_turns(row["turns"], "turns", line)
            yield from exchanges_of(turns, id or str(line), agent=agent, file=file, line=line)
        else:
            yield Record(line, _exchange(row, id or str(line), agent, line, remedy))
    except InputError as error:
        yield Record(line, BadRow.of(error, file, line, id))


def _exchange(row: Mapping[str, Any], id: str, agent: str | None, line: int, remedy: str) -> Exchange:
    reply: Any = _value(row.get("reply"))
    if reply is None:
        raise InputError("reply", "is missing", remedy)
    reference = row.get("reference")
    exchange = Exchange(
        reply=reply,
        context=tuple(_context(row, line)),
        reference=None if _absent(reference) else reference,
        id=id,
        agent=agent,
        time=parse_time(_value(row.get("time"))),
    )
    check_exchange(exchange)
    return exchange


def _context(row: Mapping[str, Any], line: int) -> Iterator[Turn]:
    """The turns before the reply; ``context_text`` and ``question`` are the customer's last words after them."""
    last = ""
    for parsed in parse_turns(_value(row.get("context")), "context", line):
        if parsed.problem:
            raise parsed.problem
        yield parsed.turn
        # An agent may have used the same words: a greeting often is.
        last = parsed.turn.text if parsed.turn.role == "customer" else ""
    for field in ("context_text", "question"):
        text: Any = row.get(field)
        if _absent(text):
            continue
        check_text(field, text)
        # Tables often give the last question on its own although the context ends with it.
        if text.strip() != last.strip():
            yield Turn("customer", text)
            last = text


def _name(value: object, field: str) -> str | None:
    """An id or a person's name: text, or a number as it is written."""
    value = _value(value)
    if _absent(value):
        return None
    if isinstance(value, float | Decimal) and math.isfinite(value) and -1e30 < value < 1e30 and value == int(value):
        value = int(value)  # tables turn whole numbers with gaps between them into 12.0
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return str(value)
    check_text(field, value)
    return str(value).strip()


def _absent(value: object) -> bool:
    return _value(value) is None or (isinstance(value, str) and not value.strip())


def _value(value: object) -> object:
    """``value``, or None for what tables put into an empty cell: NaN, and pandas' NA and NaT."""
    empty = type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float | Decimal) and math.isnan(value))
    return None if empty else value
