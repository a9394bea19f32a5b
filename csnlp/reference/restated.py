"""A reply that says over what the standard answer says, in its words: 默认发圆通的 of 默认圆通快递.

It is only borne out by this, never contradicted: each clause has to keep to one clause of a short standard answer, its
telling characters in their order, with as many denials and limits and no figure or Latin word of its own.
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
    "放行用地方处做来去把将被从对按照先再给帮会请麻烦建议选拍买都就好这款种为需应该须得以及并且而但默认支持提供直接即正常发让使些样子面"
    "够到着完话时候吧爱您好很啦呗嗷咯比较非常挺蛮"
)
_DENIAL = re.compile("[不没无未非别勿禁免拒停]")
_LIMIT = re.compile("[除仅只才限]")
_FIGURE = re.compile(r"(?!一[下些样般定直])(?:[a-z0-9]+(?:\.[0-9]+)?|[一二两三四五六七八九十半双]+)")
# One character may stand in any clause.
_LEAST = 2


def judge_restated(said: Passage, due: Passage, asked: Passage) -> list[Judgement]:
    """The judgement that the reply ``said`` agrees, if it says over what ``due`` says, and more than the question
    ``asked``. What else it says may only be of something else."""
    if len(said.text) > _MOST_CHARS or any(clause.asks for clause in said.clauses):
        return []
    found: set[str] = set()
    for clause in said.clauses:
        text = said.of(clause)
        if any(_says_over(said, clause, due, other) for other in due.clauses):
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


def _says_over(said: Passage, clause: Clause, due: Passage, other: Clause) -> bool:
    """Whether the ``clause`` says no more than the ``other`` of ``due``, in its order."""
    text, source = said.of(clause).replace("一下", ""), due.of(other)
    if any(len(kind.findall(text)) != len(kind.findall(source)) for kind in (_DENIAL, _LIMIT)):
        return False
    numbers = [q for q in due.quantities if other.start <= q.start < other.end]
    for quantity in said.quantities:
        if clause.start <= quantity.start < clause.end:
            if not any(agrees(quantity, number) for number in numbers):
                return False
            text = text.replace(said.text[quantity.start : quantity.end], " ")
    told = _telling(text)
    remaining = iter(source)
    figures = set(_FIGURE.findall(text)) <= set(_FIGURE.findall(source))
    return figures and len(told) >= _LEAST and all(char in remaining for char in told)


def _telling(text: str) -> list[str]:
    telling = content(text) - _LIGHT
    return [char for char in text if char in telling]
