"""Finds amounts with units in chat text: 48小时内, 三到五天, ￥199, 一米八, 两斤半, 八折, 下午6点前, 3月5日.

Only a numeral with a unit counts (and 满299减30, which is money). Numerals inside words (一下, 三星, 百度), ordinals
(第二件), weekdays and long digit strings (orders, phones) do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from math import inf

from csnlp.text.fold import Folded, fold
from csnlp.text.quantity_amounts import amount_at, sized
from csnlp.text.quantity_numbers import CHINESE, RUN, parse_number
from csnlp.text.quantity_times import TO, times
from csnlp.text.quantity_units import YUAN, Amount, Quantity

__all__ = ["Quantity", "quantities", "quantities_in"]


def quantities(text: str) -> tuple[Quantity, ...]:
    """The amounts in ``text``, in order and without overlaps; spans are of the original text. Time is linear.

    >>> [(q.dimension, q.low, q.high) for q in quantities("亲，三到五天到，满两斤半送１个")]
    [('duration', 72.0, 120.0), ('mass', 1250.0, inf), ('count:个', 1.0, 1.0)]
    """
    folded = fold(text)
    spans = ((found, folded.original_span(found.start, found.end)) for found in quantities_in(folded, text))
    return tuple(replace(found, start=start, end=end) for found, (start, end) in spans)


def quantities_in(folded: Folded, text: str) -> tuple[Quantity, ...]:
    """:func:`quantities` of ``text``, which ``folded`` is the folded form of; spans are of the folded text."""
    cased = "".join(text[offset] for offset in folded.offsets)
    return tuple(_all(folded.text, cased))


_MOST_BEFORE = re.compile(
    "(?:[不别勿未没][要能得可]?(?:超过|超|高于|大于|多于|满)|(?:别|勿|不要|不能|不得|不可)[^ ,。!?;0-9]{0,2}过|至多|"
    "最多|最高|最大|最长|最晚|最迟|最慢|小于|低于|少于|不到|不足|封顶|限高|上限|[<≤])(?:是|为|要|收|赔|能|在|送|用)? ?$"
)
_LEAST_BEFORE = re.compile(
    "(?:不少于|不低于|不小于|不短于|至少|最少|最低|最小|最快|最早|起码|超过|超出|超|大于|多于|高于|高过|达到|满|[>≥])"
    "(?:是|为|要|得|在|了)? ?$"
)
_ABOUT_BEFORE = re.compile(
    "(?:大约|大概|(?<![预合节邀签])约|差不多|将近|接近|大致|估计|预计|(?<![附最])近)(?:是|要|在|需要?)? ?$"
)
_MOST_BEHIND = re.compile(" ?(?:以内|之内|内(?![胆存衣裤置容部蒙膜层径饰芯屏胎裆科循外网卡核])|以下|之下|封顶|为限)")
_LEAST_BEHIND = re.compile(" ?(?:[及或]?以上|之上|起步|起送|起(?![来重泡皱])|以外|之外|外(?=[全免可才不退都])|开外)")
_ABOUT_BEHIND = re.compile(" ?(?:左右|上下|出头)")
_OR = re.compile(" ?、 ?")  # 2、3天
# A temperature below zero: 零下18度, 负18度, 冷冻-18℃; not 正负2度, nor the dash of a range or a name (5度-18度, a-18).
# Behind the dash of a range, any sign counts (-18~-24℃, -20~+60℃).
_MINUS = re.compile(rf"(?:零下 ?|(?<!正)负 ?|(?<![0-9a-z{CHINESE}°+/-])(?<![0-9{CHINESE}]度)[-−–])$")
_SIGN_REACH = 3
_SECOND_SIGN = re.compile(r"(?P<minus>零下|负|[-−–])|零上|\+")
_SIGN_BEFORE = re.compile("(?:¥|rmb) ?$")
# Bare numbers that are money: 满299送, 满100减20.
_SPENT_BEHIND = re.compile("[减送包返享打可就免即赠立]")
_CHARGED_BEFORE = re.compile("(?:[付补扣赔费]|(?<!评)价|(?<!签)(?<!没)收)(?:您|你)?(?:是|为)?$")
_ENDS = re.compile("[哈哦呢的吧了亲呀啊]?(?:[ ,。!?;~]|$)")
# The longest word before an amount that is looked at.
_WINDOW = 10


def _all(text: str, cased: str) -> Iterator[Quantity]:
    """The quantities of folded ``text``, with spans in it."""
    waiting = times(text)
    time = next(waiting, None)
    done = 0
    for run in RUN.finditer(text):
        if time and run.start() >= time.start:
            if time.start >= done:
                yield time
                done = time.end
            time = next(waiting, None)
        if run.start() >= done and (found := _quantity(text, cased, run, done)):
            yield found
            done = found.end


def _quantity(text: str, cased: str, run: re.Match[str], floor: int) -> Quantity | None:
    """What begins at ``run``; the words before it that belong to it begin at ``floor`` at the earliest."""
    amount = amount_at(text, cased, run)
    if amount is None:
        return None
    amount = _range(text, cased, amount, floor) or _signed(text, amount, floor)
    floor = max(floor, amount.start - _WINDOW)
    if amount.unit in (None, YUAN) and (sign := _SIGN_BEFORE.search(text, floor, amount.start)):
        amount = replace(amount, start=sign.start(), unit=YUAN)
    elif amount.unit is None and not amount.ranged and _is_spent(text, amount):
        amount = replace(amount, unit=YUAN)
    return None if amount.unit is None else _limited(text, amount, floor)


def _range(text: str, cased: str, first: Amount, floor: int) -> Amount | None:
    """``first`` to a second amount (3-5天, 2、3天, 1天至3天, -18~-24℃); None where it is no range."""
    to = TO.match(text, first.end) or _OR.match(text, first.end)
    sign = _SECOND_SIGN.match(text, to.end()) if to else None
    run = RUN.match(text, (sign or to).end()) if to else None
    if not to or not run or ("、" in to[0] and not _is_next(first, run)):
        return None
    second = amount_at(text, cased, run, ranged=True)
    if second is None or second.unit is None or (sign and second.unit.dimension != "degrees"):
        return None
    if first.unit is None:
        size = sized(first.low, first.low, second.unit)
        if size is None:
            return None
        first = _signed(text, replace(first, low=size[0], high=size[1], unit=second.unit), floor)
        both = not sign and second.low > -first.low and text.startswith("零下", first.start)  # 零下18到24度
    elif first.unit.dimension == second.unit.dimension:
        first, both = _signed(text, first, floor), False
    else:
        return None
    if both or (sign and sign["minus"]):
        second = _negative(second)
    low, high = first.low, second.high
    if second.low < 0 and low > high:  # the colder one stands last
        low, high = second.low, first.high
    return replace(second, start=first.start, low=low, high=high, ranged=True) if low < high else None


def _is_next(first: Amount, run: re.Match[str]) -> bool:
    """Whether ``run`` is the number behind the bare ``first``: 2、3天, not the list 1、3天."""
    return first.unit is None and parse_number(run[0]) == (first.low + 1, first.low + 1)


def _signed(text: str, amount: Amount, floor: int) -> Amount:
    """``amount``, below zero where it is a temperature with a minus before it."""
    if amount.unit is None or amount.unit.dimension != "degrees":
        return amount
    minus = _MINUS.search(text, max(floor, amount.start - _SIGN_REACH), amount.start)
    return replace(_negative(amount), start=minus.start()) if minus else amount


def _negative(amount: Amount) -> Amount:
    return replace(amount, low=-amount.high, high=-amount.low)


def _is_spent(text: str, amount: Amount) -> bool:
    """Whether a bare number is money: 满299送, 减30, 上门费收您50."""
    before = text[max(0, amount.start - 6) : amount.start]
    if before.endswith("满"):
        return _SPENT_BEHIND.match(text, amount.end) is not None
    if before.endswith("减"):
        return not before.endswith("加减")
    return _CHARGED_BEFORE.search(before) is not None and _ENDS.match(text, amount.end) is not None


def _limited(text: str, amount: Amount, floor: int) -> Quantity | None:
    """The quantity with the words that make it a limit (内, 不超过, 以上) or a rough figure (左右, 大概)."""
    unit = amount.unit
    if unit is None:
        return None
    start, end, low, high = amount.start, amount.end, amount.low, amount.high
    about, most, least = amount.approximate, False, False
    if behind := _ABOUT_BEHIND.match(text, end):
        about, end = True, behind.end()
    if behind := _MOST_BEHIND.match(text, end):
        most, end = True, behind.end()
    elif behind := _LEAST_BEHIND.match(text, end):
        least, end = True, behind.end()
    if before := _ABOUT_BEFORE.search(text, floor, start):
        about, start = True, before.start()
    if before := _MOST_BEFORE.search(text, floor, start):
        most, start = True, before.start()
    elif before := _LEAST_BEFORE.search(text, floor, start):
        least, start = True, before.start()
    if not amount.ranged and most != least:
        low, high = (-inf if unit.dimension == "degrees" else 0.0, high) if most else (low, inf)
    return Quantity(start, end, unit.dimension, low, high, about, unit.name)
