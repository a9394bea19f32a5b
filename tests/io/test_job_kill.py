"""A run killed at any moment, again and again, ends with the same bytes as one that was left alone."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import csnlp.io

pytestmark = pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")

SCORER = """
import os, signal, sys, time
from pathlib import Path
from csnlp.io import BadRow, score_file
from csnlp.types import HeadScore, Score

# A killed process loses nothing that it has written, so waiting for the disk would only make the test slow.
os.fsync = lambda handle: None

class Slow:
    def __init__(self, log, pause=0.0):
        self.log, self.pause = log, pause

    def metadata(self):
        return {"model": "slow", "model_version": "1"}

    def score_many(self, items):
        for exchange in items:
            if isinstance(exchange, BadRow):
                yield Score(error=exchange.reason)
                continue
            time.sleep(self.pause)
            with open(self.log, "a") as log:
                log.write(exchange.id + "\\n")
            value = len(exchange.reply) / 7
            yield Score(id=exchange.id, politeness=HeadScore("warm", value, {}, value), total=value)
"""

ONE_RUN = """
score_file(Slow(sys.argv[3], 0.004), sys.argv[1], sys.argv[2], chunk_size=10)
"""

EVERY_STEP = """
import json, shutil

source, folder, name = sys.argv[1:]

def child(output, log, die_at=None):
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    steps = 0
    def deadly(function):
        def call(*args, **kwargs):
            nonlocal steps
            steps += 1
            if steps == die_at:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*args, **kwargs)
        return call
    for step in ("open", "fsync", "replace", "rename", "unlink", "rmdir", "mkdir"):
        setattr(os, step, deadly(getattr(os, step)))
    score_file(Slow(log), source, output, chunk_size=8)
    os._exit(0)

def files(output):
    return [Path(output).read_bytes(), Path(output + ".errors.jsonl").read_bytes()]

whole = os.path.join(folder, "whole-" + name)
assert child(whole, whole + ".log") == 0
everything = Path(whole + ".log").read_text().split()

die_at = 0
while True:
    die_at += 1
    place = os.path.join(folder, str(die_at))
    os.mkdir(place)
    output, log = os.path.join(place, name), os.path.join(place, "log")
    Path(output).write_bytes(b"old")
    status = child(output, log, die_at)
    parts = Path(output + ".parts")
    kept = [json.loads(line) for part in sorted(parts.glob("part-*.jsonl")) for line in part.read_text().splitlines()]
    kept = [line["row"]["id"] for line in kept if "row" in line]
    ended = Path(output).read_bytes() != b"old" and not parts.exists()
    if not ended:
        assert Path(output).read_bytes() == b"old" or files(output) == files(whole), die_at
        second = os.path.join(place, "second")
        Path(second).touch()
        assert child(output, second) == 0, die_at
        assert Path(second).read_text().split() == everything[len(kept):], die_at
    assert kept == everything[:len(kept)], die_at
    assert files(output) == files(whole), die_at
    if status == 0:
        break
    assert status == -signal.SIGKILL
print(die_at - 1)
"""


def start(program: str, *arguments: Path | str, **options: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(csnlp.io.__file__).parents[2])}
    command = [sys.executable, "-c", SCORER + program, *map(str, arguments)]
    return subprocess.Popen(command, env=environment, text=True, **options)  # type: ignore[call-overload, no-any-return]


def write_chats(path: Path, count: int) -> Path:
    # Every ninth reply is empty: a bad row.
    path.write_text("\n".join('{"reply": "' + "好" * (number % 9) + '"}' for number in range(count)), encoding="utf-8")
    return path


def test_runs_killed_at_random_lose_and_repeat_nothing(tmp_path):
    source = write_chats(tmp_path / "a.jsonl", 200)
    whole, output, log = tmp_path / "whole.jsonl", tmp_path / "out.jsonl", tmp_path / "log"
    assert start(ONE_RUN, source, whole, tmp_path / "whole.log").wait() == 0

    chance = random.Random(0)
    kills = 0
    log.touch()
    while True:
        size = log.stat().st_size
        run = start(ONE_RUN, source, output, log)
        if kills < 6:
            while run.poll() is None and log.stat().st_size == size:  # until it scores: before that Python starts
                time.sleep(0.005)
            time.sleep(chance.uniform(0.0, 0.2))
            run.send_signal(signal.SIGKILL)
            kills += run.wait() == -signal.SIGKILL
        if run.wait() == 0:
            break
    assert kills > 0
    assert output.read_bytes() == whole.read_bytes()
    assert Path(f"{output}.errors.jsonl").read_bytes() == Path(f"{whole}.errors.jsonl").read_bytes()
    assert not Path(f"{output}.parts").exists()
    scored = log.read_text().split()
    assert len(set(scored)) == 177
    assert len(scored) - len(set(scored)) <= 10 * kills  # a kill costs at most the part that was being scored


@pytest.mark.parametrize("name", ["out.jsonl.gz", "out.csv"])
def test_a_run_killed_before_any_step_on_the_disk_loses_and_repeats_nothing(tmp_path, name):
    source = write_chats(tmp_path / "a.jsonl", 30)
    run = start(EVERY_STEP, source, tmp_path, name, stdout=subprocess.PIPE)
    steps, _ = run.communicate()
    assert run.returncode == 0
    assert int(steps) > 20
