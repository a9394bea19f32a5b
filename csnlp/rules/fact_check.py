"""Sets a reply against the shop's fact table (clauses P3.1 and N3.1); :mod:`csnlp.reference.check` takes a text.

Precision comes first, since a false "wrong" harms the agent: what cannot be told is not judged, and a reply of which
nothing could be judged is not applicable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

from csnlp.reference.answers import answered, bare_answer
from csnlp.reference.clauses import Clause, Passage, content, is_exception, is_stated, read, tells
from csnlp.reference.compare import agrees, kind
from csnlp.reference.context import MAX_QUANTITIES
from csnlp.reference.result import FactCheck, Judgement, collected
from csnlp.reference.stance import Stance, is_general, stance
from csnlp.rules.fact_scope import is_itself, is_limited, is_value, names_part
from csnlp.rules.facts import Fact, FactTable
from csnlp.text.quantities import Quantity

# Characters between a fact's name and its quantity, beyond which they hardly belong together.
NEAR = 14
# A text that names more facts is no chat reply; this bounds the work for hostile text.
MAX_MENTIONS = 200
# Not the shop's own parcels and goods: what the customer sent back, or pays to have otherwise.
_OTHERS_GOODS = re.compile("您|你|退|寄回|补|差价|加钱|改")
# A clause with one of these says of a word that it is not so now: 顺丰暂时发不了, 之前发顺丰, 比塑料的好, 别家发顺丰.
_NOT_NOW = re.compile(
    "[^对少免了]不了|不再|没法|无法|停[了发用运]|暂停|之前|以前|原先|原来|从前|曾|过去|早先|上次|当时|去年|前[年阵]|不如|不像|"
    "相比|对比|比(?=[^ ,]{1,12}[好强贵重轻硬耐结厚高快安环健])|别[家人的]|[其另]他|其它"
)
# Who does it, and that it is done: 你们支持货到付款吗, 这款有没有运费险. 要提供发票吗 is for what the customer must do.
_OFFERED = re.compile(
    "你们|您们|咱们|你家|您家|这款|这个|这边|店里|支不支持|支持|(?:可以|能|会|们|家|店|问|^)(?:提供|开|送)|请问|"
    "享受|能不能|可不可以|可以|有没有|是不是|是否"
)
# What the shop does with a policy (不支持开发票, 不送运费险), unless it only was not done yet (没开发票).
_DOES = "开送给提供做办用"
_NOT_YET = re.compile("[没未](?!法)")
# A must as such; 不用提供发票 is for what the customer must do.
_MUST = re.compile("[不无]?[用必需要须得]*")


@dataclass(frozen=True, slots=True)
class _Mention:
    """A fact's name at ``text[start:end]``."""

    start: int
    end: int
    fact: Fact


def check_facts(reply: str, question: str, table: FactTable) -> FactCheck:
    """What ``reply`` says against ``table``; ``question`` is what the customer last asked.

    A fact is talked about where one of its names stands in the clause of the quantity or policy word, or in the
    question while the reply gives one quantity of that kind, or a bare yes or no. Exceptions (如果, 预售, 新疆), times
    that passed (等了3天) and questions are not judged; a fact that is told right is told wrong by nothing beside it.
    How numbers are compared: :mod:`csnlp.reference.compare`; what else they may be of: :mod:`csnlp.rules.fact_scope`.
    """
    said, asked = read(reply), read(question)
    facts = _in_scope(table.facts, said.text, asked.text)
    named, wanted = _mentions(facts, said.text), _mentions(facts, asked.text)
    judged = [
        *_judge_quantities(said, named, asked, wanted),
        *_judge_policies(said, named, asked, wanted),
        *_judge_texts(said, named, [mention.fact for mention in wanted], asked.text),
    ]
    return collected(reply, said.folded, judged)


def _in_scope(facts: Sequence[Fact], reply: str, asked: str) -> list[Fact]:
    """The facts of every product, and of the products that the reply names, or else the question."""
    products = {product for fact in facts for product in fact.products}
    named = {product for product in products if product in reply} or {p for p in products if p in asked}
    return [fact for fact in facts if not fact.products or named.intersection(fact.products)]


def _mentions(facts: Sequence[Fact], text: str) -> list[_Mention]:
    """Every fact's names in ``text``, in order; a name within a longer one (发货 in 发货快递) does not count."""
    found = []
    for fact in facts:
        for name in fact.names:
            start = text.find(name)
            while start >= 0:
                found.append(_Mention(start, start + len(name), fact))
                start = text.find(name, start + len(name))
    found.sort(key=lambda mention: (mention.start, -mention.end))
    kept: list[_Mention] = []
    for mention in found:
        last = kept[-1] if kept else None
        if last is None or mention.end > last.end or (mention.start, mention.end) == (last.start, last.end):
            kept.append(mention)
    return kept[:MAX_MENTIONS]


def _judgement(start: int, end: int, agreement: bool, fact: Fact) -> Judgement:
    return Judgement(start, end, agreement, fact.shown, fact.key)


# ---- quantities


def _judge_quantities(
    said: Passage, named: Sequence[_Mention], asked: Passage, wanted: Sequence[_Mention]
) -> Iterator[Judgement]:
    stated = [q for q in said.quantities[:MAX_QUANTITIES] if is_stated(said, q)]
    kinds = [kind(quantity) for quantity in stated]
    for quantity in stated:
        mention, place = _mention_near(said, quantity, named), said
        if mention is None and kinds.count(kind(quantity)) == 1 and not _is_in_name(quantity, named):
            mention, place = _only([found for found in wanted if _is_of_kind(found.fact, quantity)]), asked
            mention = mention if mention and _is_on_subject(said, quantity, mention.fact) else None
        if mention is None or not isinstance(mention.fact.value, Quantity) or is_exception(said, quantity.start):
            continue
        fact, value = mention.fact, mention.fact.value
        agreement = agrees(quantity, value)
        if agreement or (
            agreement is not None
            and not any(agrees(other, value) and _is_told(said, other, fact, named) for other in stated)
            and is_itself(place, mention.start, mention.end, fact)
            and is_value(said, quantity, fact)
        ):
            yield _judgement(quantity.start, quantity.end, agreement, fact)


def _is_told(said: Passage, quantity: Quantity, fact: Fact, named: Sequence[_Mention]) -> bool:
    """Whether ``quantity``, which agrees with the fact, is told as its value: 价格99元,两件价格189元 is right."""
    near = _mention_near(said, quantity, named)
    return (near is not None and near.fact == fact) or is_value(said, quantity, fact)


def _mention_near(said: Passage, quantity: Quantity, named: Sequence[_Mention]) -> _Mention | None:
    """The name of a fact of that kind nearest in the quantity's clause, or else in the clause before it."""
    number = said.clause_number(quantity.start)
    clause = said.clauses[number]
    fitting = [mention for mention in named if _is_of_kind(mention.fact, quantity)]
    gaps = {
        mention: max(mention.start - quantity.end, quantity.start - mention.end)
        for mention in fitting
        if clause.start <= mention.start < clause.end
    }
    nearest = min(gaps.values(), default=NEAR + 1)
    if nearest <= NEAR:
        return _only([mention for mention in gaps if gaps[mention] == nearest], said.of(clause))
    before = said.clauses[number - 1] if number else clause
    if gaps or before.sentence != clause.sentence or before.asks or _has_quantity(said, before):
        return None
    carried = [mention for mention in fitting if before.start <= mention.start < before.end]
    return _only(carried[-1:], said.of(before))


def _only(mentions: Sequence[_Mention], clause: str = "") -> _Mention | None:
    """The first where all are of one fact, or else of the one fact of the product that the clause names."""
    if len({mention.fact for mention in mentions}) > 1:
        mentions = [mention for mention in mentions if any(product in clause for product in mention.fact.products)]
    return mentions[0] if len({mention.fact for mention in mentions}) == 1 else None


def _has_quantity(said: Passage, clause: Clause) -> bool:
    return any(clause.start <= quantity.start < clause.end for quantity in said.quantities)


def _is_of_kind(fact: Fact, quantity: Quantity) -> bool:
    return isinstance(fact.value, Quantity) and kind(fact.value) == kind(quantity)


def _is_in_name(quantity: Quantity, named: Sequence[_Mention]) -> bool:
    """Whether it is part of a fact's name: 七天无理由."""
    return any(mention.start < quantity.end and quantity.start < mention.end for mention in named)


def _is_on_subject(said: Passage, quantity: Quantity, fact: Fact) -> bool:
    """Whether the quantity's clause says nothing else, or shares a character with the fact's names."""
    clause = said.clause_at(quantity.start)
    around = content(said.text[clause.start : quantity.start] + said.text[quantity.end : clause.end])
    return not around or bool(around & content("".join(fact.names)))


# ---- policies


def _judge_policies(
    said: Passage, named: Sequence[_Mention], asked: Passage, wanted: Sequence[_Mention]
) -> Iterator[Judgement]:
    """What agrees, and of a policy that is nowhere told right (顺丰不包邮,中通包邮), what contradicts it in general."""
    policies = [mention for mention in named if isinstance(mention.fact.value, bool)]
    facts = {mention.fact for mention in wanted if isinstance(mention.fact.value, bool) and _is_asked(asked, mention)}
    found = [(mention, given) for mention in policies if (given := _stance_on(said, mention, asked, facts))]
    told = {mention.fact for mention, given in found if given.affirmed == mention.fact.value}
    for mention, given in found:
        right = given.affirmed == mention.fact.value
        if right or (mention.fact not in told and _is_general(said, mention, given)):
            yield _judgement(given.start, given.end, right, mention.fact)
    facts -= {mention.fact for mention in policies}
    answer = bare_answer(said, asked.text) if len(facts) == 1 else None
    if answer:
        fact = facts.pop()
        yield _judgement(answer.start, answer.end, answer.yes == fact.value, fact)


def _stance_on(said: Passage, mention: _Mention, asked: Passage, facts: Set[Fact]) -> Stance | None:
    """How the reply affirms or denies the policy there; exceptions (新疆不包邮) do neither."""
    if is_exception(said, mention.start):
        return None
    start, end = mention.start, mention.end
    return stance(said, start, end) or answered(said, start, end, asked.text, wanted=mention.fact in facts)


def _is_general(said: Passage, mention: _Mention, given: Stance) -> bool:
    """Whether nothing before it limits what is said, though the question named it: 退货不包邮, 内衣不支持七天无理由."""
    if given.need and not _MUST.fullmatch(said.text, given.start, mention.start):
        return False
    fact = mention.fact
    own = "".join((fact.key, *fact.names, *fact.products))
    does = "" if _NOT_YET.match(said.text, given.start) else _DOES
    return is_general(said, mention.start, own + does) and not is_limited(said, mention.start, fact)


def _is_asked(asked: Passage, mention: _Mention) -> bool:
    """Whether the question is about the policy and nothing more: 能开发票吗, but not 发票上会显示白条吗."""
    clause = asked.clause_at(mention.start)
    rest = asked.text[clause.start : mention.start] + asked.text[mention.end : clause.end]
    only = tells(_OFFERED.sub("", rest)) <= 1
    return clause.asks and only and not is_limited(asked, mention.start, mention.fact)


# ---- texts


def _judge_texts(said: Passage, named: Sequence[_Mention], wanted: Sequence[Fact], asked: str) -> Iterator[Judgement]:
    """Accepted and wrong words in the clauses that name the fact, or anywhere once the customer asked for it."""
    for fact in dict.fromkeys((*wanted, *(mention.fact for mention in named))):
        if not isinstance(fact.value, tuple):
            continue
        starts = {said.clause_at(mention.start).start for mention in named if mention.fact == fact}
        for clause in said.clauses:
            if (fact in wanted or clause.start in starts) and not clause.asks:
                yield from _judge_text(said, clause, fact, fact.value, asked)


def _judge_text(said: Passage, clause: Clause, fact: Fact, accepted: Sequence[str], asked: str) -> Iterator[Judgement]:
    if is_exception(said, clause.start) or _OTHERS_GOODS.search(said.text, clause.start, clause.end):
        return
    text = said.of(clause)
    for words, right in ((accepted, True), (fact.wrong, False)):
        for word in words:
            start = said.text.find(word, clause.start, clause.end)
            if start < 0:
                continue
            end = start + len(word)
            found = stance(said, start, end)
            if not right and found is None:  # 不支持的,顺丰 accuses nobody, whatever was asked
                found = answered(said, start, end, asked, wanted=True)
            denied = found is not None and not found.affirmed
            if not right and (_NOT_NOW.search(text) or names_part(text, fact)):
                return
            if right or not denied:
                yield _judgement(start, end, right and not denied, fact)
                return
