"""A text cut into clauses with their quantities, and what a clause speaks of."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import inf
from operator import attrgetter

from csnlp.text.fold import Folded, fold
from csnlp.text.quantities import Quantity, quantities_in

# The units of the amounts that 免费 (0 yuan) and 收费 (some yuan) are.
FREE, FEE = "免费", "收费"
_LEAST_FEE = 0.01
_HAN = "\u4e00-\u9fff"
# Ends of clauses; the first group ends the sentence too. A space is an end only between Chinese characters (it was a
# line break), a point or a tilde only outside numbers.
_BREAK = re.compile(
    rf"(?P<sentence>[。!?;…]+|(?<=[{_HAN}]) (?=[{_HAN}])|~+(?!(?:[-−–+负]|零[下上])?[0-9一二三四五六七八九十]))"
    r"|,(?![0-9]{3}(?![0-9]))|(?<![0-9a-z])\.(?![0-9])"
)
_EITHER_OR = re.compile(rf"([{_HAN}])[不没]\1|是否|能否|可否|有无|与否")
# Characters at a clause's end in which a question's mark stands. 没有的 and 没有哦 deny, and so does 没有呢, but in
# 有货没有呢, 发了没有呢. 花呗 and 借呗 are names.
_TAIL = 12
_ASKS = re.compile("(?:吗|么|(?<![花借])呗)[呀啊呢哦的]?$|(?:不|没有?)$|(?:不|没)[呀啊呢]$|[有了过].{0,8}没有[呀啊呢]$")


@dataclass(frozen=True, slots=True)
class Clause:
    """``text[start:end]`` of a passage; ``sentence`` numbers its sentence, ``asks`` tells a question."""

    start: int
    end: int
    sentence: int
    asks: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """A text as the fact check reads it. All spans are of ``text``, the folded form."""

    text: str
    folded: Folded
    clauses: tuple[Clause, ...]
    quantities: tuple[Quantity, ...]

    def clause_at(self, index: int) -> Clause:
        """The clause that holds ``index``, or the last one before it."""
        return self.clauses[self.clause_number(index)]

    def clause_number(self, index: int) -> int:
        """The number of :meth:`clause_at`."""
        return max(0, bisect_right(self.clauses, index, key=attrgetter("start")) - 1)

    def of(self, clause: Clause) -> str:
        """The words of ``clause``."""
        return self.text[clause.start : clause.end]


@lru_cache(maxsize=64)
def read(text: str) -> Passage:
    """``text`` folded and cut up. Time is linear. Some are kept: standard answers and questions come again."""
    folded = fold(text)
    clauses = []
    start = sentence = 0
    for match in _BREAK.finditer(folded.text):
        clauses.append(_clause(folded.text, start, match.start(), sentence, "?" in match[0]))
        start, sentence = match.end(), sentence + bool(match["sentence"])
    clauses.append(_clause(folded.text, start, len(folded.text), sentence, False))
    return Passage(folded.text, folded, tuple(clauses), _with_fees(folded.text, quantities_in(folded, text)))


# 免费 is 0 yuan, and 收费 more than that.
_FREE = re.compile(
    "(?P<paid>(?:不是|不|没有|无|非)免费)|免费|免收|全免|免(?=[一-鿿]{1,4}[费租金])|免票|"
    "[一半1]分钱?[都也]?[不没无](?:用|会|需要?|必)?(?:您|你)?(?:再|多)?(?:收|要|花|掏|出|付|交)|"
    "(?:不(?:会|用|需要?|必|让)?|没有?|无需)(?:您|你)?(?:再|多|另外|额外)?(?:收|要|花|掏|出|付|交|加)(?:您|你)?[一半1]分钱?|"
    "不(?:会|再|另|另外|额外)?收(?:费用?|钱|取)?|不(?:要|用|需要?)(?=(?:[运邮]|快递)费)|"
    "不(?:要|用|花|需要?)(?:您|你)?(?:另外|额外|再)?(?:付费|付钱|掏钱|出钱|给钱|加钱|补钱|花钱|钱)"
    "|(?<![不免])(?P<fee>收费|自费|付费)(?![单标员处站])"
)


def _with_fees(text: str, found: tuple[Quantity, ...]) -> tuple[Quantity, ...]:
    """``found`` and the fees, in order; 一分钱 of 一分钱不收 is part of a fee."""
    fees = list(_fees(text))
    inside = {index for fee in fees for index in range(fee.start, fee.end)}
    return tuple(sorted((*fees, *(q for q in found if q.start not in inside)), key=lambda quantity: quantity.start))


def _fees(text: str) -> Iterator[Quantity]:
    for match in _FREE.finditer(text):
        if match["paid"] or match["fee"]:
            yield Quantity(match.start(), match.end(), "money", _LEAST_FEE, inf, unit=FEE)
        else:
            yield Quantity(match.start(), match.end(), "money", 0, 0, unit=FREE)


def _clause(text: str, start: int, end: int, sentence: int, asks: bool) -> Clause:
    # A question's mark is among the last characters; either-or forms are short, so the whole clause is searched.
    tail = text[max(start, end - _TAIL) : end]
    return Clause(start, end, sentence, asks or bool(_ASKS.search(tail) or _EITHER_OR.search(text, start, end)))


# ---- what a clause is for

# Goods, places and times of their own, which a general answer does not mean; then what makes a case of any.
_SPECIAL = re.compile(
    "预售|预定|定制|订制|定做|刻[字名]|特殊|旺季|大促|双(?:十[一二]|1[12])|(?<![0-9])618(?![0-9])|六一八|年货节|节假日|"
    "春节|过年|国庆|元旦|中秋|黄金周|疫情|暴[雨雪]|台风|爆仓|偏远|新疆|西藏|内蒙|海南|港澳|海外|国外|乡镇"
)
_EXCEPTION = re.compile(f"{_SPECIAL.pattern}|如果|要是|假如|万一|除非|若|倘|除外|以外|只有|才能|个别|部分")
_SCOPE = 80
# Time that passed, what is the customer's, what is denied, worked out or a difference: not a statement of the fact.
_NOT_STATED_BEFORE = re.compile(
    "(?:不是|并非|不止|不用|不需要|不要|用不了|除了|已经?|等了|过了?|[超晚迟拖大小快慢高低长短宽窄厚薄重轻贵]了|[买用穿]了|才(?:[买用穿充住]了)?|等于|加起来|"
    "还[差剩有]|剩下?|剩余|省了?|(?<!减)免|不(?:再|另|加|会|多)?[收扣](?:取|您|你|那|这)*|"
    "再(?:凑|买|拍|花|消费|充|挑|选|带|拿)[一两1-9]?[个件点些]?|"
    "(?<![收补赔送给退返扣减免帮])[您你][的是说这]?|[多再][等放留过加]?)$"
)
_NOT_STATED_BEHIND = re.compile("了(?!解)|前(?![可能不内])|还?没|都没|多了|还差")
# What is left of a term: 还要3天到账, 剩余保质期11个月, 离到期还有8个月.
_LEFT_BEFORE = re.compile("(?:才[买用穿住]|还(?:有|要|得|需要?)|再有|再需要?|剩余[^ 0-9]{0,6}|距离?[^ 0-9]{1,8})$")
_BEFORE = 10


def is_stated(passage: Passage, quantity: Quantity) -> bool:
    """Whether ``quantity`` is said to be so: not asked, denied, passed, left of a term or the customer's own."""
    clause = passage.clause_at(quantity.start)
    before = passage.text[max(clause.start, quantity.start - _BEFORE) : quantity.start]
    if clause.asks or _NOT_STATED_BEFORE.search(before):
        return False
    if quantity.dimension in ("duration", "workdays") and _LEFT_BEFORE.search(before):
        return False
    behind = _NOT_STATED_BEHIND.match(passage.text, quantity.end)
    return behind is None or (quantity.at_most and "没" in behind[0])  # 15天内没穿过


def is_exception(passage: Passage, index: int, but: str = "") -> bool:
    """Whether the sentence speaks, up to the end of the clause at ``index``, of a special case other than ``but``."""
    return any(match[0] != but for match in _EXCEPTION.finditer(passage.text, *_scope(passage, index)))


def special_cases(passage: Passage, index: int | None = None) -> frozenset[str]:
    """The goods, places and times of their own (定制, 双十一) that the passage names, or the sentence at ``index``."""
    span = (0, len(passage.text)) if index is None else _scope(passage, index)
    return frozenset(name.replace("订", "定").replace("做", "制") for name in _SPECIAL.findall(passage.text, *span))


def _scope(passage: Passage, index: int) -> tuple[int, int]:
    """Where a case that the quantity or word at ``index`` falls under may be named."""
    number = passage.clause_number(index)
    clause = passage.clauses[number]
    first = number
    while first and number - first < 2 and passage.clauses[first - 1].sentence == clause.sentence:
        first -= 1
    return max(passage.clauses[first].start, index - _SCOPE), min(clause.end, index + _SCOPE)


# Characters that make no word of a subject: particles, pronouns, modals; then those that tell nothing alone.
_NO_WORD = frozenset("的了是在有我你您他它这那就都也还要能可以不没和与或及亲哦呢哈呀啊吧嘛噢喔哟嗯什么怎谁哪")
_EMPTY = _NO_WORD | frozenset("个们一般大概左右好请给会到之约多少久几时间")


def content(text: str) -> frozenset[str]:
    """The Chinese characters of folded ``text`` that can tell its subject."""
    return frozenset(char for char in set(text) - _EMPTY if "\u4e00" <= char <= "\u9fff")


def tells(text: str) -> int:
    """How many characters of folded ``text`` can tell its subject."""
    return sum(char not in _EMPTY for char in text)


_GENERAL = frozenset(("时间", "多少", "多久", "几个", "几天", "一个", "一般"))
_RUNS = re.compile(rf"[{_HAN}]+|[a-z][a-z0-9]*")
# Its two characters stand apart: 满300减50.
_PROMOTION = re.compile("满[^ ,。!?;满]{1,8}减")


@lru_cache(maxsize=64)
def words(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters of folded ``text`` that tell its subject, and its Latin words."""
    found = set()
    for run in _RUNS.findall(text):
        if run.isascii():
            found.add(run)
        else:
            found.update(a + b for a, b in pairwise(run) if a not in _NO_WORD and b not in _NO_WORD)
    if _PROMOTION.search(text):
        found.add("满减")
    return frozenset(found - _GENERAL)
