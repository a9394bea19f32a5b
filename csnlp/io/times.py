"""Times as chats write them."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime, timedelta, timezone

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


_EPOCH = re.compile(r"\d{10}(?:\d{3})?(?:\.\d+)?", re.ASCII)


def parse_time(value: object) -> datetime | None:
    """The time that ``value`` says; None when there is none in it, since no score needs it.

    It may be a datetime or a date, ISO 8601 text, ``2024/5/1 10:00:00``, or the seconds (10 digits) or milliseconds
    (13 digits) since 1970, as a number or as text; those are in UTC. The form is the same for every Python version
    (``datetime.fromisoformat`` is not). A time without a zone stays without one.
    """
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, (int, float)):
        return _since_1970(value)
    if isinstance(value, str):
        text = value.strip()
        if _EPOCH.fullmatch(text):
            return _since_1970(float(text))
        if match := _TIME.fullmatch(text):
            with suppress(ValueError):
                return _datetime(*match.groups())
    return None


def _since_1970(number: float) -> datetime | None:
    if 1e12 <= number < 1e13:
        number /= 1000
    return datetime.fromtimestamp(number, timezone.utc) if 1e9 <= number < 1e10 else None


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
