"""A yes or no that stands by itself: 能的, 没有哦."""

from __future__ import annotations

import re
from dataclasses import dataclass

from csnlp.reference.clauses import Clause, Passage, content
from csnlp.reference.stance import PARTICLES, SUBJECT, Stance

# Characters that a bare answer may add.
_BARE = 12
_YES = re.compile(
    "(?:亲|您好|嗯|哦|好的|在的|[ ,])*"
    "(?P<answer>是|可以|能|支持|有|行|会|要|需要|没问题|对|当然|包|送|给|可|含|带|装(?!饰)|退|换|收|保)(?:可以|能|支持|有|会)?"
)
_NO = re.compile(
    "(?:亲|您好|嗯|哦|抱歉|不好意思|对不起|[ ,])*"
    "(?P<answer>不是|不可以|不能|不支持|没有|不行|不会|不要|不需要|不用|不[包送给含带装退换收保]|不)"
)
# Answers that tell what the shop does, whatever the question (可以的,货到付款); those that may answer another one
# (没有的,货到付款: not by card). No 要, 不用 or 不会: they tell what the customer must or will do.
_OFFERS = frozenset(("可以", "能", "支持", "行", "没问题", "可"))
_GRANTS = _OFFERS | frozenset(("有", "是", "对", "当然", "包", "送", "给", "含", "带", "退", "换", "保"))
_REFUSALS = frozenset(("没有", "不可以", "不能", "不支持", "不行", *(f"不{does}" for does in "包送给含带退换保")))
# 是的 to 吊灯不带灯泡吗 may mean either; 可不可以 denies nothing.
_NOT = re.compile(r"不(?!好意思|过|是)(?=(.))(?<!\1不)|没有?(?!关系|问题)")
_ASSENT = ("是", "对", "当然", "不是", "不")
# Of these is a question that asks for nothing yet: 客服在吗, 有人吗.
_IDLE = frozenset("客服店家爱人吗")
GREETING = re.compile("(?:亲|爱的|您好|你好|抱歉|不好意思|对不起|好的|在的|的|哦|呢|哈|呀|啊| )*")


@dataclass(frozen=True, slots=True)
class Answer:
    """A bare yes or no at ``text[start:end]`` of a passage, and the ``word`` of it that says so."""

    start: int
    end: int
    yes: bool
    word: str


def bare_answer(passage: Passage, asked: str) -> Answer | None:
    """The yes or no that a reply begins with, where its first clause says no more than that (a greeting apart).

    Words of the question ``asked`` (folded) may be repeated in it: 能开的. An assent to a question that denies tells
    nothing.
    """
    for clause in passage.clauses[:3]:
        if answer := _answer_in(passage, clause, asked):
            return answer
        if not GREETING.fullmatch(passage.of(clause).strip()):
            return None
    return None


def answered(passage: Passage, start: int, end: int, asked: str, *, wanted: bool) -> Stance | None:
    """How a yes or no in the clause beside it settles the policy ``text[start:end]``, which is all that its own clause
    says: 可以的,货到付款, or 发票,没有的.

    ``wanted``: the question ``asked`` (folded) is for that policy. In answer to another one, only an offer counts.
    """
    number = passage.clause_number(start)
    clause = passage.clauses[number]
    bare = SUBJECT.fullmatch(passage.text, clause.start, start) and PARTICLES.fullmatch(passage.text, end, clause.end)
    if not bare or clause.asks:
        return None
    free = wanted or content(asked) <= _IDLE
    before = _beside(passage, range(number - 1, -1, -1), asked)
    behind = _beside(passage, range(number + 1, len(passage.clauses)), asked)
    answers = [answer for answer in (before, behind) if answer]
    plain = _GRANTS | _REFUSALS if free else _OFFERS
    if len({answer.yes for answer in answers}) != 1 or any(answer.word not in plain for answer in answers):
        return None
    first, last = before.start if before else start, behind.end if behind else end
    return Stance(answers[0].yes, False, first, last)


def _beside(passage: Passage, numbers: range, asked: str) -> Answer | None:
    """The bare answer in the first of the clauses ``numbers`` that is no greeting."""
    for number in numbers[:3]:
        clause = passage.clauses[number]
        if not GREETING.fullmatch(passage.of(clause).strip()):
            return _answer_in(passage, clause, asked)
    return None


def _answer_in(passage: Passage, clause: Clause, asked: str) -> Answer | None:
    """The yes or no that is all that ``clause`` says."""
    words = passage.of(clause).strip()
    for pattern, yes in ((_NO, False), (_YES, True)):
        match = pattern.match(words)
        if match and not clause.asks and _repeats(words[match.end() :], asked):
            if words[match.start("answer") : match.end()] in _ASSENT and _NOT.search(asked):
                return None
            start = passage.text.index(words, clause.start)
            return Answer(start + match.start("answer"), start + match.end(), yes, match["answer"])
    return None


def _repeats(rest: str, asked: str) -> bool:
    """Whether ``rest`` is no more than particles and characters of the question."""
    return len(rest) <= _BARE and all(char in asked or PARTICLES.fullmatch(char) for char in rest)
