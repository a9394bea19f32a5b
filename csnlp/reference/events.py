"""The event that a time runs to: 发货后3天到 tells when it arrives, 保修申请24小时内受理 not how long it is covered."""

from __future__ import annotations

import re
from functools import lru_cache

from csnlp.reference.clauses import FEE, FREE, Passage
from csnlp.reference.context import MAX_QUANTITIES
from csnlp.text.quantities import Quantity

# One group an event, however it is spelt. A term is no event: within it something holds, or may be asked for.
_EVENT = re.compile(
    "(?P<term>无理由|申请|(?:可以?|能|支持)[^,退]{0,6}(?:退(?![款钱给还到])|换)|包[退换]|[退换]换|有效|保质)|"
    "(?P<refund>退款|退钱|退[给还]|到[账帐]|打款)|"
    "(?P<back>寄回|寄过来|寄来)|"
    "(?P<ship>发货|出货|出库|揽收|[发寄](?:出|到|过去|新|给?[您你])|[补重][发寄])|"
    "(?P<arrive>路上|(?:送|运|[就能会])收?到(?![期账帐])|到(?:达|货|家|店|仓|我们))|"
    "(?P<review>审核|受理|处理|[答回]复|通过)|"
    "(?P<cover>[保包]修|质保|联保|延保|免费维修)|"
    "(?P<repair>维修|检测|[寄返]修|修好)|"
    "(?P<issue>开具|开好|开票)|"
    "(?P<begin>生效|激活)"
)
# What the time is followed by at once: 7天退货 is a term, 3天退 is when the money comes.
_AT_ONCE = re.compile(
    "(?P<term>(?:免费|可以?|能)?[退换](?=[货新])|(?:可以?|能)[退换](?![款钱给还到]))|"
    "(?:[就要会能给]|[您你]|可以)*(?:(?P<refund>退(?:[的了哦呢哈呀啊亲]|$))|(?P<arrive>到(?![期账帐])))"
)
# What a time begins with is not what it runs to: 签收后7天, 付款之日起48小时.
_ANCHOR = re.compile("(?<![最售])后(?!天)|之日起")
_ASKS_TIME = re.compile("多久|多长|几天|几日|时候|啥时|何时|时间")
_RIGHTS = re.compile("[退换]")
_TERM = frozenset(["term"])
_REACH = 40


def is_other_event(said: Passage, stated: Quantity, due: Passage, expected: Quantity, asked: Passage) -> bool:
    """Whether the times of reply and standard answer run to different events.

    One that tells none is the time that the question asks for; 退货多久 does not ask for a term.
    """
    question = _asked_for(asked.text)
    ours, theirs = _runs_to(said, stated) or question, _runs_to(due, expected) or question
    if bool(ours and theirs) and ours.isdisjoint(theirs):
        return True
    mine = _rights(said.of(said.clause_at(stated.start))) or _rights(asked.text)
    its = _rights(due.of(due.clause_at(expected.start)))
    return bool(mine and its) and mine.isdisjoint(its)


def _rights(text: str) -> frozenset[str]:
    """Whether ``text`` is of sending back for money or for other goods: 七天无理由 is no term of 换货."""
    return frozenset(_RIGHTS.findall(text.replace("无理由", "退")))


@lru_cache(maxsize=64)
def _asked_for(question: str) -> frozenset[str]:
    return frozenset(_events(question) if _ASKS_TIME.search(question) else ()) - _TERM


def _runs_to(passage: Passage, time: Quantity) -> frozenset[str]:
    """The events behind ``time`` in its clause, or else the last one before it, from where it begins."""
    clause = passage.clause_at(time.start)
    others = [other for other in passage.quantities[:MAX_QUANTITIES] if other.unit not in (FREE, FEE)]
    start = max((other.end for other in others if other.end <= time.start), default=0)
    end = min((other.start for other in others if other.start >= time.end), default=len(passage.text))
    before = passage.text[max(start, clause.start, time.start - _REACH) : time.start]
    behind = passage.text[time.end : min(end, clause.end, time.end + _REACH)]
    if match := _AT_ONCE.match(behind):
        return frozenset([str(match.lastgroup)])
    found = frozenset(_events(behind) or _events(_ANCHOR.split(before)[-1])[-1:])
    return _TERM if found > _TERM else found  # 7天内可申请退货退款


def _events(text: str) -> list[str]:
    return [str(match.lastgroup) for match in _EVENT.finditer(text)]
