"""Whether words speak of a fact itself, and not of something near it that has terms of its own.

A part, a kind (顺丰运费, 儿童门票), a case (满99元, 两件), a change (再减5元) or another event (发货后3天到) may
differ from the fact without contradicting it. Each is a guard: of what it meets, nothing is judged to be wrong.
"""

from __future__ import annotations

import re

from csnlp.reference.clauses import FREE, Clause, Passage, tells
from csnlp.reference.compare import kind
from csnlp.rules.facts import Fact
from csnlp.text.quantities import Quantity

# Parts and extras have facts of their own: 配件保修1年, 手柄是塑料的.
_PART = re.compile(
    "配件|零件|部件|附件|赠品|耗材|包装|电池|电机|马达|压缩机|主板|主机|屏幕|充电[器头]|数据线|电源|遥控|滤[芯网]|内胆|内芯|"
    "[手提]柄|把手|提手|盖子?(?=[是用为的有什])|[杯壶锅瓶]盖|标签|吊牌|商标|底座|外壳|支架|灯珠|光源|驱动|密封圈|表带|镜[片架腿]|拉链|[鞋垫]底|鞋垫|内里|内衬|填充|领口?|袖|腰带|扣子|辅料|里[料布]"
)
# Kinds with terms of their own: the way back or again, a dearer way to send, those who pay otherwise, another price or
# payment, a size, a mode or state, a longer term.
_KIND = re.compile(
    "退|换|补|寄回|返程|顺丰|京东|德邦|ems|空运|加急|特快|到付|续重|超重|大件|会员|学生|儿童|小孩|老人|团购|券|原价|标价|[牌柜场]价|定金|尾款|质量|"
    "[大中小][号杯码份]|待机|模式|毛重|开[封袋盖瓶]|拆封|延保"
)
# A name that goes on is another thing's, or only dates one: 运费险, 保修卡, 保修申请, 发货后, 保修期内.
_GOES_ON = re.compile("[险卡券地点场]|单(?!价)|申请|登记|[之以]?[前后]|期?(?:内|里(?!程))")
# What happens beside, and what a time runs to: 审核24小时内, 3天寄回, 赔8元.
_EVENT = re.compile(
    "审核|受理|处理|同意|通过|检测|寄|修好|退款|到[账帐]|打款|送[到达货]|(?<!收)到货|路上|来回|上门|取件|赔|延[迟误]|生效|激活|联系|回复|通知|发票|资料|证书"
)
_ARRIVAL = re.compile("到(?![期手底位])")
# From here a time runs: 签收后, 付款之日起.
_SINCE = re.compile(".*[后起]")
# The change that an amount makes (再减5元, 抵100元), and an amount that sets a case (满99元, 不足88元).
_CHANGE = re.compile("(?:[减抵加返省降涨贵补赔扣送]|优惠|便宜)(?=[了您你]?$)")
_THRESHOLD = re.compile("满|超|达到|[大高多]于|高过|不[足满到]|[少低小]于")
_ENOUGH = re.compile("(?<!不)够|满|过了|达到")
# Words that add nothing to a case: 拍两件的话.
_BUYING = re.compile("购买|购物|下单|[买拍购]|的话|时")
# Characters on each side of a word that can say what it is of.
_REACH = 30


def names_part(words: str, fact: Fact) -> bool:
    """Whether ``words`` speak of a part, and the fact does not."""
    return _has_other(_PART, words, fact)


def is_limited(passage: Passage, start: int, fact: Fact) -> bool:
    """Whether a kind or a number before ``start`` in its clause limits what is said: 退货不包邮, 一件不包邮."""
    clause = passage.clause_at(start)
    before, _ = _around(passage, start, start)
    return _has_other(_KIND, before, fact) or any(
        clause.start <= q.start and q.end <= start for q in passage.quantities
    )


def is_itself(passage: Passage, start: int, end: int, fact: Fact) -> bool:
    """Whether the fact's name ``text[start:end]`` stands for it, not for 运费险 or 退货运费."""
    goes_on = _GOES_ON.match(passage.text, end) is not None
    return not goes_on and not _has_other(_KIND, " ".join(_around(passage, start, end)), fact)


def is_value(passage: Passage, quantity: Quantity, fact: Fact) -> bool:
    """Whether ``quantity`` may be given as the fact's own: no case, no change, and of nothing else in its clause."""
    before, behind = _around(passage, quantity.start, quantity.end)
    around = f"{before} {behind}"
    return not (
        (_is_threshold(passage, quantity) and not _at_least(fact))
        or _is_in_case(passage, quantity)
        or (quantity.unit == FREE and _is_enough(passage, quantity, fact))
        or _has_other(_CHANGE, before, fact)
        or _has_other(_EVENT, f"{_SINCE.sub('', before)} {behind}", fact)
        or _has_other(_ARRIVAL, behind, fact)
        or _has_other(_KIND, around, fact)
        or names_part(around, fact)
    )


def _around(passage: Passage, start: int, end: int) -> tuple[str, str]:
    """What stands before and behind ``text[start:end]`` in its clause."""
    clause = passage.clause_at(start)
    return passage.text[max(clause.start, start - _REACH) : start], passage.text[end : min(clause.end, end + _REACH)]


def _has_other(pattern: re.Pattern[str], words: str, fact: Fact) -> bool:
    """Whether ``words`` hold one of ``pattern`` that the fact's own words lack."""
    own = " ".join((fact.key, fact.shown, *fact.names, *fact.products))
    return any(found not in own for found in pattern.findall(words))


def _is_threshold(passage: Passage, quantity: Quantity) -> bool:
    return _THRESHOLD.match(passage.text, quantity.start) is not None


def _at_least(fact: Fact) -> bool:
    return isinstance(fact.value, Quantity) and fact.value.at_least


def _is_in_case(passage: Passage, quantity: Quantity) -> bool:
    """Whether a number before it sets the case that it holds in: 两件价格189元, 满59元免运费, 买两件的话,运费15元."""
    number = passage.clause_number(quantity.start)
    clause = passage.clauses[number]
    before = passage.clauses[number - 1] if number else clause
    start = before.start if before.sentence == clause.sentence and _is_case_alone(passage, before) else clause.start
    earlier = (other for other in passage.quantities if start <= other.start < quantity.start)
    return any(_is_threshold(passage, other) or _is_other_amount(other, quantity) for other in earlier)


def _is_enough(passage: Passage, quantity: Quantity, fact: Fact) -> bool:
    """Whether it is free since the order is large enough: 您这单够包邮了,不用运费."""
    return _has_other(_ENOUGH, passage.text[max(0, quantity.start - _REACH) : quantity.start], fact)


def _is_case_alone(passage: Passage, clause: Clause) -> bool:
    """Whether the clause only gives a number: 3斤以内, 拍两件的话."""
    inside = [other for other in passage.quantities if clause.start <= other.start < clause.end]
    if len(inside) != 1:
        return False
    rest = passage.text[clause.start : inside[0].start] + passage.text[inside[0].end : clause.end]
    return tells(_BUYING.sub("", rest)) == 0


def _is_other_amount(other: Quantity, quantity: Quantity) -> bool:
    """Whether ``other`` counts something else, and more than the one piece that a price is for."""
    one = other.dimension.startswith("count") and other.low == other.high == 1
    return kind(other) != kind(quantity) and not one
