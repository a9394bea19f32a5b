"""Conditions on the outer form of a text: how long, in how many paragraphs or points, with which marks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from csnlp.rules.case import Case
from csnlp.rules.kinds.names import Names
from csnlp.rules.reader import Entry
from csnlp.rules.verdict import NO, Condition, Verdict, unknown
from csnlp.text.chat_codes import EMOJI_CODE

_POINT = re.compile(
    r"(?:^|[\s。；;：:，,！!])(?:(?:\d{1,2}|\[数字x\])[.、)）:：](?!\d)|[(（][\d一二三四五六七八九十]{1,2}[)）]|[①-⑳]|[❶-❿]"
    r"|第[一二三四五六七八九十]+?(?:步|点|，|、|：)|[一二三四五六七八九]、|首先|其次|再次|最后|步骤[\d一二三四五六])"
)
_STEP = re.compile(r"点击|点开|选择|进入|打开|输入|填写|提交|勾选|上传|下拉|返回|长按|→|—+|--+|->|>>")
_SENTENCE = re.compile(r"[^。！？!?；;~～\n]+")
_WORD = re.compile(r"\w")
_ADDRESS = re.compile(r"(?:https?://|www\.)[A-Za-z0-9][!-~]*")
_NUMBER = r"(?:\d+(?:[.:]\d+)*|\[(?:数字|金额|日期|时间)x\])+"
_FIGURE = re.compile(rf"{_NUMBER}(?:[-~～—至到]{{1,2}}{_NUMBER})?")
# No opening sign inside its own pair, so that many of them are not each read to the end of the text.
_MARK = re.compile(
    r"【[^【】]+】|「[^「」]+」|\*\*[^*]+\*\*|《[^《》]+》|“[^“”]+”|\[[^\[\]x]{2,}\]|[❗‼⚠★●◆]"
    r"|(?:重点|请注意|温馨提示)[：:]"
)
_QUESTION = re.compile(
    r"[?？]|吗|呢|么|什么|怎么|怎样|如何|多[少久大重长宽高厚深远快]|几[个天件号点时米次岁层档寸克斤位种]|哪|是否|可以不|有没有|([^\W\d_a-zA-Z])不\1|谁|为何|为啥|咋"
)
_CLAUSE = re.compile(r"[^，。！？,!?；;\s]+[，。！？,!?；;\s]?")
_STRETCH = re.compile(r"[^\W_]+")
_COURTESY = re.compile(
    r"感谢|谢谢|荣幸|很高兴|竭诚|为您服务|专属客服|光临|祝您?|满意|厚爱|信任|支持与|的支持|支持和|理念|宗旨|追求|用户至上|顾客至上|百忙|亲爱的|尊敬的|尊贵的"
    r"|心情|万事|财源|好运|非常重视|您好|你好|精挑细选"
)
LONGEST_COURTESY = 24
"""Most characters of a clause that is nothing but courtesy."""


def length(text: str) -> int:
    """Characters that are not white space; nobody reads a web address, so each counts as one."""
    return len("".join(_ADDRESS.sub("~", text).split()))


def paragraphs(text: str) -> int:
    """Lines with something on them."""
    return sum(bool(line.strip()) for line in text.splitlines())


def points(text: str) -> int:
    """Marked points: 1. ① 第一 首先 …"""
    return len(_POINT.findall(text))


def steps(text: str) -> int:
    """Things to do one after the other: 点击, 选择, an arrow …"""
    return len(_STEP.findall(text))


def sentences(text: str) -> int:
    """Sentences, by their ends."""
    return sum(bool(_WORD.search(sentence)) for sentence in _SENTENCE.findall(text))


def figures(text: str) -> int:
    """Numbers (amounts, dates, codes), a range counting once; the masks of anonymised ones count."""
    return len(_FIGURE.findall(EMOJI_CODE.sub(" ", text)))


def marks(text: str) -> int:
    """What stands out: 【…】, **…**, a warning sign …"""
    return len(_MARK.findall(text))


def stretch(text: str) -> int:
    """Characters of the longest run of words that no mark and no white space breaks."""
    return max(map(len, _STRETCH.findall(text)), default=0)


def courtesy(text: str) -> int:
    """How many of 100 characters stand in clauses of courtesy: 感谢您的支持, 竭诚为您服务 …

    A longer clause tells something besides.
    """
    clauses = _CLAUSE.findall(text)
    polite = sum(len(clause) for clause in clauses if len(clause) <= LONGEST_COURTESY and _COURTESY.search(clause))
    return round(100 * polite / max(1, sum(map(len, clauses))))


def questions(text: str) -> int:
    """Clauses that ask something."""
    return sum(bool(_QUESTION.search(clause)) for clause in _CLAUSE.findall(text))


MEASURES: dict[str, Callable[[str], int]] = {
    measure.__name__: measure
    for measure in (length, paragraphs, points, steps, sentences, figures, marks, questions, stretch, courtesy)
}
_OF_WORDS = ("length", "steps", "figures", "questions", "courtesy")
"""These look at words, so at folded text; the others look at how the text is laid out, so at the original."""


@lru_cache(maxsize=128)
def _measured(measure: str, text: str) -> int:
    """A book asks for the same measure again and again, of the reply and of the turns before it."""
    return MEASURES[measure](text)


@dataclass(frozen=True, slots=True)
class Form(Condition):
    """The measure, over all turns of the place (or its ``last``), is over ``over`` or under ``under``."""

    measure: str
    place: str
    over: float
    under: float
    last: int = 0

    cost = 3

    def check(self, case: Case, /) -> Verdict:
        views = case.views(self.place)
        if not views:
            return unknown("open" if views is None else "no_customer")
        folded = self.measure in _OF_WORDS
        value = sum(
            _measured(self.measure, view.folded.text if folded else view.text) for _, view in views[-self.last :]
        )
        if value > self.over or value < self.under:
            return Verdict(True, note=f"{self.measure}={value}")
        return NO


def parse(entry: Entry, names: Names) -> Condition:
    if "over" not in entry and "under" not in entry:
        raise entry.error("format", "needs over or under, with a number")
    return Form(
        entry.choice("format", MEASURES),
        entry.choice("in", ("reply", "question"), "reply"),
        entry.number("over", float("1e9")),
        entry.number("under", 0),
        entry.whole("last", 0),
    )
