"""JSON lines: one row, an object, a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from csnlp.errors import InputError
from csnlp.io.badrow import BadRow, Record
from csnlp.io.columns import Columns
from csnlp.io.rows import read_row
from csnlp.io.source import BROKEN, MAX_LINE


def read_jsonl(lines: Iterable[tuple[int, str | None]], file: str, columns: Columns) -> Iterator[Record]:
    """The records of numbered lines (None: a line too long to read); blank lines are passed over."""
    for line, text in lines:
        # A byte order mark inside a file is where two files were joined.
        if text is not None and not text.strip(" \t\r\n\ufeff"):
            continue
        try:
            row = _object(text)
        except InputError as error:
            yield Record(line, BadRow.of(error, file, line))
            continue
        yield from read_row(columns.pick(row), file, line)


def _object(text: str | None) -> dict[str, Any]:
    if text is None:
        raise InputError("line", f"is over {MAX_LINE} characters long", "split the row, or leave it out")
    try:
        value = json.loads(text.strip(" \t\r\n\ufeff"))
    except RecursionError:
        raise InputError("line", "is nested too deeply", "leave the row out") from None
    except ValueError as error:
        if BROKEN in text:
            raise InputError("line", "has broken bytes", "read the file in its own encoding (--encoding)") from None
        # "Expecting ',' delimiter" says what is wrong; the text itself is not repeated.
        place = f" ({error.msg}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise InputError("line", f"is not JSON{place}", "write one JSON object a line") from None
    if not isinstance(value, dict):
        raise InputError("line", f"is {type(value).__name__}, not an object", 'write {"id": …, "reply": …}')
    return value
