"""Right replies without their reference, and under other questions."""

import json
from pathlib import Path
from typing import Any

from csnlp.heads import ACCURACY
from csnlp.training.config import Source
from csnlp.training.examples import Example, examples_from
from csnlp.training.pools import load_pools
from csnlp.training.unreferenced import TELLING, beside_the_question

QUESTIONS = {
    "退款几天到账": "退款审核通过以后1-3个工作日到账，原路退回",
    "发票能开专票吗": "可以开专票的，下单备注好抬头和税号就行",
    "这件羊毛衫会不会起球": "会有轻微起球，用去球器处理一下就好了",
    "满多少包邮": "单笔满88元包邮，新疆西藏要补运费15元",
    "床垫送上楼吗": "电梯房送货入户，没电梯的每层收10元",
}


def row(question: str, reply: str, trade: str = "家居", **labels: Any) -> dict[str, Any]:
    return {
        "id": question + reply,
        "trade": trade,
        "context": [{"role": "customer", "text": question}],
        "reply": reply,
        "reference": "见店铺说明",
        "labels": {"politeness": "neutral", "accuracy": "answers", "complaint": "none", "acts": [], **labels},
    }


def answers(**labels: Any) -> list[Example]:
    return examples_from("unreferenced", [row(question, reply, **labels) for question, reply in QUESTIONS.items()])


def label(example: Example) -> str:
    return ACCURACY.labels[example.targets["accuracy"].index(1)]


def test_only_replies_that_the_reference_confirms_are_taught_without_it() -> None:
    rows = [row("几天到账", "三天", accuracy=accuracy) for accuracy in ("answers", "wrong", "evasive", None)]
    rows += [{**rows[0], "reference": None}, {**rows[0], "context": []}]
    (example,) = examples_from("unreferenced", rows)
    assert example.exchange.reference is None and label(example) == "answers"


def test_a_reply_under_another_question_is_wrong() -> None:
    moved = beside_the_question(answers())
    assert len(moved) == len(QUESTIONS)
    for example in moved:
        assert label(example) == "wrong" and example.exchange.reference is None
        assert QUESTIONS[example.exchange.context[-1].text] != example.exchange.reply


def test_what_is_of_the_customer_comes_with_the_question_and_what_is_of_the_reply_with_it() -> None:
    calm, angry = (
        row("退款几天到账", QUESTIONS["退款几天到账"]),
        row("满多少包邮", QUESTIONS["满多少包邮"], complaint="complaint", complaint_type="price", politeness="polite"),
    )
    plain = {example.exchange.reply: example for example in examples_from("unreferenced", [calm, angry])}
    for example in beside_the_question(list(plain.values())):
        reply, question = plain[example.exchange.reply], plain[QUESTIONS[example.exchange.context[-1].text]]
        assert example.targets["politeness"] == reply.targets["politeness"]
        assert example.targets["complaint"] == question.targets["complaint"]
        assert example.targets.get("complaint_type") == question.targets.get("complaint_type")
        assert example.group == question.group


def test_short_replies_other_trades_and_like_questions_are_left_alone() -> None:
    short = [row(question, "可以的呢"[:TELLING]) for question in QUESTIONS]
    trades = [row(question, reply, trade=question) for question, reply in QUESTIONS.items()]
    like = [row(f"退款几天到账{end}", QUESTIONS["退款几天到账"]) for end in ("", "呢", "啊")]
    for rows in (short, trades, like):
        assert beside_the_question(examples_from("unreferenced", rows)) == []


def test_the_order_of_the_examples_changes_nothing() -> None:
    assert beside_the_question(answers()) == beside_the_question(answers()[::-1])


def test_nothing_held_out_is_taught_neither_as_a_question_nor_as_a_reply(tmp_path: Path) -> None:
    rows = [
        row(f"{question}{chr(0x4E00 + 7 * n)}", f"{reply}{n}")
        for n in range(8)
        for question, reply in QUESTIONS.items()
    ]
    path = tmp_path / "reference.jsonl"
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in rows), encoding="utf-8")
    sources = [Source(path, holdout=0.3), Source(path, "unreferenced", holdout=0.3)]
    (whole, plain), held_out = load_pools(sources, tmp_path)
    kept = held_out["reference"]
    assert kept and len(kept) + len(whole) == len(rows)  # measured with their reference, once
    replies, questions = {e.exchange.reply for e in kept}, {e.exchange.context[-1].text for e in kept}
    assert not replies & {e.exchange.reply for e in plain}
    assert not questions & {e.exchange.context[-1].text for e in plain}
    assert {label(e) for e in plain} == {"answers", "wrong"}
