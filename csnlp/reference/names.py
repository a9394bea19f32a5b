"""The name right before a number, and names of the same sort for different things: 袖长 and 衣长, 儿童票 and 成人票."""

from __future__ import annotations

import re
from itertools import takewhile

from csnlp.reference.clauses import FEE, FREE, Passage
from csnlp.text.quantities import Quantity

# What names of one sort end in: sizes, sums of money, packages and versions.
_SORTS = frozenset("长宽高深厚重围径距价费票款号装版包瓶杯箱袋卡位份金量")
# Names of one thing.
_SAME = (
    (re.compile("邮费|快递费"), "运费"),
    (re.compile("(?:到手|活动|优惠|促销|成交)价格?|售价|价格"), "现价"),
)
# Sizes and versions that a letter or a figure names: l码, 42码, 3号.
_LABEL = re.compile("(?<![a-z0-9])(?:[a-z]{1,4}|[0-9]{1,3})(?:码|号|款|版|寸)")
_PAID_OUT, _BACK = re.compile("赔|险"), re.compile("退|换|寄回|[补重][发寄]")
_RUN = re.compile("[\u4e00-\u9fff]+$")
# Words before a name, or between it and its number, that belong to neither.
_LIGHT = (
    "您好|你好|我们|咱们|本店|目前|现在|其中|另外|还有|的话|[这那该]款|大概|大约|差不多|左右|一般|正常|分别|收取|"
    "最[高低多少大小]|"
    "[亲您你我这那个的每一两是为有需要能可以会约才都就只仅还也和呢到得共收扣付补交码]"
)
_BEFORE, _BEHIND = re.compile(f".*(?:{_LIGHT})(?=.)"), re.compile(f"(?:{_LIGHT})+$")
_LEAST, _MOST, _REACH = 2, 6, 20
# What the names of a pair begin with: 老客价 and 新客价.
_OPPOSED = {
    pair for one, other in ("老新", "大小", "男女", "长短", "前后", "单双") for pair in ((one, other), (other, one))
}
# Characters of what tells them apart.
_APART = 2


def has_other_name(said: Passage, stated: Quantity, due: Passage, expected: Quantity) -> bool:
    """Whether the numbers of reply and standard answer are named for different things of one sort.

    Where the standard answer speaks of ours in the same clause, its number may be for both.
    """
    one, other = _labels(said, stated), _labels(due, expected)
    if (one and other and one.isdisjoint(other)) or _is_for_other(said, stated, due, expected):
        return True
    ours, theirs = _name(said, stated), _name(due, expected)
    if ours and theirs and (ours[0], theirs[0]) in _OPPOSED:
        return True
    if not ours or not theirs or ours[-1] != theirs[-1] or ours[-1] not in _SORTS:
        return False
    pairs = zip(reversed(ours), reversed(theirs), strict=False)
    shared = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
    mine, its = ours[:-shared][-_APART:], theirs[:-shared][-_APART:]
    if not mine or not its or not set(mine).isdisjoint(its):
        return False
    clause = due.clause_at(expected.start)
    return due.text.find(mine, clause.start, clause.end) < 0


def _is_for_other(said: Passage, stated: Quantity, due: Passage, expected: Quantity) -> bool:
    """Whether the reply's sum of money is paid out (赔8元) or for the way back, and that of the answer is not."""
    ours, theirs = said.of(said.clause_at(stated.start)), due.of(due.clause_at(expected.start))
    paid_out = _PAID_OUT.search(ours) and not _PAID_OUT.search(theirs)
    return stated.dimension == "money" and bool(paid_out or (_BACK.search(ours) and not _BACK.search(due.text)))


def _labels(passage: Passage, quantity: Quantity) -> frozenset[str]:
    """The sizes that its clause names before ``quantity``."""
    clause = passage.clause_at(quantity.start)
    return frozenset(_LABEL.findall(passage.text, max(clause.start, quantity.start - _REACH), quantity.start))


def _name(passage: Passage, quantity: Quantity) -> str:
    """The words right before ``quantity`` in its clause, if they are few enough for a name."""
    if quantity.unit in (FREE, FEE):
        return ""
    clause = passage.clause_at(quantity.start)
    before = passage.text[max(clause.start, quantity.start - _REACH) : quantity.start]
    for spelt, same in _SAME:
        before = spelt.sub(same, before)
    run = _RUN.search(before.rstrip(" :"))
    name = _BEFORE.sub("", _BEHIND.sub("", run[0])) if run else ""
    return name if _LEAST <= len(name) <= _MOST else ""
