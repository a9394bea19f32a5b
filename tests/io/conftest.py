from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from csnlp.heads import ACTS, POLITENESS
from csnlp.io import BadRow, read_exchanges
from csnlp.types import Exchange, HeadScore, Score

GOOD = '{"id": "good", "reply": "好的"}'


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


class FakeScorer:
    """Scores by the reply's length, remembers what it was asked, and fails where it is told to."""

    def __init__(self, version: str = "1", fail: str | None = None, stop_after: int | None = None) -> None:
        self.version = version
        self.fail = fail
        self.stop_after = stop_after
        self.seen: list[str] = []

    def metadata(self) -> dict[str, str]:
        return {
            "model": "fake",
            "model_version": self.version,
            "rule_book": "none",
            "rule_book_version": "0",
            "csnlp_version": "0.0",
        }

    def score_many(self, items: Iterable[Exchange | BadRow]) -> Iterator[Score]:
        for exchange in items:
            if isinstance(exchange, BadRow):
                yield Score(id=exchange.id or "", error=exchange.reason)
                continue
            if self.stop_after is not None and len(self.seen) >= self.stop_after:
                raise RuntimeError("the power failed")
            self.seen.append(exchange.id)
            if self.fail and self.fail in exchange.reply:
                fault = ("reply", "is beyond me; or: nearly", "leave it out")
                yield Score(id=exchange.id, error="{}: {}; {}".format(*fault), fault=fault)
            else:
                yield fake_score(exchange)


def fake_score(exchange: Exchange) -> Score:
    rank = len(exchange.reply) % 5
    label = POLITENESS.labels[rank]
    probabilities = {name: 0.6 if name == label else 0.1 for name in POLITENESS.labels}
    return Score(
        id=exchange.id,
        politeness=HeadScore(label, 0.6, probabilities, rank / 4),
        complaint=HeadScore("none", 0.9, {"none": 0.9, "dissatisfied": 0.1, "complaint": 0.0, "escalation": 0.0}, 0.03),
        acts=("greeting", "closing") if "您好" in exchange.reply else (),
        act_scores=dict.fromkeys(ACTS.labels, 0.25),
        review=rank == 0,
        total=20.0 * rank + 1 / 3,
    )


@pytest.fixture
def make_scorer() -> type[FakeScorer]:
    return FakeScorer


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., list[Exchange | BadRow]]:
    """Writes a file and reads it back: text as UTF-8, bytes as they are, rows as JSON lines."""

    def run(name: str, content: str | bytes | list[Any], **options: Any) -> list[Exchange | BadRow]:
        if isinstance(content, list):
            content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in content)
        data = content.encode() if isinstance(content, str) else content
        path = tmp_path / name
        path.write_bytes(data)
        return list(read_exchanges(path, **options))

    return run


@pytest.fixture
def chats(tmp_path: Path) -> Path:
    """A file of 25 good exchanges and 3 bad rows among them."""
    rows: list[str] = []
    for number in range(25):
        row = {"id": f"r{number}", "question": f"多重？{number}", "reply": "您好" + "亲" * (number % 7)}
        rows.append(json.dumps(row, ensure_ascii=False))
    rows.insert(3, "{oops")
    rows.insert(13, json.dumps({"id": "empty", "reply": "  "}))
    rows.append(json.dumps({"id": "emoji", "reply": "😀😀"}))
    path = tmp_path / "chats.jsonl"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path
