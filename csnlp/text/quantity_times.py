"""Finds clock times and dates in folded text.

A clock time is in hours since midnight; the last minute of a day (23:59) is its end, 24. Its unit is 时 where the half
of the day is known (下午6点, 18:00) and 点 where it is not (6点). A date is the number yyyymmdd, or mmdd where no year
is given; a bare day (五号) or month is left out. A range from a clock time of one day to one of another
(6月16日20点至6月18日24点) is the range of the days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from math import inf

from csnlp.text.quantity_numbers import CHINESE, parse_number
from csnlp.text.quantity_units import Quantity

_NUMBER = rf"(?:[0-9]{{1,2}}|[{CHINESE}]{{1,3}})"
_NOT_INSIDE = rf"(?:(?<![0-9a-z.:/])(?=[0-9])|(?<![0-9{CHINESE}])(?=[{CHINESE}]))"
TO = re.compile(r" ?(?:-{1,2}|~|—{1,2}|–|〜|到|至) ?")
_UNTIL = re.compile("之前|以前|前|截止|截单")
_SINCE = re.compile("之后|以后|后|起|开始")

_MORNING = "清晨|清早|早上|早晨|今早|明早|上午|早"
_AFTERNOON = "午后|下午|傍晚"
_EVENING = "晚上|晚间|今晚|明晚|当晚|晚"
_NIGHT = "夜里|夜间|半夜|深夜"
_PERIODS = f"凌晨|{_MORNING}|中午|{_AFTERNOON}|{_EVENING}|{_NIGHT}"
# The hours that each puts after noon: 晚上5点 is 17, 夜里5点 is 5.
_PAST_NOON = {"noon": range(4), "afternoon": range(12), "evening": range(5, 13), "night": range(6, 13)}
_CLOCK = re.compile(
    rf"(?:(?:(?P<dawn>凌晨)|{_MORNING}|(?P<noon>中午)|(?P<afternoon>{_AFTERNOON})|(?P<evening>{_EVENING})|(?P<night>{_NIGHT}))"
    r" ?)?"
    rf"{_NOT_INSIDE}(?P<hour>{_NUMBER})(?: ?: ?(?P<colon>[0-5][0-9])(?::[0-5][0-9])?(?![0-9:])|点"
    rf"(?:钟|整|(?P<half>半)|(?P<quarter>[一三])刻|(?P<minute>[0-5][0-9](?![0-9])|[{CHINESE}]{{2,3}}|{_NUMBER}(?=分))分?)?)"
)
# What stands behind a bare 6点 that is a time, and before one that means points (这两点, 差一点).
_BEHIND_TIME = re.compile("[前后到至~—-]|之[前后]|以[前后]|左右|[开关截停打上下发就才准收]")
_NOT_TIME = frozenset("这那下几哪以有共第如差多一")

_DATES = (
    re.compile(
        rf"(?:(?P<year>(?:19|20)[0-9]{{2}}|二[零〇][{CHINESE}]{{2}})年)?{_NOT_INSIDE}(?P<month>{_NUMBER})月"
        rf"(?P<day>{_NUMBER})(?:[日号]|(?={TO.pattern}{_NUMBER}[日号]))"
    ),
    re.compile(
        rf"{_NOT_INSIDE}(?P<year>20[0-9]{{2}})(?P<mark>[-/.])(?P<month>[0-9]{{1,2}})(?P=mark)(?P<day>[0-9]{{1,2}})(?![0-9])"
    ),
    re.compile(rf"{_NOT_INSIDE}(?P<month>[0-9]{{1,2}})\.(?P<day>[0-9]{{1,2}})[日号]"),
)
_DAY = re.compile(rf"(?P<day>{_NUMBER})[日号]")
# From the first day of a range, with its clock time, to the last: 20点起至6月18日.
_TO_DAY = re.compile(f" ?(?:起|开始)?{TO.pattern}")
# Where a date or a time can start.
_START = re.compile(rf"(?:{_PERIODS}) ?[0-9{CHINESE}]|{_NOT_INSIDE}[0-9{CHINESE}]")


def times(text: str) -> Iterator[Quantity]:
    """Clock times and dates of folded ``text``, in order, without overlaps; a range is one quantity."""
    done = 0
    for match in _START.finditer(text):
        if match.start() >= done and (found := _date(text, match.start()) or _clock(text, match.start())):
            yield found
            done = found.end


def _clock(text: str, index: int) -> Quantity | None:
    match = _CLOCK.match(text, index)
    low = _hour(match) if match else None
    if not match or low is None or not (_is_exact(match) or _is_bare_time(match)):
        return None
    known, high, end = _is_known(match, low), low, match.end()
    to = TO.match(text, end)
    last = _CLOCK.match(text, to.end()) if to else None
    if last and (hour := _hour(last)) is not None:
        known = known or _is_known(last, hour)
        settled = _has_period(last) or last["hour"].startswith("0")
        high = hour + 12 if not settled and hour < low < hour + 12 <= 24 else hour  # 下午两点到五点
        high += 24 * (high < low)  # 22:00-02:00
        end = last.end()
    return _bounded(text, Quantity(index, end, "clock", low, high, unit="时" if known else "点"))


def _hour(match: re.Match[str]) -> float | None:
    """Hours since midnight of what :data:`_CLOCK` matched; None where it is no time."""
    hour, minute = _integer(match["hour"]), _minute(match)
    if hour is None or minute is None or hour > 24:
        return None
    if match["colon"] and len(match["hour"]) == 1 and minute % 15 and not _has_period(match):
        return None  # 1:10 is a ratio
    if match["dawn"] and hour == 12:
        hour = 0
    elif any(match[period] and hour in hours for period, hours in _PAST_NOON.items()):
        hour += 12
    return 24 if (hour, minute) == (23, 59) else hour + minute / 60


def _minute(match: re.Match[str]) -> int | None:
    if match["half"]:
        return 30
    if match["quarter"]:
        return 15 if match["quarter"] == "一" else 45
    minute = _integer(match["colon"] or match["minute"] or "0")
    return minute if minute is not None and minute < 60 else None


def _integer(numeral: str) -> int | None:
    number = parse_number(numeral)
    return int(number[0]) if number and number[0] == number[1] else None


def _has_period(match: re.Match[str]) -> bool:
    return match.start("hour") > match.start()


def _is_known(match: re.Match[str], hour: float) -> bool:
    return _has_period(match) or bool(match["colon"]) or hour > 12 or hour < 1


def _is_exact(match: re.Match[str]) -> bool:
    """Whether more than "N点" was matched."""
    return _has_period(match) or match.end() > match.end("hour") + 1


def _is_bare_time(match: re.Match[str]) -> bool:
    before = match.string[match.start() - 1 : match.start()]
    return (
        match["hour"] not in ("一", "1")
        and before not in _NOT_TIME
        and _BEHIND_TIME.match(match.string, match.end()) is not None
    )


def _date(text: str, index: int) -> Quantity | None:
    match = _first_match(_DATES, text, index)
    groups = match.groupdict() if match else {}
    low = _day(groups)
    if not match or low is None:
        return None
    high, end = low, match.end()
    for behind in (end, _behind_clock(text, end)):
        if last := _last_day(text, behind, groups):
            high, end = last[0], last[1] if behind == end else _behind_clock(text, last[1])
            break
    return _bounded(text, Quantity(index, end, "date", low, high, unit="日"))


def _last_day(text: str, index: int, first: dict[str, str]) -> tuple[float, int] | None:
    """The last day of a range whose first day, ``first``, and what belongs to it end at ``index``; and its end."""
    to = _TO_DAY.match(text, index)
    last = _first_match((*_DATES, _DAY), text, to.end()) if to else None
    if not last:
        return None
    later, low = _day(first | {part: figure for part, figure in last.groupdict().items() if figure}), _day(first)
    return (later, last.end()) if later and low and later > low else None


def _behind_clock(text: str, index: int) -> int:
    """Where the clock time at ``index`` ends, if there is one; behind a date 24点 is no score."""
    clock = _CLOCK.match(text, index + text.startswith(" ", index))
    return index if clock is None or _hour(clock) is None else clock.end()


def _first_match(patterns: tuple[re.Pattern[str], ...], text: str, index: int) -> re.Match[str] | None:
    return next(filter(None, (pattern.match(text, index) for pattern in patterns)), None)


def _day(groups: dict[str, str]) -> float | None:
    """yyyymmdd, or mmdd."""
    year, month, day = (_integer(groups.get(part) or "0") for part in ("year", "month", "day"))
    if year is None or month is None or day is None or not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return year * 10_000 + month * 100 + day


def _bounded(text: str, found: Quantity) -> Quantity:
    """Widens 6点前 and 6点后 to the limits that they are; midnight is the end of a day or the start of one."""
    if found.low != found.high:
        return found
    if until := _UNTIL.match(text, found.end):
        return replace(found, end=until.end(), low=0, high=found.high or 24)
    if since := _SINCE.match(text, found.end):
        return replace(found, end=since.end(), low=0 if found.low == 24 else found.low, high=inf)
    return found
