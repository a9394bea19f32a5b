"""Sets the words of a reply against facts that are words: 材质=纯棉, 发货快递=中通."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from csnlp.reference.answers import answered
from csnlp.reference.clauses import Clause, Passage, is_exception
from csnlp.reference.result import Judgement
from csnlp.reference.sorts import Sort, asks_for, is_plain, is_told, judge_yes, sorts_in
from csnlp.reference.stance import stance
from csnlp.rules.fact_mentions import Mention
from csnlp.rules.fact_scope import is_itself, names_part
from csnlp.rules.facts import Fact

# A longer clause is not of one fact only.
_MOST_CHARS = 80
# Not the shop's own parcels and goods: what the customer sent back, or pays to have otherwise.
_OTHERS_GOODS = re.compile("(?<![给为帮替])[您你]|退|寄回|补|差价|加钱|改")
# A clause with one of these says of a word that it is not so now: 顺丰暂时发不了, 之前发顺丰, 比塑料的好, 别家发顺丰.
_NOT_NOW = re.compile(
    "[^对少免了]不了|不再|没法|无法|停[了发用运]|暂停|之前|以前|原先|原来|从前|曾|过去|早先|上次|当时|去年|前[年阵]|不如|不像|"
    "相比|对比|比(?=[^ ,]{1,12}[好强贵重轻硬耐结厚高快安环健])|别[家人的]|[其另]他|其它"
)


def judge_texts(
    said: Passage, named: Sequence[Mention], asked: Passage, wanted: Sequence[Mention], facts: Iterable[Fact]
) -> Iterator[Judgement]:
    """Accepted and wrong words in the clauses that name one of ``facts``, or anywhere once the customer asked for it.

    Words of the same sort as the accepted ones (圆通 for 顺丰) are wrong, too, where a clause says no more than that;
    those that fit are right where the customer asks for one (纯棉的吗).
    """
    asked_for = [fact for fact in facts if (due := _sorts_of(fact)) and asks_for(asked, due[0].sort)]
    for fact in dict.fromkeys((*(mention.fact for mention in (*wanted, *named)), *asked_for)):
        if isinstance(fact.value, tuple):
            here = [mention for mention in named if mention.fact == fact]
            there = [mention for mention in wanted if mention.fact == fact]
            starts = {said.clause_at(mention.start).start for mention in here}
            judged = [
                judgement
                for clause in said.clauses
                if (there or clause.start in starts) and not clause.asks
                for judgement in _judge_text(said, clause, fact, fact.value, asked.text)
            ]
            yield from judged or _judge_sorts(said, here, asked, there, fact)


def _judge_sorts(
    said: Passage, named: Sequence[Mention], asked: Passage, wanted: Sequence[Mention], fact: Fact
) -> Iterator[Judgement]:
    """The words of the sort of the accepted ones: those that fit, or all where none does."""
    due = _sorts_of(fact)
    stated = [item for item in sorts_in(said.text) if due and item.sort == due[0].sort and is_told(said, item)]
    fitting = [item for item in stated if any(item.fits(other) is not False for other in due)]
    itself = any(is_itself(asked, mention.start, mention.end, fact) for mention in wanted)
    starts = {
        said.clause_at(mention.start).start for mention in named if is_itself(said, mention.start, mention.end, fact)
    }
    if names_part(asked.text, fact):
        return
    if due and not stated:
        for judgement in judge_yes(said, asked, due, fact.shown):
            yield replace(judgement, fact_key=fact.key)
    for item in fitting or stated:
        clause = said.clause_at(item.start)
        text = said.of(clause)
        if len(text) > _MOST_CHARS or names_part(text, fact) or _OTHERS_GOODS.search(text):
            continue
        beside = answered(said, item.start, item.end, asked.text, wanted=True)  # 不支持的,顺丰 accuses nobody
        if beside and not beside.affirmed:
            continue
        right = any(item.fits(other) for other in due)
        plain = is_plain(said, clause, item.sort) and not _NOT_NOW.search(text)
        if (right and fitting) or (not fitting and plain and (itself or clause.start in starts)):
            yield Judgement(item.start, item.end, right, fact.shown, fact.key)


@lru_cache(maxsize=256)
def _sorts_of(fact: Fact) -> tuple[Sort, ...]:
    """What the accepted words are of, if that is one sort."""
    found = tuple(item for word in fact.value for item in sorts_in(word)) if isinstance(fact.value, tuple) else ()
    return found if len({item.sort for item in found}) == 1 else ()


def _judge_text(said: Passage, clause: Clause, fact: Fact, accepted: Sequence[str], asked: str) -> Iterator[Judgement]:
    if is_exception(said, clause.start, but="只有") or _OTHERS_GOODS.search(said.text, clause.start, clause.end):
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
                yield Judgement(start, end, right and not denied, fact.shown, fact.key)
                return
