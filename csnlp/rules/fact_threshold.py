"""From which sum on the post is free (包邮=满59元包邮), against what a reply says of one: 满三十九就免运费了."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from csnlp.reference.clauses import Passage, content, is_exception, read
from csnlp.reference.result import Judgement
from csnlp.rules.fact_polar import about, is_elsewhere, polar_question, polar_reply
from csnlp.rules.facts import Fact
from csnlp.text.quantity_numbers import parse_number

_FREE = re.compile("包邮|免[运邮]|免费送货")
_SAID = re.compile(
    r"(?P<full>满|[够到])?(?P<sum>(?<![0-9.])[0-9]{2,5}|[一二两三四五六七八九十百千]{2,5})(?:元|块钱?)?(?:的|以上)?"
    "(?:就|也|都|才|即|是|可以|能|给您|给你)*(?:包(?:邮|的|了|$)|免(?:[运邮]|了))"
)
_OWN = re.compile(
    "(?<![0-9.])(?P<sum>[0-9]{2,5}|[一二两三四五六七八九十百千]{2,5})(?:元|块钱?)?(?=[的就也能包要收免]|$)"
)
_TELLS = frozenset("满购买单拍邮运费消")
_MOST = 30


def judge_threshold(said: Passage, asked: Passage, facts: Sequence[Fact]) -> Iterator[Judgement]:
    """The judgement on the sum that the reply says to be enough, or else on its yes or no to the customer's own."""
    due = [(fact, limit) for fact in facts if (limit := _limit(fact)) is not None]
    if len(due) == 1:
        found = list(islice(_SAID.finditer(said.text), 2))
        yield from _on_sum(said, asked, *due[0], found) if found else _on_answer(said, asked, *due[0])


def _on_sum(
    said: Passage, asked: Passage, fact: Fact, limit: float, found: Sequence[re.Match[str]]
) -> Iterator[Judgement]:
    """Only one sum tells the limit; a larger one that is enough, too, is no other limit."""
    match = found[0]
    clause = said.clause_at(match.start())
    number = parse_number(match["sum"])
    around = said.text[max(clause.start, match.start() - _MOST) : match.start()]
    around += said.text[match.end() : min(clause.end, match.end() + _MOST)]
    if len(found) > 1 or number is None or clause.asks or about(around) - content(asked.text) - _TELLS:
        return
    if is_exception(said, match.start(), "才能") or not _FREE.search(asked.text + said.of(clause)):
        return
    right = number[0] == limit
    wrong = number[1] < limit or (match["full"] is not None and number[0] > limit)
    if right or (wrong and not is_elsewhere(said, clause)):
        yield Judgement(match.start(), match.end(), right, fact.shown, fact.key)


def _on_answer(said: Passage, asked: Passage, fact: Fact, limit: float) -> Iterator[Judgement]:
    """买了60的要邮费吗, 50的包邮吗."""
    question = polar_question(asked)
    sums = list(islice(_OWN.finditer(asked.text), 2))
    if question is None or len(sums) != 1 or question.names - _TELLS - frozenset("块元免"):
        return
    reply, number = polar_reply(said, question, "邮费"), parse_number(sums[0]["sum"])
    if reply is None or number is None:
        return
    free = reply.yes != ("费" in asked.text and "免" not in asked.text)
    right = free == (number[0] >= limit)
    if right or not reply.other:
        yield Judgement(reply.start, reply.end, right, fact.shown, fact.key)


def _limit(fact: Fact) -> float | None:
    """The sum from which on the post is free, if that is all that the fact says."""
    if not isinstance(fact.value, tuple) or not _FREE.search(fact.shown):
        return None
    limits = read(fact.shown).quantities
    sums = [limit for limit in limits if limit.dimension == "money" and limit.low]
    return sums[0].low if len(sums) == 1 and sums[0].at_least else None
