"""What good replies get: how many a model accuses, and what totals the rule book leaves them.

    python benchmarks/spotless.py MODEL

benchmarks/spotless.jsonl holds 257 replies that a careful agent might give, written by hand by someone who knew the
policy, but neither the model nor its training text: answers to a question, replies that agree with a standard answer in
other words, turns of whole chats, apologies that name the fault before there is a measure, and replies in words near
those of a breach. One writer, one reading.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

import csnlp
from csnlp import Exchange, Score, Turn

FILE = Path(__file__).with_name("spotless.jsonl")


def exchanges() -> Iterator[tuple[str, Exchange]]:
    """The kind of each reply, and its exchange."""
    for line in FILE.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        before, after = (
            None if turns is None else tuple(Turn(turn["role"], turn["text"]) for turn in turns)
            for turns in (row["context"], row.get("after"))
        )
        yield row["kind"], Exchange(row["reply"], before or (), row.get("reference"), id=row["id"], after=after)


def line(kind: str, scores: list[Score]) -> str:
    """The figures of one kind of replies."""
    totals = np.array([score.total for score in scores], float)
    unkind = sum(score.politeness is not None and score.politeness.label in ("rude", "cold") for score in scores)
    wrong = sum(score.accuracy is not None and score.accuracy.label == "wrong" for score in scores)
    return (
        f"{kind:10} {len(scores):4} replies: {unkind:3} rude or cold, {wrong:3} wrong;"
        f" total {totals.mean():5.1f} on average, {(totals < 80).sum():3} below 80, {(totals < 60).sum():3} below 60"
    )


def main() -> None:
    rows = list(exchanges())
    scores = csnlp.load(sys.argv[1]).score_many([exchange for _, exchange in rows])
    by_kind: dict[str, list[Score]] = {}
    for (kind, _), score in zip(rows, scores, strict=True):
        by_kind.setdefault(kind, []).append(score)
        by_kind.setdefault("all", []).append(score)
    for kind in sorted(by_kind, key="all".__eq__):
        print(line(kind, by_kind[kind]))


if __name__ == "__main__":
    main()
