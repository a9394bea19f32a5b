from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest

import csnlp
from csnlp.errors import ModelError
from csnlp.heads import HEADS
from csnlp.models.bursts import MOST_CHARACTERS, whole_of
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


def test_of_a_long_answer_the_end_is_taken() -> None:
    said = turns("客：问", *(f"服：{n:03}" + "长" * 96 for n in range(50)))
    whole = whole_of(Exchange("完", said))
    assert len(whole.reply) == MOST_CHARACTERS
    assert whole.reply.startswith("45长") and " 046长" in whole.reply
    assert whole.reply.endswith("长 完") and whole.context == said[:-5]
    assert whole_of(Exchange("完" * MOST_CHARACTERS, said)).context == said


def test_a_long_answer_counts_at_the_courtesy_that_follows_it(scorer: csnlp.Scorer) -> None:
    chat = turns("客：怎么退", "服：" + "请打开订单" * MOST_CHARACTERS + "，7天内都可以", "服：您放心哈")
    assert accuracies(scorer.score_many(list(Conversation("c", chat).exchanges()))) == [None, "answers"]


@pytest.mark.parametrize("follows", ["服：😊", "服：", "服： \n", "服：😊|服：👍|客：好的"])
def test_a_message_without_words_leaves_the_answer_to_the_one_before(scorer: csnlp.Scorer, follows: str) -> None:
    chat = turns("客：几天能退", "服：好的亲", "服：7天", *follows.split("|"))
    scores = scorer.score_many([e for e in Conversation("c", chat).exchanges() if e.reply.strip("😊👍 \n")])
    assert accuracies(scores) == [None, "answers"]
    more = (*chat[:3], *turns("服：😊", "服：您放心哈"))
    first, second, _, last = Conversation("c", more).exchanges()
    assert accuracies(scorer.score_many([first, second, last])) == [None, None, "answers"]


class Narrow(Reader):
    """Takes a few exchanges at once."""

    window = 2

    def __init__(self, *heads: str) -> None:
        self.heads, self.asked = heads, list[int]()

    def predict(self, exchanges: Sequence[Exchange]) -> Prediction:
        self.asked.append(len(exchanges))
        heads = super().predict(exchanges).heads
        return Prediction({name: heads[name] for name in self.heads})


def test_a_model_gets_no_more_than_its_window_and_nothing_that_it_need_not_judge() -> None:
    exchanges = list(Conversation("c", turns(*BURST)).exchanges())
    model = Narrow("accuracy", "politeness")
    assert accuracies(csnlp.load(model).score_many(exchanges)) == [None, None, "answers", "evasive"]
    assert model.asked == [2, 2, 1]  # of the whole once, at the last of the messages
    courteous = Narrow("politeness")
    csnlp.load(courteous).score_many(exchanges)
    assert courteous.asked == [2, 2]


def test_a_model_that_judges_some_exchanges_only_is_told() -> None:
    class Moody(Narrow):
        def predict(self, exchanges: Sequence[Exchange]) -> Prediction:
            self.heads = ("accuracy", "politeness") if not self.asked else ("politeness",)
            return super().predict(exchanges)

    with pytest.raises(ModelError, match="head accuracy is there for some exchanges only"):
        csnlp.load(Moody()).score(Exchange("您放心哈", turns("客：几天能退", "服：7天")))
