"""Sets the quantities of a reply against those of a standard answer.

A number that the standard answer has, too, is right, unless the words around it belong to another number there
(整机八年内胆六年). A number that it has not is wrong if it speaks of the same thing as a number left over there: by
the words around both, or as the only two of their kind on what was asked, or as the only ones that differ between
texts that are otherwise alike. Times that run to different events (:mod:`csnlp.reference.events`) and numbers with
names of their own (:mod:`csnlp.reference.names`) are not of the same thing. A number that the customer gave is his own,
one that may be worked out (:mod:`csnlp.reference.worked`) or belongs to goods and times of which the standard answer
does not speak (定制, 双十一) is not judged, and free is set against a fee in the same case only
(:mod:`csnlp.reference.cases`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

from csnlp.reference.cases import case_at, cases_in
from csnlp.reference.clauses import FEE, FREE, Passage, content, is_stated, special_cases, words
from csnlp.reference.compare import agrees, kind
from csnlp.reference.context import RELATED, Told, label, told
from csnlp.reference.events import is_other_event
from csnlp.reference.names import has_other_name
from csnlp.reference.result import Judgement
from csnlp.reference.worked import Working
from csnlp.text.quantities import Quantity

# With so many numbers in common, reply and standard answer tell the same: one that differs on each side is a mistake.
ALIKE = 2
_SUM = re.compile("加上|加起来|合起来|合计|算下来|折合|相当于|平均|打完折|折后|=")
_SUM_REACH = 15
_HEADING = re.compile("[^:0-9]{1,12}:")
# One that may be among the special ones, by a name of its own.
_PLACE = re.compile("[寄发邮][到往去给]|[寄到在]|[省市县镇乡村州岛]|地[区方址]|[我你您]们?[这那]|这[边里]|那[边里]")
_MOST_OWN = 4
_AMOUNT = re.compile("多[大久少长高宽重深厚远]|几|什么时候|啥时候|何时")
_CLOSES = re.compile("[就才都会要]*(?:下班|关门|打烊|结束|截止|收摊|闭馆)")
_MARKS = " 亲哦呢的哈呀啊~"
# A single digit may count or number anything.
_FIGURE = re.compile(r"[0-9]+\.[0-9]+|[0-9]{2,}")


def judge_numbers(said: Passage, due: Passage, asked: Passage) -> list[Judgement]:
    """The judgements on the quantities of the reply ``said``: ``due`` is the standard answer to ``asked``."""
    theirs = told(due)
    if not theirs:
        return []
    texts = _Texts(said, due, asked, Working(said, due, asked), cases_in(asked), _bare_figures(said))
    own = {_key(quantity) for quantity in asked.quantities if quantity.unit not in (FREE, FEE)}
    own -= {_key(item.quantity) for item in theirs}
    ours = [item for item in told(said) if texts.is_claim(item.quantity) and _key(item.quantity) not in own]
    stated, expected = _by_kind(ours), _by_kind(theirs)
    shared = [dimension for dimension in stated if dimension in expected]
    pairs = {dimension: _paired(said, stated[dimension], expected[dimension]) for dimension in shared}
    alike = sum(len(pairing) for pairing in pairs.values()) >= ALIKE
    judged: list[Judgement] = []
    for dimension, pairing in pairs.items():
        judged += texts.judge_pairs(stated[dimension], expected[dimension], pairing)
        if dimension != "money" or "discount" not in stated:  # else it is a price worked out
            left = [item for i, item in enumerate(stated[dimension]) if i not in pairing]
            free = [item for j, item in enumerate(expected[dimension]) if j not in pairing.values()]
            alone = len(stated[dimension]) == len(expected[dimension]) == 1
            judged += texts.judge_left(left, free, alone, alike)
    return judged


@dataclass(frozen=True, slots=True)
class _Texts:
    """Reply, standard answer and question. ``cases`` are those that the question names, ``bare`` the figures that the
    reply tells without a unit: 衣长65."""

    said: Passage
    due: Passage
    asked: Passage
    working: Working
    cases: frozenset[str]
    bare: frozenset[str]

    def is_claim(self, quantity: Quantity) -> bool:
        """Whether it is stated, not the result of a sum (加上续重8块), and of what the standard answer speaks of."""
        clause = self.said.clause_at(quantity.start)
        worked_out = _SUM.search(self.said.text, max(clause.start, quantity.start - _SUM_REACH), quantity.start)
        if worked_out or not is_stated(self.said, quantity):
            return False
        return special_cases(self.said, quantity.start) <= special_cases(self.due) | special_cases(self.asked)

    def judge_pairs(
        self, stated: Sequence[Told], expected: Sequence[Told], pairing: Mapping[int, int]
    ) -> Iterator[Judgement]:
        """Numbers that both have: right, unless at another's place."""
        meant = self._meant(expected)
        for i, j in pairing.items():
            ours, other = stated[i], None
            if not self._is_quoted(ours.quantity):
                heading = self._heading(expected[j].quantity)
                other = _misplaced(ours, expected[j], meant, heading) or self._in_general(ours, expected[j], meant)
            if other and _is_free(ours, other) and not self._is_same_case(ours, other):
                other = None
            if other and self.working.is_gap(ours.quantity):
                other = None
            yield _judgement(ours, other or expected[j], other is None, self.due)

    def judge_left(self, stated: Sequence[Told], free: Sequence[Told], alone: bool, alike: bool) -> Iterator[Judgement]:
        """Numbers that the standard answer has not: wrong, where one that the reply has not (``free``) is of the same
        thing, or else in doubt. ``alone``: each text has one number of this kind."""
        left = [item for item in stated if not (item.per or _is_article(item.quantity))]
        only = len(left) == len(free) == 1
        question = content(self.asked.text)
        question = question if question & content(self.due.text) else frozenset()
        for item in left:
            options = [other for other in free if self._is_rival(item.quantity, other.quantity)]
            best = max(options, key=item.closeness, default=None)
            if best is None or (_is_free(item, best) and not self._is_same_case(item, best)):
                continue
            if self._is_nearly(item, best):
                continue
            answers = alone and (item.chars & question or (not item.chars and (question or asks_amount(self.asked))))
            related = _is_related(item, best) or (
                only and not _is_free(item, best) and (alike or answers or _limit_one(item, best))
            )
            if not self.working.explains(item.quantity):
                yield _judgement(item, best, False, self.due, doubt=not related)

    def _is_rival(self, ours: Quantity, theirs: Quantity) -> bool:
        """Whether ``ours`` disagrees with ``theirs``, and may be of the same thing: neither is ``theirs`` told without
        its unit (衣长65,袖长58厘米), nor has ours another name (袖长) or, of times, another event (发货后3天到)."""
        if _keeps(self.said, ours, theirs) is not False or _figure(self.due, theirs) in self.bare:
            return False
        timed = kind(theirs) == "duration" and is_other_event(self.said, ours, self.due, theirs, self.asked)
        return not (timed or has_other_name(self.said, ours, self.due, theirs))

    def _is_nearly(self, ours: Told, theirs: Told) -> bool:
        """Whether it only bounds the number that is due, in round figures: 不到一个小时 of 40分钟."""
        loose = self.said.text.startswith(("不到", "不足"), ours.quantity.start)
        limit = theirs.quantity.at_most or theirs.quantity.at_least
        return loose and not limit and theirs.quantity.high <= ours.quantity.high

    def _is_quoted(self, quantity: Quantity) -> bool:
        """Whether the clause stands word for word in the standard answer."""
        return self.said.of(self.said.clause_at(quantity.start)).strip(_MARKS) in self.due.text

    def _meant(self, expected: Sequence[Told]) -> list[Told]:
        """Those of ``expected`` but for goods, places and times of their own that neither reply nor question names."""
        named = special_cases(self.said) | special_cases(self.asked)
        cases = [special_cases(self.due, item.quantity.start) for item in expected]
        return [item for item, case in zip(expected, cases, strict=True) if not case or case & named]

    def _heading(self, quantity: Quantity) -> frozenset[str]:
        """The words that head what holds ``quantity`` of the standard answer (运费:), and so all its numbers."""
        text, clauses = self.due.text, self.due.clauses
        for number in range(self.due.clause_number(quantity.start), -1, -1):
            if heading := _HEADING.match(text, clauses[number].start):
                return words(heading[0])
            if number and text[clauses[number - 1].end] not in ",;":
                break
        return frozenset()

    def _in_general(self, ours: Told, theirs: Told, meant: Sequence[Told]) -> Told | None:
        """What is due on the customer's own amount (60块的, 不满88元收6元), where ``theirs`` is of a special case only.

        None where a place is spoken of: it may be one of those.
        """
        if theirs in meant or _PLACE.search(self.asked.text) or _PLACE.search(self.said.text):
            return None
        own = [quantity for quantity in self.asked.quantities if kind(quantity) == kind(ours.quantity)][:_MOST_OWN]
        limits = [item.quantity for item in meant if any(_sort(item))]
        held = {label(limit) for limit in limits if any(agrees(quantity, limit) for quantity in own)}
        return next(
            (item for item in meant if item.words & held and agrees(ours.quantity, item.quantity) is False), None
        )

    def _is_same_case(self, ours: Told, theirs: Told) -> bool:
        """Whether neither speaks of a case that the other, or the question, does not name."""
        here, there = case_at(self.said, ours.quantity.start), case_at(self.due, theirs.quantity.start)
        return here <= there | self.cases and there <= here | self.cases


def asks_amount(asked: Passage) -> bool:
    """Whether the question is for a number: 多大, 几天."""
    return _AMOUNT.search(asked.text) is not None


def _by_kind(items: Sequence[Told]) -> dict[str, list[Told]]:
    found: dict[str, list[Told]] = {}
    for item in items:
        found.setdefault(kind(item.quantity), []).append(item)
    return found


def _bare_figures(passage: Passage) -> frozenset[str]:
    taken = {index for quantity in passage.quantities for index in range(quantity.start, quantity.end)}
    return frozenset(match[0] for match in _FIGURE.finditer(passage.text) if taken.isdisjoint(range(*match.span())))


def _figure(passage: Passage, quantity: Quantity) -> str:
    """The figure that ``quantity`` begins with, if one."""
    match = _FIGURE.match(passage.text, quantity.start)
    return match[0] if match else ""


def _key(quantity: Quantity) -> tuple[str, float, float]:
    return kind(quantity), quantity.low, quantity.high


def _keeps(said: Passage, ours: Quantity, theirs: Quantity) -> bool | None:
    """Whether ``ours`` agrees with ``theirs``; the time at which something ends (6点下班) is that of the end."""
    if ours.dimension == theirs.dimension == "clock" and theirs.low < theirs.high < inf:
        theirs = replace(theirs, low=theirs.high) if _CLOSES.match(said.text, ours.end) else theirs
    verdict = agrees(ours, theirs)
    up_to = ours.low == ours.high < theirs.high * 0.99 and said.text.startswith(("到", "至"), ours.start - 1)
    return None if verdict and up_to else verdict  # 坐到6岁 keeps to no 0-12岁


def _paired(said: Passage, stated: Sequence[Told], expected: Sequence[Told]) -> dict[int, int]:
    """Stated quantity → the expected one that it agrees with: equal ones first, then by the closeness of contexts."""
    fits = []
    for i, ours in enumerate(stated):
        for j, theirs in enumerate(expected):
            if _keeps(said, ours.quantity, theirs.quantity):
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


def _misplaced(ours: Told, theirs: Told, expected: Sequence[Told], heading: frozenset[str]) -> Told | None:
    """The expected quantity at whose place the number of ``theirs`` is told, if it is told there.

    Its context shares words with ours that the other one, under its ``heading``, lacks, and none the other way round.
    """
    for other in expected:
        if agrees(ours.quantity, other.quantity) is False and _sort(other) == _sort(theirs):
            here, there = ours.words & other.words, ours.words & theirs.words
            if here - there - heading and not there - here and ours.closeness(other) > ours.closeness(theirs):
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


def _judgement(ours: Told, theirs: Told, agreement: bool, due: Passage, *, doubt: bool = False) -> Judgement:
    expected = due.text[theirs.quantity.start : theirs.quantity.end]
    return Judgement(ours.quantity.start, ours.quantity.end, agreement, expected, doubt=doubt)
