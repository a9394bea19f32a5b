"""Masks personal data in text, for logs and reports. The masked text is for people to read, not for the model.

Masked: mobile numbers, landline numbers, identity card numbers, bank card numbers, e-mail addresses and postal
addresses that reach a door (street and number, or building and room). Digits may be full-width or spaced out, those of
mobile numbers also in Chinese; characters may be traditional, and invisible ones may stand between.

Kept on purpose: order and parcel numbers, without which nobody finds the case; public service numbers (400, 95xxx);
a province or city alone; and what is masked already (``138****0000``). Names are not found.
An order number that has the very shape of a mobile number is masked with them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from csnlp.text.fold import fold_text

Span: TypeAlias = tuple[int, int]


class _Table(dict[int, str]):
    """Code point → the one character that it is read as, or none, filled as characters turn up.

    Each is folded alone, unlike in a folded text: so masked text folds as it did before, masking it again changes
    nothing, and the end of a line still parts two numbers.
    """

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char.isspace():
            folded = " " if char == "\t" or unicodedata.category(char) == "Zs" else char
        else:
            folded = fold_text(char)
        self[code] = folded if len(folded) < 2 else char
        return self[code]


_TABLE = _Table(
    {
        **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-"),
        **dict.fromkeys(map(ord, "\u2022\u2027\u2219\u22c5\u30fb\uff65"), "\u00b7"),
    }
)


def redact(text: str) -> str:
    """``text`` with personal data replaced by masks such as ``[手机号]``. Time grows linearly with its length.

    >>> redact("亲，打１３８ ００００ ００００或发a@example.com")
    '亲，打[手机号]或发[邮箱]'
    """
    folded, places = _fold(text)
    for mask, find in _FINDERS:
        spans = [(places[start], places[end - 1] + 1) for start, end in _joined(find(folded))]
        if spans:
            text = _replace(text, spans, mask)
            folded, places = _fold(text)
    return text


def _fold(text: str) -> tuple[str, Sequence[int]]:
    """Folded text, and where in ``text`` each of its characters stands."""
    folded = text.translate(_TABLE)
    if len(folded) == len(text):
        return folded, range(len(text))
    return folded, [place for place, char in enumerate(text) if _TABLE[ord(char)]]


def _joined(spans: Iterable[Span]) -> list[Span]:
    """``spans`` with those that touch made one."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and start == joined[-1][1]:
            start = joined.pop()[0]
        joined.append((start, end))
    return joined


def _replace(text: str, spans: list[Span], mask: str) -> str:
    parts = []
    done = 0
    for start, end in spans:
        parts += [text[done:start], mask]
        done = end
    parts.append(text[done:])
    return "".join(parts)


def _finder(pattern: str, accept: Callable[[re.Match[str]], bool] | None = None) -> Callable[[str], Iterator[Span]]:
    compiled = re.compile(pattern, re.ASCII | re.VERBOSE)

    def find(text: str) -> Iterator[Span]:
        start = 0
        while match := compiled.search(text, start):
            if accept is None or accept(match):
                yield match.span()
                start = match.end()
            else:
                start = match.start() + 1  # the true one may begin within the false one

    return find


# A match starts and ends where a run of these characters does, which keeps the search linear.
_EMAIL = r"(?<![\w.%+-]) [\w.%+-]+ @ (?:[a-zA-Z0-9-]+\.)+ [a-zA-Z]{2,} [\w.%+-]*"

_IDENTITY = r"(?<!\d) (?: \d{15} | \d (?:[ -]?\d){16} [ -]? [\dXx] ) (?!\d)"
_REGION = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])[0-9]{4}"
_MONTH_DAY = "(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
# The check character is not checked: a slip of the finger must not unmask a person.
_IDENTITY_SHAPE = re.compile(
    f"{_REGION}(?:18|19|20)[0-9]{{2}}{_MONTH_DAY}[0-9]{{3}}[0-9Xx]|{_REGION}[0-9]{{2}}{_MONTH_DAY}[0-9]{{3}}"
)


def _is_identity(match: re.Match[str]) -> bool:
    return _IDENTITY_SHAPE.fullmatch(re.sub("[ -]", "", match[0])) is not None


# UnionPay, an older Chinese debit range, Visa, Mastercard and JCB, American Express. Order numbers are as long, but
# rarely fit issuer, length and check digit at once, and nobody writes them in fours.
_CARD = r"(?<!\d) (?: 62\d{14,17} | 9558\d{15} | 4\d{15} | (?:5[1-5]|2[2-7]|35)\d{14} | 3[47]\d{13} ) (?!\d)"
_CARD_IN_FOURS = r"(?<!\d) \d{4} (?P<gap>[ -]{1,3}) \d{4} (?P=gap) \d{4} (?P=gap) \d{4} (?!\d)"
_CARD_IN_FOURS_LONG = _CARD_IN_FOURS.removesuffix(r"(?!\d)") + r"(?P=gap) \d{2,3} (?!\d)"


def _is_card(match: re.Match[str]) -> bool:
    """Luhn's check."""
    digits = [int(digit) for digit in match[0] if digit.isdigit()]
    doubled = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
    return (sum(digits[-1::-2]) + sum(doubled[digit] for digit in digits[-2::-2])) % 10 == 0


_GAP = "[ .·-]{1,3}"
# Behind a letter and a slash it is a part of a web address. A 19xx by itself is a year or the width of a screen, and
# threes with dots are a network address.
_MOBILE = rf"""(?<!\d) (?<![a-zA-Z]/) (?: (?:\+|00)? 86 [ -]{{0,2}} )? (?:
    1[3-9]\d{{9}}
  | (?P<split>
      1[3-9]\d {_GAP} (?: \d{{4}} {_GAP} \d{{4}} | \d{{3}} {_GAP} \d{{5}} | \d{{8}} )
    | 1[3-8]\d{{2}} {_GAP} \d{{3}} {_GAP} \d{{4}}
    | 1[3-9] (?: [ ·-]{{1,3}} \d{{3}} ){{3}}
    | 1 {_GAP} [3-9] (?: {_GAP} \d ){{9}}
    )
) (?!\d)"""
_MOBILE_IN_BRACKETS = r"\(1[3-9]\d\) [ ·-]{0,3} \d{4} [ .·-]{0,3} \d{4} (?!\d)"
# Whatever digits stand around it: an address masked later may take them, and masking again must find no more.
_MOBILE_SPOKEN = (
    "[幺一壹] [ ·-]? [三四五六七八九叁肆伍陆柒捌玖] (?: [ ·-]? [零〇幺一二三四五六七八九壹贰叁肆伍陆柒捌玖] ){9}"
)


def _is_evenly_split(match: re.Match[str]) -> bool:
    """One kind of gap: "150 2000-3000" is a price."""
    gaps = re.split("[0-9]+", match["split"] or "")[1:-1]
    return len({gap.strip() for gap in gaps}) <= 1


_AREA_CODE = "(?![48]00) (?: 10 | 2\\d | [3-9]\\d\\d )"
_LANDLINE = rf"""
    (?: \(0{_AREA_CODE}\) | (?<!\d)0{_AREA_CODE}
      | (?: \+86 | (?<!\d)0086 | \(\+?86\) | (?<!\d)86(?=-) ) [ ·-]{{0,3}} (?: \(0?{_AREA_CODE}\) | 0?{_AREA_CODE} )
    ) [ ·-]{{0,3}} [2-8]\d{{2,3}} [ ·-]? \d{{4}} (?!\d)
    (?: (?:-|[ ]?转[ ]?) \d{{1,6}} (?!\d) )?"""

_HAN = "[\u4e00-\u9fff]"
_NUMBER = r"(?: (?<!\d)\d{1,5} (?:-\d{1,4})? | [A-Za-z]\d{0,3} | [零〇一二三四五六七八九十百]{1,4} )"
_ESTATE = "(?:小区|花园|家园|新村|公寓|大厦|宿舍|广场|苑|邨|庭|湾|府|园|城|里|村|寨|屯)"
# Not the 200 of "100号 200元".
_NO_UNIT = "(?![ -]?[0-9]|[.:元块件个天年月日号点%])"
_TAIL = rf"""(?:
    [ ,]? (?:
        附?{_NUMBER} [ ]? (?: 号楼|号院|号|弄|栋|幢|座|单元|楼|层|室|户|房|\#楼?|门 )
      | {_HAN}{{1,8}}? {_ESTATE} (?=[ ]?\d)
    )
  | (?<=[号楼]) 之\d{{1,2}}(?!\d)
  | (?<=[号栋幢座元楼弄层\#室区园村寓厦舍场苑庭湾府城里]) [ -]? (?: \d{{1,3}}-\d{{1,3}}-)? \d{{2,4}} {_NO_UNIT}
)"""
_DOOR = re.compile(
    rf"""(?:
        (?P<street> 路|街|大道|街道|巷|胡同|(?<![知频渠味报力难通轨管赛楼车跑])道 ) [ ]?
        (?: (?: {_NUMBER} | [东南西北中] ) [段巷] [ ]? ){{0,2}}
        [甲乙附第]? {_NUMBER} [ ]? (?: 弄|号院|号楼|号|栋|幢 )
      | (?P<estate> {_ESTATE} ) [ ]? (?:
            {_NUMBER} [ ]? (?: 号楼|栋|幢|单元|\#楼|(?P<hash>\#) )
          | {_NUMBER} [ ]? 座 [ ]? {_NUMBER} [ ]? (?: 单元|室|户 )
          | (?<=[村屯寨]) {_NUMBER} [ ]? [组社队] [ ]? {_NUMBER} [ ]? [号户]
          | \d{{3,4}}室
          | [A-Za-z]座
          | \d{{1,3}}-\d{{1,3}}-\d{{2,4}}(?!\d)
        )
      | {_NUMBER} [ ]? (?: 号楼|栋|幢|\#楼? ) [ ]? {_NUMBER} [ ]? (?: 单元|室|户 )
      | {_NUMBER} [ ]? 座 [ ]? (?: {_NUMBER} [ ]? 单元 | \d{{2,4}}[室户] )  # a sofa: 3座2室
      | [A-Za-z]\d{{0,3}}座 [ ]? {_NUMBER} [ ]? [室户]
      | {_NUMBER} [ ]? (?: 号楼|栋|幢 ) [ ]? \d{{3,4}} {_NO_UNIT}
      | {_NUMBER} [ ]? 单元 [ ]? {_NUMBER} [ ]? (?: 室|户|号|房 )
    ) {_TAIL}*""",
    re.ASCII | re.VERBOSE,
)
_PROVINCE = re.compile(
    "(?:北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|"
    "甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门)"
    "(?![东西南北中一二三四]?[路街道])"  # 江西路 is a street
)
# What is no part of a place name, so that the name begins behind it.
_BEFORE_NAME = re.compile(
    rf"(?<![省市区县镇乡道村])[ ]|(?!{_HAN}|[ ]).|地址|改成|换成|发往|位于|咨询|了解|介绍下?|看看|想看|附近|旁边|"
    "[前后对里外上下]面|[昨今明]天|[我你您他她它的了在是给把请吗呢吧啊哦住寄送到往至说这那个该每就让要找处套]",
    re.DOTALL,
)
_AREA = re.compile("[省市区县镇乡路街]")
# 丽水路88号 is a door, but 走水路3号到 is a way and a day.
_WAY_AND_DAY = re.compile("[顺线水陆]路 ?(?:[12]?[0-9]|3[01]|[一二三四五六七八九十]{1,3})号")
_REACH = 40
_NAME = 8


def _addresses(text: str) -> Iterator[Span]:
    done = 0
    for match in _DOOR.finditer(text):
        start = match.start()
        name = _name_start(text, done, start)
        named = match["street"] or match["estate"]
        if named and name == start:  # 小区3栋 without a name may be any
            continue
        in_area = _AREA.search(text, name, start) is not None
        if not in_area and (
            _WAY_AND_DAY.fullmatch(text, start - 1, match.end())
            or (match["hash"] and match["estate"] in "里城府")  # 店里3# is a colour
        ):
            continue
        if named or in_area:
            start = name
        done = match.end()
        yield start, done


def _name_start(text: str, low: int, end: int) -> int:
    """Where the place name that ends at ``end`` begins, not before ``low``."""
    low = max(low, end - _REACH)
    for match in _BEFORE_NAME.finditer(text, low, end):
        low = match.end()
    # Two characters more, for the look ahead.
    if (province := _PROVINCE.search(text, low, end + 2)) and province.start() < end:
        return province.start()
    return low if _AREA.search(text, low, end) else max(low, end - _NAME)


_FINDERS: tuple[tuple[str, Callable[[str], Iterator[Span]]], ...] = (
    ("[邮箱]", _finder(_EMAIL)),
    ("[身份证]", _finder(_IDENTITY, _is_identity)),
    ("[银行卡]", _finder(_CARD, _is_card)),
    ("[银行卡]", _finder(_CARD_IN_FOURS_LONG, _is_card)),
    ("[银行卡]", _finder(_CARD_IN_FOURS, _is_card)),
    ("[手机号]", _finder(_MOBILE, _is_evenly_split)),
    ("[手机号]", _finder(_MOBILE_IN_BRACKETS)),
    ("[手机号]", _finder(_MOBILE_SPOKEN)),
    ("[电话]", _finder(_LANDLINE)),
    ("[地址]", _addresses),
)
