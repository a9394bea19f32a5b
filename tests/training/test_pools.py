"""The pools of a training run, and what is held out of it as files."""

import json
from pathlib import Path
from typing import Any

import pytest

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
    taught, _ = load_pools(Source(tmp_path / f"{name}.jsonl", teacher=(tiny_model,)) for name in ("a", "b"))
    assert loaded == [tiny_model]
    model = load_model(tiny_model)
    for (example,), name in zip(taught, ("a", "b"), strict=True):
        said = model.predict([example.exchange]).heads
        assert example.exchange.reply == f"亲，{name}在路上了"
        assert example.targets["complaint"] == pytest.approx(said["complaint"][0], abs=1e-5)
        assert example.targets["politeness"][3] == pytest.approx(0.5 + said["politeness"][0][3] / 2, abs=1e-5)
