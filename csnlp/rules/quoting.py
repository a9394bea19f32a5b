"""Whether words in a reply are meant: not negated, and not the customer's own words repeated to him. And how words of a
chat are shown in a note."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache

from csnlp.text.fold import fold
from csnlp.text.redact import redact

NEGATION_WINDOW = 10
"""Characters before a term, in its clause, in which a negation bears on it: 不能给您保证明天一定到. Wide on purpose: a
negation taken for one too many misses a finding, one too few blames an agent."""

HIDDEN = "…"

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

# What turns "you said" into the agent's own words: he asks back (你说谁…) or retorts (你说我…你才…).
_OWN_WORDS = re.compile(r"谁|什么|啥|[你您]才")
_LINE_BREAK = re.compile(r"[\n\v\f\r\x85\u2028\u2029]")


@lru_cache(maxsize=16)
def with_line_breaks(text: str) -> str:
    """``text`` folded, character for character, but with the line breaks that folding turns into spaces.

    Those between single characters are a mask, and fold away. The latest are kept: several look at the same reply.
    """
    folded = fold(text)
    chars = list(folded.text)
    for match in _LINE_BREAK.finditer(text):
        last = bisect_right(folded.offsets, match.start()) - 1
        if last >= 0 and chars[last] == " ":
            chars[last] = "\n"
    return "".join(chars)


def shown(text: str, start: int = 0, end: int | None = None) -> str:
    """``text[start:end]`` for a note, personal data masked; :data:`HIDDEN` where it cuts through what is masked as a
    whole: half a phone number is not seen to be one."""
    words = redact(text[start:end])
    return words if words in redact(text) else HIDDEN


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
    after "you said" in the same clause, when he did say them (``customer``: his turns, folded). Or the title of a work
    (《白痴》)."""
    if any(title.start() < start and end < title.end() for title in _TITLE.finditer(text, max(0, start - 60))):
        return True
    said = any(_unbroken(text[start:end]) in turn for turn in customer)
    for match in _QUOTED.finditer(text, max(0, start - 200), end + 200):
        if match.start() < start and end < match.end():
            inside = _unbroken(match.group()[1:-1].strip())
            says = _SAYS.search(text, max(clause_start(text, start) - 12, 0), start)
            return says is not None or said or any(inside and inside in turn for turn in customer)
    return said and _reported(text, start)


def _reported(text: str, at: int) -> bool:
    """Whether a "you said" in the clause of position ``at``, or in one before it that ends in a colon, bears on it."""
    start = clause_start(text, at)
    before = text[max(0, start - 3) : start].rstrip()
    if before.endswith((":", "：")):
        start = clause_start(text, text.rindex(before[-1], 0, start))
    says = list(_SAYS.finditer(text, start, at))
    return bool(says) and _OWN_WORDS.search(text, says[-1].end(), at) is None


def _unbroken(words: str) -> str:
    """As folding leaves them: line breaks are spaces."""
    return words.replace("\n", " ")
