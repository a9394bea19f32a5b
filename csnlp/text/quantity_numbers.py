"""Reads numerals as chats write them: 15, 1,200, 1.2万, 1万5, 十五, 两百五, 叁, 二零二四, 三点五, 两三(天)."""

from __future__ import annotations

import re

_DIGITS = {
    **{char: value for value, chars in enumerate(("零〇", "一壹", "二贰", "三叁", "四肆")) for char in chars},
    **{char: value for value, chars in enumerate(("五伍", "六陆", "七柒", "八捌", "九玖"), start=5) for char in chars},
    "两": 2,
    "俩": 2,
    "仨": 3,
}
_SCALES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "万": 10_000, "亿": 100_000_000}

CHINESE = "".join((*_DIGITS, *_SCALES))
# One run of a numeral. Each alternative takes all it can and nothing follows it, so a search is linear.
RUN = re.compile(rf"[0-9]+(?:\.[0-9]+|,[0-9]{{3}}(?![0-9]))*(?:[百千万亿][0-9{CHINESE}]*)?|[{CHINESE}]+|半")
# Longer runs are serial numbers, or noise.
MAX_RUN = 16
_TOKEN = re.compile(rf"[0-9]+(?:\.[0-9]+)?|[{CHINESE}]")
# Two neighbours are a range (两三天, 十七八个, 三四十块), and so is 三五.
_NEIGHBOURS = re.compile("|".join(("一[二两]", "[二两]三", "三四", "四五", "五六", "六七", "七八", "八九", "三五")))


def parse_number(run: str) -> tuple[float, float] | None:
    """Lowest and highest value that the numeral ``run`` (see :data:`RUN`) can mean; None where it is no number.

    >>> parse_number("两百五"), parse_number("1万5"), parse_number("三四十"), parse_number("百")
    ((250.0, 250.0), (15000.0, 15000.0), (30.0, 40.0), None)
    """
    if run == "半":
        return 0.5, 0.5
    if len(run) > MAX_RUN:
        return None
    pair = _NEIGHBOURS.search(run)
    if pair and not _digit_at(run, pair.start() - 1) and not _digit_at(run, pair.end()):
        low = _evaluate(run[: pair.start() + 1] + run[pair.end() :])
        high = _evaluate(run[: pair.start()] + run[pair.end() - 1 :])
        return (low, high) if low is not None and high is not None and low < high else None
    value = _evaluate(run)
    return None if value is None else (value, value)


def parse_decimal(whole: str, decimals: str) -> float | None:
    """The value of Chinese ``whole`` 点 ``decimals``, as in 三点五; None where it is none."""
    value = _evaluate(whole)
    if value is None or not all(char in _DIGITS for char in decimals):
        return None
    return value + float("0." + "".join(str(_DIGITS[char]) for char in decimals))


def _digit_at(run: str, index: int) -> bool:
    return 0 <= index < len(run) and run[index] in _DIGITS


def _evaluate(run: str) -> float | None:
    tokens = _TOKEN.findall(run.replace(",", ""))
    if len(tokens) > 1 and all(token in _DIGITS and token not in "两俩仨" for token in tokens):
        return float("".join(str(_DIGITS[token]) for token in tokens))
    total = section = 0.0
    number: float | None = None
    scale, after_zero = 0, False  # the last scale, and whether 零 came since
    for token in tokens:
        if token in _SCALES:
            new = _SCALES[token]
            if number is None and section == 0 and new != 10:
                return None  # 百货, 千万别: no number in front
            if new > 10_000:
                total, section = (total + section + (number or 0)) * new, 0.0
            elif new == 10_000:
                total, section = total + (section + (number or 0)) * new, 0.0
            elif 0 < scale <= new and section:
                return None
            else:
                section += (1 if number is None else number) * new
            number, scale, after_zero = None, new, False
        elif number is not None:
            return None
        elif token in "零〇":
            number, after_zero = (None, True) if scale else (0.0, False)
        else:
            number = float(_DIGITS.get(token, token))
    if number is not None and scale >= 100 and number < 10 and not after_zero:
        number *= scale / 10  # 两百五 is 250
    return total + section + (number or 0)
