"""``csnlp bench`` measures what it says, on any model and file. No speed is asserted here."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import csnlp
from csnlp.bench import SCENARIOS, Subject, compare, scenarios
from csnlp.bench.scenarios import changed, distinct
from csnlp.cli.main import main
from csnlp.errors import CsnlpError
from csnlp.models import registry
from csnlp.validation import MAX_TEXT, check_exchange

EXAMPLES = Path(__file__).parents[2] / "examples/chats.jsonl"


def figures(values: dict[str, Any]) -> list[float]:
    return [n for v in values.values() for n in (figures(v) if isinstance(v, dict) else [v])]


def test_every_scenario_gives_figures_and_the_machine(tiny_model: Path, tmp_path: Path, capsys: Any) -> None:
    out = tmp_path / "bench.json"
    options = ["--model", str(tiny_model), "--threads", "1", "--size", "0.001", "--json", str(out)]
    assert main(["bench", "all", str(EXAMPLES), *options]) == 0
    result = json.loads(out.read_text(encoding="utf-8"))
    assert set(result["scenarios"]) == set(SCENARIOS) and result["threads"] == 1
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

    numbered = [csnlp.Exchange("好"), csnlp.Exchange("好 1")]
    assert [exchange.reply for exchange in distinct(numbered, 5)] == ["好", "好 1", "好 1 1", "好 2", "好 1 2"]


def test_a_reply_of_any_length_can_be_changed_and_still_be_scored() -> None:
    longest = [csnlp.Exchange("好" * MAX_TEXT), csnlp.Exchange("好" * (MAX_TEXT - 1) + "的")]
    exchanges = list(distinct(longest, 9))
    assert len({exchange.reply for exchange in exchanges}) == 9
    for exchange in [*exchanges, changed(longest[0], "。")]:
        check_exchange(exchange)


@pytest.mark.parametrize("scenario", ["cold", "growth"])
def test_what_the_user_got_wrong_is_one_line(scenario: str, tiny_model: Path, capfd: Any) -> None:
    for options, said in (
        (["--model", "nosuch"], "csnlp: no model 'nosuch'"),
        (["--model", str(tiny_model), "--device", "banana"], "csnlp: device 'banana' is not known"),
    ):
        assert main(["bench", scenario, str(EXAMPLES), "--size", "0.001", *options]) == 1
        err = capfd.readouterr().err
        assert err.startswith(said) and err.count("\n") == 1


class OnlyHere:
    """A model that this process knows, and no other."""

    def predict(self, exchanges: Sequence[csnlp.Exchange], /) -> csnlp.Prediction:
        return csnlp.Prediction({})


@pytest.mark.parametrize("scenario", ["cold", "growth"])
def test_why_a_process_of_the_measurement_failed_is_passed_on(scenario: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_registered", {"only-here": OnlyHere})
    with pytest.raises(CsnlpError, match=r"a process of the measurement failed: .*no model 'only-here'") as told:
        SCENARIOS[scenario](Subject("only-here", [csnlp.Exchange("好")], size=0.001))
    assert "\n" not in str(told.value)


def test_a_new_process_runs_the_model_as_the_options_say(tiny_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []
    monkeypatch.setattr(scenarios, "_process", lambda code: started.append(code) or 1.0)
    SCENARIOS["cold"](Subject(str(tiny_model), [csnlp.Exchange("好")], "cpu-float32", threads=1))
    assert any("device='cpu-float32', threads=1)" in code for code in started)


def test_ways_take_turns_in_both_orders_and_the_faster_one_is_found() -> None:
    order: list[str] = []
    comparison = compare({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, rounds=3)
    assert "".join(order) == "abbaabba"
    assert all(len(times) == 3 for times in comparison.seconds.values())
    known = type(comparison)({"slow": (2.0, 4.0, 3.0), "fast": (1.0, 1.0, 1.0)})
    assert known.speedup("fast", "slow") == pytest.approx((3.0, 2.0, 4.0))
    assert known.median("slow") == 3.0
