"""Whether words in a reply are meant: not negated, and not the customer's own words repeated to him."""

from __future__ import annotations

import re
from collections.abc import Sequence

NEGATION_WINDOW = 10
"""Characters before a term, in its clause, in which a negation bears on it: 不能给您保证明天一定到. Wide on purpose: a
negation taken for one too many misses a finding, one too few blames an agent."""

# In a chat a space often stands for a comma: 不贵 全网最低价. Between single characters (不 能 保 证) it is a mask.
_BREAK = re.compile(r"[，。！？；：、,!?;:\n~～…]|(?<!\d)\.(?!\d)|(?<=[\u4e00-\u9fff]{2}) +(?=[\u4e00-\u9fff]{2})")
_NEGATION = re.compile(r"不|没|无|未|别|勿|莫|非|难以|无法|谢绝|拒绝|禁止")
# Words that hold one of these characters and negate nothing.
_NO_NEGATION = re.compile(
    r"不好意思|不过|不仅|不但|不管|不论|不光|不只|不然|不如|不同|不久|不错|不断|不用担心|不要着急|不客气|对不起"
    r"|没错|没关系|没问题|没事|无论|无忧|无线|无理由|非常|非凡|除非|未来|特别|分别|区别|类别|级别|性别|个别|别人|别的"
)
_QUOTED = re.compile(r"“[^“”]*”|「[^「」]*」|『[^『』]*』|‘[^‘’]*’|\"[^\"]*\"|'[^']*'")
_TITLE = re.compile(r"《[^《》]{1,60}》")
_MARKS = frozenset("“「『‘\"'《")
_SAYS = re.compile(
    r"(?:您|你|客户|顾客|买家|亲|他|她|对方)(?:刚才|刚刚|之前|前面|一直|所|这边|那边)?"
    r"(?:说|讲|提到|提及|反映|反馈|评价|备注|描述|写|骂|称|问)(?:的|了|过|到|道|是|我们|我|他)?"
)


def may_quote(text: str) -> bool:
    """Whether ``text`` has quotation marks or a "you said" at all; a quick look before :func:`quoted`."""
    return not _MARKS.isdisjoint(text) or _SAYS.search(text) is not None


def clause_start(text: str, at: int) -> int:
    """Where the clause (between punctuation) that holds position ``at`` starts."""
    start = 0
    for match in _BREAK.finditer(text, max(0, at - 200), at + 2):  # a break is known by what follows it
        start = match.end() if match.end() <= at else start
    return max(start, at - 200)


def negated(text: str, at: int) -> bool:
    """Whether a negation stands in the same clause shortly before position ``at`` of the folded ``text``."""
    start = max(clause_start(text, at), at - NEGATION_WINDOW)
    # A word like 不过 may begin before the window: look at it whole.
    window = _NO_NEGATION.sub(lambda match: "＿" * len(match.group()), text[max(0, start - 4) : at])
    return _NEGATION.search(window[-(at - start) :] if at > start else "") is not None


def quoted(text: str, start: int, end: int, customer: Sequence[str]) -> bool:
    """Whether ``text[start:end]`` are the customer's words: in quotation marks after "you said", or in marks, or
    after "you said", when he did say them (``customer``: his turns, folded). Or the title of a work (《白痴》)."""
    if any(title.start() < start and end < title.end() for title in _TITLE.finditer(text, max(0, start - 60))):
        return True
    words = text[start:end]
    said = any(words in turn for turn in customer)
    says = _SAYS.search(text, max(clause_start(text, start) - 12, 0), start)
    for match in _QUOTED.finditer(text, max(0, start - 200), end + 200):
        if match.start() < start and end < match.end():
            inside = match.group()[1:-1].strip()
            return bool(says) or said or any(inside and inside in turn for turn in customer)
    return said and says is not None
