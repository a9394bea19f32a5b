"""csnlp's engine against what else a user could run the same network with: same weights, same texts, same numbers.

    python benchmarks/peers.py [--replies 600] [--rounds 5] [--json OUT] [--floor FILE]

The texts are csnlp's own (models/data): a customer's one turn and the reply to it, since a pair of texts is what the
peers take. Each peer's logits are compared with the float32 network's first: the largest difference and the share of
politeness labels that change are reported, and one in float32 or bfloat16 that is off by more than its precision
explains is an error. Then the ways take turns (csnlp.bench.timing). ``--floor`` names an earlier result: exit status 1
when the speed-up over its reference peer has fallen by more than a fifth. Needs the extra ``bench``.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import csnlp
from csnlp.bench import compare, machine
from csnlp.heads import HEADS
from csnlp.models.bert import BertModel
from csnlp.types import Exchange

sys.path.insert(0, str(Path(__file__).parent))
from pair_model import Pairs, load_peers

ROOT = Path(__file__).parents[1]
REFERENCE = "torch loop float32, sorted by length"
"""The peer that a later run is held to: plain, and on every machine."""

TEXTS = ("accuracy", "accuracy_more", "acts", "complaints", "irony", "reference", "rude_cold", "taboo")
"""The files that texts are drawn from: always the same, since their lengths move the ratios."""

FELL_BY = 0.8
TOLERANCE = {"float32": 2e-3, "bfloat16": 0.5, "int8": float("inf")}
"""Largest difference of a logit (they go from -9 to 9) that the precision explains; int8 is reported as it is."""


def natural(number: int) -> list[Exchange]:
    """Exchanges of one customer turn and a reply, in a shuffled order, as often repeated as they are in the files."""
    rows = [
        json.loads(line)
        for name in TEXTS
        for line in (ROOT / "models/data" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    pairs = [row for row in rows if len(row["context"]) == 1 and row["context"][0]["role"] == "customer"]
    chosen = np.random.default_rng(0).permutation(len(pairs))[:number]
    return [Exchange(pairs[i]["reply"], (csnlp.Turn("customer", pairs[i]["context"][0]["text"]),)) for i in chosen]


def ours(model: str, device: str, exchanges: list[Exchange]) -> Callable[[], np.ndarray[Any, Any]]:
    """All of the exchanges by csnlp, tokenising included, nothing remembered from the round before."""
    loaded = csnlp.load_model(model, device)
    assert isinstance(loaded, BertModel)
    fresh = BertModel(loaded.encoder, loaded.engine)

    def run() -> np.ndarray[Any, Any]:
        logits = fresh.logits(exchanges)
        return np.concatenate([logits[name] for name in HEADS], axis=1)

    return run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="zh-small")
    parser.add_argument("--replies", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--single", type=int, default=60, help="replies scored one at a time")
    parser.add_argument("--only", nargs="*", help="peers by a part of their name")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--floor", type=Path)
    options = parser.parse_args()

    exchanges = natural(options.replies)
    folder = csnlp.load_model(options.model).folder  # type: ignore[attr-defined]
    peers = load_peers(folder, Pairs.of(exchanges), options.only)
    expected = ours(options.model, "cpu-float32", exchanges)()
    ways = {
        "csnlp": ours(options.model, "cpu", exchanges),
        "csnlp float32": ours(options.model, "cpu-float32", exchanges),
    }
    result: dict[str, Any] = {"replies": len(exchanges), "rounds": options.rounds, "peers": {}}
    for name, peer in peers.items():
        result["peers"][name] = {"precision": peer.precision, **_equality(peer.all(len(exchanges)), expected)}
        if (off := result["peers"][name]["largest_logit_difference"]) > TOLERANCE[peer.precision]:
            sys.exit(f"{name} does not compute the same network: its logits are off by {off:.3f}")
        ways[name] = lambda peer=peer: peer.all(len(exchanges))
    batch = compare(ways, options.rounds)
    single = compare({name: _singles(name, options, exchanges, peers) for name in ways}, options.rounds)
    for name in ways:
        figures = result["peers"].setdefault(name, {})
        figures["replies_per_second"] = len(exchanges) / batch.median(name)
        figures["csnlp_is_times_as_fast"] = batch.speedup("csnlp", name)
        figures["single_ms"] = 1000 * single.median(name) / options.single
        figures["csnlp_single_is_times_as_fast"] = single.speedup("csnlp", name)
        print(_line(name, figures))
    result["csnlp"] = _equality(ways["csnlp"](), expected)
    result["machine"] = machine()
    if options.json:
        options.json.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    if options.floor:
        _hold(result, json.loads(options.floor.read_text(encoding="utf-8")))


def _line(name: str, figures: dict[str, Any]) -> str:
    ratio, low, high = figures["csnlp_is_times_as_fast"]
    changed = figures.get("politeness_labels_changed", 0)
    rate, single = figures["replies_per_second"], figures["single_ms"]
    times = f"{rate:7.1f}/s   csnlp × {ratio:5.2f} ({low:.2f}–{high:.2f})   one reply {single:6.2f} ms"
    return f"{name:44} {times}   labels changed {changed:.1%}"


def _equality(found: np.ndarray[Any, Any], expected: np.ndarray[Any, Any]) -> dict[str, float]:
    labels = len(HEADS["politeness"].labels)  # the first head's logits come first
    changed = found[:, :labels].argmax(axis=1) != expected[:, :labels].argmax(axis=1)
    return {
        "largest_logit_difference": float(np.abs(found - expected).max()),
        "politeness_labels_changed": float(changed.mean()),
    }


def _singles(name: str, options: Any, exchanges: list[Exchange], peers: dict[str, Any]) -> Callable[[], object]:
    """``options.single`` replies, one call each."""
    if name in peers:
        return lambda: [peers[name].one(i) for i in range(options.single)]
    loaded = csnlp.load_model(options.model, "cpu" if name == "csnlp" else "cpu-float32")
    fresh = BertModel(loaded.encoder, loaded.engine)  # type: ignore[attr-defined]
    return lambda: [fresh.logits([exchange]) for exchange in exchanges[: options.single]]


def _hold(result: dict[str, Any], floor: dict[str, Any]) -> None:
    now, then = (r["peers"][REFERENCE]["csnlp_is_times_as_fast"][0] for r in (result, floor))
    same = result["machine"]["instructions"] == floor["machine"]["instructions"]
    print(f"over {REFERENCE}: × {now:.2f}, before × {then:.2f}")
    if not same:
        print("the processors differ in what they can do: not compared")
    elif now < FELL_BY * then:
        sys.exit(f"slower by more than a fifth: × {now:.2f} is under {FELL_BY} × {then:.2f}")


if __name__ == "__main__":
    main()
