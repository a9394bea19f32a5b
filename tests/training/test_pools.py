"""The pools of a training run, and what is held out of it as files."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from csnlp.errors import ConfigError
from csnlp.evaluation import read_gold
from csnlp.models import load_model
from csnlp.training import pools
from csnlp.training.config import Source
from csnlp.training.examples import examples_from
from csnlp.training.pools import load_pools, write_held_out


def row(reply: str, **labels: Any) -> dict[str, Any]:
    return {"id": reply or "x", "context": [{"role": "customer", "text": "到哪了"}], "reply": reply, "labels": labels}


def test_what_is_held_out_can_be_evaluated_though_a_customer_got_no_reply(tmp_path: Path) -> None:
    rows = [row("在路上了", politeness="neutral", accuracy="answers"), row("", complaint="dissatisfied")]
    held_out = examples_from("exchanges", rows)
    assert len(held_out) == 2  # both are taught
    write_held_out(tmp_path / "heldout", {"chats": held_out})
    assert [found.exchange.reply for found in read_gold(tmp_path / "heldout/chats.jsonl")] == ["在路上了"]


def write(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_an_exchange_that_is_held_out_is_taught_from_no_source_however_its_chat_was_cut(tmp_path: Path) -> None:
    greeting = {"role": "agent", "text": "您好，请问有什么可以帮您"}
    rows = [row(f"亲，第{number}单今天会安排发出的哦", politeness="polite") for number in range(40)]
    for number, one in enumerate(rows):
        one["context"][0]["text"] = f"第{number}单还要等几天发货"
    first = write(tmp_path / "first.jsonl", rows)
    second = write(tmp_path / "second.jsonl", ({**one, "context": [greeting, *one["context"]]} for one in rows))
    pools, held_out = load_pools([Source(first, holdout=0.5), Source(second)], tmp_path)
    kept = {example.exchange.reply for example in held_out["first"]}
    assert 0 < len(kept) < 40
    for pool in pools:
        assert {example.exchange.reply for example in pool} == {one["reply"] for one in rows} - kept


def test_a_reply_that_many_give_is_held_out_and_taught(tmp_path: Path) -> None:
    rows = [row(f"好的{number}", politeness="polite") for number in range(40)]
    first = write(
        tmp_path / "first.jsonl", ({**one, "context": [{"role": "customer", "text": one["reply"]}]} for one in rows)
    )
    second = write(tmp_path / "second.jsonl", (json.loads(line) for line in first.read_text("utf-8").splitlines()))
    (_, pool), held_out = load_pools([Source(first, holdout=0.5), Source(second)], tmp_path)
    assert held_out["first"] and len(pool) == 40


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ({"politeness": "polit"}, "row 2: labels.politeness: is not a known label; use one of: rude, cold"),
        ({"acts": ["apologyy"]}, "row 2: labels.acts: is not a list of known labels"),
        ({"acts": "apology"}, "row 2: labels.acts: is not a list of known labels"),
        ({"accurcy": "wrong"}, "row 2: labels.accurcy: is no head"),
        (None, "row 2: labels: is not an object"),
    ],
)
def test_a_row_that_cannot_be_taught_is_named(tmp_path: Path, labels: Any, said: str) -> None:
    good = row("好的", politeness="polite", acts=["apology"])
    bad = {**good, "labels": labels} if labels else {key: good[key] for key in good if key != "labels"}
    path = write(tmp_path / "own.jsonl", [good, bad])
    with pytest.raises(ConfigError, match=f"own.jsonl: {said}"):
        load_pools([Source(path)], tmp_path)


def test_times_and_satisfaction_come_through(tmp_path: Path) -> None:
    rows = [
        {**row(f"好的{number}", satisfaction="satisfied", acts=None), "time": "2024-05-01T10:00:00"}
        for number in range(9)
    ]
    for number, one in enumerate(rows):
        one["context"][0]["text"] += str(number)
    (pool,), held_out = load_pools([Source(write(tmp_path / "own.jsonl", rows), holdout=0.5)], tmp_path)
    assert pool[0].targets == {"satisfaction": (0.0, 0.0, 1.0)}
    write_held_out(tmp_path / "heldout", held_out)
    assert [found.labels["satisfaction"] for found in read_gold(tmp_path / "heldout/own.jsonl")] == [2] * len(
        held_out["own"]
    )


def test_a_teacher_that_sources_share_is_loaded_once(
    tmp_path: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        line = json.dumps(row(f"亲，{name}在路上了", politeness="polite"), ensure_ascii=False)
        (tmp_path / f"{name}.jsonl").write_text(line + "\n", encoding="utf-8")
    loaded = []

    def load(folder: Path) -> object:
        loaded.append(folder)
        return load_model(folder)

    monkeypatch.setattr(pools, "load_folder", load)
    sources = [Source(tmp_path / f"{name}.jsonl", teacher=(tiny_model,)) for name in ("a", "b")]
    taught, _ = load_pools(sources, tmp_path / "said")
    assert loaded == [tiny_model]
    model = load_model(tiny_model)
    for (example,), name in zip(taught, ("a", "b"), strict=True):
        said = model.predict([example.exchange]).heads
        assert example.exchange.reply == f"亲，{name}在路上了"
        assert example.targets["complaint"] == pytest.approx(said["complaint"][0], abs=1e-5)
        assert example.targets["politeness"][3] == pytest.approx(0.5 + said["politeness"][0][3] / 2, abs=1e-5)


def test_the_rows_of_a_named_group_are_held_out_together(tmp_path: Path) -> None:
    rows = [
        {
            **row("好的", politeness="polite"),
            "group": f"c{chat}",
            "context": [{"role": "customer", "text": f"{chat} {n}"}],
        }
        for chat in range(30)
        for n in range(5)
    ]
    (pool,), held_out = load_pools([Source(write(tmp_path / "own.jsonl", rows), holdout=0.4)], tmp_path)
    kept = {example.row["group"] for example in held_out["own"]}
    assert kept and kept.isdisjoint(example.row["group"] for example in pool)


def test_what_is_not_labelled_is_not_taken_for_a_label(tmp_path: Path) -> None:
    rows = [row("好的", politeness="polite", accuracy=None), row("好呢", politeness="polite")]
    rows = [{**one, "context": [{"role": "customer", "text": "在吗"}]} for one in rows]
    (pool,), _ = load_pools([Source(write(tmp_path / "own.jsonl", rows))], tmp_path)
    assert [sorted(example.targets) for example in pool] == [["applicability", "politeness"], ["politeness"]]


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("c0", r"its id is not ROW@TURN"),
        ("c0@-1", r"its id is not ROW@TURN"),
        ("c0@0", r"that turn \(counted from 0\) is the customer's"),
        ("c0@9", r"its conversation has 2 turns"),
        ("c9@1", r"no label names a conversation of the file"),
    ],
)
def test_a_label_of_no_reply_is_told(tmp_path: Path, label: str, said: str) -> None:
    turns = [{"role": "customer", "text": "在吗"}, {"role": "agent", "text": "在的"}]
    chats = write(tmp_path / "chats.jsonl", [{"id": "c0", "turns": turns}])
    labels = write(tmp_path / "labels.jsonl", [{"id": label, "labels": {"politeness": "polite"}}])
    with pytest.raises(ConfigError, match=said):
        load_pools([Source(chats, labels=labels)], tmp_path)
