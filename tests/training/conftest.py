from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from safetensors.numpy import load_file

from csnlp.training.config import read_config, train_config
from csnlp.training.course import read_course
from csnlp.training.finetune import finetune
from csnlp.training.record import keep_record

REPLIES = {"您好，请稍等": "polite", "亲，谢谢您": "warm", "不知道": "cold", "自己看": "rude", "三天": "neutral"}

SETTINGS: dict[str, Any] = {
    "name": "ours",
    "version": "3",
    "seed": 5,
    "steps": 12,
    "batch_size": 8,
    "max_tokens": 64,
    "learning_rate": 1e-3,
    "log_every": 4,
    "evaluate_every": 4,
}


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


def recipe(folder: Path, base: Path, labelled: Path, **changes: Any) -> Path:
    sources = [{"path": str(labelled), "holdout": 0.2}]
    data = {"base": str(base), "output": "run", "sources": sources, "validation": str(labelled), **SETTINGS, **changes}
    path = folder / "ours.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return path


def run(path: Path) -> dict[str, np.ndarray]:
    config = train_config(read_config(path), path.parent, str(path))
    config.output.mkdir(exist_ok=True)
    keep_record(config)
    finetune(config, read_course(config))
    return load_file(path.parent / "run" / "last.safetensors")
