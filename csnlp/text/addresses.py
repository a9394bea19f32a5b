"""Finds postal addresses that reach a door, for :mod:`csnlp.text.redact`: a street and a number, or a building and a
room. A province or city alone is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_HAN = "[\u4e00-\u9fff]"
_NUMBER = (
    r"(?: (?<!\d)\d{1,5} (?:-\d{1,4})? | [A-Za-z]\d{0,3} | [零〇一二三四五六七八九十百壹贰叁肆伍陆柒捌玖拾佰]{1,4} )"
)
_ESTATE = "(?:小区|花园|家园|新村|公寓|大厦|宿舍|广场|苑|邨|庭|湾|府|园|城|里|村|寨|屯)"
# Not the 200 of "100号 200元".
_NO_UNIT = "(?![ -]?[0-9]|[.:元块件个天年月日号点%])"
_TAIL = rf"""(?:
    [ ,]? (?:
        附?{_NUMBER} [ ]? (?: 号楼|号院|号|弄|栋|幢|座|单元|楼|层|室|户|房|\#楼?|门 )
      | {_HAN}{{1,8}}? {_ESTATE} (?=[ ]?\d)
    )
  | (?<=[号楼]) 之\d{{1,2}}(?!\d)
  | (?<=[号栋幢座元楼弄层\#室区园村寓厦舍场苑庭湾府城里]) [ -]?
    (?: \d{{1,3}}-\d{{1,3}}-)? \d{{2,4}} (?: -\d{{1,4}} (?!\d) )? {_NO_UNIT}
)"""
# 海濂路28-82, but not 走路10-15分钟.
_RANGE = r"(?<![走马公电短线铁道半]路) (?<!逛街) \d{1,4}-\d{1,4} (?= $|[ ,;.!?。)\n] )"
_DOOR = re.compile(
    rf"""(?:
        (?P<street> 路|街|大道|街道|巷|胡同|(?<![知频渠味报力难通轨管赛楼车跑])道 ) [ ]?
        (?: (?: {_NUMBER} | [东南西北中] ) [段巷] [ ]? ){{0,2}}
        (?: [东南西北中甲乙附第]? {_NUMBER} [ ]? (?: 弄|号院|号楼|号|栋|幢 ) | {_RANGE} )
      | (?P<estate> {_ESTATE} ) [ ]? (?:
            {_NUMBER} [ ]? (?: 号楼|栋|幢|单元|\#楼|(?P<hash>\#) )
          | {_NUMBER} [ ]? 座 [ ]? {_NUMBER} [ ]? (?: 单元|室|户 )
          | (?<=[村屯寨]) {_NUMBER} [ ]? [组社队] [ ]? {_NUMBER} [ ]? [号户]
          | \d{{3,4}}室
          | [A-Za-z]座
          | (?P<plain> (?: 3[2-9] | [4-9]\d | [1-9]\d\d ) 号 )  # smaller ones are days
          | \d{{1,3}}-\d{{1,3}}-\d{{2,4}}(?!\d)
        )
      | {_NUMBER} [ ]? (?: 号楼|栋|幢|\#楼? ) [ ]? {_NUMBER} [ ]? (?: 单元|室|户 )
      | {_NUMBER} [ ]? 座 [ ]? (?: {_NUMBER} [ ]? 单元 | \d{{2,4}}[室户] )  # a sofa: 3座2室
      | [A-Za-z]\d{{0,3}}座 [ ]? (?: {_NUMBER} [ ]? [室户] | \d{{3,4}} {_NO_UNIT} )
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


def find_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Where addresses stand in ``text``, which is folded."""
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
            or (match["plain"] and match["estate"] in "里城府园湾庭屯")  # 直播间里66号链接
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
