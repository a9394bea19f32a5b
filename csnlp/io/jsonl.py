"""JSON lines: one row, an object, a line."""

from __future__ import annotations

import json
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from csnlp.errors import CsnlpWarning, InputError
from csnlp.io.badrow import BadRow, Record
from csnlp.io.columns import NO_REPLY, Columns, is_name, listed
from csnlp.io.opening import BROKEN, DAMAGE, MAX_LINE, open_bytes
from csnlp.io.rows import read_row


def read_jsonl(lines: Iterable[tuple[int, str | None]], file: str, columns: Columns) -> Iterator[Record]:
    """The records of numbered lines (None: a line too long to read); blank lines are passed over.

    Warns (:class:`CsnlpWarning`) at the end when no row at all had a name that a field is mapped to.
    """
    unseen = dict(columns.mapping)
    first: dict[str, Any] | None = None
    for line, text in lines:
        # A byte order mark inside a file is where two files were joined.
        if text is not None and not text.strip(" \t\r\n\ufeff"):
            continue
        try:
            row = parse_object(text)
        except InputError as error:
            yield Record(line, BadRow.of(error, file, line))
            continue
        first = row if first is None else first
        if unseen:
            unseen = {field: name for field, name in unseen.items() if name not in row}
        found = columns.pick(row)
        yield from read_row(found, file, line, NO_REPLY if "reply" in found else columns.remedy(row))
    if unseen and first is not None:
        names = " ".join(f"--map {field}={name}" for field, name in unseen.items())
        keys = listed(list(first), "key")
        message = f"{file}: no row has what is named by {names}; the keys of the first row are {keys}"
        warnings.warn(message, CsnlpWarning, stacklevel=2)


def read_objects(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a UTF-8 file of JSON lines (plain or .gz) with their lines, from 1; blank lines are passed over.

    Raises :class:`InputError`, naming file and line, for what is no UTF-8, or no object.
    """
    number = 0
    try:
        with open_bytes(str(path)) as lines:
            # By line, and only then as text: a decoder reads ahead, and would tell of the wrong line.
            for number, line in enumerate(iter(lambda: lines.readline(MAX_LINE), b""), 1):
                if len(line) == MAX_LINE and not line.endswith(b"\n"):
                    parse_object(None)
                text = line.decode("utf-8")
                if text.strip().strip("\ufeff"):  # see read_jsonl
                    yield number, parse_object(text)
    except InputError as error:
        raise InputError(f"{path}:{number}: {error.field}", error.problem, error.remedy) from None
    except UnicodeDecodeError as error:  # its text would repeat the bytes
        problem = f"cannot be read as UTF-8 ({error.reason} at byte {error.start + 1})"
        raise InputError(f"{path}:{number}", problem, "save it as UTF-8 JSON lines") from None
    except DAMAGE as error:
        raise InputError(f"{path}:{number + 1}", f"cannot be read ({error})", "get a whole copy") from error


def parse_object(text: str | None) -> dict[str, Any]:
    """The object that a line of JSON holds; :class:`InputError` says what is wrong with the line (None: too long)."""
    if text is None:
        raise InputError("line", f"is over {MAX_LINE} characters long", "split the row, or leave it out")
    try:
        value = _decode(text.strip(" \t\r\n\ufeff"))
    except InputError:  # a ValueError too
        raise
    except RecursionError:
        raise InputError("line", "is nested too deeply", "leave the row out") from None
    except ValueError as error:
        if BROKEN in text:
            raise InputError("line", "has broken bytes", "read the file in its own encoding (--encoding)") from None
        # "Expecting ',' delimiter" says what is wrong; the text itself is not repeated.
        place = f" ({error.msg}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        raise InputError("line", f"is not JSON{place}", "write one JSON object a line") from None
    if not isinstance(value, dict):
        raise InputError("line", f"is {type(value).__name__}, which is not an object", "write one JSON object a line")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of ``pairs``, refused where a key comes again: ``json`` takes the last of them in silence."""
    value = dict(pairs)
    if len(value) < len(pairs):
        key = Counter(key for key, _ in pairs).most_common(1)[0][0]
        told = f"the key {key.strip()!r}" if is_name(key) else "a key"
        raise InputError("line", f"has {told} more than once", "leave all but one of them out")
    return value


_decode = json.JSONDecoder(object_pairs_hook=_unique).decode
