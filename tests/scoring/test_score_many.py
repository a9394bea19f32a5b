from __future__ import annotations

import itertools
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import csnlp
from csnlp.rules import Case, load_book, register_check
from csnlp.scoring.scorer import WINDOW
from csnlp.types import Conversation, Exchange, Turn

from .conftest import Fixed

OWN_BOOK = """
name: own
version: "1"
sections: [{id: s, title: 规范, weight: 1}]
clauses: [{id: C, section: s, title: 条款, weight: 10}]
rules:
  - {id: R, clause: C, message: 问题, severity: minor, points: -5, when: {python: tests.scorer.fragile}}
"""


def test_one_bad_exchange_does_not_stop_the_others(scorer: csnlp.Scorer) -> None:
    scores = scorer.score_many(["您好", "😀😀", "\ud800", "a\x00b", "退款"])
    assert [score.error is None for score in scores] == [True, False, False, False, True]
    assert "only emoji" in (scores[1].error or "")
    assert "U+D800" in (scores[2].error or "") and "U+0000" in (scores[3].error or "")
    assert scores[1].total is None and scores[4].total is not None


def test_what_the_reader_gives_can_be_scored_as_it_is(scorer: csnlp.Scorer, tmp_path: Path) -> None:
    path = tmp_path / "chats.jsonl"
    path.write_text('{"reply": "您好"}\n{"id": "b", "reply": "😀"}\n{"no": 1}\n', encoding="utf-8")
    good, emoji, missing = scorer.score_many(csnlp.read_exchanges(path))
    assert good.error is None and emoji.id == "b"
    assert "only emoji" in (emoji.error or "") and "reply: is missing" in (missing.error or "")


@pytest.mark.parametrize("number", [3, WINDOW, 3 * WINDOW + 5])
def test_an_input_that_breaks_off_loses_nothing_that_it_gave(scorer: csnlp.Scorer, number: int) -> None:
    def broken() -> Iterator[str]:
        for n in range(number):
            yield f"您好{n}"
        raise OSError("the disk is gone")

    scored = []
    with pytest.raises(OSError, match="the disk is gone"):
        for score in scorer.score_many(broken()):
            scored.append(score.total)
    assert len(scored) == number


def test_a_generator_gives_a_generator_that_reads_only_as_far_as_needed(scorer: csnlp.Scorer) -> None:
    read = []

    def endless() -> Iterator[Exchange]:
        number = 0
        while True:
            read.append(number)
            yield Exchange("您好", id=str(number))
            number += 1

    scores = scorer.score_many(endless())
    assert next(scores).id == "0" and next(scores).id == "1"
    assert len(read) <= 3 * WINDOW


def test_order_and_numbers_stay_the_same_over_windows(
    scorer: csnlp.Scorer, exchanges: list[Exchange], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = [score.to_dict(probabilities=True) for score in scorer.score_many(exchanges)]
    monkeypatch.setattr("csnlp.scoring.scorer.WINDOW", 2)
    assert [score.to_dict(probabilities=True)["id"] for score in scorer.score_many(exchanges)] == [
        row["id"] for row in whole
    ]
    for row, score in zip(whole, scorer.score_many(iter(exchanges)), strict=True):
        assert score.to_dict()["total"] == pytest.approx(row["total"], abs=0.01)


def test_malformed_exchanges_are_errors_of_their_own_row(scorer: csnlp.Scorer) -> None:
    row = {"role": "customer", "text": "在吗"}
    wrong = [Exchange("好", context=(row,)), Exchange("好", context=None), Exchange("好")]  # type: ignore[arg-type]
    errors = [score.error for score in scorer.score_many(wrong)]
    assert "give csnlp.Turn(role, text)" in (errors[0] or "") and "NoneType" in (errors[1] or "")
    assert errors[2] is None
    with pytest.raises(csnlp.InputError, match="give a list of replies"):
        scorer.score_many("您好")
    with pytest.raises(csnlp.InputError, match="put them into it"):
        scorer.score(Exchange("好"), question="在吗")


def test_a_check_that_fails_costs_its_own_reply(scorer: csnlp.Scorer, tmp_path: Path) -> None:
    def fragile(case: Case) -> bool:
        return len(case.exchange.reply) // len(case.exchange.reply.replace("怪", "")) > 1

    register_check("tests.scorer.fragile", fragile)
    path = tmp_path / "own.yaml"
    path.write_text(OWN_BOOK, encoding="utf-8")
    own = csnlp.load(scorer.model, path)
    scores = own.score_many(["好的", "怪", "好的呢"])
    assert [score.error is None for score in scores] == [True, False, True]
    assert scores[1].error == "check tests.scorer.fragile: failed with ZeroDivisionError; " + (
        "let it return a bool or spans of the reply; see csnlp.rules.register_check"
    )


class Counting:
    """Says that every reply is neutral; knows how many calls ran at once, and how many exchanges it has been given."""

    def __init__(self, parallel_calls: int | None = None, fail_at: int | None = None, seconds: float = 0.02) -> None:
        self.seconds = seconds
        if parallel_calls is not None:
            self.parallel_calls = parallel_calls
        self.given, self.running, self.most, self.fail_at = 0, 0, 0, fail_at
        self.lock = threading.Lock()

    def predict(self, exchanges: Sequence[csnlp.Exchange], /) -> csnlp.Prediction:
        with self.lock:
            self.running += 1
            self.most = max(self.most, self.running)
            self.given += len(exchanges)
            failed = self.fail_at is not None and self.given >= self.fail_at
        time.sleep(self.seconds)
        with self.lock:
            self.running -= 1
        if failed:
            raise RuntimeError("the model failed")
        return csnlp.Prediction({"politeness": np.tile(np.eye(5, dtype=np.float32)[2], (len(exchanges), 1))})


def numbered(count: int) -> Iterator[csnlp.Exchange]:
    return (csnlp.Exchange("您好", id=str(number)) for number in range(count))


@pytest.mark.parametrize(("declared", "allowed"), [(None, 1), (2, 2)])
def test_many_windows_come_in_order_and_the_model_is_called_as_it_allows(declared: int | None, allowed: int) -> None:
    model = Counting(declared)
    scores = list(csnlp.load(model).score_many(numbered(4 * WINDOW + 7)))
    assert [score.id for score in scores] == [str(number) for number in range(4 * WINDOW + 7)]
    assert model.most == allowed


def test_an_endless_stream_is_read_only_a_little_ahead() -> None:
    model = Counting(2)
    scores = csnlp.load(model).score_many(csnlp.Exchange("您好") for _ in itertools.count())
    for _ in range(WINDOW + 1):
        next(scores)
    assert model.given <= 5 * WINDOW
    scores.close()  # type: ignore[attr-defined]
    given = model.given
    time.sleep(0.1)
    assert model.given == given  # nothing goes on behind the caller's back


def test_what_is_done_does_not_wait_for_more_input() -> None:
    model = Counting(4, seconds=0)
    model.window = 1
    read = []

    def slowly() -> Iterator[csnlp.Exchange]:
        for exchange in numbered(20):
            read.append(exchange.id)
            yield exchange
            time.sleep(0.1)

    assert next(csnlp.load(model).score_many(slowly())).id == "0"
    assert len(read) < 4


def test_the_book_may_be_replaced_while_a_reply_is_scored(tmp_path: Path) -> None:
    strict = tmp_path / "strict.yaml"
    strict.write_text(OWN_BOOK.replace("{python: tests.scorer.fragile}", "{regex: 您好}"), encoding="utf-8")

    class Replacing:
        def predict(self, exchanges: Sequence[csnlp.Exchange], /) -> csnlp.Prediction:
            scorer.book = load_book(strict)
            return csnlp.Prediction({"politeness": np.eye(5, dtype=np.float32)[[0] * len(exchanges)]})

    scorer = csnlp.load(Replacing())
    first, second = scorer.score("您好"), scorer.score("您好")
    assert {finding.rule for finding in first.findings}.isdisjoint({"R"}) and first.lines
    assert [finding.rule for finding in second.findings] == ["R"]


def test_a_model_says_how_many_it_is_given_at_once() -> None:
    model = Counting(1)
    model.window = 7
    scores = csnlp.load(model).score_many(numbered(1_000))
    assert next(scores).id == "0"
    assert model.given <= 21


def test_long_texts_make_small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("csnlp.scoring.scorer.WINDOW_CHARACTERS", 1_000)
    model = Counting(1)
    rows = (csnlp.Exchange("好", (Turn("customer", "退" * 199),), id=str(number)) for number in range(23))
    scores = csnlp.load(model).score_many(rows)
    assert next(scores).id == "0"
    assert model.given <= 15  # five are a window: two were called for, a third may have begun
    assert [score.id for score in scores] == [str(number) for number in range(1, 23)]


def test_a_conversation_among_exchanges_says_how_to_take_it_apart() -> None:
    (score,) = csnlp.load(Counting()).score_many([Conversation("7", ())])  # type: ignore[list-item]
    assert score.error == "Conversation is not an exchange; give conversation.exchanges()"


@pytest.mark.skipif(os.name == "nt", reason="signals come otherwise")
def test_ctrl_c_leaves_alone_what_has_not_begun() -> None:
    model = Counting(1, seconds=1)
    scores = csnlp.load(model).score_many(numbered(4 * WINDOW))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # polars' own one lets a wait go on
    press = threading.Timer(0.4, signal.pthread_kill, (threading.get_ident(), signal.SIGINT))
    press.start()
    with pytest.raises(KeyboardInterrupt):
        next(scores)
    assert model.given == WINDOW and model.running == 0


def test_a_model_that_fails_later_says_so_after_the_scores_before() -> None:
    scores = csnlp.load(Counting(fail_at=2 * WINDOW)).score_many(numbered(5 * WINDOW))
    assert [next(scores).id for _ in range(WINDOW)][-1] == str(WINDOW - 1)
    with pytest.raises(RuntimeError, match="the model failed"):
        list(scores)


def test_bad_rows_among_many_windows_keep_their_places() -> None:
    rows: list[object] = list(numbered(2 * WINDOW + 5))
    for place in (0, WINDOW - 1, WINDOW, 2 * WINDOW + 4):
        rows[place] = csnlp.Exchange("", id=f"bad{place}")
    scores = csnlp.load(Counting()).score_many(rows)  # type: ignore[arg-type]
    assert [score.id for score in scores if score.error] == ["bad0", "bad1023", "bad1024", "bad2052"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"time": "2024-05-01"}, "time: is str, not a time; give a datetime.datetime"),
        ({"after": 3}, "after: is int; give a tuple of csnlp.Turn"),
        ({"after": ("好",)}, "after[1]: is str; give csnlp.Turn"),
        ({"after": (Turn("customer", 5),)}, "after[1].text: is int, not text; give a string"),
        ({"after": (Turn("nobody", "好"),)}, 'after[1].role: is not a known role; use "customer" or "agent"'),  # type: ignore[arg-type]
        ({"after": (Turn("customer", "退" * 20_001),)}, "after[1].text: has 20001 characters, over 20000"),
        ({"context": (Turn("customer", "退" * 19_000),) * 11}, "context: has 209000 characters, over 200000; keep the"),
        ({"context": (Turn("张三13800138000", "x"),)}, "context[1].role: is not a known role"),  # type: ignore[arg-type]
        ({"context": (Turn(pd.NA, "x"),)}, "context[1].role: is not a known role"),  # type: ignore[arg-type]
        ({"context": (Turn(np.array(["customer", "x"]), "x"),)}, "context[1].role: is not a known role"),  # type: ignore[arg-type]
        ({"id": 7}, "id: is int, not text; give a string"),
        ({"agent": 7}, "agent: is int, not text; give a string"),
        ({"context": (Turn("customer", "在吗", "now"),)}, "context[1].time: is str, not a time"),
        ({"time": pd.NaT}, "time: is NaTType, not a time; give a datetime.datetime"),
        ({"id": "\ud800x"}, "id: has half of an emoji"),
        (
            {"context": (Turn("customer", "在\n\t\x85\x1f\x1b[2J"),)},
            "context[1].text: has a control character U+001B",
        ),
        ({"reference": "三天\n\udcff"}, "reference: has a broken character U+DCFF; read the file in its own encoding"),
        ({"agent": "\x00"}, "agent: has a control character U+0000"),
    ],
)
def test_a_field_of_a_wrong_type_costs_its_own_row(scorer: csnlp.Scorer, changes: dict[str, Any], said: str) -> None:
    good, bad, after = scorer.score_many(["好的", Exchange("好的", **changes), "在的"])
    assert good.error is None and after.error is None
    assert bad.error is not None and bad.error.startswith(said) and isinstance(bad.id, str)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (pd.DataFrame({"reply": ["好的"]}), "use score_frame"),
        (pl.DataFrame({"reply": ["好的"]}), "use score_frame"),
        (pl.LazyFrame({"reply": ["好的"]}), "use score_frame"),
        ({"a": "好的"}, "is dict, not a sequence; give a sequence of Exchange or str"),
        (b"abc", "is bytes, not a sequence; give a sequence of Exchange or str"),
        (Path("chats.jsonl"), r"is a path; give csnlp.read_exchanges\(path\)"),
        (None, "is NoneType, not a sequence; give a sequence of Exchange or str"),
        (Exchange("好的"), r"is one Exchange; give a list of replies, or use score\(\)"),
        (Conversation("7", (Turn("agent", "好的"),)), r"is one Conversation; give conversation.exchanges\(\)"),
    ],
)
def test_what_would_be_scored_by_its_names_is_refused(given: Any, said: str) -> None:
    scorer = csnlp.load(Fixed(politeness="polite"))
    for method in (scorer.score_many, scorer.cases):
        with pytest.raises(csnlp.InputError, match=said):
            method(given)
