"""Sets a reply against the shop's fact table (clauses P3.1 and N3.1); :mod:`csnlp.reference.check` takes a text.

Precision comes first, since a false "wrong" harms the agent: what cannot be told is not judged, and a reply of which
nothing could be judged is not applicable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set

from csnlp.reference.answers import answered, bare_answer
from csnlp.reference.clauses import Clause, Passage, content, is_exception, is_stated, read, tells
from csnlp.reference.compare import agrees, kind
from csnlp.reference.context import MAX_QUANTITIES
from csnlp.reference.result import FactCheck, Judgement, collected
from csnlp.reference.sorts import sorts_in
from csnlp.reference.stance import PARTICLES, SUBJECT, SUBJECT_WORD, Stance, is_general, stance
from csnlp.rules.fact_asked import judge_asked
from csnlp.rules.fact_mentions import Mention, in_scope, mentions, wanted_by
from csnlp.rules.fact_scope import is_itself, is_limited, is_value
from csnlp.rules.fact_texts import judge_texts
from csnlp.rules.fact_threshold import judge_threshold
from csnlp.rules.fact_worded import judge_swapped, judge_worded
from csnlp.rules.facts import Fact, FactTable
from csnlp.text.quantities import Quantity

# Characters between a fact's name and its quantity, beyond which they hardly belong together.
NEAR = 14
# Who does it, and that it is done: 你们支持货到付款吗, 这款有没有运费险. 要提供发票吗 is for what the customer must do.
_OFFERED = re.compile(
    "你们|您们|咱们|你家|您家|这款|这个|这边|店里|支不支持|支持|(?:可以|能|会|们|家|店|问|^)(?:提供|开|送)|请问|"
    "享受|能不能|可不可以|可以|有没有|是不是|是否"
)
# 到手299, 299一套.
_BARE_SUM = re.compile(
    r"(?:到手|只要|只需|一共|总共|[只要收付就才])*(?P<sum>[0-9]{1,6}(?:\.[0-9]{1,2})?)(?:一[个件只条盒瓶袋包双套张台箱份斤])?(?:左右)?[哈呀啊嘛啦呢哦哒~!]*"
)
_FIGURE = re.compile("[0-9]|[一二两三四五六七八九十百千]{2}")
# What the shop does with a policy (不支持开发票, 不送运费险), unless it only was not done yet (没开发票).
_DOES = "开送给提供做办用"
_NOT_YET = re.compile("[没未](?!法)")
_ASKING = re.compile("(?:吗|么|嘛|不|呢)[呀啊呢]?")
_DENYING = ("不", "无", "没", "非", "否", "免")
# A must as such; 不用提供发票 is for what the customer must do.
_MUST = re.compile("[不无]?[用必需要须得]*")


def check_facts(reply: str, question: str, table: FactTable) -> FactCheck:
    """What ``reply`` says against ``table``; ``question`` is what the customer last asked.

    A fact is talked about where one of its names stands in the clause of the quantity or policy word, or in the
    question while the reply gives one quantity of that kind, or a bare yes or no. Exceptions (如果, 预售, 新疆), times
    that passed (等了3天) and questions are not judged; a fact that is told right is told wrong by nothing beside it.
    How numbers are compared: :mod:`csnlp.reference.compare`; what else they may be of: :mod:`csnlp.rules.fact_scope`.
    What is said without a name, but in answer to the question: :mod:`csnlp.rules.fact_asked` (numbers),
    :mod:`csnlp.rules.fact_worded` (yes or no) and :mod:`csnlp.rules.fact_threshold` (free post).
    """
    said, asked = read(reply), read(question)
    facts = in_scope(table.facts, said.text, asked.text)
    named, wanted = mentions(facts, said.text), wanted_by(facts, asked)
    judged = [
        *_judge_quantities(said, named, asked, wanted),
        *_judge_policies(said, named, asked, wanted),
        *judge_texts(said, named, asked, wanted, facts),
    ]
    settled = {judgement.fact_key for judgement in judged}
    readings = (judge_worded, judge_asked, judge_threshold, judge_swapped)
    more = [judgement for reading in readings for judgement in reading(said, asked, facts)]
    judged += [judgement for judgement in more if judgement.fact_key not in settled]  # what is named goes first
    return collected(reply, said.folded, judged)


def _judgement(start: int, end: int, agreement: bool, fact: Fact) -> Judgement:
    return Judgement(start, end, agreement, fact.shown, fact.key)


# ---- quantities


def _judge_quantities(
    said: Passage, named: Sequence[Mention], asked: Passage, wanted: Sequence[Mention]
) -> Iterator[Judgement]:
    stated = [q for q in said.quantities[:MAX_QUANTITIES] if is_stated(said, q)]
    if all(quantity.dimension != "money" for quantity in stated):
        stated += _bare_sums(said, wanted)
    kinds = [kind(quantity) for quantity in stated]
    for quantity in stated:
        mention, place = _mention_near(said, quantity, named), said
        if mention is None and kinds.count(kind(quantity)) == 1 and not _is_in_name(quantity, named):
            mention, place = _only([found for found in wanted if _is_of_kind(found.fact, quantity)]), asked
            mention = mention if mention and _is_answer(said, quantity, mention.fact, asked) else None
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


def _bare_sums(said: Passage, wanted: Sequence[Mention]) -> Iterator[Quantity]:
    """The sum of money that a clause tells without its unit and with nothing else, where one was asked for: 299的哦."""
    for fact in {mention.fact for mention in wanted}:
        if isinstance(fact.value, Quantity) and fact.value.dimension == "money":
            for clause in said.clauses:
                rest = said.text[clause.start : clause.end]
                for name in fact.names:
                    rest = rest.replace(name, "")
                figure = None if clause.asks else _BARE_SUM.fullmatch(SUBJECT_WORD.sub("", rest))
                if figure:
                    start = said.text.index(figure["sum"], clause.start)
                    value = float(figure["sum"])
                    yield Quantity(start, start + len(figure["sum"]), "money", value, value, unit="元")


def _is_told(said: Passage, quantity: Quantity, fact: Fact, named: Sequence[Mention]) -> bool:
    """Whether ``quantity``, which agrees with the fact, is told as its value: 价格99元,两件价格189元 is right."""
    near = _mention_near(said, quantity, named)
    return (near is not None and near.fact == fact) or is_value(said, quantity, fact)


def _mention_near(said: Passage, quantity: Quantity, named: Sequence[Mention]) -> Mention | None:
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


def _only(mentions: Sequence[Mention], clause: str = "") -> Mention | None:
    """The first where all are of one fact, or else of the one fact of the product that the clause names."""
    if len({mention.fact for mention in mentions}) > 1:
        mentions = [mention for mention in mentions if any(product in clause for product in mention.fact.products)]
    return mentions[0] if len({mention.fact for mention in mentions}) == 1 else None


def _has_quantity(said: Passage, clause: Clause) -> bool:
    figure = _FIGURE.search(said.text, clause.start, clause.end)  # 押金两百,房费150元
    return figure is not None or any(clause.start <= quantity.start < clause.end for quantity in said.quantities)


def _is_of_kind(fact: Fact, quantity: Quantity) -> bool:
    return isinstance(fact.value, Quantity) and kind(fact.value) == kind(quantity)


def _is_in_name(quantity: Quantity, named: Sequence[Mention]) -> bool:
    """Whether it is part of a fact's name: 七天无理由."""
    return any(mention.start < quantity.end and quantity.start < mention.end for mention in named)


def _is_answer(said: Passage, quantity: Quantity, fact: Fact, asked: Passage) -> bool:
    """Whether ``quantity`` answers a question for the fact: it is the fact's value and may be told as that.

    Or else its clause says nothing else than the question, or shares a character with the fact's names.
    """
    if isinstance(fact.value, Quantity) and agrees(quantity, fact.value) and is_value(said, quantity, fact):
        return True
    clause = said.clause_at(quantity.start)
    around = content(said.text[clause.start : quantity.start] + said.text[quantity.end : clause.end])
    return around <= content(asked.text) or bool(around & content("".join(fact.names)))


# ---- policies


def _judge_policies(
    said: Passage, named: Sequence[Mention], asked: Passage, wanted: Sequence[Mention]
) -> Iterator[Judgement]:
    """What agrees, and of a policy that is nowhere told right (顺丰不包邮,中通包邮), what contradicts it in general.

    A fact in words (防水: IP68) is a policy, too, for what denies it.
    """
    policies = [mention for mention in named if isinstance(mention.fact.value, bool) or _is_denied(said, mention)]
    facts = {mention.fact for mention in wanted if isinstance(mention.fact.value, bool) and _is_asked(asked, mention)}
    verbs = {mention.fact for mention in wanted if _is_verb(asked, mention)}
    found = [
        (mention, given)
        for mention in policies
        if (given := _stance_on(said, mention, asked, facts, bare=mention.fact in verbs))
    ]
    told = {mention.fact for mention, given in found if given.affirmed == bool(mention.fact.value)}
    for mention, given in found:
        right = given.affirmed == bool(mention.fact.value)
        if right or (mention.fact not in told and _is_general(said, mention, given)):
            yield _judgement(given.start, given.end, right, mention.fact)
    facts -= {mention.fact for mention in policies}
    answer = bare_answer(said, asked.text) if len(facts) == 1 else None
    if answer:
        fact = facts.pop()
        yield _judgement(answer.start, answer.end, answer.yes == fact.value, fact)


def _stance_on(said: Passage, mention: Mention, asked: Passage, facts: Set[Fact], *, bare: bool) -> Stance | None:
    """How the reply affirms or denies the policy there; exceptions (新疆不包邮) do neither."""
    if is_exception(said, mention.start):
        return None
    start, end = mention.start, mention.end
    return stance(said, start, end, bare=bare) or answered(said, start, end, asked.text, wanted=mention.fact in facts)


def _is_verb(asked: Passage, mention: Mention) -> bool:
    """Whether the question makes a verb of the name, so that it affirms by itself: 防水吗."""
    clause = asked.clause_at(mention.start)
    whole = SUBJECT.fullmatch(asked.text, clause.start, mention.start)
    return whole is not None and _ASKING.fullmatch(asked.text, mention.end, clause.end) is not None


def _is_denied(said: Passage, mention: Mention) -> bool:
    """Whether the fact is in words of no sort that deny nothing (防水: IP68), and its clause ends by denying it."""
    value = mention.fact.value
    if not isinstance(value, tuple) or any(sorts_in(word) or word.startswith(_DENYING) for word in value):
        return False
    clause = said.clause_at(mention.start)
    given = stance(said, mention.start, mention.end)
    denied = given is not None and not given.affirmed and "了" not in said.text[mention.end : clause.end]
    return denied and PARTICLES.fullmatch(said.text, mention.end, clause.end) is not None


def _is_general(said: Passage, mention: Mention, given: Stance) -> bool:
    """Whether nothing before it limits what is said, though the question named it: 退货不包邮, 内衣不支持七天无理由."""
    whole = PARTICLES.fullmatch(said.text, mention.end, said.clause_at(mention.start).end)
    if given.need and not (whole and _MUST.fullmatch(said.text, given.start, mention.start)):
        return False
    not_yet = _NOT_YET.match(said.text, given.start) is not None
    if not_yet and said.text[mention.start] in _DOES:  # 还没开发票
        return False
    fact = mention.fact
    own = "".join((fact.key, *fact.names, *fact.products, "" if not_yet else _DOES))
    return is_general(said, mention.start, own) and not is_limited(said, mention.start, fact)


def _is_asked(asked: Passage, mention: Mention) -> bool:
    """Whether the question is about the policy and nothing more: 能开发票吗, but not 发票上会显示白条吗."""
    clause = asked.clause_at(mention.start)
    rest = asked.text[clause.start : mention.start] + asked.text[mention.end : clause.end]
    only = tells(_OFFERED.sub("", rest)) <= 1
    return clause.asks and only and not is_limited(asked, mention.start, mention.fact)
