"""Whether a stated quantity agrees with the expected one.

The rule: the statement has to keep to the number that was given.

* Two single values, or two limits of the same kind, agree when they are the same amount (三天, 72小时). A month is
  28 to 31 days, so 30天 agrees with 一个月. 24小时内 against 48小时内 is another number, hence a contradiction: a
  faster promise is one that the shop did not make.
* A value inside the expected range or limit agrees (4天 with 3-5天 or 5天内), one outside contradicts.
* A stated range must lie inside the expected one. Around an expected single value it is loose, not false: undecided.
* Rough figures (3天左右) agree within a quarter of what is expected, above and below. Months and years are counted:
  11个月 is not a year, which a span of days cannot tell.
* Working days agree with as many calendar days, or with up to as many as they span with their weekends.
"""

from __future__ import annotations

from dataclasses import replace
from math import inf, isclose

from csnlp.reference.clauses import FEE
from csnlp.text.quantities import Quantity

# 工作日 and calendar days are set against each other.
_TIME_SPANS = ("duration", "workdays")
# Months have 28 to 31 days, years 365 or 366, or twelve months of 30: the share of the longest that is still one.
_SHORTEST = {"月": 28 / 31, "季度": 90 / 92, "年": 360 / 366}
# Months in each, its hours at least and at most.
_MONTHS = {"月": (1, 28 * 24, 31 * 24), "季度": (3, 90 * 24, 92 * 24), "年": (12, 365 * 24, 366 * 24)}
# Rounding in conversions; disk makers count a TB as 1000 GB.
_TOLERANCE = {"capacity": 0.03, "date": 0.0, "clock": 0.0}
_ROUNDING = 0.005
_ROUGH = 1 / 4
# A point on a scale has no quarter: 大概12点 is no 9点. Degrees, hours, and yyyymmdd or mmdd within the month.
_ROUGH_POINT = {"degrees": 5.0, "clock": 1.0, "date": 3.0}
_WEEKEND = 48.0
# A date is yyyymmdd, or mmdd without a year.
_YEAR = 10_000


def kind(quantity: Quantity) -> str:
    """The dimension, with working days counted among the durations: what can be compared."""
    return "duration" if quantity.dimension in _TIME_SPANS else quantity.dimension


def agrees(stated: Quantity, expected: Quantity) -> bool | None:
    """Whether ``stated`` keeps to ``expected``; None where that cannot be told."""
    if kind(stated) != kind(expected):
        return None
    if stated.unit == expected.unit == FEE:
        return True
    if FEE in (stated.unit, expected.unit):
        return False if 0 in (stated.high, expected.high) else None  # a fee, of no known amount
    if stated.dimension != expected.dimension:
        return _workdays_agree(stated, expected)
    if stated.dimension == "clock":
        return _clocks_agree(stated, expected)
    if stated.dimension == "date" and min(_latest(stated), _latest(expected)) < _YEAR:
        stated, expected = _turned(stated, _YEAR), _turned(expected, _YEAR)
    elif stated.unit in _MONTHS and expected.unit in _MONTHS:
        stated, expected = _in_months(stated), _in_months(expected)
    return _agree(_numbers(stated), _due(stated, expected), stated, expected)


def _clocks_agree(stated: Quantity, expected: Quantity) -> bool | None:
    """The best verdict over what the stated time may be: 24点 is 0点, 1点 is in 22:00-02:00, a bare 6点 is 6 or 18."""
    cycle = 12 if "点" in (stated.unit, expected.unit) else 24  # which half of the day is open
    turns: tuple[int, ...] = tuple(range(-24, 25, cycle))
    if any(time.at_most or time.at_least for time in (stated, expected)):
        turns = (0, 24) if stated.low == stated.high == 0 else (0,)
        if cycle == 12:
            stated, expected = _turned(stated, cycle), _turned(expected, cycle)
    (low, high), due = _numbers(stated), _due(stated, expected)
    verdicts = [_agree((low + turn, high + turn), due, stated, expected) for turn in turns]
    spans = stated.high - stated.low, expected.high - expected.low
    if True in verdicts and 0 < spans[0] < spans[1] < 24 and not isclose(*spans) and expected.low > 0:
        return None  # 9点到18点 of 9点到24点 may be the hours of something else
    return next((verdict for verdict in (True, None) if verdict in verdicts), False)


def _agree(said: tuple[float, float], due: tuple[float, float], stated: Quantity, expected: Quantity) -> bool | None:
    """``said`` and ``due`` are the numbers of the two, tolerance included."""
    overlap = said[0] <= due[1] and due[0] <= said[1]
    inside = due[0] <= said[0] and said[1] * _SHORTEST.get(stated.unit, 1.0) <= due[1]
    rough = stated.approximate or expected.approximate
    if stated.at_most != expected.at_most or stated.at_least != expected.at_least:
        return _limit_agrees(said, due, stated, expected)
    if stated.at_most or stated.at_least or rough or not _is_range(stated):
        return overlap
    if _is_range(expected):
        return inside
    return None if overlap else False


def _limit_agrees(
    said: tuple[float, float], due: tuple[float, float], stated: Quantity, expected: Quantity
) -> bool | None:
    """One of the two is a limit, the other is none, or the opposite one."""
    if expected.at_most and not stated.at_least:
        return (said[1] if _is_range(stated) else said[0]) <= due[1]
    if expected.at_least and not stated.at_most:
        return (said[0] if _is_range(stated) else said[1]) >= due[0]
    if stated.at_least and expected.at_most:
        return False if said[0] > due[1] else None
    if stated.at_most and expected.at_least:
        return False if said[1] < due[0] else None
    # 5天内 for a range of 3-5天 states its far end; a number in between is loose.
    far = (due[1], due[1]) if stated.at_most else (due[0], due[0])
    if said[0] <= far[0] <= said[1] or (not _is_range(expected) and said[0] <= due[1] and due[0] <= said[1]):
        return True
    return None if due[0] <= said[0] <= due[1] else False


def _due(stated: Quantity, expected: Quantity) -> tuple[float, float]:
    """The number that is expected, as an interval. The slack of a rough figure is taken here, from the true number and
    once: taken from the stated one, it would grow with the overstatement."""
    if not (stated.approximate or expected.approximate):
        return _numbers(expected)
    if expected.dimension in _ROUGH_POINT:
        low, high = _numbers(expected, 0.0)
        return low - _ROUGH_POINT[expected.dimension], high + _ROUGH_POINT[expected.dimension]
    return _numbers(expected, _ROUGH)


def _numbers(quantity: Quantity, slack: float | None = None) -> tuple[float, float]:
    """The number that was said, as an interval: a limit's own number, a range's two ends, with tolerance."""
    shortest = _SHORTEST.get(quantity.unit, 1.0)
    low, high = quantity.low, quantity.high
    if 0 < low < high < inf:
        low = min(low, high * shortest)
    if quantity.at_most:
        low = high * shortest
    elif quantity.at_least:
        high = low / shortest
    if slack is None:
        slack = _TOLERANCE.get(quantity.dimension, _ROUNDING)
    return low - abs(low) * slack, high + abs(high) * slack


def _in_months(quantity: Quantity) -> Quantity:
    """``quantity``, of months or years, counted in months instead of hours: one number."""
    months, shortest, longest = _MONTHS[quantity.unit]
    low, high = quantity.low / shortest * months, quantity.high / longest * months
    # Halves, since 3个月到1年 counts its months by the days of a year.
    low, high = (round(2 * end) / 2 if end < inf else end for end in (low, high))
    return replace(quantity, low=min(low, high), high=high, unit="")


def _is_range(quantity: Quantity) -> bool:
    return quantity.high * _SHORTEST.get(quantity.unit, 1.0) > quantity.low + abs(quantity.low) * _ROUNDING


def _workdays_agree(stated: Quantity, expected: Quantity) -> bool | None:
    if stated.at_least or expected.at_least:
        return None
    work, days = (stated, expected) if stated.dimension == "workdays" else (expected, stated)
    first, last = days.low if not days.at_most else days.high, days.high
    shortest = work.low if not work.at_most else work.high
    longest = work.high * 7 / 5 + _WEEKEND
    return shortest * (1 - _ROUNDING) <= last and first <= longest


def _latest(quantity: Quantity) -> float:
    return quantity.low if quantity.high == inf else quantity.high


def _turned(quantity: Quantity, cycle: float) -> Quantity:
    """``quantity`` with its ends taken modulo ``cycle``; open ends stay open."""
    low = quantity.low % cycle if quantity.low else quantity.low
    return replace(quantity, low=low, high=inf if quantity.high == inf else max(low, quantity.high % cycle))
