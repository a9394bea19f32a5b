"""Finds postal addresses, for :mod:`csnlp.text.redact`: those that reach a door (a street and a number, a building and
a room, an estate, school or hospital and a house or bed in it), and those without one that name place within place down
to a village, an estate or, where it is said that it is an address, a town. What is glued to one is a part of it as long
as it is talk of buildings and rooms. A province or city alone is none, nor is a street.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeAlias

from csnlp.text.provinces import PROVINCES

Span: TypeAlias = tuple[int, int]

_HAN = "[\u4e00-\u9fff]"
_NUMBER = (
    r"(?: (?<!\d)\d{1,5} (?:-\d{1,4})? | [A-Za-z]\d{0,3} | [零〇一二三四五六七八九十百壹贰叁肆伍陆柒捌玖拾佰]{1,4} )"
)
_ESTATE = "(?:小区|花园|家园|新村|公寓|大厦|宿舍|广场|苑|邨|庭|湾|府|园|城|里|村|寨|屯)"
# Not the 200 of "100号 200元".
_NO_UNIT = "(?![ -]?[0-9]|[.:元块件个天年月日号点%万千多米平斤克分起])"
_TAIL = rf"""(?:
    [ ,]? (?:
        附?{_NUMBER} [ ]? (?: 号楼|号院|号|支?弄|栋|幢|座|单元|楼|层|室|户|房|\#楼?|门 )
      | {_HAN}{{1,8}}? {_ESTATE} (?=[ ]?\d)
    )
  | (?<=[号楼]) 之\d{{1,2}}(?!\d)
  | (?<=[号栋幢座元楼弄层\#室门舍区园村寓厦舍场苑庭湾府城里]) [ -]?
    (?: \d{{1,3}}-\d{{1,3}}-)? \d{{2,4}} (?: -\d{{1,4}} (?!\d) )? {_NO_UNIT}
)"""
# 海濂路28-82, but not 走路10-15分钟.
_RANGE = r"(?<![走马公电短线铁道半]路) (?<!逛街) \d{1,4}-\d{1,4} (?= $|[ ,;.!?。)\n] )"
_DOOR = re.compile(
    rf"""(?:
        (?P<street> 路|街|大道|街道|巷|胡同|(?<=[一二三四五六东南西北])环|(?<![知频渠味报力难通轨管赛楼车跑])道 ) [ ]?
        (?: (?: {_NUMBER} | [东南西北中] | {_HAN}{{2,3}}? ) [段巷] [ ]? ){{0,2}}
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
# What an address runs on with, glued to it: buildings, floors, rooms and beds. Of words that are no part of them none
# may begin within the name of a building.
_NO_BUILDING = (
    "(?:订单|尾号|电话|手机|时间|[上下中]午|晚上|早上|会员|附近|旁边|门口|楼下|营业|的|了|是|[我你您他她它]|[在到送寄发买卖]|共|满|"
    "[收价]|元|快递|每|付|退|换|还|没|请|吗|呢|吧|就|都|也|要|能|可以|不|麻烦|谢)"
)
_BUILDING_NAME = rf"(?: (?!{_NO_BUILDING}) {_HAN} )"
_BUILDING = (
    "(?:小区|新村|公寓|[大商]厦|大楼|[居家][民属]楼|宿舍|广场|中心|国际|时代|[城苑庭湾府园厂]|公馆|名都|世家|山庄|别墅|旺座|驿站|"
    "丰巢柜?|[快自][递提]柜|超市|小卖部|便利店|药店|酒店|宾馆|写字楼|医院|住院部|门诊部?|病区|[内外儿骨妇]科|校区|大学|学院|[中小]学|"
    "学校|食堂|[东南西北前后正侧]门|[东南西北][区座侧]|[一二三四五六七八九十\\da-z]期)"
)
_RUN_ON = rf"""(?:
    [ ]? (?: [东南西北中附]? {_NUMBER} [ ]?
        (?: 支弄|分队|号[楼院库]?|单元|[弄栋幢座楼层室户房排铺舍床门仓期组] ) (?![牌市票间型卡价铺起免分]) )
  | [东南西北中] (?: 单元 | 第{_NUMBER}[家户排栋] )
  | 之 (?: \d{{1,2}} (?!\d) | [一二三四五六七八九十] ) (?: \d{{3,4}} (?: 室 | {_NO_UNIT} ) )?
  | {_BUILDING_NAME}{{0,8}}? {_BUILDING} 楼? (?![里内外]?(?:附近|旁边|哪|有))
  | {_BUILDING_NAME}{{2,8}}? (?:
        \d{{1,3}} (?: -\d{{1,4}} ){{1,2}} {_NO_UNIT} | \d{{1,2}}[0-3]\d (?<!00) {_NO_UNIT}  # 2800 is a price
      | (?=\d{{1,3}} (?:[栋幢座层室]|单元|号?楼) | [a-z]座 ) )
  | (?<=[号栋幢座元楼弄层室门舍期园城厦心寓排场区苑庭际代]) [ -]?
    (?: \d{{1,3}} (?: -\d{{1,4}} ){{1,2}} | \d{{2,4}} ) {_NO_UNIT}
)"""
_RUNS_ON = re.compile(f"{_RUN_ON}{{0,8}}", re.ASCII | re.VERBOSE)
# An estate without a street, in full: 格林小城二期36号101, and what needs somebody who says that it is a place.
_COUNT = "[一二三四五六七八九十]"
_BLOCK = re.compile(
    rf"""(?: {_ESTATE} | 小城|医院|住院部|大学|学院|[中一二三四五六七八九十]学|校区|国际
      | (?= {_COUNT}期 | [东南西北][区门] ) )
    (?P<area> (?: [\da-z]期 | {_COUNT}[期区] | [东南西北正侧a-d][区门] | (?<=校区) {_HAN}{{1,4}} (?=\d) ){{0,3}} )
    (?: (?P<sure> {_NUMBER} [ ]? (?: 号楼|[号栋幢舍座] ) [ ]? (?: \d{{1,2}} [ ]? 单元 [ ]? )? \d{{3,4}} {_NO_UNIT} )
      | (?: (?<=医院) | (?<=住院部) ) (?: {_BUILDING_NAME} | \d ){{0,20}}? \d 床
      | {_NUMBER} [ ]? (?: 号楼|[栋幢舍] ) | (?: 菜鸟|妈妈 )? 驿站 | 丰巢柜? | 快递柜 )""",
    re.ASCII | re.VERBOSE,
)
# A name like any other: 学校宿舍3栋.
_ANY_BLOCK = re.compile("(?:我们|咱们|你们|这个)?(?:小区|大学|学校|学生|公司|单位|员工|医院|宿舍|超市|商场|酒店|仓库)?")
_BLOCK_SAID = re.compile(r"(?:地址|住址|[送寄]到?|放到?|住在?|丰巢|驿站)[^\n,;。!?]{0,14}\Z")
_BLOCK_PHONE = re.compile(r"[^\n。!?]{0,14}\[(?:手机号|电话)\]")
_PROVINCE = re.compile(f"(?:{'|'.join(PROVINCES)})(?![东西南北中一二三四]?[路街道])")  # 江西路 is a street
# What is no part of a place name, so that the name begins behind it.
_NO_NAME = (
    "[地住]址[是为]?|更?改[成为]?|换[成为]|发往|位于|咨询|了解|介绍下?|看看|想看|附近|旁边|[前后对里外上下]面|[昨今明]天|"
    "[我你您他她它的了在是给把请吗呢吧啊哦住寄送到至说这个该每就让要找处套]|[寄发送]往|那(?![大曲坡])|(?<!解)放"
)
_BEFORE_NAME = re.compile(rf"(?<![省市区县镇乡道村])[ ]|(?!{_HAN}|[ ]).|{_NO_NAME}", re.DOTALL)
_AREA = re.compile("[省市区县镇乡路街]")
# 丽水路88号 is a door, but 走水路3号到 is a way and a day.
_WAY_AND_DAY = re.compile("[顺线水陆]路 ?(?:[12]?[0-9]|3[01]|[一二三四五六七八九十]{1,3})号")
_REACH = 40
_NAME = 8


def find_addresses(text: str) -> Iterator[Span]:
    """Where addresses stand in ``text``, which is folded."""
    last: Span | None = None
    for start, end in sorted([*_find_doors(text), *_find_places(text), *_find_blocks(text)]):
        more = _RUNS_ON.match(text, end)
        span = start, more.end() if more else end
        if last is None or last[1] < span[0]:
            if last is not None:
                yield last
            last = span
        else:
            last = (last[0], max(last[1], span[1]))
    if last is not None:
        yield last


def _find_doors(text: str) -> Iterator[Span]:
    done = 0
    for match in _DOOR.finditer(text):
        start = match.start()
        name = _name_start(text, done, start)
        named = match["street"] or match["estate"]
        if named and _ANY_BLOCK.fullmatch(text, name, start):  # 小区3栋 without a name may be any
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


def _find_blocks(text: str) -> Iterator[Span]:
    """Estates, hospitals and schools with a house in them, but without a street."""
    done = 0
    for match in _BLOCK.finditer(text):
        start = _name_start(text, done, match.start())
        if match.start() - start < 2 or _ANY_BLOCK.fullmatch(text, start, match.start()):
            continue
        said = _BLOCK_SAID.search(text, max(start - 20, 0), start) or _BLOCK_PHONE.match(text, match.end())
        if said or (match["sure"] and match["area"]):
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


# Words with the character of a level that are no place: 市场, 专区.
_LEVEL = re.compile(
    r"""
    (?P<province> 省 (?![钱内心时事力去得级略]) | 自治区 | 特别行政区 )
  | (?P<city> (?<![超城上都夜门菜股早闹集]) 市 (?![场面区民价值话内里]) | 地区 | 自治州 )
  | (?P<district> (?<![专地小景社战赛时灾禁盲误园校厂库市分片一二三四五六七八九十a-z\d]) 区 (?![别域间分块号])
      | 县 (?!城(?!关)) | 旗 (?![舰下袍帜]) )
  | (?P<town> (?<![冰坐乡]) 镇 (?![定静痛店]) | (?<![老家故思异返下城]) 乡 (?![镇村下亲愁])
      | 街道 (?:办事处|办)? | 苏木 )
  | (?P<village> (?<![农新乡]) 村 (?: 民?委员?会? )? (?![民里口头落]) | 社区 | 屯 (?!货) )
  | (?P<estate> 小区|花园|家园|新村|公寓|宿舍|新城|苑|山庄|别墅|家属院|[华学]府|[嘉佳华名雅丽福馨]园|[豪华雅名香]庭
      | [华名]城 | (?<=[一二三四五六七八九十\da-z])区 )
  | (?P<public> 广场|大厦|大学(?!城)|学院|[中小]学|校区|学校|(?:工业|产业|科技)园|园区|工业区|开发区
      | 医院|酒店|宾馆|商场|市场|政府|派出所 )
  | (?P<locker> (?:菜鸟|妈妈|邮政)? 驿站 | (?:快递|自提|丰巢|智能)柜 | 丰巢 | 自提点 | 代收点 )
  | (?P<street> (?<![线网通铁公半一道思套电马走多少水]) 路 (?![由径费上况过边灯人]) | 大?街 (?![上舞拍头])
      | 大道 | 胡同 | 巷 )
  | (?P<unit> (?:村民小)? 组 (?![合织装团成]) | 队 (?![伍友员列长]) | 社 (?![区会保交群])
      | [庄堡营沟坪寨坝塘湾岭墩圩峪洼城] (?![\u4e00-\u9fff]) )""",
    re.VERBOSE,
)
_DIGITS = frozenset("0123456789一二三四五六七八九十")
# A quick look first: without one of these there is no area, no village, and nothing is said to be an address.
_MAY_HAVE_ONE = re.compile("[省市区县旗镇乡村屯街木址州]")
_AREAS = frozenset(("province", "city", "district", "town"))
_PLACES = frozenset(("village", "estate", "locker", "unit"))
# Between two levels stands the name of the second.
_BETWEEN = re.compile(r"(?:[ ,/-]?[\u4e00-\u9fff\da-z]{1,14})?")
_NO_PLACE = re.compile(rf"{_NO_NAME}|[能可没也很货单买]|快件|派送|包邮|对[应口]|还有|以及|或者")
_COURIER = re.compile("营业|网点|分拨|分部|转运|中转|集散|派件|站点|公司")
_SAID = re.compile(r"(?:地址|住址|所在地区?)[^\n,;。!?]{0,6}\Z")
_SENT = re.compile(r"(?:寄|送到|改到|改为|换成|住)[^\n,;。!?]{0,4}\Z")
_SAID_ALONE = re.compile(r"(?:地址|住址)[是为]?: ?\Z")
_ORIGIN = re.compile(r"(?:产|源自|到达|到了|离开)[^\n,;。!?]{0,3}\Z")
_ALONE = re.compile(f"(?!{_HAN})")
_BREAK = r"[ ,;:/|、\n()-]{0,3}"
_PARCEL_BEFORE = re.compile(rf"\[(?:手机号|电话)\]{_BREAK}(?:{_HAN}{{2,4}}[ ,;/\n]{{1,2}})?\Z")
_PARCEL_BEHIND = re.compile(
    rf"""{_BREAK} (?: [收寄][件货]人 | 姓名 | (?: {_HAN}{{2,4}} {_BREAK} )? \[(?:手机号|电话)\]
      | (?!{_HAN}{{0,3}}[已未签拒代接查]) {_HAN}{{2,4}} [ ]? \(?收(?!{_HAN}) )""",
    re.VERBOSE,
)
_TAILS = re.compile(f"{_TAIL}*", re.ASCII | re.VERBOSE)
_LEAD = 16


def _find_places(text: str) -> Iterator[Span]:
    """Places within places. How many it takes depends on what is said of them."""
    if not _MAY_HAVE_ONE.search(text):
        return
    done = 0
    for chain in _chains(text):
        first = chain[0].start()
        start = _name_start(text, done, first)
        if start < first and _is_address(text, start, chain):
            tails = _TAILS.match(text, chain[-1].end())
            done = tails.end() if tails else chain[-1].end()
            yield start, done


def _chains(text: str) -> Iterator[list[re.Match[str]]]:
    """Levels with nothing but the name of the next between them."""
    chain: list[re.Match[str]] = []
    for level in _LEVEL.finditer(text):
        if level.lastgroup == "unit" and not _counts(text, chain, level):
            continue
        if chain and chain[-1].end() == level.start() and level.lastgroup != "locker":
            if level.lastgroup in ("estate", "public") and chain[-1].lastgroup in _AREAS:
                continue  # 西青区大学城
            chain.pop()  # it belongs to a name: 红旗街, 许村镇
            if not chain:
                chain = [level]
                continue
        if chain and not _goes_on(text, chain[-1], level):
            yield chain
            chain = []
        chain.append(level)
    if chain:
        yield chain


def _counts(text: str, chain: list[re.Match[str]], unit: re.Match[str]) -> bool:
    """Whether it is a unit of a village (5组, or 小郢队 behind one) or a hamlet, not a part of some word."""
    return bool(chain) and (text[unit.start() - 1] in _DIGITS or chain[-1].lastgroup in ("town", "village", "unit"))


def _goes_on(text: str, last: re.Match[str], level: re.Match[str]) -> bool:
    if level.lastgroup in ("province", "city") and last.lastgroup not in ("province", "city"):
        return False
    gap = last.end(), level.start()
    return _BETWEEN.fullmatch(text, *gap) is not None and _NO_PLACE.search(text, *gap) is None


def _is_address(text: str, start: int, chain: list[re.Match[str]]) -> bool:
    kinds = [str(level.lastgroup) for level in chain]
    areas = sum(kind in _AREAS for kind in kinds)
    bare = _PROVINCE.match(text, start)
    if bare and bare.end() < chain[0].start():  # 浙江杭州余杭区
        areas += 1
    if _is_said(text, start, chain[-1].end(), kinds, areas):
        return True
    if _COURIER.match(text, chain[-1].end()):
        return False
    if "village" in kinds and ("town" in kinds or "unit" in kinds):  # 塘下镇下社村 says enough
        return chain[0].start() - start > 1
    if "town" in kinds and areas > 3:
        alone = _ALONE.match(text, chain[-1].end())  # no 安溪县感德镇铁观音
        return alone is not None and _ORIGIN.search(text, max(start - _LEAD, 0), start) is None
    if "district" not in kinds and "town" not in kinds:
        return False
    street, public = "street" in kinds, "public" in kinds
    if not _PLACES.isdisjoint(kinds):
        return street or areas > 1
    return areas > 1 and (street or public) and ((street and public) or areas > 2)


def _is_said(text: str, start: int, end: int, kinds: list[str], areas: int) -> bool:
    """Whether what stands around it says that it is an address, and it is more than a city."""
    low = max(start - _LEAD, 0)
    town, place = "town" in kinds, not _PLACES.isdisjoint(kinds)
    parcel = _PARCEL_BEHIND.match(text, end) or _PARCEL_BEFORE.search(text, low, start)
    if not parcel and not _SAID.search(text, low, start):
        return _SENT.search(text, low, start) is not None and ((areas > 0 and place) or (areas > 1 and town))
    if areas and (place or "public" in kinds or "street" in kinds):
        return True
    if (areas > 1 and town) or (areas > 2 and parcel and "district" in kinds):
        return True
    return ("village" in kinds or "estate" in kinds) and _SAID_ALONE.search(text, low, start) is not None
