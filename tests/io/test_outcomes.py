from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice

import pytest

import csnlp
from csnlp.io import BadRow
from csnlp.io.badrow import Record
from csnlp.io.outcomes import Chunk, chunks, score_chunks
from csnlp.rules import register_check
from csnlp.rules.kinds import plugin
from csnlp.scoring.scorer import WINDOW
from csnlp.types import Exchange, Prediction

OWN = """\
name: own
version: "1"
sections: [{id: s, title: 规范, weight: 1}]
clauses: [{id: N1, section: s, title: 价格, weight: 1}]
rules: [{id: N1-own, clause: N1, message: 价格, severity: info, when: {python: "shop: prices; all"}}]
"""


class Silent:
    """A model that says nothing."""

    def predict(self, exchanges: Sequence[Exchange], /) -> Prediction:
        return Prediction({})


def good(line: int) -> Record:
    return Record(line, Exchange("好的", id=str(line)))


def bad(line: int) -> Record:
    return Record(line, BadRow("a.jsonl", line, "reply", "is empty", "leave the row out"))


def numbered(records: Iterator[Record], size: int = 100) -> Iterator[Chunk]:
    return enumerate(chunks(records, size))


@pytest.fixture(scope="module")
def scorer() -> csnlp.Scorer:
    return csnlp.load(Silent())


def test_bad_rows_are_not_read_without_end_for_the_next_good_one(scorer):
    read = 0

    def records() -> Iterator[Record]:
        nonlocal read
        for record in chain([good(1)], map(bad, range(2, 20_001))):
            read += 1
            yield record

    outcomes = score_chunks(scorer, numbered(records()), "a.jsonl", False, lambda line, scored: None)
    assert next(outcomes)[0] == 0
    assert read <= 3 * WINDOW  # the one in hand, the one the model is at, and the next
    assert sum(len(rows) for _, rows in outcomes) == 19_900


def test_each_record_has_its_own_outcome_and_only_replies_are_counted(scorer):
    records = [bad(line) if line % 3 else good(line) for line in range(1, 3000)]
    ticks: list[tuple[int, int]] = []
    made = list(score_chunks(scorer, numbered(iter(records)), "a.jsonl", False, lambda *tick: ticks.append(tick)))
    outcomes = list(chain.from_iterable(rows for _, rows in made))
    assert [number for number, _ in made] == list(range(30))
    for record, outcome in zip(records, outcomes, strict=True):
        assert outcome is record.item if isinstance(record.item, BadRow) else outcome["id"] == record.item.id
    assert ticks == [(line, int(line % 3 == 0)) for line in range(1, 3000)]


@pytest.mark.parametrize("count", [150, 3 * WINDOW])
def test_an_input_that_breaks_off_is_told_after_what_it_gave_before(scorer, count):
    def records() -> Iterator[Record]:
        yield from map(good, range(1, count + 1))
        raise OSError("the disk is gone")

    outcomes = score_chunks(scorer, numbered(records()), "a.jsonl", False, lambda line, scored: None)
    whole = count // 100
    assert [number for number, _ in islice(outcomes, whole)] == list(range(whole))
    with pytest.raises(OSError, match="the disk is gone"):
        next(outcomes)


def test_a_check_is_told_by_its_name_whatever_stands_in_it(tmp_path, monkeypatch):
    monkeypatch.setattr(plugin, "_checks", dict(plugin._checks))
    register_check("shop: prices; all", lambda case: 1 / 0 > 0)
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    own = csnlp.load(Silent(), tmp_path / "own.yaml")
    ((_, (bad,)),) = score_chunks(own, numbered(iter([good(1)])), "a.jsonl", False, lambda line, scored: None)
    assert (bad.line, bad.id, bad.field) == (1, "1", "check shop: prices; all")
    assert bad.problem == "failed with ZeroDivisionError" and bad.remedy.startswith("let it return a bool")


def test_a_scorer_that_leaves_items_out_is_told(make_scorer):
    class Forgetful(make_scorer):
        def score_many(self, items):
            return islice(super().score_many(items), 1)

    with pytest.raises(RuntimeError, match="fewer scores"):
        list(score_chunks(Forgetful(), numbered(map(good, (1, 2))), "a.jsonl", False, lambda line, scored: None))
