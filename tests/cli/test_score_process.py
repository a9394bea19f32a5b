"""csnlp score as a process: signals, pipes, and what it imports."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

import csnlp

from .conftest import GOOD

ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(csnlp.__file__).parents[1])}


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def run_python(program: str, *arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-c", program, *arguments], env=ENVIRONMENT, capture_output=True, **options)


def test_help_imports_nothing_heavy():
    program = """
import sys
from csnlp.cli.main import main
assert main(["--help"]) == 0 and main(["score", "--help"]) == 0
heavy = {"torch", "transformers", "pyarrow", "onnxruntime", "pandas", "csnlp.cli.train", "csnlp.cli.evaluate"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""
    done = run_python(program)
    assert done.returncode == 0, done.stderr.decode()
    assert b"train" in done.stdout and b"evaluate" in done.stdout


PIPE = """
import sys
import csnlp
from csnlp.cli.main import main
from csnlp.types import Score

class Plain:
    def metadata(self):
        return {}

    def score_many(self, exchanges):
        for exchange in exchanges:
            yield Score(id=exchange.id, total=1.0)

csnlp.load = lambda *arguments, **options: Plain()
sys.exit(main(sys.argv[1:]))
"""


BUSY = """
import sys, threading, time
import csnlp
from csnlp.cli.main import main

class Busy:
    window = 1

    def predict(self, exchanges):
        print("begun", file=sys.stderr, flush=True)
        time.sleep(30)

model = Busy()
load = csnlp.load
csnlp.load = lambda *arguments, **options: load(model)
sys.exit(main())
"""


@pytest.mark.skipif(os.name == "nt", reason="signals come otherwise")
def test_ctrl_c_is_answered_at_once_and_the_second_one_ends_all():
    Path("chats.jsonl").write_text(GOOD, encoding="utf-8")
    command = [sys.executable, "-c", BUSY, "score", "chats.jsonl", "-o", "scores.jsonl"]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as run:
        assert run.stderr
        wait_for(run.stderr, b"begun")
        run.send_signal(signal.SIGINT)
        wait_for(run.stderr, b"press Ctrl-C again")
        run.send_signal(signal.SIGINT)
        assert run.wait(10) == -signal.SIGINT


def wait_for(stream: IO[bytes], words: bytes) -> None:
    for line in stream:
        if words in line:
            return
    raise AssertionError(f"{words!r} was not said")


def test_a_pipe_from_input_to_output():
    done = run_python(PIPE, "score", "-", "-o", "-", input=GOOD.encode())
    assert done.returncode == 0, done.stderr.decode()
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["a", "b"]


def test_a_reader_that_has_enough_is_no_error():
    source = Path("chats.jsonl")
    source.write_text(GOOD * 20_000, encoding="utf-8")
    command = [sys.executable, "-c", PIPE, "score", str(source), "-o", "-"]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout and run.stderr
        run.stdout.readline()
        run.stdout.close()
        err = run.stderr.read().decode()
    assert run.returncode == 1
    assert "Traceback" not in err and "BrokenPipe" not in err
