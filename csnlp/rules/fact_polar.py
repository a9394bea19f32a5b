"""The plain yes or no by which a reply answers a question for one thing: 这个开不了的亲, 43码也有的.

Only a clause that says nothing else than the question did counts, since what it adds (纸质的, 刻字的) may be what is
refused or granted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from csnlp.reference.answers import GREETING
from csnlp.reference.clauses import Clause, Passage, content, is_exception
from csnlp.reference.stance import SUBJECT_WORD

# What a question asks by, or an answer says besides: it tells no thing.
_WORDS = re.compile(
    "自己|另外|额外|请问|你们|店家|店里|这里|这边|小?孩子?|小朋友|宝宝|购买|过来|没有|没问题|差不多|大概|大约|左右"
)
_VERBS = frozenset("能会支持提供包送带含给开做用办享附配备还店家款亲行得收寄发吗么吧嘛不没够需进入来")
_LATIN = re.compile("[a-z]+")
# A longer clause says more than yes or no.
_MOST = 30
_DENIES = re.compile(
    "(?P<need>不(?:用|需要?|必|要)|无需)|不(?:能够?|够用?|可以?|行|支持|提供|含|带|送|包|会|给|让|允许|建议|推荐|了|到|收)?|没有?|无法?|禁"
)
_GRANTS = re.compile("可以?|能够?|有|支持|提供|行|会|得了|得到|包|送|给|含|带|[免收]|(?P<need>需要?|要|得)")
# What neither narrows nor turns it.
_ADDS = re.compile(
    "放心|发货|盒子?里|包装里|里面|随[机货箱]|一点点?|功能|服务|遗憾|当然|肯定|[一两二三1-3][张个只条份件]|好的|不好意思"
)
# Yes in other words.
_YES = re.compile("没问题|(?:有|现)货|有现货|(?:刚好?|正好?)?(?:合适|适合)|[刚正]好")
# Another article or time, a case, an offer: then the yes or no is not of what was asked, or not for good.
_ELSEWHERE = re.compile(
    "另一|另个|隔壁|链接|[那别他新老男女童成][一]?款|[其别][他的]|升级|pro|如果|要是|的话|除非|只有|仅|会员|直播|活动|新人|"
    "定制|订制|定做|下[个周月]|之前|以前|不过|但|只是|差价|券|小样|旧|上一?代|预售|改天"
)
_FOR_NOW = re.compile("[今昨前]天|今年|现在|目前|暂|系统")
_TURNS = re.compile("但|不过|只是|如果|要是|的话|除非")
# That it costs extra, so that it does not come with it.
_EXTRA = re.compile("另|单独|额外|加|补|买|[拍购]|[0-9]|[元块]|收费|付费|付|选配")
_POLAR = re.compile("(?:吗|么|嘛|不|没有|没|吧)[呀啊呢]?$|[?]$")
_EITHER = re.compile("(.)不\\1|可不可以|有没有|需不需要|是否|能否|可否")
_ODD = re.compile("怎|咋|谁|哪|什么|为何|几|多少")
# No more, so that it may have been.
_ENDED = re.compile("(?:没有?|不(?:再?(?:送|带|含|包|支持|提供|做|卖)|能|可以))[^,]{0,4}了")
_MUST = re.compile("(?<!不)(?:要|需要?|得)(?!求)|用(?=自己|另外|额外)")
_GIVEN = re.compile("有|送|包|含|(?<!能)(?<!可以)带|配|给")
_INSIDE = re.compile("[送包含带配给里]")
# What chats call a thing that a table names otherwise.
_SAME = (
    (re.compile("猫[咪猫]?|狗[狗子]?|毛孩子?"), "宠物"),
    (re.compile("怀孕|孕期"), "孕妇"),
    (re.compile("改(?:大小|尺寸|手寸|圈口)"), "改圈"),
    (re.compile("早饭"), "早餐"),
    (re.compile("马桶"), "厕所"),
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question for yes or no: what it ``names``, and whether it is for a must (要自己装吗).

    ``given``: it is for what comes with it (送充电头吗); ``exists``: or for what may be had at a price, too (有早餐吗).
    """

    text: str
    names: frozenset[str]
    must: bool
    given: bool
    exists: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """The ``yes`` or no at ``text[start:end]`` of the reply.

    ``extra``: behind it stands what costs more; ``other``: another article or time, for which the answer may be.
    """

    start: int
    end: int
    yes: bool
    extra: bool
    other: bool


def common(text: str) -> str:
    """``text`` with the things in it called by their common names: 宠物 for 猫."""
    for pattern, name in _SAME:
        text = pattern.sub(name, text)
    return text


def about(text: str) -> frozenset[str]:
    """The Chinese characters and Latin words by which folded ``text`` names a thing."""
    plain = SUBJECT_WORD.sub(" ", _WORDS.sub(" ", text))
    return (content(plain) - _VERBS) | frozenset(_LATIN.findall(plain))


def shares(text: str, names: Iterable[str]) -> bool:
    """Whether two neighbouring characters of one of ``names`` stand in ``text``."""
    return any(name[i : i + 2] in text for name in names for i in range(len(name) - 1))


def polar_question(asked: Passage) -> Question | None:
    """The question, where it is one clause and asks for yes or no; a greeting before it does not matter."""
    clauses = [clause for clause in asked.clauses if not GREETING.fullmatch(asked.of(clause).strip())]
    if len(clauses) != 1:
        return None
    text = asked.of(clauses[0]).strip(" ?")
    if len(text) > _MOST or not (_POLAR.search(text) or _EITHER.search(text)):
        return None
    text = common(_ADDS.sub(" ", text))
    plain = _EITHER.sub(" ", text)
    if _DENIES.search(_POLAR.sub(" ", plain)) or _ODD.search(text):
        return None  # 是的 to 不能开发票吗 may mean either
    must = _MUST.search(text) is not None
    given = _GIVEN.search(text) is not None
    return Question(text, about(plain), must, given, given and not _INSIDE.search(text))


def polar_reply(said: Passage, question: Question, name: str) -> Reply | None:
    """The yes or no of the reply's first clause, where it says no more than the ``question`` and the ``name``."""
    clause = first_clause(said)
    if clause is None or clause.asks or clause.end - clause.start > _MOST:
        return None
    if is_exception(said, clause.start) or _TURNS.search(said.text):
        return None
    text = common(_ADDS.sub(" ", _YES.sub("行", said.of(clause)))).replace(name, " ")
    if _ODD.search(text):
        return None
    denials = list(_DENIES.finditer(text))
    rest = _GRANTS.sub(" ", _DENIES.sub(" ", text))
    if len(denials) > 1 or about(rest) - about(question.text) - content(question.text + name):
        return None
    found = denials or list(_GRANTS.finditer(text))
    if not any((match["need"] is not None) == question.must for match in found):
        return None
    other = is_elsewhere(said, clause, f"{question.text}{name}") or _ENDED.search(text) is not None
    return Reply(*_span(said, clause), not denials, _EXTRA.search(said.text, clause.end) is not None, other)


def first_clause(said: Passage) -> Clause | None:
    """The first one that is no greeting."""
    return next((clause for clause in said.clauses[:3] if not GREETING.fullmatch(said.of(clause).strip())), None)


def is_elsewhere(said: Passage, clause: Clause, own: str = "") -> bool:
    """Whether the reply speaks of another article or case, or its ``clause`` of how things are only now."""
    return is_other(said, own) or is_for_now(said, clause)


def is_for_now(said: Passage, clause: Clause) -> bool:
    """Whether the ``clause`` says how things are at one time only."""
    return _FOR_NOW.search(said.of(clause)) is not None


def is_other(said: Passage, own: str) -> bool:
    """Whether the reply speaks of another article or case than ``own`` words do."""
    return any(found not in own for found in _ELSEWHERE.findall(said.text))


def _span(said: Passage, clause: Clause) -> tuple[int, int]:
    """The clause without the spaces around it."""
    words = said.of(clause)
    start = clause.start + len(words) - len(words.lstrip())
    return start, max(start + 1, clause.start + len(words.rstrip()))
