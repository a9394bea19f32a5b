from __future__ import annotations

import gzip
import json

import pytest

from csnlp.errors import ConfigError
from csnlp.evaluation import read_gold
from csnlp.heads import HEADS
from csnlp.reviews import ReviewStore, export_labels
from csnlp.training.examples import examples_from
from csnlp.types import Exchange, HeadScore, Turn

from .conftest import make_exchange, make_score

ALL = ["politeness", "accuracy", "complaint", "complaint_type", "acts", "satisfaction"]


def add(store, reply_id: str = "c1#2", **heads: str):
    scores = {name: HeadScore(label, 0.5, {}) for name, label in heads.items()}
    items = store.add(make_score(reply_id, findings=(), **scores), make_exchange(reply_id), heads=ALL)
    return {item.subject: item.id for item in items}


@pytest.mark.parametrize("name", ["labels.jsonl", "labels.jsonl.gz"])
def test_training_and_evaluation_read_what_is_exported(store, tmp_path, name):
    ids = add(store, complaint="complaint", complaint_type="refund", satisfaction="neutral")
    store.decide(ids["politeness"], "甲", "corrected", label="cold", reason="x")
    store.decide(ids["accuracy"], "甲", "rejected", reason="没有提问")
    store.decide(ids["acts"], "甲", "corrected", label=("apology", "guess"), reason="x")
    for head in ("complaint", "complaint_type", "satisfaction"):
        store.decide(ids[head], "甲", "confirmed")
    path = tmp_path / name
    assert export_labels(store, path) == 1

    (row,) = read_gold(path, where={"source": "review"})
    assert row.exchange.reply == make_exchange().reply
    assert row.exchange.context == make_exchange().context
    assert row.group == "c1"
    assert row.second is None
    acts = tuple(int(act in ("apology", "guess")) for act in HEADS["acts"].labels)
    assert row.labels == {
        "politeness": 1, "applicability": (0,), "complaint": 2, "complaint_type": 0, "acts": acts, "satisfaction": 1,
    }  # fmt: skip

    if name.endswith("l"):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        (example,) = examples_from("exchanges", rows)
        assert example.targets["politeness"] == (0, 1, 0, 0, 0)
        assert example.targets["applicability"] == (0.0,)
        assert example.targets["complaint_type"][0] == 1


def test_only_what_nobody_contests_is_exported(store, tmp_path):
    path = tmp_path / "labels.jsonl"
    waiting, disputed, appealed, settled = (add(store, f"c{n}#2")["politeness"] for n in range(4))
    assert export_labels(store, path) == 0
    for item in (disputed, appealed, settled):
        store.decide(item, "甲", "corrected", label="cold", reason="x")
    assert export_labels(store, path) == 3
    store.decide(disputed, "乙", "confirmed")
    for item in (appealed, settled):
        store.appeal(item, "小林", reason="x")
    assert export_labels(store, path) == 0
    store.settle(settled, "丙", "corrected", label="neutral", reason="x")
    assert export_labels(store, path) == 1
    (row,) = read_gold(path)
    assert row.exchange.id == "c3#2"
    assert row.labels == {"politeness": HEADS["politeness"].labels.index("neutral")}
    assert store.review(waiting).state == "automatic"


def test_findings_and_heads_without_a_label_give_no_row(store, tmp_path):
    finding, head = store.add(make_score(), make_exchange(), heads=["politeness"])[::2]
    store.decide(finding.id, "甲", "confirmed")
    store.decide(head.id, "甲", "rejected", reason="看不出来")
    assert export_labels(store, tmp_path / "labels.jsonl") == 0


def test_only_what_is_said_not_to_apply_is_exported_as_such(store, tmp_path):
    told = " ".join(str(ReviewStore.decide.__doc__).split())  # what reviewers go by decides what a model learns
    assert "Leave undecided what nobody can tell" in told and "nobody could tell" not in told
    ids = add(store)
    add(store, "c2#2")  # nobody can tell: it stays undecided
    store.decide(ids["accuracy"], "甲", "rejected", reason="没有提问")
    assert export_labels(store, tmp_path / "labels.jsonl") == 1
    (row,) = read_gold(tmp_path / "labels.jsonl")
    assert (row.exchange.id, row.labels) == ("c1#2", {"applicability": (0,)})


def test_the_same_labels_give_the_same_bytes(store, tmp_path):
    store.decide(add(store)["politeness"], "甲", "confirmed")
    for name in ("one.jsonl.gz", "other.jsonl.gz", "one.jsonl"):
        export_labels(store, tmp_path / name)
    packed = (tmp_path / "one.jsonl.gz").read_bytes()
    assert packed == (tmp_path / "other.jsonl.gz").read_bytes()
    assert gzip.decompress(packed) == (tmp_path / "one.jsonl").read_bytes()


def test_a_file_that_cannot_hold_labels_is_told(store, tmp_path):
    with pytest.raises(ConfigError, match=r"labels.csv: labels are written to a file named \*.jsonl or \*.jsonl.gz"):
        export_labels(store, tmp_path / "labels.csv")
    with pytest.raises(ConfigError, match="nowhere: there is no such folder; make it first"):
        export_labels(store, tmp_path / "nowhere" / "labels.jsonl")
    assert not list(tmp_path.glob("labels*"))


def test_no_complaint_has_no_type(store, tmp_path):
    ids = add(store, complaint="dissatisfied", complaint_type="refund")
    store.decide(ids["complaint_type"], "甲", "confirmed")
    store.decide(ids["complaint"], "甲", "corrected", label="none", reason="x")
    export_labels(store, tmp_path / "labels.jsonl")
    assert json.loads((tmp_path / "labels.jsonl").read_text(encoding="utf-8"))["labels"] == {"complaint": "none"}


def test_the_exported_text_is_masked_and_keeps_its_reference(store, tmp_path):
    exchange = Exchange("请拨13800000000", (Turn("customer", "电话"),), reference="电话13900000000", id="x")
    item = store.add(make_score("x", findings=()), exchange, heads=["politeness"])[0]
    store.decide(item.id, "甲", "confirmed")
    export_labels(store, tmp_path / "labels.jsonl")
    (row,) = read_gold(tmp_path / "labels.jsonl")
    assert (row.exchange.reply, row.exchange.reference) == ("请拨[手机号]", "电话[手机号]")
