from __future__ import annotations

import asyncio
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import csnlp
from csnlp.rules.facts import table_of
from csnlp.types import Conversation, Exchange, Finding, Prediction, Score, Turn

from .conftest import Fixed


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


@pytest.mark.parametrize(("reference", "review"), [("净重62公斤", True), ("净重80公斤", False), (None, True)])
def test_wrong_is_marked_for_review_unless_the_reference_contradicts(reference: str | None, review: bool) -> None:
    asked = csnlp.Exchange("亲，净重62公斤的", (csnlp.Turn("customer", "多重？"),), reference)
    assert csnlp.load(Fixed(0.9, accuracy="wrong")).score(asked).review is review


@pytest.mark.parametrize(("days", "review"), [(7, True), (2, False)])
def test_wrong_is_marked_for_review_unless_the_shops_facts_contradict(days: int, review: bool) -> None:
    scorer = csnlp.load(Fixed(0.9, accuracy="wrong"), facts=table_of({"发货": f"{days}天"}))
    assert scorer.score("亲，7天内发货哦", question="什么时候发货？").review is review


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


@pytest.mark.parametrize("context", [None, Turn("customer", "在吗"), 3])
def test_a_context_that_is_no_sequence_is_told(context: Any) -> None:
    with pytest.raises(csnlp.InputError, match=f"context: is {type(context).__name__}; give a sequence of csnlp.Turn"):
        csnlp.load(Fixed(politeness="polite")).score("好的", context=context)


def test_a_question_of_a_wrong_type_is_told_by_its_name() -> None:
    question: Any = 3
    with pytest.raises(csnlp.InputError, match="question: is int, not text; give a string"):
        csnlp.load(Fixed(politeness="polite")).score("好的", question=question)


def test_a_scorer_stays_in_its_process() -> None:
    with pytest.raises(TypeError, match=r"cannot be copied or sent to another process; call csnlp\.load there"):
        pickle.dumps(csnlp.load(Fixed(politeness="polite")))


def test_a_conversation_is_not_one_reply() -> None:
    conversation: Any = Conversation("7", (Turn("agent", "好的"),))
    with pytest.raises(csnlp.InputError, match=r"reply: is a whole Conversation; give conversation.exchanges\(\)"):
        csnlp.load(Fixed(politeness="polite")).score(conversation)


def test_a_book_or_facts_of_a_wrong_type_are_told_at_once() -> None:
    model: Any = Fixed(politeness="polite")
    wrong: Any = {}
    with pytest.raises(csnlp.ConfigError, match="book is NoneType; give a rule book's name"):
        csnlp.load(model, book=None)  # type: ignore[arg-type]
    with pytest.raises(csnlp.ConfigError, match="facts is dict; give a FactTable"):
        csnlp.load(model, facts=wrong)
    with pytest.raises(csnlp.ConfigError, match="book is dict; give a RuleBook"):
        csnlp.Scorer(model, wrong)


def test_explain_prints_what_a_finding_quotes_on_one_line() -> None:
    quoted = "重复（= a\nN9.9-fake [0:1] -9.00 假\u202e）"
    score = Score(total=1.0, findings=(Finding("N1", "N1/a", 0, 2, -1.0, quoted, suggestion="换\n说"),))
    assert score.explain().splitlines()[-2:] == ["N1/a [0:2] -1.00 重复（= a N9.9-fake [0:1] -9.00 假 ）", "  → 换 说"]


def test_async_gives_the_same(scorer: csnlp.Scorer) -> None:
    assert asyncio.run(scorer.score_async("三天", question="几天")) == scorer.score("三天", question="几天")


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
        [[0.2] * 5, [0.2]],
        ["high"],
        {"rude": 1},
    ],
)
def test_a_model_that_returns_nonsense_is_an_error_not_a_verdict(array: object) -> None:
    with pytest.raises(csnlp.ModelError, match="head politeness has"):
        csnlp.load(Broken(array)).score("好的")


def test_a_row_that_is_no_distribution_is_named() -> None:
    rows = np.full((3, 5), 0.2)
    rows[1, 0] = 0.1
    with pytest.raises(csnlp.ModelError, match=r"head politeness has row 1 \(from 0\) that sums to 0\.9, not to 1"):
        csnlp.load(Broken(rows)).score_many(["好的", "在的", "您好"])
    rows[2, 0] = np.nan
    with pytest.raises(csnlp.ModelError, match=r"head politeness has values that are no probabilities in row 2"):
        csnlp.load(Broken(rows)).score_many(["好的", "在的", "您好"])


def test_a_model_without_a_known_head_is_told() -> None:
    class Misspelt:
        def predict(self, exchanges: Sequence[Exchange], /) -> Prediction:
            return Prediction({"polite": np.full((len(exchanges), 5), 0.2, np.float32)})

    with pytest.warns(
        csnlp.errors.CsnlpWarning, match=r"heads \(polite\) is known, so none is used; .* politeness, acc"
    ):
        assert csnlp.load(Misspelt()).score("好的").politeness is None


def test_the_facts_are_part_of_what_made_the_scores(scorer: csnlp.Scorer) -> None:
    with_facts = [
        csnlp.Scorer(scorer.model, scorer.book, table_of({"发货时间": value})) for value in ("48小时内", "72小时内")
    ]
    digests = {each.metadata()["facts_digest"] for each in (scorer, *with_facts)}
    assert len(digests) == 3 and "none" in digests
    same = csnlp.Scorer(scorer.model, scorer.book, table_of({"发货时间": "48小时内"}))
    assert same.metadata() == with_facts[0].metadata()


def test_metadata_names_what_made_the_scores(scorer: csnlp.Scorer) -> None:
    metadata = scorer.metadata()
    assert metadata["model"] == "tiny" and metadata["model_version"] == "1.2"
    assert metadata["rule_book"] == "taobao" and metadata["csnlp_version"] == csnlp.__version__
    assert all(metadata.values())


def test_metadata_names_the_engine_and_how_it_computes(tiny_model: Path) -> None:
    def engine(device: str) -> str:
        return csnlp.load(tiny_model, device=device).metadata()["engine"]

    assert (engine("onnx"), engine("torch")) == ("onnx float32", "torch cpu")
    assert engine("cpu") == engine("cpu") and engine("cpu-float32").endswith("float32")
    assert csnlp.load(Fixed(politeness="polite")).metadata()["engine"] == "none"


def test_a_row_that_could_not_be_scored_says_why_in_json(scorer: csnlp.Scorer) -> None:
    good, bad = scorer.score_many(["您好", ""])
    assert "error" not in good.to_dict() and bad.to_dict()["error"] == bad.error != ""
