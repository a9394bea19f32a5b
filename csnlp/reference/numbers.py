"""Sets the quantities of a reply against those of a standard answer.

A number that the standard answer has, too, is right, unless the words around it belong to another number there
(整机八年内胆六年). A number that it has not is wrong if it speaks of the same thing as a number left over there: by
the words around both, or as the only two of their kind on what was asked, or as the only ones that differ between
texts that are otherwise alike. A number that the customer gave is his own, and a multiple by a number that was told
may be worked out (six bottles of 500 ml are 3 litres).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from csnlp.reference.clauses import FREE, Passage, content, is_stated
from csnlp.reference.compare import agrees, kind
from csnlp.reference.context import RELATED, Told, told
from csnlp.reference.result import Judgement
from csnlp.text.quantities import Quantity

# With so many numbers in common, reply and standard answer tell the same: one that differs on each side is a mistake.
ALIKE = 2
_SUM = re.compile("加上|加起来|合计|算下来|折合|相当于|平均|打完折|折后")
_SUM_REACH = 15
# What adds up: so many bottles at that price, of that volume.
_SUMMABLE = ("money", "volume", "mass", "length")
_DECIMALS = 2
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def judge_numbers(said: Passage, due: Passage, asked: Passage) -> list[Judgement]:
    """The judgements on the quantities of the reply ``said``: ``due`` is the standard answer to ``asked``."""
    theirs = told(due)
    own = {_key(quantity) for quantity in asked.quantities} - {_key(item.quantity) for item in theirs}
    ours = [item for item in told(said) if _is_claim(said, item.quantity) and _key(item.quantity) not in own]
    stated, expected = _by_kind(ours), _by_kind(theirs)
    shared = [dimension for dimension in stated if dimension in expected]
    pairs = {dimension: _paired(stated[dimension], expected[dimension]) for dimension in shared}
    alike = sum(len(pairing) for pairing in pairs.values()) >= ALIKE
    factors = _factors(said, due, asked)
    judged: list[Judgement] = []
    for dimension, pairing in pairs.items():
        judged += _judge_pairs(stated[dimension], expected[dimension], pairing, due)
        if dimension != "money" or "discount" not in stated:  # else it is a price worked out
            left = [
                item
                for i, item in enumerate(stated[dimension])
                if i not in pairing and not _is_multiple(item, expected[dimension], factors)
            ]
            free = [item for j, item in enumerate(expected[dimension]) if j not in pairing.values()]
            alone = len(stated[dimension]) == len(expected[dimension]) == 1
            judged += _judge_left(left, free, alone, alike, asked, due)
    return judged


def _judge_pairs(
    stated: Sequence[Told], expected: Sequence[Told], pairing: Mapping[int, int], due: Passage
) -> Iterator[Judgement]:
    """Numbers that both have: right, unless at another's place."""
    for i, j in pairing.items():
        other = _misplaced(stated[i], expected[j], expected)
        yield _judgement(stated[i], other or expected[j], other is None, due)


def _judge_left(
    stated: Sequence[Told], free: Sequence[Told], alone: bool, alike: bool, asked: Passage, due: Passage
) -> Iterator[Judgement]:
    """Numbers that the standard answer has not: wrong, where one that the reply has not (``free``) is of the same
    thing. ``alone``: each text has one number of this kind."""
    left = [item for item in stated if not (item.per or _is_article(item.quantity))]
    only = len(left) == len(free) == 1
    question = content(asked.text) if content(asked.text) & content(due.text) else frozenset()
    for item in left:
        options = [other for other in free if agrees(item.quantity, other.quantity) is False]
        best = max(options, key=item.closeness, default=None)
        if best is None:
            continue
        answers = alone and question and (not item.chars or item.chars & question)
        if _is_related(item, best) or (
            only and not _is_free(item, best) and (alike or answers or _limit_one(item, best))
        ):
            yield _judgement(item, best, False, due)


def _by_kind(items: Sequence[Told]) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = {}
    for item in items:
        found.setdefault(kind(item.quantity), []).append(item)
    return found


def _factors(said: Passage, due: Passage, asked: Passage) -> frozenset[float]:
    """What an amount may be multiplied by: the numbers of question and standard answer, and what the reply counts."""
    counts = [q.low for text in (said, due, asked) for q in text.quantities if q.dimension.startswith("count")]
    figures = [float(number) for text in (due, asked) for number in _NUMBER.findall(text.text)]
    return frozenset(number for number in (*counts, *figures) if number > 1)


def _is_multiple(stated: Told, expected: Sequence[Told], factors: frozenset[float]) -> bool:
    """Whether ``stated`` is an expected amount times one of ``factors``."""
    amount = stated.quantity
    if amount.dimension not in _SUMMABLE or amount.low != amount.high:
        return False
    single = (item.quantity for item in expected if item.quantity.low == item.quantity.high > 0)
    return any(round(amount.low / one.low, _DECIMALS) in factors for one in single)


def _is_claim(said: Passage, quantity: Quantity) -> bool:
    """Whether it is stated, and not the result of a sum (加上续重8块)."""
    clause = said.clause_at(quantity.start)
    worked_out = _SUM.search(said.text, max(clause.start, quantity.start - _SUM_REACH), quantity.start)
    return not worked_out and is_stated(said, quantity)


def _key(quantity: Quantity) -> tuple[str, float, float]:
    return kind(quantity), quantity.low, quantity.high


def _paired(stated: Sequence[Told], expected: Sequence[Told]) -> dict[int, int]:
    """Stated quantity → the expected one that it agrees with: equal ones first, then by the closeness of contexts."""
    fits = []
    for i, ours in enumerate(stated):
        for j, theirs in enumerate(expected):
            if agrees(ours.quantity, theirs.quantity):
                equal = bool(agrees(theirs.quantity, ours.quantity))
                close = ours.closeness(theirs)
                if equal or close >= RELATED or (len(expected) == 1 and not _is_article(ours.quantity)):
                    fits.append((equal, close, i, j))
    fits.sort(key=lambda fit: fit[:2], reverse=True)
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for once in (True, False):  # two statements may repeat one number
        for _, _, i, j in fits:
            if i not in pairs and not (once and j in taken):
                pairs[i] = j
                taken.add(j)
    return pairs


def _misplaced(ours: Told, theirs: Told, expected: Sequence[Told]) -> Told | None:
    """The expected quantity at whose place the number of ``theirs`` is told, if it is told there.

    Its context shares words with ours that the other one lacks, and none the other way round.
    """
    for other in expected:
        if agrees(ours.quantity, other.quantity) is False and _sort(other) == _sort(theirs):
            here, there = ours.words & other.words, ours.words & theirs.words
            if here - there and not there - here and ours.closeness(other) > ours.closeness(theirs):
                return other
    return None


def _is_related(ours: Told, theirs: Told) -> bool:
    """Whether both speak of one thing. 免费 needs a whole word in common, since so much is free."""
    if _is_free(ours, theirs):
        return not ours.words.isdisjoint(theirs.words)
    return ours.closeness(theirs) >= RELATED


def _is_free(ours: Told, theirs: Told) -> bool:
    return FREE in (ours.quantity.unit, theirs.quantity.unit)


def _limit_one(ours: Told, theirs: Told) -> bool:
    """Whether both are limits of the same sort whose contexts share something."""
    return any(_sort(ours)) and _sort(ours) == _sort(theirs) and ours.closeness(theirs) > 0


def _sort(item: Told) -> tuple[bool, bool]:
    """What limit it is, if one."""
    return item.quantity.at_most, item.quantity.at_least


def _is_article(quantity: Quantity) -> bool:
    """Whether it may be no count at all: 一个, 一件."""
    return quantity.dimension.startswith("count") and quantity.low == quantity.high == 1


def _judgement(ours: Told, theirs: Told, agreement: bool, due: Passage) -> Judgement:
    expected = due.text[theirs.quantity.start : theirs.quantity.end]
    return Judgement(ours.quantity.start, ours.quantity.end, agreement, expected)
