"""Whether a number of a reply may be worked out from those of the standard answer: 100积分抵1元, so 1000 give 10元.

Nobody can tell a wrong rule from a right sum here, so what is explained is not judged. Explained are multiples,
proportions (a pair of the standard answer, scaled by what reply or question gives of one of the two), shares of a
sum (三成 of 480元), what two amounts leave, and totals of the amounts before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, groupby, islice

from csnlp.reference.clauses import FEE, Clause, Passage
from csnlp.reference.compare import kind
from csnlp.text.quantities import Quantity
from csnlp.text.quantity_numbers import RUN, parse_number
from csnlp.text.quantity_units import Unit, unit_at

# What adds up: so many bottles at that price, of that volume.
_SUMMABLE = frozenset(("money", "volume", "mass", "length", "energy"))
# Two amounts of one kind are a pair only with one of these in their clause: 每满100减10, 定金10元抵30元.
_TIES = re.compile("每|抵|换|兑|减|送|赠|返|积|=|/")
_UNIT = re.compile("(?:[每/]|单(?=[件个只条盒瓶袋包双套张]))个?")
# Numbers that count nothing: the sixth floor, the 18th.
_ORDINAL_BEHIND = re.compile("[楼层号点月日岁寸码]")
_SLACK = 0.005
_ROUGH = 0.1
# Ends of an interval this far apart are a range, of which nothing is worked out; months and years are no range.
_WIDEST = 1.15
# A difference: 便宜20元, 快2天; or with what it is set against, 比小号长15厘米.
_ABOUT = "(?:了|出|大?约|大概|差不多|整整|足足)*$"
_GAP = re.compile(f"(?:便宜|相差|(?<![误温时色])差|贵|(?<![最很尽更越较])[快慢早晚]){_ABOUT}")
_MORE = re.compile(f"(?<!最)[多少高低长短大小宽窄厚薄重轻深浅省]{_ABOUT}")
_COMPARES = re.compile("比|较")
_GAP_REACH = 20
# A clause with more amounts is a table; this bounds the work.
_MOST = 12
# A text with more amounts is no chat reply.
_MOST_AMOUNTS = 50
_MOST_DIGITS = 7
# How much each costs: 每层20元; a reply that says so itself states the rate, not what it comes to.
_PER = re.compile("每|单[个件价]|一[个件只条盒瓶袋包双套张层次]")
_RATE = re.compile(f"{_PER.pattern}|/")
_MOST_FLOORS = 40
_CHAIN = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?[、/×*x])+$")
_CHAIN_REACH = 24
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class _Amount:
    """``low`` to ``high`` of ``kind`` at ``start``; a bare number has no kind."""

    kind: str
    low: float
    high: float
    start: int
    rough: bool = False

    def meets(self, low: float, high: float) -> bool:
        """Whether it may be a number from ``low`` to ``high``."""
        slack = _ROUGH if self.rough else _SLACK
        return self.low <= high * (1 + slack) and low * (1 - slack) <= self.high


class Working:
    """What can be worked out from a reply, its standard answer and its question."""

    def __init__(self, said: Passage, due: Passage, asked: Passage) -> None:
        self._texts = said, due, asked

    @cached_property
    def _said(self) -> list[_Amount]:
        return list(islice(_amounts(self._texts[0]), _MOST_AMOUNTS))

    @cached_property
    def _due(self) -> list[_Amount]:
        return list(islice(_amounts(self._texts[1]), _MOST_AMOUNTS))

    @cached_property
    def _asked(self) -> list[_Amount]:
        return list(islice(_amounts(self._texts[2]), _MOST_AMOUNTS))

    @cached_property
    def _pairs(self) -> list[tuple[_Amount, _Amount]]:
        return list(_pairs(self._texts[1], self._due))

    @cached_property
    def _held(self) -> list[tuple[_Amount, _Amount]]:
        return [pair for pair in self._pairs if pair[0].kind.startswith("count") and not _is_count(pair[1])][:_MOST]

    @cached_property
    def _listed(self) -> list[_Amount]:
        return list(_listed(self._texts[1]))

    @cached_property
    def _rates(self) -> list[float]:
        """What the standard answer charges for each of something."""
        due = self._texts[1]
        prices = (q for q in due.quantities if q.dimension == "money" and q.low == q.high > 0)
        return [price.low for price in prices if _is_rate(due, price)][:_MOST_AMOUNTS]

    @cached_property
    def _floors(self) -> int:
        """The highest floor that the question names."""
        text = self._texts[2].text
        numbers = (parse_number(run[0]) for run in RUN.finditer(text) if text.startswith(("楼", "层"), run.end()))
        return int(max((number[1] for number in numbers if number and number[1] <= _MOST_FLOORS), default=0))

    def explains(self, quantity: Quantity) -> bool:
        """Whether ``quantity`` of the reply may be worked out."""
        amount = _amount(quantity)
        if amount is None:
            return False
        others = [other for other in self._said if other.start != amount.start]
        return (
            any(item.kind == amount.kind and amount.meets(item.low, item.high) for item in self._listed)
            or self._is_multiple(amount, others)
            or self._is_proportional(amount, others)
            or self._is_share(amount, others)
            or self._is_left(amount, others)
            or self.is_gap(quantity)
            or _is_total(amount, others)
        )

    def is_gap(self, quantity: Quantity) -> bool:
        """Whether it is told as the difference of two amounts, and is that of two of the standard answer: 便宜20元."""
        said, amount = self._texts[0], _amount(quantity)
        clause = said.clause_at(quantity.start)
        before = said.text[max(clause.start, quantity.start - _GAP_REACH) : quantity.start]
        if amount is None or not (_GAP.search(before) or (_COMPARES.search(before) and _MORE.search(before))):
            return False
        alike = [item for item in self._due if item.kind == amount.kind]
        return any(_is_difference(amount, *pair) for pair in combinations(alike, 2))

    def _is_multiple(self, amount: _Amount, others: list[_Amount]) -> bool:
        if amount.kind not in _SUMMABLE:
            return False
        clause = self._texts[0].clause_at(amount.start)
        # 搬楼费60元 to the sixth floor, where it is 20元 a floor: how many are charged for, nobody can tell.
        floors = range(2, self._floors + 1)
        if amount.kind == "money" and floors and not _RATE.search(self._texts[0].of(clause)):
            floor_prices = (rate * by for rate in self._rates for by in floors)
            if any(amount.meets(price, price) for price in floor_prices):
                return True
        here = [other for other in others if other.kind or _in(clause, other)]
        counts = (item for item in (*here, *self._asked, *self._due) if _is_count(item))
        factors = {item.low for item in counts if item.low == item.high > 1}
        bases = [item for item in (*self._due, *others) if item.kind == amount.kind and item.high > 0]
        return any(amount.meets(base.low * by, base.high * by) for base in bases for by in factors)

    def _is_proportional(self, amount: _Amount, others: list[_Amount]) -> bool:
        return any(
            amount.meets(given.low / base.high * result.low, given.high / base.low * result.high)
            for base, result in self._pairs
            if result.kind == amount.kind
            for given in self._given(amount, base, others)
        )

    def _given(self, amount: _Amount, base: _Amount, others: list[_Amount]) -> list[_Amount]:
        """What the clause of ``amount`` gives of the kind of ``base``, or else what was told before.

        Or else, of a whole one (一瓶糖有21克), what the standard answer says that holds (一瓶300ml).
        """
        clause = self._texts[0].clause_at(amount.start)
        alike = [other for other in others if other.kind == base.kind]
        if here := [other for other in alike if _in(clause, other)]:
            return here
        before = [other for other in alike if other.start < amount.start]
        asked = [item for item in self._asked if item.kind == base.kind or (not base.kind and _is_count(item))]
        if before or asked:
            return before + asked
        named = {item.kind for item in (*others, *self._asked)}
        return [held for one, held in self._held if one.kind in named and held.kind == base.kind]

    def _is_share(self, amount: _Amount, others: list[_Amount]) -> bool:
        """三成 of 480元, or what it leaves; and the percentage that another leaves of the whole."""
        shares = [item for item in others if item.kind in ("percent", "discount")]
        if amount.kind == "percent":
            return any(amount.meets(100 - item.high, 100 - item.low) for item in self._due if item.kind == "percent")
        if amount.kind != "money":
            return False
        wholes = [item for item in (*self._asked, *others) if item.kind in ("", "money")]
        return any(
            amount.meets(whole.low * part.low / 100, whole.high * part.high / 100)
            or amount.meets(whole.low * (100 - part.high) / 100, whole.high * (100 - part.low) / 100)
            for whole in wholes
            for part in shares
        )

    def _is_left(self, amount: _Amount, others: list[_Amount]) -> bool:
        """What the customer's own amount leaves of one of the standard answer, or goes beyond it: 铜管多两米."""
        if amount.kind not in _SUMMABLE:
            return False
        due = [item for item in self._due if item.kind == amount.kind]
        own = [item for item in self._asked if item.kind in ("", amount.kind)]
        own += [other for other in others if other.kind == amount.kind and other.start < amount.start]
        return any(_is_difference(amount, *pair) for pair in ((one, other) for one in due for other in own))


def _is_total(amount: _Amount, others: Iterable[_Amount]) -> bool:
    """Whether it is the sum of amounts told right before it, or what one of two leaves of the other."""
    before = [other for other in others if other.kind == amount.kind and other.start < amount.start]
    low = high = 0.0
    for count, other in enumerate(reversed(before[-_MOST:]), 1):
        low, high = low + other.low, high + other.high
        if count > 1 and amount.meets(low, high):
            return True
    return any(_is_difference(amount, *pair) for pair in combinations(before[-4:], 2))


def _is_difference(amount: _Amount, one: _Amount, other: _Amount) -> bool:
    more, less = (one, other) if one.low >= other.low else (other, one)
    return more.low > less.high and amount.meets(max(0.0, more.low - less.high), more.high - less.low)


def _is_rate(passage: Passage, quantity: Quantity) -> bool:
    """Whether it is so much for each of something."""
    clause = passage.clause_at(quantity.start)
    return passage.text.startswith("/", quantity.end) or bool(_PER.search(passage.text, clause.start, quantity.start))


def _listed(due: Passage) -> Iterator[_Amount]:
    """The numbers that share the unit of the one behind them: 4、6、8mm, 210×240×135cm."""
    for quantity in due.quantities:
        numeral = RUN.match(due.text, quantity.start)
        value = parse_number(numeral[0]) if numeral else None
        chain = _CHAIN.search(due.text[max(0, quantity.start - _CHAIN_REACH) : quantity.start])
        if value and value[0] > 0 and chain:
            size = quantity.low / value[0]
            for number in _NUMBER.findall(chain[0]):
                yield _Amount(kind(quantity), float(number) * size, float(number) * size, quantity.start)


def _is_count(amount: _Amount) -> bool:
    return not amount.kind or amount.kind.startswith("count")


def _in(clause: Clause, amount: _Amount) -> bool:
    return clause.start <= amount.start < clause.end


def _amount(quantity: Quantity) -> _Amount | None:
    """``quantity`` as an amount: a limit as its own number. None for a range."""
    low, high = quantity.low, quantity.high
    if quantity.at_most:
        low = high
    elif quantity.at_least:
        high = low
    if low <= 0 or high > low * _WIDEST or quantity.unit == FEE:
        return None
    return _Amount(kind(quantity), low, high, quantity.start, quantity.approximate)


def _amounts(passage: Passage) -> Iterator[_Amount]:
    """The amounts of a passage, the units that stand for one (每升, /kg), and its bare numbers."""
    taken: set[int] = set()
    for quantity in passage.quantities:
        taken.update(range(quantity.start, quantity.end))
        if amount := _amount(quantity):
            yield amount
    for each in _UNIT.finditer(passage.text):
        hit = None if each.end() in taken else unit_at(passage.text, each.end())
        if hit:
            yield _Amount(_dimension(hit[0]), hit[0].low, hit[0].high, each.start())
    for run in RUN.finditer(passage.text):
        number = None if run.start() in taken or len(run[0]) > _MOST_DIGITS else parse_number(run[0])
        if number and number[0] == number[1] > 0 and not _ORDINAL_BEHIND.match(passage.text, run.end()):
            hit = unit_at(passage.text, run.end()) if passage.text[run.start() - 1 : run.start()] == "/" else None
            if hit:  # 3.6g/100ml
                yield _Amount(_dimension(hit[0]), number[0] * hit[0].low, number[0] * hit[0].high, run.start())
            else:
                yield _Amount("", *number, run.start())


def _dimension(unit: Unit) -> str:
    return "duration" if unit.dimension == "workdays" else unit.dimension


def _pairs(due: Passage, amounts: list[_Amount]) -> Iterator[tuple[_Amount, _Amount]]:
    """Amounts that stand for each other in the standard answer, both ways round: 1升 and 5克 of 每升水加5克."""
    ordered = sorted(amounts, key=lambda amount: amount.start)
    base: _Amount | None = None
    for _, group in groupby(ordered, lambda amount: due.clause_number(amount.start)):
        here = list(group)[:_MOST]
        clause = due.clause_at(here[0].start)
        tied = _TIES.search(due.text, clause.start, clause.end) is not None
        if base and due.clause_at(base.start).sentence != clause.sentence:
            base = None
        if base and all(item.kind != base.kind for item in here):  # 每100ml含糖8.5g,低糖4.2g
            yield from ((base, item) for item in here)
        base = next((item for item in here if "每" in due.text[max(0, item.start - 1) : item.start + 1]), base)
        for one, other in combinations(here, 2):
            if (one.kind != other.kind or tied) and "、" not in due.text[one.start : other.start]:
                yield one, other
                yield other, one
