from __future__ import annotations

import asyncio
import itertools
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
from csnlp.heads import HEADS
from csnlp.rules import Case, register_check
from csnlp.rules.facts import table_of
from csnlp.scoring.scorer import WINDOW
from csnlp.types import Exchange, Prediction, Turn

OWN_BOOK = """
name: own
version: "1"
sections: [{id: s, title: 规范, weight: 1}]
clauses: [{id: C, section: s, title: 条款, weight: 10}]
rules:
  - {id: R, clause: C, message: 问题, severity: minor, points: -5, when: {python: tests.scorer.fragile}}
"""


class Fixed:
    """Says the same of every exchange: the given label of each head, with the given probability."""

    def __init__(self, probability: float = 0.9, **labels: str) -> None:
        self.probability = probability
        self.labels = labels

    def predict(self, exchanges: Sequence[Exchange], /) -> Prediction:
        heads = {}
        for name, label in self.labels.items():
            head = HEADS[name]
            if head.kind == "multilabel":
                row = np.float32([0.9 if known in label.split("+") else 0.1 for known in head.labels])
            else:
                row = np.full(len(head.labels), (1 - self.probability) / (len(head.labels) - 1), np.float32)
                row[head.labels.index(label)] = self.probability
            heads[name] = np.tile(row, (len(exchanges), 1))
        return Prediction(heads)


@pytest.fixture(scope="module")
def scorer(tiny_model: Path) -> csnlp.Scorer:
    return csnlp.load(tiny_model)


def test_an_ordinal_score_is_the_expected_rank() -> None:
    score = csnlp.load(Fixed(0.6, politeness="polite")).score("好的")
    assert score.politeness is not None
    assert score.politeness.score == pytest.approx((0.1 * (0 + 1 + 2 + 4) + 0.6 * 3) / 4)
    assert score.politeness.confidence == pytest.approx(0.6)


def test_without_a_customer_only_the_reply_is_judged() -> None:
    model = Fixed(politeness="polite", accuracy="answers", complaint="complaint", acts="greeting")
    score = csnlp.load(model).score("您好")
    assert score.politeness is not None and score.acts == ("greeting",)
    assert score.accuracy is None and score.complaint is None and score.complaint_type is None
    assert {"N3.1", "N4.2", "P2.1"} <= set(score.not_applicable) and "N4.1" not in score.not_applicable


def test_accuracy_does_not_apply_when_nothing_was_asked() -> None:
    asked = Fixed(accuracy="answers", applicability="accuracy_applies")
    nothing = Fixed(accuracy="answers", applicability="")
    assert csnlp.load(asked).score("三天", question="几天").accuracy is not None
    assert csnlp.load(nothing).score("三天", question="好的").accuracy is None


def test_a_complaint_has_a_type_only_when_there_is_one() -> None:
    calm = Fixed(complaint="none", complaint_type="delay")
    angry = Fixed(complaint="dissatisfied", complaint_type="delay")
    assert csnlp.load(calm).score("您好", question="在吗").complaint_type is None
    typed = csnlp.load(angry).score("您好", question="还不发货").complaint_type
    assert typed is not None and typed.label == "delay"


@pytest.mark.parametrize(("probability", "review"), [(0.9, False), (0.45, True)])
def test_an_unsure_verdict_is_marked_for_review(probability: float, review: bool) -> None:
    assert csnlp.load(Fixed(probability, politeness="polite")).score("好的").review is review


def test_explain_adds_up_to_the_total() -> None:
    model = Fixed(0.7, politeness="cold", accuracy="progresses")
    score = csnlp.load(model).score("等着", question="什么时候发货")
    table = score.explain().partition("\n\n")[0]
    points = [float(line.split()[-1]) for line in table.splitlines()[1:]]
    assert sum(points[:-1]) == pytest.approx(points[-1], abs=0.02) and points[-1] == score.total
    assert "N3.1" in table and "N4.1" in table


def test_bad_input_to_score_names_field_and_remedy(scorer: csnlp.Scorer) -> None:
    with pytest.raises(csnlp.InputError, match="reply: is empty; give the agent's words"):
        scorer.score(" ")
    with pytest.raises(
        csnlp.InputError, match=r"context\[1\]\.role: is not a known role; use \"customer\" or \"agent\""
    ):
        scorer.score("您好", context=[Turn("robot", "x")])  # type: ignore[arg-type]
    with pytest.raises(csnlp.InputError, match="reply: has 1000000 characters, over 20000"):
        scorer.score("好" * 1_000_000)


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
    assert len(read) < 5_000


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


def test_async_gives_the_same(scorer: csnlp.Scorer) -> None:
    assert asyncio.run(scorer.score_async("三天", question="几天")) == scorer.score("三天", question="几天")


def test_frames_keep_kind_rows_and_index(scorer: csnlp.Scorer) -> None:
    rows = {"reply": ["亲，三天", "😀", None], "question": ["多少钱", "在吗", "在吗"]}
    frame = scorer.score_frame(pd.DataFrame(rows, index=[7, 8, 9]))
    assert list(frame.index) == [7, 8, 9]
    assert frame.loc[7, "total"] == scorer.score("亲，三天", question="多少钱").total
    assert pd.isna(frame.loc[8, "total"]) and "reply" in frame.loc[9, "error"]
    polars = scorer.score_frame(pl.DataFrame(rows))
    assert isinstance(polars, pl.DataFrame) and polars.columns == list(frame.columns)
    assert polars["total"][0] == frame.loc[7, "total"]


def test_frames_have_the_same_columns_and_types_whatever_is_in_them(scorer: csnlp.Scorer) -> None:
    full = scorer.score_frame(pl.DataFrame({"reply": ["亲，三天"], "question": ["几天"]}))
    bad = scorer.score_frame(pl.DataFrame({"reply": ["😀"]}))
    empty = scorer.score_frame(pl.DataFrame({"reply": []}, schema={"reply": pl.String}))
    assert full.schema == bad.schema == empty.schema and len(pl.concat([full, bad, empty])) == 2
    assert list(scorer.score_frame(pd.DataFrame({"reply": []})).columns) == full.columns


class Broken:
    def __init__(self, array: object) -> None:
        self.array = array

    def predict(self, exchanges: Sequence[Exchange], /) -> Prediction:
        return Prediction({"politeness": self.array})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    "array",
    [
        np.full((1, 5), np.nan),
        np.ones((2, 5)) / 5,
        np.ones((1, 4)) / 4,
        [[0.2] * 4],
        np.full((1, 5), 3.0),
        np.ones((1, 5)),
    ],
)
def test_a_model_that_returns_nonsense_is_an_error_not_a_verdict(array: object) -> None:
    with pytest.raises(csnlp.ModelError, match="head politeness has"):
        csnlp.load(Broken(array)).score("好的")


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


def test_something_that_is_no_frame_is_refused(scorer: csnlp.Scorer) -> None:
    with pytest.raises(csnlp.InputError, match="pandas or polars"):
        scorer.score_frame([1])


def test_a_frame_without_replies_or_a_single_column_is_refused(scorer: csnlp.Scorer) -> None:
    for frame in (pd.DataFrame({"x": ["a"]}), pl.DataFrame({"x": ["a"]})):
        with pytest.raises(csnlp.InputError, match="has no column for the reply; rename it to reply"):
            scorer.score_frame(frame)
    with pytest.raises(csnlp.InputError, match="is Series; give a pandas or polars DataFrame"):
        scorer.score_frame(pd.Series(["好的"]))


def test_the_facts_are_part_of_what_made_the_scores(scorer: csnlp.Scorer) -> None:
    with_facts = [
        csnlp.Scorer(scorer.model, scorer.book, table_of({"发货时间": value})) for value in ("48小时内", "72小时内")
    ]
    digests = {each.metadata()["facts_digest"] for each in (scorer, *with_facts)}
    assert len(digests) == 3 and "none" in digests
    same = csnlp.Scorer(scorer.model, scorer.book, table_of({"发货时间": "48小时内"}))
    assert same.metadata() == with_facts[0].metadata()


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


def test_metadata_names_what_made_the_scores(scorer: csnlp.Scorer) -> None:
    metadata = scorer.metadata()
    assert metadata["model"] == "tiny" and metadata["model_version"] == "1.2"
    assert metadata["rule_book"] == "taobao" and metadata["csnlp_version"] == csnlp.__version__
    assert all(metadata.values())


class Counting:
    """Says that every reply is neutral; knows how many calls ran at once, and how many exchanges it has been given."""

    def __init__(self, parallel_calls: int | None = None, fail_at: int | None = None) -> None:
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
        time.sleep(0.02)
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
        ({"id": 7}, "id: is int, not text; give a string"),
        ({"agent": 7}, "agent: is int, not text; give a string"),
        ({"context": (Turn("customer", "在吗", "now"),)}, "context[1].time: is str, not a time"),
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
    ],
)
def test_what_would_be_scored_by_its_names_is_refused(given: Any, said: str) -> None:
    with pytest.raises(csnlp.InputError, match=said):
        csnlp.load(Fixed(politeness="polite")).score_many(given)


def test_metadata_names_the_engine_and_how_it_computes(tiny_model: Path) -> None:
    def engine(device: str) -> str:
        return csnlp.load(tiny_model, device=device).metadata()["engine"]

    assert (engine("onnx"), engine("torch")) == ("onnx float32", "torch cpu")
    assert engine("cpu") == engine("cpu") and engine("cpu-float32").endswith("float32")
    assert csnlp.load(Fixed(politeness="polite")).metadata()["engine"] == "none"
