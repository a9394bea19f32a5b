"""The models that travel in the package, on the bundled examples."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import csnlp
from csnlp.models.registry import shipped_models
from csnlp.types import Exchange

EXAMPLES = Path(__file__).parents[2] / "examples/chats.jsonl"


@pytest.fixture(scope="module")
def examples() -> list[Exchange]:
    return [item for item in csnlp.read_exchanges(EXAMPLES) if isinstance(item, Exchange)]


@pytest.fixture(scope="module")
def scorer() -> csnlp.Scorer:
    return csnlp.load()


def test_each_shipped_folder_has_a_card_and_no_file_over_50_mb() -> None:
    assert {"zh-small", "baseline"} <= set(shipped_models())
    for folder in shipped_models().values():
        assert (folder / "README.md").is_file()
        assert all(file.stat().st_size < 50_000_000 for file in folder.iterdir())
        assert json.loads((folder / "csnlp.json").read_text(encoding="utf-8"))["name"] == folder.name


def test_ruder_wording_scores_lower(scorer: csnlp.Scorer) -> None:
    replies = [
        "你有病吧，爱买不买",
        "自己看详情页",
        "三天内发货",
        "亲，三天内给您发货哦",
        "真抱歉让您久等了，我马上帮您加急，祝您生活愉快",
    ]
    scores = [score.politeness.score for score in scorer.score_many(replies) if score.politeness]
    assert scores == sorted(scores) and scores[0] < 0.3 < 0.7 < scores[-1]


def test_a_threat_to_complain_scores_above_a_question(scorer: csnlp.Scorer) -> None:
    threat = scorer.score("您好，请稍等", question="再不退款我就打12315投诉你们").complaint
    question = scorer.score("您好，请稍等", question="请问什么时候退款呀").complaint
    assert threat is not None and threat.label == "escalation"
    assert question is not None and question.label == "none"


def test_spellings_that_mean_the_same_get_the_same_numbers(scorer: csnlp.Scorer) -> None:
    plain = scorer.score("请稍等，3天内发货", question="什么时候发货")
    for reply, question in (("請稍等，3天內發貨", "什麼時候發貨"), ("请稍等，３天内发货", "什么时候发\u200b货")):
        assert scorer.score(reply, question=question).to_dict(True) == plain.to_dict(True)


def test_same_numbers_alone_in_a_batch_and_backwards(scorer: csnlp.Scorer, examples: list[Exchange]) -> None:
    together = scorer.model.predict(examples).heads
    backwards = scorer.model.predict(examples[::-1]).heads
    for row in range(0, len(examples), 7):
        alone = scorer.model.predict([examples[row]]).heads
        for name, array in together.items():
            np.testing.assert_allclose(alone[name][0], array[row], atol=1e-4)
            np.testing.assert_allclose(backwards[name][-1 - row], array[row], atol=1e-4)


def test_every_example_is_scored(scorer: csnlp.Scorer, examples: list[Exchange]) -> None:
    scores = scorer.score_many(examples)
    assert all(score.error is None and score.total is not None and 0 <= score.total <= 100 for score in scores)
    assert {score.politeness.label for score in scores if score.politeness} == {
        "rude",
        "cold",
        "neutral",
        "polite",
        "warm",
    }
    assert {score.complaint.label for score in scores if score.complaint} >= {"none", "dissatisfied", "escalation"}
