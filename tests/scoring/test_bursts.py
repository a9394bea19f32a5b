from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

import csnlp
from csnlp.heads import HEADS
from csnlp.scoring.bursts import MOST_CHARACTERS, whole_of
from csnlp.types import MAX_PAUSE, Conversation, Exchange, Prediction, Score, Turn

START = datetime(2026, 5, 1, 10)


class Reader:
    """A model that finds an answer where the reply has a figure, and warmth where it ends in ~."""

    def predict(self, exchanges: Sequence[Exchange]) -> Prediction:
        def rows(head: str, yes: str, no: str, holds: Sequence[bool]) -> np.ndarray:
            labels = HEADS[head].labels
            return np.eye(len(labels), dtype=np.float32)[[labels.index(yes if one else no) for one in holds]]

        answers = rows("accuracy", "answers", "evasive", [any(map(str.isdigit, e.reply)) for e in exchanges])
        warm = rows("politeness", "warm", "neutral", [e.reply.endswith("~") for e in exchanges])
        return Prediction({"accuracy": answers, "politeness": warm})


def turns(*texts: str, seconds: int | None = None) -> tuple[Turn, ...]:
    """客：… and 服：…, one after another, ``seconds`` apart if that is given."""
    roles = {"客": "customer", "服": "agent"}
    times = [START + timedelta(seconds=n * seconds) if seconds is not None else None for n in range(len(texts))]
    return tuple(Turn(roles[text[0]], text[2:], time) for text, time in zip(texts, times, strict=True))  # type: ignore[arg-type]


def accuracies(scores: Sequence[Score]) -> list[str | None]:
    return [score.accuracy.label if score.accuracy else None for score in scores]


@pytest.fixture(scope="module")
def scorer() -> csnlp.Scorer:
    return csnlp.load(Reader())


BURST = ("客：几天能退", "服：好的亲~", "服：7天内都可以", "服：您放心哈", "客：运费呢", "服：您看页面哦")


def test_an_answer_in_several_messages_is_judged_as_one_at_the_last(scorer: csnlp.Scorer) -> None:
    exchanges = list(Conversation("c", turns(*BURST)).exchanges())
    scores = scorer.score_many(exchanges)
    assert accuracies(scores) == [None, None, "answers", "evasive"]
    assert [score.politeness.label for score in scores if score.politeness] == ["warm", "neutral", "neutral", "neutral"]
    assert scores[0].not_applicable["N3.1"] == "continued" and "N3.1" not in scores[2].not_applicable
    assert [scorer.score(exchange) for exchange in exchanges] == scores  # alone and in a batch, in any company
    assert scorer.score_many(exchanges[::-1]) == scores[::-1]


def test_what_follows_after_a_while_is_an_answer_of_its_own(scorer: csnlp.Scorer) -> None:
    within, beyond = int(MAX_PAUSE.total_seconds()), int(MAX_PAUSE.total_seconds()) + 1
    chat = ("客：几天能退", "服：7天", "服：在的")
    judged = {
        pause: accuracies(scorer.score_many(list(Conversation("c", turns(*chat, seconds=pause)).exchanges())))
        for pause in (within, beyond)
    }
    assert judged == {within: [None, "answers"], beyond: ["answers", "evasive"]}


def test_an_exchange_alone_is_judged_with_what_the_agent_said_right_before(scorer: csnlp.Scorer) -> None:
    exchange = Exchange("您放心哈", turns("客：几天能退", "服：7天"))
    assert accuracies([scorer.score(exchange), scorer.score(replace(exchange, context=exchange.context[:1]))]) == [
        "answers",
        "evasive",
    ]


def test_the_whole_is_in_order_and_keeps_the_turns_before() -> None:
    exchange = Exchange("丙", turns("服：您好", "客：问", "服：甲", "服：乙"), reference="参考", id="7")
    whole = whole_of(exchange)
    assert whole == replace(exchange, context=exchange.context[:2], reply="甲 乙 丙")
    assert whole_of(whole) is whole
    plain = Exchange("丙", turns("客：问"))
    assert whole_of(plain) is plain and whole_of(Exchange("丙")).reply == "丙"


def test_of_a_long_answer_the_last_messages_are_taken() -> None:
    said = turns("客：问", *(f"服：{n:03}" + "长" * 96 for n in range(50)))
    whole = whole_of(Exchange("完", said))
    assert MOST_CHARACTERS - 100 < len(whole.reply) <= MOST_CHARACTERS
    assert whole.reply.startswith("046") and whole.reply.endswith(" 完") and whole.context == said[:-4]
    assert whole_of(Exchange("完" * MOST_CHARACTERS, said)).context == said
