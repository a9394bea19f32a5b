"""Who pays the postage, in which case: 运费商家承担, 不用您出, 质量问题我们来出, 包邮."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from csnlp.reference.clauses import Passage, tells
from csnlp.reference.result import Judgement

_POSTAGE = re.compile("(?:运费|邮费|快递费)(?!险)|包邮|免邮")
_INSURED = re.compile("(?<![不没有送])(?<!没有)(?<!赠送)运费险")
# What may stand between payer and verb, denials included.
_BETWEEN = (
    "(?:自己|自行|本人|们|这边|那边|方|来|要|得|先|暂时|会|都|全部?|全额|需要?|一律|统一|是|也|就|可以|能|该|应该|另外|给您|帮您|再|"
    "不(?:用|需要?|必|会|能|可以|要|是|给|予|管)?|无需|无须|没有?|别|甭){0,5}"
)
_PAYS = "(?:承担|出(?![厂门库货现示])|付|负担|负责|掏|支付(?!宝)|报销|买单)"
_PAYER = re.compile(
    rf"(?P<shop>(?:我们|咱们|咱家|卖家|商家|店家|店里|店铺|本店|我方|我司){_BETWEEN}(?:{_PAYS}|包(?!邮|装|裹)|自理)"
    rf"|(?:给|帮|替)(?:您|你){_PAYS}|包邮|免邮|包运费|免运费|免邮费|免快递费)"
    rf"|(?P<buyer>(?:买家|顾客|客户|消费者|您|你|自己|自行){_BETWEEN}(?:{_PAYS}|自理)|自理|自付)"
)
# A denial before the payer turns the claim round: 不用您出, 不能由我们承担, 哪能让您出.
_TURN = re.compile(
    "(?:(?:[用要]不着|不(?:用|需要?|要|必|会|能够?|可能|可以|得|是|由|让|该|应该?)?|无需|无须|没有?|未|别|甭|并非|哪[里儿]?|怎么?|岂)"
    "(?:会|能|可以?|可能|有|再|另外|额外|是|让|由|叫|要|用|需要?|归|麻烦|全部?|都|来|给|不|[您你亲](?![们自]))*)+$"
)
_DENIAL = re.compile("[不没未无别甭哪怎岂]|并非")
_TURN_REACH = 10
# So does one behind the verb: 我们承担不了.
_CANNOT = re.compile("不[了起]")
# Nobody pays it all.
_SHARED = re.compile(
    "一半|各[自付出]|分摊|平摊|对半|差价|部分|超出|超过|续重|上限|首重|其余|剩下|[0-9一二三四五六七八九几]成|百分之|%|"
    "前[0-9]{1,7}[元块]|[0-9]{1,7}[元块]钱?(?:以?内|封顶)"
)
# Paid back later: whoever lays it out does not bear it.
_ADVANCE = re.compile("先|垫|暂|一下")
_LAID_OUT = re.compile("垫")
_REFUND = re.compile(
    "(?:退[给还您你回]|返[给还您你回现]|报销|报给|补[给您你偿]|转给|打给|给[您你]?(?:退|返|报|补|转|打)|退运费|返运费)"
)
_NO_REFUND = re.compile("[不没无](?:会|能|给|予|再|可以?|提供|支持|您|你|是)*$")
_BACK = re.compile("运费|邮费|快递费|报销|返")

# Why the goods go back: the shop's fault, or the customer's choice.
FAULT, CHOICE, OTHER = "fault", "choice", "other"
_CHOICE = re.compile(
    "(?:非|不是|没有?|无|不属于|不存在)(?:因为?|由于|商品|产品|本身|我们的?|什么|有|任何|的){0,3}(?:质量|瑕疵|破损|品质)(?:问题|原因)?"
    "|无理由|(?:个人|自身|自己|主观|[您你](?:自己)?|买家|顾客|客户)的?(?:原因|问题|因素|责任)"
    "|不(?:喜欢|想要|合适|满意|合身|爱|习惯|想|要了)|[买拍选]错|太[大小长短硬软]|后悔|反悔"
)
_FAULT = re.compile(
    "质量|品质|破损|损坏|瑕疵|故障|坏|[漏少错]发|发错|缺件|少件|开胶|变质|[破裂碎断]了|破裂|断裂|保修|质保|在保|暗病"
    "|(?:我们|我方|卖家|商家|商品|产品|店家)的?(?:原因|问题|责任)"
)
_CAUSE = re.compile("问题|原因|的话|麻烦|如果|情况")
_IF = re.compile(
    "其他|其它|其余|否则|不然|如果|要是|假如|若|的话|除非|除外|偏远|新疆|西藏|内蒙|海南|港澳|满[0-9一二两三四五六七八九十百]"
)
# The clause behind says when it does not hold.
_BUT = re.compile("^(?:除|如果|要是)|除外")
# There (发), back, and again after that.
_OUTWARD, _BACK_LEGS, _AGAIN = "发", "退换修", "补"
_LEG_OF = {
    **dict.fromkeys(("发货", "首发", "首次", "第一次", "给您发", "发给您", "寄给您"), _OUTWARD),
    **dict.fromkeys(("来回", "往返"), _BACK_LEGS + _AGAIN),
    **dict.fromkeys(("寄回", "返回", "回程", "寄过来", "寄来", "寄给我", "退"), _BACK_LEGS),
    **dict.fromkeys(
        ("补发", "补寄", "换出", "发出", "寄出", "寄过去", "寄去", "重发", "重新发", "再寄", "再发"), _AGAIN
    ),
    "换": _BACK_LEGS + _AGAIN,
    "修": "修",
}
_LEGS = re.compile("|".join(_LEG_OF))
# Telling characters that a clause may add where the question named the postage.
_CARRIED = 2
# A clause that names more is no chat reply; this bounds the work for hostile text.
_MAX_PAYERS = 4
# A text with more claims is no chat reply; each is set against each of the other text.
_MOST_CLAIMS = 30


@dataclass(frozen=True, slots=True)
class _Payer:
    """Whether the shop pays (or the customer), for which ``cause`` (empty: none is said), on which ``legs``."""

    shop: bool
    cause: str
    legs: frozenset[str] = field(compare=False)
    start: int = field(compare=False)
    end: int = field(compare=False)


class _Wanted(NamedTuple):
    """The cause and the legs that the question names."""

    cause: str
    legs: frozenset[str]


def judge_payers(said: Passage, due: Passage, asked: Passage) -> list[Judgement]:
    """The judgements on who pays by the reply ``said``, against ``due``, the standard answer to ``asked``.

    Claims are compared for the same cause only. A reply that states none speaks of the cause that the question names.
    Where it has both payers for one cause, each pays a leg, so that what names none is not judged.
    """
    theirs = _payers(due, carried=False)
    if not theirs or any(_INSURED.search(passage.text) for passage in (said, due)):
        return []
    named = any(_POSTAGE.search(said.of(clause)) for clause in said.clauses)
    ours = _payers(said, carried=not named and _POSTAGE.search(asked.text) is not None)
    wanted = _Wanted(_cause_in(asked.text), _legs(asked.text))
    judged = []
    for case in dict.fromkeys((claim.cause, claim.legs) for claim in ours):
        claims = [claim for claim in ours if (claim.cause, claim.legs) == case]
        alike = [other for other in theirs if _is_same_cause(claims[0], other, wanted)]
        matches = [other for other in alike if _is_same_leg(claims[0], other, wanted)]
        # One leg each; which one is 回程 depends on who speaks.
        mixed = _has_both(alike) or (not claims[0].legs and _has_both(c for c in ours if c.cause == claims[0].cause))
        if not mixed and matches and len(set(claims)) == 1:
            claim, other = claims[0], matches[0]
            shown = due.text[other.start : other.end]
            judged.append(Judgement(claim.start, claim.end, claim.shop == other.shop, shown))
    return judged


def _has_both(claims: Iterable[_Payer]) -> bool:
    return len({claim.shop for claim in claims}) > 1


def _is_same_leg(ours: _Payer, theirs: _Payer, wanted: _Wanted) -> bool:
    legs = ours.legs or wanted.legs
    return not legs or not theirs.legs or not legs.isdisjoint(theirs.legs)


def _is_same_cause(ours: _Payer, theirs: _Payer, wanted: _Wanted) -> bool:
    if ours.cause == theirs.cause:
        return ours.cause != OTHER
    if OTHER in (ours.cause, theirs.cause, wanted.cause):
        return False
    cause = ours.cause or wanted.cause
    return not cause or cause == (theirs.cause or wanted.cause)


def _payers(passage: Passage, *, carried: bool) -> list[_Payer]:
    """The claims of the passage. ``carried``: the postage is the question's, so short clauses need not name it."""
    claims = (
        claim
        for number, clause in enumerate(passage.clauses)
        if not clause.asks
        for claim in _payers_in(passage, number, carried=carried)
    )
    return list(islice(claims, _MOST_CLAIMS))


def _payers_in(passage: Passage, number: int, *, carried: bool) -> Iterator[_Payer]:
    clause = passage.clauses[number]
    words = passage.of(clause)
    named = _POSTAGE.search(words) is not None
    last = passage.clauses[number - 1] if number else clause
    follows = last.sentence == clause.sentence and _POSTAGE.search(passage.of(last)) is not None
    carried = not named and (carried or follows)
    if not (carried or named) or _SHARED.search(words):
        return
    for match in islice(_PAYER.finditer(passage.text, clause.start, clause.end), _MAX_PAYERS):
        rest = words.replace(match[0], "", 1)
        for said in (_CHOICE, _FAULT, _LEGS, _CAUSE):
            rest = said.sub("", rest)
        if carried and tells(rest) > _CARRIED:
            continue
        turn = _TURN.search(passage.text[max(clause.start, match.start() - _TURN_REACH) : match.start()])
        before = turn[0] if turn else ""
        cannot = _CANNOT.match(passage.text, match.end())
        denials = len(_DENIAL.findall(before + match[0] + (cannot[0] if cannot else "")))
        shop = (match["shop"] is not None) == (denials == 0)
        if denials <= 1 and (shop or not _is_advance(passage, number)):
            legs = _legs(words) or frozenset(_OUTWARD if match[0] in ("包邮", "免邮") else "")
            end = cannot.end() if cannot else match.end()
            yield _Payer(shop, _cause(passage, number), legs, match.start() - len(before), end)


def _is_advance(passage: Passage, number: int) -> bool:
    """Whether what the customer pays by the clause is paid back: 您先付，回头退给您."""
    clause = passage.clauses[number]
    words = passage.of(clause)
    if _LAID_OUT.search(words):
        return True
    for other in passage.clauses[number : number + 3]:
        refund = _REFUND.search(passage.text, other.start, other.end)
        if refund and not _NO_REFUND.search(passage.text[other.start : refund.start()]):
            behind = passage.of(other) if other is not clause else refund[0]
            if _ADVANCE.search(words) or _BACK.search(behind):
                return True
    return False


def _cause(passage: Passage, number: int) -> str:
    """The cause that the clause names, or else the ones right before it in the sentence."""
    clause = passage.clauses[number]
    following = passage.clauses[number + 1 : number + 2]
    if any(_BUT.search(passage.of(other)) for other in following):
        return OTHER
    for other in reversed(passage.clauses[max(0, number - 2) : number + 1]):
        if other.sentence != clause.sentence:
            break
        if cause := _cause_in(passage.of(other)):
            return cause
    return ""


def _cause_in(text: str) -> str:
    if "除非" in text or "除外" in text:
        return OTHER
    rest, choices = _CHOICE.subn("_", text)
    faults = _FAULT.search(rest) is not None
    if choices and faults:
        return OTHER
    return CHOICE if choices else FAULT if faults else OTHER if _IF.search(text) else ""


def _legs(text: str) -> frozenset[str]:
    """The legs that ``text`` names; 首次退货 is no first delivery."""
    legs = frozenset(leg for found in _LEGS.findall(text) for leg in _LEG_OF[found])
    return legs - {_OUTWARD} or legs
