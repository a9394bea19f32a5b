"""Finds the names of people where the text says that it is one, for :mod:`csnlp.text.redact`: behind a label (收件人)
or 我叫, before 先生, and beside what is masked already, as in the address that a buyer pastes.

A name is a surname and one or two characters that given names are made of, or parts with dots between them. Where it
may be a word the text stays as it is: 高峰期 and 王老吉 begin with surnames. What is known of names is in names.txt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import TypeAlias

from csnlp.text.provinces import PROVINCES

Span: TypeAlias = tuple[int, int]


def _load() -> dict[str, str]:
    known: dict[str, str] = {}
    for line in files("csnlp.text").joinpath("names.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            key, value = line.split(": ")
            known[key] = known.get(key, "") + value + (" " if " " in value else "")
    return known


_KNOWN = _load()
_WORDY = frozenset(_KNOWN["wordy"])
_SURNAMES = frozenset(_KNOWN["surnames"]) | _WORDY
_COMPOUND = frozenset(_KNOWN["compound"].split())
_NEVER = frozenset(_KNOWN["never"])
# These begin what stands behind a name, but are in names as well.
_GOES_ON = _NEVER | frozenset(
    "为可有如同从家保全才意发开天想本已申主商现请真实和两提于设无双名情满重定声存优运常品连标升行相会加人改联领居求统任社楼记直承"
)
_WORDS = frozenset(_KNOWN["words"].split())
_BEGINNINGS = frozenset(_KNOWN["beginnings"].split())

_HAN = "[\u4e00-\u9fff]"
# Not where a dot stands for a comma.
_PART = "(?:(?![的了是不我你很也就都还有在到这那吗呢吧啊太])[\u4e00-\u9fff])"
# What names of peoples without surnames begin with.
_STEM_NAME = re.compile(f"(?:{'|'.join(_KNOWN['stems'].split())}){_HAN}{{0,6}}(?!{_HAN})")
_DOTTED = re.compile(f"{_PART}{{2,8}}(?:·{_PART}{{2,10}}){{1,3}}")
_TITLE = "先生|女士|小姐|太太|夫人|同志|师傅|老师|大[哥姐爷妈叔婶]|阿姨|老板|经理|主任|医生|同学|律师|教练"
# What stands behind a name though its first character could be one's.
_NO_GIVEN = re.compile(
    f"{_TITLE}|[哥姐叔姨总]|麻烦|现在|可以|本人|明天|如果|开始|想[要改换问]|有[没人事]|为[什啥了]|真的|申请|商品|家[里的]|全部|"
    "两[个件]|同意|从[来没]|和[您你他电]|无法|常用|加急|改[成为到一]|领取|标注|联系|重新|满意"
)
_PROVINCE = re.compile("|".join(PROVINCES))
_FOLLOWS = re.compile(f"{_NO_GIVEN.pattern}|{_PROVINCE.pattern}|性别")
_PROVES = re.compile(f"{_TITLE}|身份证|电话|手机|联系")


def _is_word(name: str) -> bool:
    return name in _WORDS or name[:2] in _BEGINNINGS or name.endswith("家") or _PROVINCE.search(name) is not None


def _is_han(text: str, at: int) -> bool:
    return 0 <= at < len(text) and "\u4e00" <= text[at] <= "\u9fff"


def _is_given(text: str, start: int, end: int) -> bool:
    """Whether given names may have what stands there."""
    return all(
        _is_han(text, at) and text[at] not in _NEVER and not _NO_GIVEN.match(text, at) for at in range(start, end)
    )


def _surname_end(text: str, start: int) -> int:
    if text[start : start + 2] in _COMPOUND:
        return start + 2
    return start + (text[start : start + 1] in _SURNAMES)


def _name_end(text: str, start: int, sure: bool) -> int:
    """Where the name that begins at ``start`` ends, or ``start`` where none does. Unless it is ``sure`` that there is
    one, what is short, or has a surname that is a word, has to stand by itself."""
    if dotted := _DOTTED.match(text, start):
        return dotted.end()
    given = _surname_end(text, start)
    if given == start:
        return start
    wordy = text[start] in _WORDY
    for end in (given + 2, given + 1):
        if _is_given(text, given, end) and not _is_word(text[start:end]):
            long = end - start > 2
            if not _is_han(text, end):
                return end if sure or long or not wordy else start
            if (sure or not wordy) and _ends(text, end, sure or long):
                return end
    return start


def _ends(text: str, at: int, long: bool) -> bool:
    """Whether what stands there goes on behind a name."""
    return (text[at] in _GOES_ON or _FOLLOWS.match(text, at) is not None) if long else bool(_PROVES.match(text, at))


def _is_name(name: str) -> bool:
    """Whether the whole of it is a name."""
    if _DOTTED.fullmatch(name) or _STEM_NAME.fullmatch(name):
        return True
    given = _surname_end(name, 0)
    if given == 0 or (len(name) < 3 and name[0] in _WORDY):
        return False
    return 1 <= len(name) - given <= 2 and _is_given(name, given, len(name)) and not _is_word(name)


# People of a trade (role) are mostly spoken of without a name: 师傅马上到.
_ANNOUNCED = re.compile(
    r"""(?:
        (?: [收寄发取提订退][件货] | 联系|签收|代收|领取|下单|购买|[收付]款|开户|持卡|入住|投保|被保险?|受益|申请|投诉
          | 委托|经办|预[订约]|登记|承租|借款|监护|报修|就诊 ) 人 (?: 的? (?:姓名|名字|全名|名) )?
      | 人 (?=[ ]?:) | 姓名(?![章贴牌])|户名|[户机]主|全名|账户名|患者|乘客|实名|[收寄发]件方 | 名字 (?=[是叫:改写])
      | [车业]主 (?=[ ]?:) | 收[件货]信息 (?=[ ]?:) | 订购人|签收人 | 名字 (?=[就也]叫)
      ) (?P<link> (?:那?栏|那里|】)? [ ]{0,2} (?: 应该|请|就|也|需?要|麻烦 )?
        (?: 写的 | [:=→>是为叫写填-] | [改换变][成为到]? ){0,3} [ \n]{0,2} [【("'“‘「]? )
    | (?P<role> 司机|师傅|[递送件收货]员|小哥|骑手|业务员|工程师|顾问|经纪人|客户|买家|用户|会员|学生|家长|[机车业]主
      | [派配操处负] [件送作理责] 人 ) [ ]? (?: : | 名?叫 | 是 ) [ ]?
    | (?P<loose> 收件|名字|车主|师傅|司机|小哥|骑手 ) [ ]?
    | (?P<called> [我俺她他公婆妈爸]叫做? | 名叫 | [我俺]的?名字[叫是] | 本人 (?:[叫是]|(?!于)) ) [: ]?
    | (?P<am> [我俺]是 | 这里是 )
    | (?P<by> [由被] | 老[公婆] | [爸妈哥姐弟妹] ) (?=[\u4e00-\u9fff]{2,4}(?:签收|代收|揽收|领取))
    | (?P<to> [寄发交转]给 | 联系 ) (?! [人我你他] )
    | (?P<swap> [改换]成 | 改为 )
    """,
    re.VERBOSE,
)
# 收件 and 师傅 begin much else (收件高峰期), so that a name behind them has to have three characters and stand alone.
_ALONE = re.compile(f"[吗吧呢]?(?!{_HAN})")
_SPACED = re.compile(f"{_HAN} {{1,2}}{_HAN}(?!{_HAN})")
_RECEIVED = re.compile(f"(?:收|本人)?(?!{_HAN})")
_NAMING = re.compile("名字|姓名|收[件货]人|联系人")
# 我是王小明, but with two characters only where he proves it: 我是高级会员, 我是江苏的.
_PROOF = re.compile(r"[ ,(]{1,2}(?:我?的?(?:联系)?(?:电话|手机|身份证|尾号|号码)|\[)")


def _find_announced(text: str) -> Iterator[Span]:
    for match in _ANNOUNCED.finditer(text):
        start = match.end()
        if match["link"] is not None:
            end = _labelled_end(text, start, bare=not match["link"])
        else:
            end = _name_end(text, start, sure=match["by"] is not None)
        if match["swap"] and text[end : end + 1] != "收" and not _NAMING.search(text, max(start - 18, 0), start):
            continue  # 换成黄金色
        if match["loose"] and not (end - start == 3 and text[start] not in _WORDY and _ALONE.match(text, end)):
            continue
        if match["am"] or match["to"] or match["swap"]:
            alone = _RECEIVED.match(text, end) and (end - start > 2 or _PROOF.match(text, end))
            end = end if alone else start
        if end > start:
            yield start, end


def _labelled_end(text: str, start: int, bare: bool) -> int:
    """:func:`_name_end` behind a label, ``bare`` if nothing but the label is there: 联系人都有."""
    if bare and text[start : start + 1] in _WORDY:
        return start
    end = _name_end(text, start, sure=True)
    if end == start and (stem := _STEM_NAME.match(text, start)):
        return stem.end()
    if end == start and (spaced := _SPACED.match(text, start)):
        last = spaced.end() - 1
        return last + 1 if text[start] in _SURNAMES and _is_given(text, last, last + 1) else start
    return end


_ADDRESSED = re.compile("先生|女士|小姐(?!姐)|同志")
# Of 女士T恤 the lady is no part.
_GOODS = re.compile(
    "[ ]?(?:[a-z包鞋装款表内香皮衬外羽凉运牛毛背围帽袜剃用版式上下短长裤裙跑春夏秋冬新]|手[包提拿表]|专[用属])"
)


def _find_titled(text: str) -> Iterator[Span]:
    done = 0
    for title in _ADDRESSED.finditer(text):
        end = title.start() - (text[title.start() - 1 : title.start()] == " ")
        for start in range(max(done, end - 4), end - 1):
            # Two characters are a name only if they are not the end of a longer word, nor is the 谢 of 感谢 a surname.
            apart = not _is_han(text, start - 1) or text[start - 1] in _GOES_ON
            if not apart and (end - start < 3 or text[start] in _WORDY):
                continue
            if text[start - 1 : start + 1] == "感谢":
                continue
            if _is_name(text[start:end]) and not _GOODS.match(text, title.end()):
                yield start, end
                break
        done = title.end()


_FIRST = f"[{''.join(sorted(_SURNAMES | {name[0] for name in _COMPOUND}))}]"
_BETWEEN = r"[ ,;:/|\\、.\-_+\n\t()【】\"~*&]"
_CONTACT = r"""(?:
    的? (?:联系|移动|收货)? (?:电话|手机号?码?|号码|联系方式|身份证(?:号码?)?|(?:银行)?卡号?|地址|微信号?|邮箱)
    | tel | phone | 请?打 | 致电 | 回电
) [是为]? [ :]{0,2}"""
_BEFORE = re.compile(
    rf"""(?: (?<![\u4e00-\u9fff\d]) [寄发]?
      | (?:(?<=^[1-9])|(?<=[ :,\n][1-9])) (?![张万段包])  # ①尤佳
      | (?<=[给是为叫找系员傅户友事])
      | (?<=老公|老婆|妈妈|爸爸|[我他她][妈爸哥姐弟妹]|[改换]成|司机|买家) )
    (?P<name> {_DOTTED.pattern} | {_STEM_NAME.pattern} | {_FIRST} {_HAN}{{1,3}}? )
    [ ]? (?: \(?收\)? )? (?:{_TITLE})? 。? {_BETWEEN}{{0,4}} (?: [男女] {_BETWEEN}{{1,2}} )? (?:{_CONTACT})? \Z""",
    re.VERBOSE,
)
_BANK = (
    "(?:(?:中国)?(?:工商?|农业?|建设?|招商?|交通?|邮政?储?蓄?|平安|民生|兴业|浦发|光大|中信|广发|华夏|农信社?|农商)"
    "银?行?的?)"
)
_BEHIND = re.compile(
    rf"""{_BETWEEN}{{0,4}} (?: {_BANK} [ ,]{{1,2}} | [找给] [ ]? )?
    (?P<name> {_DOTTED.pattern} | {_STEM_NAME.pattern} | {_FIRST} {_HAN}{{1,3}}? )
    (?: (?!{_HAN}) | (?= 收(?!{_HAN}) | {_TITLE} | (?:联系)?(?:电话|手机)[: ]{{0,2}}\[ ) )""",
    re.VERBOSE,
)
_MASK = re.compile(r"\[(?:(?P<place>手机号|电话|地址|身份证|银行卡|邮箱)|账号)\]")
_REACH = 28


def _find_beside(text: str) -> Iterator[Span]:
    """Names before and behind what is masked, as on the label of a parcel."""
    done = 0
    for mask in _MASK.finditer(text):
        start = max(done, mask.start() - _REACH)
        while before := _BEFORE.search(text, start, mask.start()):
            if _is_name(before["name"]):
                yield before.span("name")
                break
            start = before.start() + 1
        done = mask.end()
        behind = _BEHIND.match(text, done) if mask["place"] else None
        if behind and _is_name(behind["name"]):
            yield behind.span("name")
            done = behind.end("name")


_RECEIVES = re.compile(
    rf"""(?<!{_HAN}) (?: [寄发送转交]?给 )? (?P<name> {_FIRST} {_HAN}{{1,3}}? )
    [ ]? (?: [亲签代]?收 | \([亲签代]?收\) | \(收件人\) ) (?!{_HAN})""",
    re.VERBOSE,
)


def _find_receivers(text: str) -> Iterator[Span]:
    if "收" not in text:
        return iter(())
    return (match.span("name") for match in _RECEIVES.finditer(text) if _is_name(match["name"]))


NAME_FINDERS: tuple[Callable[[str], Iterator[Span]], ...] = (
    _find_announced,
    _find_titled,
    _find_beside,
    _find_receivers,
)
