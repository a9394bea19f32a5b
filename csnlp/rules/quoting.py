"""Whether words in a reply are the agent's own, not the customer's repeated to him nor a work's title. And how words of
a chat are shown in a note."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache

from csnlp.rules.negating import clause_start
from csnlp.text.fold import fold
from csnlp.text.redact import redact

HIDDEN = "…"

_QUOTED = re.compile(r"“[^“”]*”|「[^「」]*」|『[^『』]*』|‘[^‘’]*’|\"[^\"]*\"|'[^']*'")
_TITLE = re.compile(r"《[^《》]{1,60}》")
# What is said of a work, or of goods, in the sentence of its title. Without it 《加我微信》 is a way round the rules.
_WORK = re.compile(
    r"书(?!面)|[这那一两几每\d][本部册套集首张卷]|小说|电影|影[片碟]|唱片|电视|剧|歌|曲|专辑|漫画|动[漫画]|绘本|杂志|期刊|诗|作[者家]|导演"
    r"|演的|主演|出版|正版|译[本者的]|周边|海报|游戏|手游|读者"
)
_IN_STOCK = re.compile(r"[有现缺到断没]货")
_SENTENCE = re.compile(r"[。！？!?;；\n]")
_MARKS = frozenset("“「『‘\"'《")
_SAYS = re.compile(
    r"(?:您|你|客户|顾客|买家|亲|他|她|对方)(?:刚才|刚刚|之前|前面|一直|所|这边|那边)?"
    r"(?:说|讲|提到|提及|反映|反馈|评价|备注|描述|写|骂|称|问)(?:的|了|过|到|道|是|我们|我|他)?"
)

# What turns "you said" into the agent's own words: he asks back (你说谁…) or retorts (你说我…你才…).
_OWN_WORDS = re.compile(r"谁|什么|啥|[你您]才")
# The agent makes the customer's words his own: he says yes to them, or gives a number that the customer never gave.
_AFFIRMS = re.compile(
    r"[”」』’\"'》]?(?:的|这个|是|当然|[都也]|完全|确实|,| )*"
    r"(?:(?:可以的?|没问题|行的|ok)(?=[,。!~\s哦呢呀啊哈亲]|$)|就是(?:我们|咱|本店))"
)
_ACCOUNT = re.compile(r"(?<![单编件型货款订])号码?(?:是|为|:)? ?(?P<id>[a-z][a-z_-]*\d[a-z0-9_-]{3,})")
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


def quoted(text: str, start: int, end: int, customer: Sequence[str]) -> bool:
    """Whether ``text[start:end]`` are the customer's words: in quotation marks after "you said", or in marks, or
    after "you said" in the same clause, when he did say them (``customer``: his turns, folded); unless the agent says
    yes to them. Or the title of a work (《白痴》)."""
    if any(match.start() < start and end < match.end() for match in _TITLE.finditer(text, max(0, start - 60))):
        return _is_work(text, start, end, customer)
    if _affirmed(text, end, customer):
        return False
    said = any(_unbroken(text[start:end]) in turn for turn in customer)
    for match in _QUOTED.finditer(text, max(0, start - 200), end + 200):
        if match.start() < start and end < match.end():
            inside = _unbroken(match.group()[1:-1].strip())
            says = _SAYS.search(text, max(clause_start(text, start) - 12, 0), start)
            return says is not None or said or any(inside and inside in turn for turn in customer)
    return said and _reported(text, start)


def _is_work(text: str, start: int, end: int, customer: Sequence[str]) -> bool:
    """Whether the title around ``text[start:end]`` is a work's: the sentence speaks of one, or the customer does."""
    left, right = text.rindex("《", 0, start), text.index("》", end)
    before = _SENTENCE.split(text[max(0, left - 60) : left])[-1]
    around = f"{before}《》{_SENTENCE.split(text[right + 1 : right + 60])[0]}"
    title = _unbroken(text[left + 1 : right])
    if _WORK.search(around) or _IN_STOCK.search(around):
        return True
    return any(title in turn or _WORK.search(turn) for turn in customer)


def _affirmed(text: str, end: int, customer: Sequence[str]) -> bool:
    if _AFFIRMS.match(text, end, end + 20):
        return True
    account = _ACCOUNT.search(text, end, end + 40)
    return account is not None and not any(account["id"] in turn for turn in customer)


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
