"""The case in which something is free or charged: the first time, within the warranty, up to 24 hours.

So much is free in one case only (首次安装免费) that a fee contradicts it in that same case alone.
"""

from __future__ import annotations

import re

from csnlp.reference.clauses import FEE, Passage, tells
from csnlp.reference.compare import kind

# One group a case, however it is spelt; the rest are words that make a case of what stands beside them.
_CASES = re.compile(
    "(?P<again>第?二次|第[三四两]次|再次|移机)|(?P<first>首[次单年件]|第[一1]次)|"
    "(?P<expired>过保|保外|过了?(?:保修|质保)期?|(?:超出?|超过)(?:保修|质保)期?|(?:保修|质保)期?[外后])|"
    "(?P<covered>(?:保修|质保)期?(?:以|之)?内|保内|在保)|"
    "(?P<ours>(?:非|不是)(?:质量|品质)(?:问题|原因))|(?P<faulty>(?:质量|品质)(?:问题|原因))|(?P<misused>人为|损坏)|"
    "(?P<member>(?<!非)会员|新客|老客)|(?P<stairs>[无没]有?电梯)|(?P<lift>有?电梯)|(?P<floor>[0-9一二三四五六七八九]+楼)|"
    "(?P<other>非|未|不满|不足|超出?|超过|其他|其它|除|仅|只限)"
)
# Groups that tell a case only by what they matched.
_BY_WORD = frozenset(("member", "floor", "other"))


def case_at(passage: Passage, index: int) -> frozenset[str]:
    """What limits the clause at ``index`` (首次, 24小时内), or else, if that begins there, the clause before it."""
    number = passage.clause_number(index)
    clause, before = passage.clauses[number], passage.clauses[max(0, number - 1)]
    found = _case(passage, clause.start, clause.end)
    if found or before.sentence != clause.sentence or tells(passage.text[clause.start : index]) > 1:
        return found
    return _case(passage, before.start, before.end)


def cases_in(passage: Passage) -> frozenset[str]:
    """All that the passage names."""
    return _case(passage, 0, len(passage.text))


def _case(passage: Passage, start: int, end: int) -> frozenset[str]:
    named = {
        match[0] if match.lastgroup in _BY_WORD else str(match.lastgroup)
        for match in _CASES.finditer(passage.text, start, end)
    }
    limits = {
        f"{kind(q)} {q.low:g} {q.high:g}"
        for q in passage.quantities
        if start <= q.start < end and q.unit != FEE and (q.at_most or q.at_least)
    }
    return frozenset(named | limits)
