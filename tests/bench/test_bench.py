"""``csnlp bench`` measures what it says, on any model and file. No speed is asserted here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import csnlp
from csnlp.bench import SCENARIOS, compare
from csnlp.bench.scenarios import distinct
from csnlp.cli.main import main

EXAMPLES = Path(__file__).parents[2] / "examples/chats.jsonl"


def figures(values: dict[str, Any]) -> list[float]:
    return [n for v in values.values() for n in (figures(v) if isinstance(v, dict) else [v])]


def test_every_scenario_gives_figures_and_the_machine(tiny_model: Path, tmp_path: Path, capsys: Any) -> None:
    out = tmp_path / "bench.json"
    options = ["--model", str(tiny_model), "--size", "0.001", "--json", str(out)]
    assert main(["bench", "all", str(EXAMPLES), *options]) == 0
    result = json.loads(out.read_text(encoding="utf-8"))
    assert set(result["scenarios"]) == set(SCENARIOS)
    for name, found in result["scenarios"].items():
        assert all(number > -0.1 for number in figures(found)), name
    assert result["machine"]["cores"] >= 1 and result["machine"]["cpu"]
    assert "latency: One reply at a time" in capsys.readouterr().out


def test_wrong_names_list_the_known_ones(capsys: Any) -> None:
    assert main(["bench", "speed", str(EXAMPLES)]) == 1
    assert "no scenario 'speed'; known: latency, mixed" in capsys.readouterr().err


def test_exchanges_are_never_alike() -> None:
    base = [csnlp.Exchange("好", id="1"), csnlp.Exchange("好", id="2"), csnlp.Exchange("在的")]
    for number in range(1, 9):
        replies = [exchange.reply for exchange in distinct(base, number)]
        assert len(replies) == len(set(replies)) == number


def test_ways_take_turns_in_both_orders_and_the_faster_one_is_found() -> None:
    order: list[str] = []
    comparison = compare({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, rounds=3)
    assert "".join(order) == "abbaabba"
    assert all(len(times) == 3 for times in comparison.seconds.values())
    known = type(comparison)({"slow": (2.0, 4.0, 3.0), "fast": (1.0, 1.0, 1.0)})
    assert known.speedup("fast", "slow") == pytest.approx((3.0, 2.0, 4.0))
    assert known.median("slow") == 3.0
