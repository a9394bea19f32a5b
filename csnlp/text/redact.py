"""Masks personal data in text, for logs and reports. The masked text is for people to read, not for the model.

Masked: mobile numbers, landline and foreign numbers, identity card numbers, bank card numbers, e-mail addresses,
accounts and number plates (:mod:`csnlp.text.accounts`), postal addresses (:mod:`csnlp.text.addresses`) and names where
the text says that they are names (:mod:`csnlp.text.names`). Digits may be full-width, keycaps, spaced out or parted by
emoji, those of mobile and identity card numbers also in Chinese; characters may be traditional, and invisible ones may
stand between. Behind the word for it (手机号, 卡号, 身份证) a number is masked with a slip of the finger in it.

Kept on purpose: order and parcel numbers, without which nobody finds the case; public service numbers (400, 95xxx);
a province, city or street alone; a name that nothing marks as one, and a surname alone (王先生); and what is masked
already (``138****0000``).
An order number that has the very shape of a mobile number is masked with them, unless it is called one (订单号).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from csnlp.text.accounts import find_accounts, find_plates, find_platform_accounts, is_order
from csnlp.text.addresses import find_addresses
from csnlp.text.fold import fold_text
from csnlp.text.names import NAME_FINDERS

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
        elif unicodedata.category(char) == "So":
            folded = "~"  # an emoji between digits or before a name is a separator like any other
        else:
            folded = fold_text(char)
        self[code] = folded if len(folded) < 2 else char
        return self[code]


_TABLE = _Table(
    {
        **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-"),
        ord("\u2795"): "+",
        0x20E3: "",  # the frame of a keycap
        **dict.fromkeys(map(ord, "\u2022\u2027\u2219\u22c5\u30fb\uff65"), "\u00b7"),
    }
)


_PASSES = 12
"""What is masked changes what stands around the rest (a room before a telephone number), so that more may be found.
Two or three passes are the rule, more than four are needed for texts made to; the bound keeps time linear."""


def redact(text: str) -> str:
    """``text`` with personal data replaced by masks such as ``[手机号]``. Time grows linearly with its length.

    >>> redact("亲，打１３８ ００００ ００００或发a@example.com")
    '亲，打[手机号]或发[邮箱]'
    """
    for _ in range(_PASSES):
        before, text = text, _masked(text)
        if text == before:
            break
    return text


def _masked(text: str) -> str:
    folded, places = _fold(text)
    for mask, find in _FINDERS:
        spans = [(places[start], _end(text, places[end - 1])) for start, end in _joined(find(folded))]
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


def _end(text: str, last: int) -> int:
    """The end of what ends with the character at ``last``, with the frame of a keycap."""
    end = last + 1
    while text[end : end + 1] in ("\ufe0f", "\u20e3"):
        end += 1
    return end


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
                yield match.span("number" if "number" in compiled.groupindex else 0)
                start = match.end()
            else:
                start = match.start() + 1  # the true one may begin within the false one

    return find


# A match starts and ends where a run of these characters does, which keeps the search linear.
_EMAIL = r"""(?<![\w.%+-]) [\w.%+-]+ [ ]? (?:
    @ [ ]? (?:[a-zA-Z0-9-]+\.)+ [a-zA-Z]{2,}
  | (?: \# | \(at\) | \[at\] | 艾特 ) [ ]?
    (?: qq|163|126|139|189|yeah|sina|sohu|foxmail|gmail|outlook|hotmail|aliyun|icloud ) [ ]? [.点] [ ]? (?: com|net|cn )
) [\w.%+-]*"""

_IDENTITY = r"(?<!\d) (?: \d{15} | \d (?:[ -]?\d){16} [ -]? [\dXx] ) (?!\d)"
_REGION = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])[0-9]{4}"
_MONTH_DAY = "(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
# The check character is not checked: a slip of the finger must not unmask a person.
_IDENTITY_SHAPE = re.compile(
    f"{_REGION}(?:18|19|20)[0-9]{{2}}{_MONTH_DAY}[0-9]{{3}}[0-9Xx]|{_REGION}[0-9]{{2}}{_MONTH_DAY}[0-9]{{3}}"
)


def _is_identity(match: re.Match[str]) -> bool:
    return _IDENTITY_SHAPE.fullmatch(re.sub("[ -]", "", match[0])) is not None


_SAYS = "(?:号码?)? [是为: ]{0,3}"


# UnionPay, an older Chinese debit range, Visa, Mastercard and JCB, American Express. Order numbers are as long, but
# rarely fit issuer, length and check digit at once, and nobody writes them in fours.
_CARD = r"(?<!\d) (?: 62\d{14,17} | 9558\d{15} | 4\d{15} | (?:5[1-5]|2[2-7]|35)\d{14} | 3[47]\d{13} ) (?!\d)"
_CARD_IN_FOURS = r"(?<!\d) \d{4} (?P<gap>[ -]{1,3}) \d{4} (?P=gap) \d{4} (?P=gap) \d{4} (?!\d)"
_CARD_IN_FOURS_LONG = _CARD_IN_FOURS.removesuffix(r"(?!\d)") + r"(?P=gap) \d{2,3} (?!\d)"


def _is_card(match: re.Match[str]) -> bool:
    """Luhn's check; and nobody says that it is another number."""
    if is_order(match.string, match.start()):
        return False
    digits = [int(digit) for digit in match[0] if digit.isdigit()]
    doubled = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
    return (sum(digits[-1::-2]) + sum(doubled[digit] for digit in digits[-2::-2])) % 10 == 0


_CARD_SAID = rf"""(?: 卡号 | (?:银行|储蓄|信用|借记)卡 ) {_SAYS}
    (?P<number> \d (?: [ ._·-]{{0,3}} \d ){{11,19}} ) (?!\d|[元块件个])"""
# With words between (卡号我重发), it has to begin and be as long as one, but Luhn's check may fail.
_CARD_NEAR = r"卡 [^\d\n,。]{1,8} (?P<number> (?:62|9558|5[1-5]|4\d)\d{2} (?: [ -]{0,3} \d ){11,15} ) (?!\d|[元块件个])"
_IDENTITY_SAID = rf"身份证 {_SAYS} (?P<number> \d (?: [ ._·-]{{0,3}} \d ){{13,16}} [ ._·-]{{0,3}} [\dXx] ) (?!\d)"

_GAP = "[ ._·~-]{1,3}"
# A 19xx by itself is a year or the width of a screen, and threes with dots are a network address.
_MOBILE = rf"""(?<!\d) (?: (?:\+|00)? 86 [ -]{{0,2}} )? (?:
    1[3-9]\d{{9}}
  | (?P<split>
      1[3-9]\d {_GAP} (?: \d{{4}} {_GAP} \d{{4}} | \d{{3}} {_GAP} \d{{5}} | \d{{8}} )
    | 1[3-8]\d{{2}} {_GAP} \d{{3}} {_GAP} \d{{4}}
    | 1[3-8]\d{{2}} {_GAP} \d{{4}} {_GAP} \d{{3}} (?= [ ,;/]{{0,3}} \[地址\] )  # else three prices
    | 1[3-9] (?: [ ·-]{{1,3}} \d{{3}} ){{3}}
    | 1 {_GAP} [3-9] (?: {_GAP} \d ){{9}}
    ) (?! [ ]?[元块] )
) (?!\d)"""
_MOBILE_SAID = rf"""(?: 手机 | 电话 | 号码 | 联系 (?:方式|人)? | 致电 | 拨打 | 微信 | [收寄][件货]人 ) {_SAYS}
    (?P<number> 1 [ ._/·()-]{{0,3}} [3-9] (?: [ ._/·()-]{{0,3}} \d ){{8,12}} ) (?!\d)"""
_MOBILE_IN_BRACKETS = r"\(1[3-9]\d\) [ ·-]{0,3} \d{4} [ .·-]{0,3} \d{4} (?!\d)"
# Whatever digits stand around it: an address masked later may take them, and masking again must find no more.
_NUMERAL = "[零〇幺一二三四五六七八九壹贰叁肆伍陆柒捌玖]"
_MOBILE_SPOKEN = f"[幺一壹] [ ·-]? [三四五六七八九叁肆伍陆柒捌玖] (?: [ ·-]? {_NUMERAL} ){{9}}"
# 1三8二0四7九3六5: three of them make sure that it is not a number and some word (1386205971一直).
_MOBILE_MIXED = rf"""(?<!\d) [幺一壹1] [ ]? [3-9三四五六七八九] (?: [ ]? (?: \d | {_NUMERAL} ) ){{9}} (?!\d)"""
_IDENTITY_SPOKEN = rf"(?<!{_NUMERAL}) (?: {_NUMERAL} [ ·-]? ){{17}} (?: {_NUMERAL} | x ) (?!{_NUMERAL})"


# Up to here there is a link; what is masked in it already is a part of it.
_LINK = re.compile(
    r"(?: :// | www\. | \.[a-z]{2,4}/ ) (?: [\w./?&=%\#+~:-] | \[[\u4e00-\u9fff]{2,3}\] )* (?<=[/=-]) \Z",
    re.ASCII | re.VERBOSE,
)


_PRICES = re.compile(r"\d{3}~[12]\d\d[089]~[1-3]\d\d[089]")  # 138~1599~1999


def _is_mobile(match: re.Match[str]) -> bool:
    """One kind of gap ("150 2000-3000" is a price), and neither a part of a link (but one that calls) nor an order."""
    before = match.string[max(match.start() - 100, 0) : match.start()]
    if is_order(match.string, match.start()) or (_LINK.search(before) and "wa.me/" not in before):
        return False
    gaps = re.split("[0-9]+", match["split"] or "")[1:-1]
    if "~" in gaps and _PRICES.fullmatch(match["split"]):
        return False
    return len({gap.strip() for gap in gaps}) <= 1


def _is_mixed(match: re.Match[str]) -> bool:
    return len(re.findall(_NUMERAL, match[0])) > 2 and _is_no_order(match)


def _is_no_order(match: re.Match[str]) -> bool:
    """No 运单号码."""
    return not is_order(match.string, match.start("number" if "number" in match.re.groupindex else 0))


_AREA_CODE = "(?![48]00) (?: 10 | 2\\d | [3-9]\\d\\d )"
_LANDLINE = rf"""
    (?: \(0{_AREA_CODE}\) | (?<!\d)0{_AREA_CODE}
      | (?: \+86 | (?<!\d)0086 | \(\+?86\) | (?<!\d)86(?=-) ) [ ·-]{{0,3}} (?: \(0?{_AREA_CODE}\) | 0?{_AREA_CODE} )
    ) [ ·-]{{0,3}} [2-8]\d{{2,3}} [ ·-]? \d{{4}} (?!\d)
    (?: (?:-|[ ]?转[ ]?) \d{{1,6}} (?!\d) )?"""
_FOREIGN = r"""(?<![\w)]) (?:
    \+ (?!86) [1-9]\d{0,2} (?: [ .()-]{0,2} \d ){7,11} (?!\d)
  | 00 (?: 85[23] | 886 | 8[124] | 6[0-6] | 4[49] | 3[349] | 1 ) [ -] \d (?: [ -]? \d ){7,10} (?!\d)
  | 09\d\d [ -] \d{3} [ -]? \d{3} (?!\d)  # Taiwan
)+"""
_FINDERS: tuple[tuple[str, Callable[[str], Iterator[Span]]], ...] = (
    ("[邮箱]", _finder(_EMAIL)),
    ("[身份证]", _finder(_IDENTITY, _is_identity)),
    ("[手机号]", _finder(_MOBILE, _is_mobile)),
    ("[身份证]", _finder(_IDENTITY_SAID)),
    ("[银行卡]", _finder(_CARD_SAID)),
    ("[银行卡]", _finder(_CARD_NEAR, _is_no_order)),
    ("[银行卡]", _finder(_CARD, _is_card)),
    ("[银行卡]", _finder(_CARD_IN_FOURS_LONG, _is_card)),
    ("[银行卡]", _finder(_CARD_IN_FOURS, _is_card)),
    ("[手机号]", _finder(_MOBILE_IN_BRACKETS)),
    ("[身份证]", _finder(_IDENTITY_SPOKEN)),
    ("[手机号]", _finder(_MOBILE_SPOKEN)),
    ("[手机号]", _finder(_MOBILE_MIXED, _is_mixed)),
    ("[手机号]", _finder(_MOBILE_SAID, _is_no_order)),
    ("[电话]", _finder(_LANDLINE)),
    ("[电话]", _finder(_FOREIGN)),
    ("[账号]", find_accounts),
    ("[账号]", find_platform_accounts),
    ("[车牌]", find_plates),
    ("[地址]", find_addresses),
    *(("[姓名]", find) for find in NAME_FINDERS),
)
