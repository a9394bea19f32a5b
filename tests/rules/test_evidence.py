"""The evidence of conditions put together: from all parts that hold, what overlaps once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from csnlp.errors import InputError
from csnlp.rules import Case
from csnlp.rules.scanner import Scanner
from csnlp.rules.verdict import YES, AtLeast, Condition, Not, Span, Verdict
from csnlp.types import Exchange

CASE = Case(Exchange("好的亲爱的您"), Scanner([]))


class Gives(Condition):
    """Holds, with this evidence; what it costs says when it is asked."""

    def __init__(self, *spans: Span, note: str = "", notes: tuple[str, ...] = (), cost: int = 0) -> None:
        self.verdict = Verdict(True, spans, note=note, notes=notes)
        self.cost = cost

    def check(self, case: Case, /) -> Verdict:
        return self.verdict


class Fails(Condition):
    """A check of the book's own that fails."""

    cost = 8

    def check(self, case: Case, /) -> Verdict:
        raise InputError("check", "failed", "mend it")


@pytest.mark.parametrize("n", [1, 2])
def test_evidence_that_overlaps_is_one_piece(n: int) -> None:
    parts = (Gives((2, 4)), Gives((0, 3), (5, 6)), Gives((4, 5)), Gives((0, 1)))
    assert AtLeast(n, parts).check(CASE).spans == ((0, 4), (4, 5), (5, 6))


def test_each_word_counts_once_whatever_finds_it(ask: Callable[..., Verdict]) -> None:
    when = "{any: [{regex: 好的亲}, {regex: 亲爱}, {regex: 坏}, {lexicon: [a, b]}]}"
    assert ask(when, "好的亲爱的您", lexicons={"a": "您\n", "b": "您\n"}).spans == ((0, 4), (5, 6))


def test_each_piece_of_evidence_keeps_its_note() -> None:
    typos = Gives((0, 2), (4, 5), note="a→b；c→d", notes=("a→b", "c→d"))
    verdict = AtLeast(1, (Gives((1, 3), note="n"), typos, Gives())).check(CASE)
    assert verdict.spans == ((0, 3), (4, 5))
    assert verdict.note == "n；a→b；c→d" and verdict.notes == ("a→b；n", "c→d")


def test_a_note_says_nothing_twice_however_its_conditions_are_nested() -> None:
    level, word = Gives(note="complaint=escalation"), Gives(note="坏了")
    inner = AtLeast(2, (level, word)).check(CASE)
    assert inner.note == "complaint=escalation；坏了"
    again = AtLeast(2, (AtLeast(2, (level, word)), AtLeast(2, (level, Gives(note="quality")))))
    assert again.check(CASE).note == "complaint=escalation；坏了；quality"


def test_one_part_that_holds_is_the_evidence_as_it_is() -> None:
    typos = Gives((0, 2), (4, 5), note="a→b；c→d", notes=("a→b", "c→d"))
    assert AtLeast(1, (typos, Not(Gives()))).check(CASE) == typos.verdict


def test_what_fails_takes_nothing_from_what_holds_without_it() -> None:
    assert AtLeast(1, (Fails(), Gives((1, 2)))).check(CASE).spans == ((1, 2),)
    assert AtLeast(1, (Fails(), Not(AtLeast(1, (Not(Gives()),))))).check(CASE) == YES
    with pytest.raises(InputError):
        AtLeast(2, (Fails(), Gives((1, 2)))).check(CASE)
