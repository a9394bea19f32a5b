from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

REPLIES = {"您好，请稍等": "polite", "亲，谢谢您": "warm", "不知道": "cold", "自己看": "rude", "三天": "neutral"}


def labelled_row(number: int) -> dict[str, Any]:
    """A row whose politeness can be read off the reply, and whose complaint off the question."""
    reply, politeness = list(REPLIES.items())[number % len(REPLIES)]
    angry = number % 2 == 0
    return {
        "id": f"r{number}",
        "context": [{"role": "customer", "text": f"{'投诉' if angry else '多少钱'}{number}"}],
        "reply": reply,
        "labels": {
            "politeness": politeness,
            "accuracy": None if number % 7 == 0 else ["wrong", "evasive", "progresses", "answers"][number % 4],
            "complaint": "complaint" if angry else "none",
            "complaint_type": "delay" if angry else None,
            "acts": ["greeting"] if reply.startswith("您好") else [],
        },
    }


@pytest.fixture(scope="session")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """120 labelled rows."""
    path = tmp_path_factory.mktemp("labelled") / "labelled.jsonl"
    lines = [json.dumps(labelled_row(number), ensure_ascii=False) + "\n" for number in range(120)]
    path.write_text("".join(lines), encoding="utf-8")
    return path
