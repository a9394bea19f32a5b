"""Times as chats write them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from csnlp.errors import InputError

TIME_PATTERN = (
    r"\d{4}(?:[-/.]\d{1,2}[-/.]\d{1,2}|年\d{1,2}月\d{1,2}日)"
    r"(?:[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?\s*(?:[Zz]|[+-]\d{2}:?\d{2})?)"
)
"""A date with a time of day, as found inside a line of a transcript."""

_TIME = re.compile(
    r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})日?"
    r"(?:[T ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([Zz]|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)


def parse_time(value: object, field: str) -> datetime | None:
    """The time that ``value`` says: a datetime, ISO 8601 text, or ``2024/5/1 10:00:00``; blank or None is no time.

    The form is the same for every Python version (``datetime.fromisoformat`` is not). A time without a zone stays
    without one. :class:`InputError` at ``field`` for anything else.
    """
    if value is None or isinstance(value, datetime):
        return value
    if isinstance(value, str):
        if not value.strip():
            return None
        match = _TIME.fullmatch(value.strip())
        if match:
            try:
                return _datetime(*match.groups())
            except ValueError:
                pass
    raise InputError(field, "is not a time", "write it as 2024-05-01T10:00:00, or leave it out")


def _datetime(
    year: str, month: str, day: str, hour: str | None, minute: str | None, second: str | None, fraction: str | None,
    zone: str | None,
) -> datetime:  # fmt: skip
    microsecond = int((fraction or "0").ljust(6, "0")[:6])
    clock = (int(hour or 0), int(minute or 0), int(second or 0), microsecond)
    return datetime(int(year), int(month), int(day), *clock, tzinfo=_zone(zone))


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text in "Zz":
        return timezone.utc
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset)
