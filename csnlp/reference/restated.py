"""A reply that says over what the standard answer says, in its words: 默认发圆通的 of 默认圆通快递.

It is only borne out by this, never contradicted: each clause has to keep to one clause of a short standard answer, its
telling characters in their order, each on the same side of as many denials, with the same limits and cases and no
figure or Latin word of its own. What it leaves out has to stand in the question: 敏感肌可用 is not 敏感肌慎用.
"""

from __future__ import annotations

import re

from csnlp.reference.answers import GREETING
from csnlp.reference.clauses import Clause, Passage, content
from csnlp.reference.compare import agrees
from csnlp.reference.result import Judgement

# A longer standard answer tells cases apart (棉的可水洗,真丝的干洗), of which the reply may have chosen the wrong one.
MOST_CLAUSES = 3
_MOST_CHARS = 60
# Characters that a clause may add or leave out: what it is done with, to whom, and how surely.
_LIGHT = frozenset(
    "放行用地方处做来去把将被从对按照先再给帮会请麻烦建议选拍都就好这款种为需应该须得以及并且而但默认支持提供直接即正常发让使些样子面"
    "够到着完话时候吧爱您好很啦呗嗷咯比较非常挺蛮"
)
# Characters that tell nothing as a rule, but what side, size or measure it is here, unless they only round a figure.
_MEASURE = frozenset("左右大小多少")
_ROUNDS = re.compile("左右|大[概约]|多少|多[久大长]|大家|差不多")
_DENIAL = re.compile("[不没无未非别勿禁拒停]|免(?!费)")
# 退不了 denies as 不退 does.
_CANNOT = re.compile("([\u4e00-\u9fff])不[了到起上](?:了(?![\u4e00-\u9fff]))?")
# What limits what is said, and what makes a case of it: to whom, when, how much.
_LIMIT = re.compile("[除仅只才限]")
_CASE = re.compile(
    f"{_LIMIT.pattern}|[慎仿假半满超内外后]|(?<!提)前|以[上下]|其[他它]|别的|另外|自[己行备理费付]|本人|亲自|人造"
)
_FIGURE = re.compile(r"(?!一[下些样般定直])(?:[a-z0-9]+(?:\.[0-9]+)?|[一二两三四五六七八九十半双]+)")
# What must be done is not what may be.
_MUST, _MAY = re.compile("必须|务必|需要?|须|得|要"), re.compile("可以?(?!$)|能")
# One character may stand in any clause.
_LEAST = 2
# So many may be left out of a standard answer of one clause; of more, each may have a case or part of its own.
_MOST_LEFT = 2


def judge_restated(said: Passage, due: Passage, asked: Passage) -> list[Judgement]:
    """The judgement that the reply ``said`` agrees, if it says over what ``due`` says, and more than the question
    ``asked``. What else it says may only be of something else."""
    if len(said.text) > _MOST_CHARS or any(clause.asks for clause in said.clauses):
        return []
    found: set[str] = set()
    for clause in said.clauses:
        text = said.of(clause)
        if any(_says_over(said, clause, due, other, asked) for other in due.clauses):
            found |= (content(text) - _LIGHT).union(_FIGURE.findall(text))
        elif not GREETING.fullmatch(text) and not _is_beside(text, due.text):
            return []
    return [Judgement(0, len(said.text), True, due.text)] if found - set(asked.text) else []


def _is_beside(text: str, due: str) -> bool:
    """Whether a clause speaks of something else than ``due``: no number, denial or word in common."""
    if not _telling(text):
        return not _DENIAL.search(text + due)  # 可以的, where nothing is denied
    own = not content(text) & content(due)
    return own and not any(sign.search(text) for sign in (_DENIAL, _LIMIT, _FIGURE))


def _says_over(said: Passage, clause: Clause, due: Passage, other: Clause, asked: Passage) -> bool:
    """Whether the ``clause`` says what the ``other`` of ``due`` says and no more, in its order."""
    text, source = (_alike(words) for words in (said.of(clause), due.of(other)))
    if sorted(_CASE.findall(text)) != sorted(_CASE.findall(source)):
        return False
    if _MUST.search(source) and _MAY.search(text) and not _MAY.search(source):
        return False
    numbers = [q for q in due.quantities if other.start <= q.start < other.end]
    for quantity in said.quantities:
        if clause.start <= quantity.start < clause.end:
            if not any(agrees(quantity, number) for number in numbers):
                return False
            text = text.replace(said.text[quantity.start : quantity.end], " ")
    mine, its = _DENIAL.split(text), _DENIAL.split(source)
    if len(mine) != len(its) or len(_telling(text)) < _LEAST:
        return False
    if not set(_FIGURE.findall(text)) <= set(_FIGURE.findall(source)):
        return False
    left = set(_telling(source)) - set(_telling(text)) - set(asked.text)
    if len(left) > (_MOST_LEFT if len(due.clauses) == 1 else 0):
        return False
    return all(_is_among(_telling(part), whole) for part, whole in zip(mine, its, strict=True))


def _alike(text: str) -> str:
    """``text`` with forms that mean the same made the same: 退不了, 洗了就, 一下."""
    return _CANNOT.sub(r"不\1", text.replace("一下", "").replace("了就", "后"))


def _is_among(chars: list[str], text: str) -> bool:
    """Whether ``text`` holds ``chars`` in their order."""
    remaining = iter(text)
    return all(char in remaining for char in chars)


def _telling(text: str) -> list[str]:
    text = _ROUNDS.sub(" ", text)
    telling = (content(text) - _LIGHT) | _MEASURE
    return [char for char in text if char in telling]
