"""What is held out of a training run, as files."""

from pathlib import Path
from typing import Any

from csnlp.evaluation import read_gold
from csnlp.training.examples import examples_from
from csnlp.training.pools import write_held_out


def row(reply: str, **labels: Any) -> dict[str, Any]:
    return {"id": reply or "x", "context": [{"role": "customer", "text": "到哪了"}], "reply": reply, "labels": labels}


def test_what_is_held_out_can_be_evaluated_though_a_customer_got_no_reply(tmp_path: Path) -> None:
    rows = [row("在路上了", politeness="neutral", accuracy="answers"), row("", complaint="dissatisfied")]
    held_out = examples_from("exchanges", rows)
    assert len(held_out) == 2  # both are taught
    write_held_out(tmp_path / "heldout", {"chats": held_out})
    assert [found.exchange.reply for found in read_gold(tmp_path / "heldout/chats.jsonl")] == ["在路上了"]
