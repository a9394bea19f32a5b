"""What stands behind an amount and refines it: 半 (三斤半), 多 (三天多), decimals (三块五), parts (2小时30分)."""

from __future__ import annotations

import re
from dataclasses import replace

from csnlp.text.quantity_numbers import CHINESE, RUN, parse_decimal, parse_number
from csnlp.text.quantity_units import TENTHS_NEW, Amount, Unit, unit_at

# A half more (一天半, 三斤半), unless 半 begins another word (三天半价).
_HALF_MORE = re.compile("半(?![价折个天年月小斤包夜票径成粒片盒])")
_MORE = re.compile("[多余](?![少久长大么次种款家])")
# Dimensions whose units take no 半 and no 多 behind them; 成 does (八成半, 三成多), and a size takes 半 (42码半).
_WHOLE = ("percent", "discount")
# 两块五, 一米八, 二尺一, 七成五: decimals behind the unit; not where they count something (20块1单).
_DECIMALS = re.compile(rf"[0-9]{{1,2}}(?![0-9.{CHINESE}])|[一二三四五六七八九]{{1,2}}(?![{CHINESE}])")
_TAKE_DECIMALS = frozenset("块毛米尺成")
_PARTS_TAKE_DECIMALS = frozenset(("毛", "角", "两", "寸"))  # 两块二毛五
# What may stand behind a last 1 that is a decimal: 2尺1的, 二尺一到二尺三.
_BEHIND_ONE = re.compile("[的新到至左吗呢吧啊呀哦哈就都能够]|可以|以[上下内]")
_COUNTED = frozenset("单层楼对排桌把根盆盘碗块栋户号")
# Unit → the smaller ones that may follow at once (3块5毛, 2小时30分), with their size in the base unit.
_PARTS = {
    "元": {"毛": 0.1, "角": 0.1, "分": 0.01},
    "角": {"分": 0.01},
    "小时": {"分": 1 / 60, "秒": 1 / 3600},
    "分钟": {"秒": 1 / 3600},
    "年": {"个月": 365 * 24 / 12},
    "斤": {"两": 50.0},
    "米": {"厘米": 0.01, "公分": 0.01},
    "尺": {"寸": 1 / 30},
}
_PART = re.compile("(毛|角|分|秒|个月|两|厘米|公分|寸)[钱钟]?")


def refined(text: str, amount: Amount, unit: Unit) -> Amount:
    """``amount`` with what follows its unit: a half more, "more", decimals, or smaller units."""
    with_parts, part = _with_parts(text, amount, _PARTS.get(unit.name, {}))
    if part:
        name, size = part
        return _with_fraction(text, with_parts, size, size, name in _PARTS_TAKE_DECIMALS)
    whole = _with_fraction(text, amount, unit.low, unit.high, text[amount.end - 1] in _TAKE_DECIMALS)
    takes_more = unit.dimension not in (*_WHOLE, "size") or unit.name == "成"
    if whole is amount and takes_more and _MORE.match(text, amount.end):
        high = amount.high + unit.high
        whole = replace(amount, end=amount.end + 1, high=high, approximate=True, ranged=True)
    return _as_condition(text, whole) if unit.name == "成" and whole is not amount else whole


def _with_fraction(text: str, amount: Amount, low: float, high: float, decimals: bool) -> Amount:
    """``amount`` with the part of its last unit behind it: a half (三斤半), or digits where it takes ``decimals``.

    ``low`` and ``high`` are the unit's size.
    """
    end = amount.end
    share: float | None = None
    if _is_half_more(text, amount):
        share, end = 0.5, end + 1
    elif decimals and (digits := _DECIMALS.match(text, end)) and _are_decimals(text, digits):
        share = float("0." + digits[0]) if digits[0].isascii() else parse_decimal("零", digits[0])
        end = digits.end()
    if share is None:
        return amount
    return replace(amount, end=end, low=amount.low + share * low, high=amount.high + share * high)


def _is_half_more(text: str, amount: Amount) -> bool:
    """Whether 半 behind ``amount`` is half of its unit (六瓶半), and no amount of its own (六瓶半升装)."""
    unit, end = amount.unit, amount.end
    tenths = unit is not None and unit.name == "成"
    if unit is None or (unit.dimension in _WHOLE and not tenths) or not _HALF_MORE.match(text, end):
        return False
    behind = unit_at(text, end + 1)
    return behind is None or (tenths and behind[0].name == "新")  # 八成半新


def _as_condition(text: str, amount: Amount) -> Amount:
    """So many tenths, as the condition of used goods where 新 follows: 九成五新."""
    behind = unit_at(text, amount.end)
    if behind is None or behind[0].name != "新":
        return amount
    return replace(amount, end=behind[1], unit=TENTHS_NEW)


def _are_decimals(text: str, digits: re.Match[str]) -> bool:
    """Whether ``digits`` behind a unit refine it, and begin no amount of their own (30元1天, 20块1单)."""
    following = text[digits.end() : digits.end() + 1]
    if digits[0] in ("1", "一") and "\u4e00" <= following <= "\u9fff" and not _BEHIND_ONE.match(text, digits.end()):
        return False
    behind = unit_at(text, digits.end())
    return following not in _COUNTED and (behind is None or behind[0].name == "新")


def _with_parts(text: str, amount: Amount, parts: dict[str, float]) -> tuple[Amount, tuple[str, float] | None]:
    """``amount`` and the smaller units that follow at once, each smaller than the last; and the last one's name and
    size, if there is one."""
    last: tuple[str, float] | None = None
    while parts:
        index = amount.end + text.startswith("零", amount.end)
        run = RUN.match(text, index)
        number = parse_number(run[0].removesuffix("两")) if run else None
        part = _PART.match(text, run.end() - run[0].endswith("两")) if run else None
        size = parts.get(part[1]) if part else None
        if not part or not number or size is None or number[0] != number[1]:
            break
        more = number[0] * size
        amount = replace(amount, end=part.end(), low=amount.low + more, high=amount.high + more)
        parts = {name: smaller for name, smaller in parts.items() if smaller < size}
        last = part[1], size
    return amount, last
