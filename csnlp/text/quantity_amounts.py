"""Reads one amount of folded text: a numeral, its unit, and what refines the two (半, 多, 三块五, 2小时30分)."""

from __future__ import annotations

import re
from dataclasses import replace

from csnlp.text.quantity_numbers import CHINESE, RUN, parse_decimal, parse_number
from csnlp.text.quantity_refined import refined
from csnlp.text.quantity_units import (
    ENERGY,
    GIGABYTE,
    HALF_PRICE,
    MEGABYTE,
    MINUTE,
    MONTH,
    PERCENT,
    PERMILLE,
    Amount,
    Unit,
    unit_at,
)

# Longer numbers in shop chats are orders and phones.
_MAX_DIGITS = 7
_ORDINAL = re.compile("(?:第|(?<![每一两])(?:周|星期|礼拜)|初|之|点)$")
_SHOPPING_DAYS = frozenset(("11", "12", "十一", "十二"))  # 双11
_INSIDE_NAME = re.compile("(?:[a-z0-9_.]|[a-z0-9][-/])$")
# 一 behind these is no number (唯一, 这一件, 头一回), nor is 半 (一半, 大半天, 等半天).
_DEMONSTRATIVES = frozenset("这那哪")  # 这两天, 那三个
_ONE_INSIDE = frozenset("唯统万逐单同专每某哪另这那任头首上下进其")
_HALF_INSIDE = frozenset("一多大对另前后上下各夜等了老好")
# 分 is minutes before seconds (3分30秒).
_MINUTES = re.compile(rf"分(?=零?(?:[0-9]{{1,2}}|[{CHINESE}]{{1,3}})秒)")
# What makes a year of two digits before 年: 24年5月, 24年生产; not 12年3个月, nor 20年生产经验.
_DATED = re.compile(rf" ?(?:(?:[0-9]{{1,2}}|[{CHINESE}]{{1,2}})月|生产(?!经验|历史|厂)|买|出厂|款)")
_BYTES_NEAR = re.compile("流量|内存|运存|存储|显存|硬盘|u盘|空间|宽带|光纤|网速")
_NEAR = 8
_ELECTRIC = re.compile("耗电|用电|电量|电费")
_INSTALMENTS = re.compile("分期|免息|白条|花呗|利息|每期|手续费")
_NETWORK_NEAR = re.compile("[网卡]|信号|手机|套餐|基站|联通|移动|电信|wifi")
_DAY_BEFORE = re.compile("(?:[超满够]过?|不足|不到|未满|[前后近])$")
_DAY_BEHIND = re.compile("以?之?[内后外]|无理由|左右|以上|起")


def amount_at(text: str, cased: str, run: re.Match[str], ranged: bool = False) -> Amount | None:
    """The amount that begins with the numeral ``run`` of folded ``text``; None where it is no free-standing number.

    ``cased`` is ``text`` before its letters were made small, character for character. ``ranged``: the numeral ends a
    range, so that what stands before it is known.
    """
    numeral, before = run[0], text[max(0, run.start() - 3) : run.start()]
    if not ranged and (_ORDINAL.search(before) or (numeral[0].isdigit() and _INSIDE_NAME.search(before))):
        return None
    if (before and before[-1] in _DEMONSTRATIVES) or (before.endswith("双") and numeral in _SHOPPING_DAYS):
        return None
    if before.endswith(("几", "数")) and numeral[0] in "十百千万":
        return None  # 几十块
    if numeral in ("一", "半") and before[-1:] in (_ONE_INSIDE if numeral == "一" else _HALF_INSIDE) and before:
        return None
    if share := _share(text, run):
        return share
    number = _number(text, run)
    return number and _with_unit(text, cased, number, numeral)


def sized(low: float, high: float, unit: Unit) -> tuple[float, float] | None:
    """The two numbers in the base unit of ``unit``; None where such a size does not exist (150新, 3码)."""
    if unit.name == "折":
        return (low * 10 if low < 10 else low), (high * 10 if high < 10 else high)
    if (unit.name == "新" and not 60 <= low <= 100) or (unit.name == "码" and not 15 <= low <= 60):
        return None
    return low * unit.low, high * unit.high


def _share(text: str, run: re.Match[str]) -> Amount | None:
    """百分之三十, 千分之五."""
    unit = {"百": PERCENT, "千": PERMILLE}.get(run[0])
    numeral = RUN.match(text, run.end() + 2) if unit and text.startswith("分之", run.end()) else None
    number = _number(text, numeral, share=True) if numeral else None
    if unit is None or number is None:
        return None
    return replace(number, start=run.start(), low=number.low * unit.low, high=number.high * unit.high, unit=unit)


def _number(text: str, run: re.Match[str], share: bool = False) -> Amount | None:
    """The bare number at ``run``; 点 makes a decimal only before a unit (三点五公斤) or in a ``share``."""
    numeral, end = run[0], run.end()
    whole = numeral.partition(".")[0]
    if numeral.isascii() and (len(whole) > _MAX_DIGITS or (whole[0] == "0" and len(whole) > 1)):
        return None
    point = RUN.match(text, end + 1) if numeral[0] in CHINESE and text.startswith("点", end) else None
    if point and (share or unit_at(text, point.end())):
        decimal = parse_decimal(numeral, point[0])
        if decimal is not None:
            return Amount(run.start(), point.end(), decimal, decimal)
    if len(numeral) > 1 and numeral[-1] == "两" and not unit_at(text, end):
        numeral, end = numeral[:-1], end - 1  # 二两: the unit, not a digit
    value = parse_number(numeral)
    return Amount(run.start(), end, *value, ranged=value[0] < value[1]) if value else None


def _with_unit(text: str, cased: str, number: Amount, numeral: str) -> Amount | None:
    rounded = _rounded(text, number)
    end = rounded.end
    half, more = text.startswith("个半", end), text.startswith("个多", end)  # 一个半月, 一个多小时
    hit = _unit(text, cased, rounded, end + 2, True) if half or more else None
    if hit is None:
        half = more = False
        hit = _unit(text, cased, rounded, end, numeral in ("半", "俩", "仨"))
    if hit is None:
        return number if rounded is number else None
    unit, after = hit
    size = sized(rounded.low + half / 2, rounded.high + half / 2 + more, unit)
    if size is None or _is_year(text, number, unit, after):
        return None
    amount = replace(rounded, end=after, low=size[0], high=size[1], approximate=rounded.approximate or more)
    whole = refined(text, replace(amount, unit=unit), unit)
    return None if numeral == "一" and not unit.one and whole.end == after else whole


def _is_year(text: str, number: Amount, unit: Unit, end: int) -> bool:
    """Whether 年, which ends at ``end``, dates the number: 2024年, 98年, 二零二四年, 24年5月."""
    if unit.name != "年" or number.low >= 1900:
        return unit.name == "年"
    numeral = text[number.start : number.end]
    two_digits = len(numeral) == 2 and numeral.isdigit()
    return two_digits and (number.low >= 80 or _DATED.match(text, end) is not None)


def _rounded(text: str, number: Amount) -> Amount:
    """The number with 多, 余, 来 or 几 behind it: 20多, 十几, 三十来."""
    mark = text[number.end : number.end + 1]
    step = _last_place(number.low)
    if mark not in ("多", "余", "来", "几") or number.low < 10:
        return number
    if mark == "来":
        low, high = number.low, number.high
    else:
        low, high = number.low + (mark == "几"), number.high + step - (mark == "几")
    return replace(number, end=number.end + 1, low=low, high=high, approximate=True)


def _last_place(value: float) -> float:
    """The place of the last digit that is not 0: 100 of 300, 10 of 120."""
    place = 1
    while place < 10_000_000 and value % (place * 10) == 0:
        place *= 10
    return place


def _unit(text: str, cased: str, number: Amount, index: int, bare_month: bool) -> tuple[Unit, int] | None:
    """The unit at ``index`` that fits ``number``. ``bare_month``: 月 without 个 counts (半月, 俩月, 一个半月)."""
    if number.end == index and text.startswith(" ", index) and text[number.start].isdigit():
        index += 1
    if bare_month and text.startswith("月", index) and not text.startswith(("月饼", "月份"), index):
        return MONTH, index + 1
    if number.low == 0.5 and text.startswith("价", index):
        return HALF_PRICE, index + 1
    if _MINUTES.match(text, index):
        return MINUTE, index + 1
    hit = unit_at(text, index)
    if hit is None:
        return None
    unit, end = hit
    if unit.name == "度" and _ELECTRIC.search(text, max(0, number.start - _NEAR), number.start):
        return ENERGY, end
    if _is_other_word(text, number, unit, end):
        return None
    letter = text[end - 1] if text[index:end].removeprefix("个").isascii() else ""
    if letter in ("g", "m") and end - index <= 2 and text[index:end] in ("g", "个g", "m"):
        return _by_letter(text, cased, number, unit, end)
    if unit.name == "日" and not (
        _DAY_BEHIND.match(text, end) or _DAY_BEFORE.search(text, max(0, number.start - 2), number.start)
    ):
        return None  # 15日 is a date
    return hit


def _is_other_word(text: str, number: Amount, unit: Unit, end: int) -> bool:
    """Whether number and unit are a word of their own."""
    spelt = text[number.start : end]
    if unit.name == "两":
        return unit_at(text, end) is not None  # 9.9两袋: two bags
    if unit.name == "周":
        return spelt == "四周" and not text.startswith(("内", "之", "以", "后", "左"), end)  # all around
    if unit.name == "期":
        return not _INSTALMENTS.search(text, max(0, number.start - _NEAR), end + _NEAR)  # a building's phase
    in_ten_thousands = spelt[-1] == "w" and "." in spelt and not spelt.endswith("kw")  # 26.8w
    return in_ten_thousands or spelt == "二套"  # a second home


def _by_letter(text: str, cased: str, number: Amount, unit: Unit, end: int) -> tuple[Unit, int] | None:
    """What a lone g or m stands for: bytes, the mobile network (no unit), or grams and metres."""
    near = text[max(0, number.start - _NEAR) : end + _NEAR]
    capital = cased[end - 1].isupper()
    if text[end - 1] == "m":
        if _BYTES_NEAR.search(near):
            return MEGABYTE, end
        return None if capital else (unit, end)
    if number.low in (2, 3, 4, 5) and (capital or _NETWORK_NEAR.search(near)) and not _BYTES_NEAR.search(near):
        return None
    if capital or text[end - 2] == "个" or number.low in (128, 256, 512) or _BYTES_NEAR.search(near):
        return GIGABYTE, end
    return unit, end
