"""How often a label changes when the same words are written differently.

    python benchmarks/robustness.py MODEL FILE [--json OUT]

FILE holds labelled exchanges (only the texts are used). Each way of writing is applied to the reply and to the turns
before it ("one typo": to one of them, drawn at random). The share of changed labels is given with its Wilson 95 %
interval.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import re
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import numpy as np

from csnlp.evaluation import read_gold
from csnlp.heads import HEADS
from csnlp.models import load_model
from csnlp.types import Exchange, FloatArray

HEAD_NAMES = ("politeness", "accuracy", "complaint")
EMOJI = "😊🙏👍🌹😄"


def traditional() -> Callable[[str, random.Random], str]:
    lines = files("csnlp.text").joinpath("t2s.txt").read_text(encoding="utf-8").splitlines()
    table = {line[1]: line[0] for line in lines if not line.startswith("#")}
    return lambda text, rng: "".join(table.get(char, char) for char in text)


def full_width(text: str, rng: random.Random) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def emoji(text: str, rng: random.Random) -> str:
    return text + rng.choice(EMOJI)


def spaced(text: str, rng: random.Random) -> str:
    return " ".join(text)


def no_punctuation(text: str, rng: random.Random) -> str:
    return re.sub(r"[，。！？、；：,.!?;:~～…]+", " ", text).strip() or text


def one_typo(text: str, rng: random.Random) -> str:
    """One Chinese character exchanged for its neighbour, dropped, or doubled."""
    places = [i for i, char in enumerate(text) if "\u4e00" <= char <= "\u9fff"]
    if len(places) < 4:
        return text
    at = rng.choice(places[:-1])
    return rng.choice(
        (text[:at] + text[at + 1 :], text[: at + 1] + text[at:], text[:at] + text[at + 1] + text[at] + text[at + 2 :])
    )


Text = Callable[[str, random.Random], str]
Way = Callable[[Exchange, random.Random], Exchange]


def everywhere(way: Text) -> Way:
    """``way`` for the reply and for each turn before it."""

    def written(exchange: Exchange, rng: random.Random) -> Exchange:
        turns = tuple(replace(turn, text=way(turn.text, rng)) for turn in exchange.context)
        return replace(exchange, reply=way(exchange.reply, rng), context=turns)

    return written


def somewhere(way: Text) -> Way:
    """``way`` for one of the texts: the reply or a turn before it."""

    def written(exchange: Exchange, rng: random.Random) -> Exchange:
        at = rng.randrange(len(exchange.context) + 1)
        if at == len(exchange.context):
            return replace(exchange, reply=way(exchange.reply, rng))
        turn = exchange.context[at]
        changed = replace(turn, text=way(turn.text, rng))
        return replace(exchange, context=(*exchange.context[:at], changed, *exchange.context[at + 1 :]))

    return written


WAYS: dict[str, Way] = {
    "traditional": everywhere(traditional()),
    "full width": everywhere(full_width),
    "emoji": everywhere(emoji),
    "spaced": everywhere(spaced),
    "no punctuation": everywhere(no_punctuation),
    "one typo": somewhere(one_typo),
    "a typo in every turn": everywhere(one_typo),
}


def labels(heads: dict[str, FloatArray], exchange: Exchange, row: int, name: str) -> int:
    """The label, or -1 where the head does not apply."""
    if name != "politeness" and not exchange.has_customer:
        return -1
    if name == "accuracy" and "applicability" in heads and heads["applicability"][row, 0] < 0.5:
        return -1
    return int(np.argmax(heads[name][row]))


def wilson(hits: int, n: int) -> tuple[float, float]:
    p, z = hits / n, 1.96
    middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    model = load_model(options.model)
    exchanges = [row.exchange for row in read_gold(options.file)]
    plain = dict(model.predict(exchanges).heads)
    names = [name for name in HEAD_NAMES if name in plain and name in HEADS]
    result = {}
    print(f"{options.model} on {options.file.name}, {len(exchanges)} exchanges: labels changed")
    for way, function in WAYS.items():
        rng = random.Random(way)
        changed = dict(model.predict([function(exchange, rng) for exchange in exchanges]).heads)
        for name in names:
            pairs = [(labels(plain, e, i, name), labels(changed, e, i, name)) for i, e in enumerate(exchanges)]
            hits = sum(a != b for a, b in pairs)
            low, high = wilson(hits, len(pairs))
            result[f"{way}/{name}"] = {
                "changed": hits,
                "n": len(pairs),
                "share": hits / len(pairs),
                "low": low,
                "high": high,
            }
            print(f"{way:20} {name:11} {100 * hits / len(pairs):5.1f} %  ({100 * low:.1f}–{100 * high:.1f})")
    if options.json:
        about = {"model": options.model, "version": getattr(model, "version", ""), "file": options.file.name}
        found = {**about, "exchanges": len(exchanges), "changed": result}
        options.json.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
