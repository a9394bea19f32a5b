"""The bundled book as a user meets it: its examples, and whole chats."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

import csnlp
from csnlp.heads import HEADS
from csnlp.rules import REASONS, RuleBook, load_book
from csnlp.rules.lint import lint
from csnlp.rules.selftest import MIN_EXAMPLES, failures
from csnlp.types import Conversation, Exchange, Prediction, Role, Score, Turn

PROCESS = ("P1.1", "P1.2", "P2.1", "P2.2", "P3.1", "P4.1", "P4.2", "P4.3", "P4.4", "P5.1", "P5.2", "P6.1", "P6.2")
NORMS = ("N1.1", "N1.2", "N1.3", "N2.1", "N2.2", "N2.3", "N3.1", "N3.2", "N3.3", "N3.4", "N4.1", "N4.2", "N4.3")
BEGIN = datetime(2026, 3, 2, 9, 0)


class Listener:
    """A model that reads a few words: enough for the rules to have verdicts to work with."""

    def predict(self, exchanges: Sequence[Exchange], /) -> Prediction:
        rows = [self._labels(exchange) for exchange in exchanges]
        return Prediction({name: np.stack([self._row(name, labels) for labels in rows]) for name in HEADS})

    def _labels(self, exchange: Exchange) -> dict[str, str]:
        asked = exchange.context[-1].text if exchange.context else ""
        return {
            "politeness": "polite" if re.search("您|亲|请", exchange.reply) else "neutral",
            "accuracy": "answers",
            "applicability": "accuracy_applies" if re.search("[吗?？呢几哪]", asked) else "",
            "complaint": "complaint" if "气死" in asked else "none",
            "complaint_type": "delay",
            "acts": "asks_to_wait" if "稍等" in exchange.reply else "",
            "satisfaction": "neutral",
        }

    def _row(self, name: str, labels: dict[str, str]) -> np.ndarray:
        head = HEADS[name]
        rest = 0.05 if head.kind == "multilabel" else 0.05 / (len(head.labels) - 1)
        return np.float32([0.95 if label == labels[name] else rest for label in head.labels])


@pytest.fixture(scope="module")
def book() -> RuleBook:
    return load_book("taobao")


@pytest.fixture(scope="module")
def scorer(book: RuleBook) -> csnlp.Scorer:
    return csnlp.load(Listener(), book)


def chat(scorer: csnlp.Scorer, *lines: str) -> list[Score]:
    """The scores of a whole chat; a line is ``客 10 words``: who, seconds since the beginning, what."""
    turns = []
    for line in lines:
        who, seconds, text = line.split(" ", 2)
        role: Role = "customer" if who == "客" else "agent"
        turns.append(Turn(role, text, BEGIN + timedelta(seconds=int(seconds))))
    return list(scorer.score_many(list(Conversation("c", tuple(turns)).exchanges())))


def rules(score: Score) -> set[str]:
    return {finding.rule for finding in score.findings}


def clauses(score: Score) -> set[str]:
    """The clauses that are broken."""
    return {finding.clause for finding in score.findings if finding.severity not in ("info", "praise")}


def test_every_clause_of_the_policy_is_there(book: RuleBook) -> None:
    assert tuple(clause.id for clause in book.clauses) == PROCESS + NORMS
    assert {rule.clause for rule in book.rules} == {*PROCESS, *NORMS}


def test_every_example_does_what_it_should(book: RuleBook) -> None:
    assert [f"{f.example.where} {f.rule}: {f.problem}" for f in failures(book)] == []


def test_every_rule_has_examples_of_both_kinds(book: RuleBook) -> None:
    for rule in book.rules:
        fires = sum(example.fires for example in rule.examples)
        assert fires >= MIN_EXAMPLES and len(rule.examples) - fires >= MIN_EXAMPLES, rule.id


def test_it_has_no_problems(book: RuleBook) -> None:
    assert [f"{p.subject}: {p.message}" for p in lint(book, date(2026, 1, 1))] == []


def test_a_good_chat_has_no_findings_against_it(scorer: csnlp.Scorer) -> None:
    scores = chat(
        scorer,
        "客 0 你好，这款保温杯是316的吗？",
        "服 20 您好，很高兴为您服务，这款内胆是316不锈钢的哦",
        "客 60 好的，谢谢",
        "服 70 不客气，请问还有其他可以帮您的吗？",
        "客 90 没有了",
        "服 100 好的，感谢您的光临，祝您生活愉快，再见",
    )
    assert [clauses(score) for score in scores] == [set(), set(), set()]
    assert all(score.total is not None and score.total >= 90 for score in scores)
    assert scores[-1].band == "优秀"


def test_the_first_reply_has_its_time(scorer: csnlp.Scorer) -> None:
    (late,) = chat(scorer, "客 0 在吗？", "服 200 您好，在的")
    (fast,) = chat(scorer, "客 0 在吗？", "服 100 您好，在的")
    assert "P1.1" in clauses(late) and "P1.1" not in clauses(fast)
    assert "P1.1" not in late.not_applicable and "P1.1" not in fast.not_applicable


def test_an_urgent_customer_has_a_shorter_one(scorer: csnlp.Scorer) -> None:
    lines = ("客 0 在吗？", "服 10 您好，在的", "客 20 到底什么时候发货，急用，快点！气死我了")
    assert "P1.2" in clauses(chat(scorer, *lines, "服 150 您好，非常抱歉让您久等，马上帮您催")[1])
    assert "P1.2" not in clauses(chat(scorer, *lines, "服 40 您好，非常抱歉让您久等，马上帮您催")[1])


def test_a_promise_to_check_is_followed_up(scorer: csnlp.Scorer) -> None:
    forgotten = chat(scorer, "客 0 我的书到哪了？", "服 10 请稍等，我帮您查一下", "客 400 ？")
    kept = chat(
        scorer, "客 0 我的书到哪了？", "服 10 请稍等，我帮您查一下", "服 60 您好，查到了，书今早到了南京，预计后天送到"
    )
    assert "P5.2" in clauses(forgotten[0]) and "P5.2" not in clauses(kept[0])


def test_what_cannot_be_known_is_said_and_costs_nothing(scorer: csnlp.Scorer) -> None:
    score = scorer.score("您好，有现货的", question="有货吗？")
    assert score.not_applicable["P1.1"] == "no_time"
    assert score.not_applicable["P6.2"] == "open"
    assert score.not_applicable["P3.1"] == "no_facts"
    assert set(score.not_applicable.values()) <= set(REASONS)
    assert not any(line.item.split()[0] in score.not_applicable for line in score.lines)


@pytest.mark.parametrize(
    ("reply", "clause"),
    [
        ("傻*逼，爱买不买", "N1.1"),
        ("煞 笔 客 户", "N1.1"),
        ("我们家是全网最低价", "N3.2"),
        ("加我微信，给您便宜", "N2.3"),
        ("这个不归我们管，您找快递去", "N4.3"),
    ],
)
def test_what_no_agent_may_say(scorer: csnlp.Scorer, reply: str, clause: str) -> None:
    score = scorer.score(reply, question="怎么还没到？")
    assert clause in clauses(score) and score.total is not None and score.total < 80
    for finding in score.findings:
        assert 0 <= finding.start < finding.end <= len(reply)
        assert finding.severity in ("info", "praise") or finding.suggestion


@pytest.mark.parametrize(
    "reply",
    [
        "亲，这一套是250元",
        "您好，强力胶静置24小时就干了",
        "请问您是想干什么用呢",
        "最近快递比较慢，请您谅解",
        "您的USB线在第一个盒子里",
        "操作的时候请不要滚动页面",
        "滚筒洗衣机送货上门的哦",
        "亲，这款傻瓜相机很好上手",
        "您说的“傻逼客服”我们已经记录，非常抱歉",
    ],
)
def test_innocent_words_are_left_alone(scorer: csnlp.Scorer, reply: str) -> None:
    score = scorer.score(reply, context=[Turn("customer", "傻逼客服，250能买吗？")])
    assert not clauses(score) & {"N1.1", "N3.2", "N4.3"}


def test_facts_of_the_shop_are_checked(scorer: csnlp.Scorer, book: RuleBook) -> None:
    facts = Path(__file__).parents[2] / "examples" / "facts.yaml"
    with_facts = csnlp.load(Listener(), book, facts=facts)
    wrong = with_facts.score("亲，不支持七天无理由退货的", question="支持七天无理由吗？")
    assert "P3.1" in clauses(wrong)
    assert "P3.1" in scorer.score("亲，不支持七天无理由退货的", question="支持七天无理由吗？").not_applicable


def test_a_standard_answer_is_checked(scorer: csnlp.Scorer) -> None:
    wrong = scorer.score("亲，净重72公斤哦", question="洗衣机多重？", reference="净重 62 kg")
    right = scorer.score("亲，净重是六十二公斤哦", question="洗衣机多重？", reference="净重 62 kg")
    assert {"N3.1", "P3.1"} & clauses(wrong) and not {"N3.1", "P3.1"} & clauses(right)


def test_harm_and_coldness_are_told_once() -> None:
    scorer = csnlp.load("zh-nano")
    harmed = scorer.score("这个不一定是奶粉的问题吧", question="小孩喝了你家奶粉拉肚子，住院了！我要投诉你们")
    rules = {finding.rule for finding in harmed.findings}
    assert "P4.4-no-care" in rules and "P4.4-no-kind-word" not in rules
    cold = scorer.score("自己看详情页。", question="这个沙发能拆洗吗")
    clauses = {finding.clause for finding in cold.findings if finding.points < 0}
    assert "N1.1" in clauses and "N4.1" not in clauses
