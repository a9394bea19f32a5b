from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import csnlp.bench
from csnlp.cli.main import main


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Any]:
    """What the one scenario ``latency`` was given, instead of measuring."""
    subjects: list[Any] = []

    def latency(subject: Any) -> dict[str, Any]:
        """Nothing."""
        subjects.append(subject)
        return {"replies": len(subject.exchanges)}

    monkeypatch.setattr(csnlp.bench, "SCENARIOS", {"latency": latency})
    monkeypatch.chdir(tmp_path)
    return subjects


def test_chats_are_read_as_the_options_say(measured: list[Any], capsys: pytest.CaptureFixture[str]) -> None:
    Path("chats.data").write_bytes("正文\n您好\n".encode("big5"))
    options = ["--format", "csv", "--map", "reply=正文", "--encoding", "big5"]
    assert main(["bench", "latency", "chats.data", *options, "--json", "out.json"]) == 0
    (subject,) = measured
    assert [exchange.reply for exchange in subject.exchanges] == ["您好"]
    assert Path("out.json").exists() and "latency" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["empty.jsonl"], "empty.jsonl holds no rows"),
        (["chats.jsonl", "--json", "."], "--json .: is a folder"),
        (["chats.jsonl", "--json", "chats.jsonl"], "is an input itself"),
    ],
)
def test_what_cannot_be_done_is_told_before_the_work(
    measured: list[Any], capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    Path("empty.jsonl").touch()
    Path("chats.jsonl").write_text('{"reply": "您好"}\n', encoding="utf-8")
    assert main(["bench", "latency", *arguments]) == 1
    assert said in capsys.readouterr().err and not measured
