"""Replies under other chats, for a teacher to judge."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from csnlp.errors import ConfigError
from csnlp.training.config import Source, read_config, train_config
from csnlp.training.crossed import crossed
from csnlp.training.examples import Example, examples_from
from csnlp.training.pools import load_pools
from csnlp.types import Exchange, Prediction, Turn

CHATS = {
    "退款几天到账": "审核通过以后1-3个工作日原路退回",
    "退款多久能到账": "三天左右哦",
    "退款什么时候到账": "亲，稍等帮您看一下退款进度",
    "床垫送上楼吗": "电梯房送货入户",
    "床垫送到楼上吗": "没电梯的每层收10元",
    "床垫能送上楼么": "可以的，师傅会提前联系您",
}


def examples(chats: dict[str, str] = CHATS) -> list[Example]:
    rows = [
        {"context": [{"role": "customer", "text": question}], "reply": reply, "labels": {"politeness": "neutral"}}
        for question, reply in chats.items()
    ]
    return examples_from("crossed", rows)


def test_each_chat_gets_two_replies_of_others_and_no_label() -> None:
    moved = crossed(examples())
    assert len(moved) == 2 * len(CHATS)
    for example in moved:
        assert example.exchange.reply in CHATS.values() and not example.targets
        assert CHATS[example.exchange.context[-1].text] != example.exchange.reply


def test_the_first_of_them_was_given_to_a_like_question() -> None:
    many = {
        f"{topic}{ending}": f"{topic}{n}"
        for topic in ("退款到账", "床垫上楼")
        for n, ending in enumerate("吗呢呀么吧啊哦嘛啦")
    }
    for example in crossed(examples(many))[::2]:
        assert example.exchange.reply[:4] == example.exchange.context[-1].text[:4]


def test_the_order_of_the_examples_changes_nothing() -> None:
    assert crossed(examples()) == crossed(examples()[::-1])


def test_where_there_is_one_chat_or_no_words_nothing_is_crossed() -> None:
    one = examples()[0]
    silent = Example(Exchange("", (Turn("customer", "在吗"),)), {}, "在吗")
    alone = Example(Exchange("您好"), {}, "您好")
    assert crossed([one, one, silent, alone]) == []


WORDS = st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=8)


@given(st.dictionaries(WORDS.filter(bool), WORDS, max_size=8))
def test_any_text_is_crossed_with_one_of_another_group(chats: dict[str, str]) -> None:
    whole = examples(chats)
    groups = {(e.exchange.context[-1].text, e.exchange.reply): e.group for e in whole}
    by_question = {e.exchange.context[-1].text: e.group for e in whole}
    for example in crossed(whole):
        assert example.group == by_question[example.exchange.context[-1].text]
        assert any(r == example.exchange.reply and group != example.group for (_, r), group in groups.items())


class Says:
    """A teacher for whom every reply is cold."""

    def predict(self, exchanges: list[Exchange]) -> Prediction:
        return Prediction({"politeness": np.tile(np.array([0, 1, 0, 0, 0], np.float32), (len(exchanges), 1))})


def test_a_source_is_crossed_before_the_teacher_is_asked_and_without_what_is_held_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        {
            "context": [{"role": "customer", "text": f"第{n}个问题是什么"}],
            "reply": f"这是第{n}个问题的答案",
            "labels": {"politeness": "polite"},
        }
        for n in range(60)
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    monkeypatch.setattr("csnlp.training.pools.load_folder", lambda folder: Says())
    monkeypatch.setattr("csnlp.training.pools.model_digest", lambda model: "says")
    sources = [Source(path, holdout=0.3), Source(path, "crossed", holdout=0.3, teacher=(tmp_path,))]
    (whole, moved), held_out = load_pools(sources, tmp_path / "said")
    assert held_out.keys() == {"rows"} and len(held_out["rows"]) + len(whole) == len(rows)
    assert len(moved) == 2 * len(whole)
    assert {example.targets["politeness"] for example in moved} == {(0.0, 1.0, 0.0, 0.0, 0.0)}
    kept = {example.exchange.reply for example in held_out["rows"]}
    assert not kept & {example.exchange.reply for example in moved}


def test_a_crossed_source_without_a_teacher_is_refused(tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(
        "name: a\nversion: '1'\nbase: b\noutput: o\nsources: [{path: x.jsonl, format: crossed}]\n", encoding="utf-8"
    )
    with pytest.raises(ConfigError, match="name a teacher"):
        train_config(read_config(recipe), tmp_path, "recipe.yaml")
