from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import pytest

from csnlp.rules import Case
from csnlp.rules.scanner import Scanner
from csnlp.rules.verdict import REASONS, AtLeast, Condition, Not, Verdict
from csnlp.types import Exchange

Ask = Callable[..., Verdict]


VALUES = (True, False, None)


class Says(Condition):
    """A condition of which the verdict is known."""

    def __init__(self, holds: bool | None, number: int = 0) -> None:
        if holds:
            self.verdict = Verdict(True, ((number, number + 1),), note=f"n{number}")
        else:
            self.verdict = Verdict(holds, reason="open" if holds is None else "")

    def check(self, case: Case, /) -> Verdict:
        return self.verdict


CASE = Case(Exchange("好的"), Scanner([]))


def oracle(n: int, values: tuple[bool | None, ...]) -> bool | None:
    """Whether at least ``n`` hold, by trying both values of every unknown one."""
    outcomes = {
        sum(outcome) >= n for outcome in product(*((True, False) if value is None else (value,) for value in values))
    }
    return outcomes.pop() if len(outcomes) == 1 else None


def tables() -> Iterator[tuple[int, tuple[bool | None, ...]]]:
    for size in range(1, 5):
        for values in product(VALUES, repeat=size):
            for n in range(1, size + 1):
                yield n, values


def test_what_is_unknown_decides_nothing_and_stays_unknown_only_where_it_would_decide() -> None:
    for n, values in tables():
        verdict = AtLeast(n, tuple(Says(value, i) for i, value in enumerate(values))).check(CASE)
        assert verdict.holds is oracle(n, values), (n, values)
        assert bool(verdict.reason) is (verdict.holds is None)


@pytest.mark.parametrize("value", VALUES)
def test_not_turns_what_is_known_and_leaves_what_is_not(value: bool | None) -> None:
    verdict = Not(Says(value)).check(CASE)
    assert verdict.holds is (None if value is None else not value)
    assert verdict.spans == () and bool(verdict.reason) is (value is None)


def test_the_evidence_is_that_of_all_parts_that_hold_without_doubles() -> None:
    verdict = AtLeast(2, (Says(True, 5), Says(False), Says(True, 1), Says(True, 5))).check(CASE)
    assert verdict.spans == ((1, 2), (5, 6)) and verdict.note == "n5；n1"


def test_any_gives_the_evidence_of_every_part_that_holds() -> None:
    assert AtLeast(1, (Says(None), Says(True, 3), Says(False), Says(True, 4))).check(CASE).spans == ((3, 4), (4, 5))


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ("{all: [{regex: 好}, {regex: 的}]}", True),
        ("{all: [{regex: 好}, {regex: 坏}]}", False),
        ("{any: [{regex: 坏}, {regex: 的}]}", True),
        ("{any: [{regex: 坏}, {regex: 糟}]}", False),
        ("{not: {regex: 坏}}", True),
        ("{at_least: 2, of: [{regex: 好}, {regex: 坏}, {regex: 的}]}", True),
        ("{at_least: 3, of: [{regex: 好}, {regex: 坏}, {regex: 的}]}", False),
        ("{all: [{regex: 好}, {reply_time: {over: 1}}]}", None),
        ("{all: [{regex: 坏}, {reply_time: {over: 1}}]}", False),
        ("{any: [{regex: 好}, {reply_time: {over: 1}}]}", True),
        ("{any: [{regex: 坏}, {reply_time: {over: 1}}]}", None),
        ("{not: {reply_time: {over: 1}}}", None),
        ("{all: [{any: [{regex: 坏}, {regex: 好}]}, {not: {all: [{regex: 坏}]}}]}", True),
    ],
)
def test_conditions_of_a_book_are_put_together(ask: Ask, when: str, holds: bool | None) -> None:
    verdict = ask(when, "好的")
    assert verdict.holds is holds
    assert verdict.reason in ({"", *REASONS} if holds is None else {""})
