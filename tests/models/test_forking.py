"""A model in a process that was forked, and callers that come together."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import csnlp
from csnlp.models.forking import Places

pytestmark = pytest.mark.skipif("fork" not in multiprocessing.get_all_start_methods(), reason="there is no fork here")

SAY_SO = """
import os, signal, sys, threading, time
import csnlp
from csnlp.errors import ModelError

def in_child(work):
    '''What ``work`` says in a forked child; "hangs" after ten seconds.'''
    read, write = os.pipe()
    child = os.fork()
    if not child:
        signal.alarm(10)
        try:
            said = str(work())
        except ModelError as error:
            said = f"ModelError: {error}"
        os.write(write, said.encode())
        os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    return open(read).read() or "hangs"
"""


def said(code: str, *arguments: object) -> list[str]:
    """What a process of its own prints, line by line."""
    command = [sys.executable, "-W", "ignore", "-c", SAY_SO + textwrap.dedent(code), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout.splitlines()


@pytest.mark.parametrize("device", ["cpu", "cpu-float32", "onnx"])
def test_a_model_that_rests_at_the_fork_says_the_same_in_the_child(tiny_model: Path, device: str) -> None:
    code = """
        scorer = csnlp.load(sys.argv[1], device=sys.argv[2])
        here = str(scorer.score("今天发货", question="几号发货").to_dict())
        print(in_child(lambda: scorer.score("今天发货", question="几号发货").to_dict()) == here)
    """
    assert said(code, tiny_model, device) == ["True"]


def test_torch_says_that_its_threads_stayed_behind(tiny_model: Path) -> None:
    code = """
        import torch
        torch.set_num_threads(2)
        scorer = csnlp.load(sys.argv[1], device="torch")
        scorer.score("今天发货")
        print(in_child(lambda: scorer.score("几号发货")))
        print(in_child(lambda: csnlp.load(sys.argv[1], device="torch")))
        print(in_child(lambda: csnlp.load(sys.argv[1], device="torch", threads=1).score("几号发货").error))
    """
    inherited, fresh, single = said(code, tiny_model)
    assert inherited == fresh and inherited.startswith("ModelError: torch was loaded before") and "spawn" in inherited
    assert single == "None"


def test_a_child_forked_while_a_model_was_at_work_is_told_so(tiny_model: Path) -> None:
    code = """
        class Slow:
            def predict(self, exchanges):
                time.sleep(1)
                return csnlp.Prediction({})

        own, shipped = csnlp.load(Slow()), csnlp.load(sys.argv[1])
        thread = threading.Thread(target=own.score, args=("您好",))
        thread.start()
        time.sleep(0.3)
        print(in_child(lambda: own.score("您好")))
        print(in_child(lambda: shipped.score("您好")))
        print(in_child(lambda: csnlp.load(sys.argv[1])))
        thread.join()
        print(in_child(lambda: own.score("您好").error))
    """
    *refused, after = said(code, tiny_model)
    assert all(line.startswith("ModelError: this process was forked while a model was at work") for line in refused)
    assert after == "None"


def test_places_are_free_again_after_an_error() -> None:
    places = Places(1)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), places:
            raise ZeroDivisionError


@pytest.mark.parametrize(("declared", "allowed"), [(None, 1), (3, 3)])
def test_single_calls_from_many_threads_are_no_more_than_the_model_allows(declared: int | None, allowed: int) -> None:
    class Busy:
        running = most = 0
        lock = threading.Lock()

        def predict(self, exchanges: Sequence[csnlp.Exchange], /) -> csnlp.Prediction:
            with self.lock:
                self.running += 1
                self.most = max(self.most, self.running)
            time.sleep(0.03)
            with self.lock:
                self.running -= 1
            return csnlp.Prediction({"politeness": np.eye(5, dtype=np.float32)[[2] * len(exchanges)]})

    model = Busy()
    if declared:
        model.parallel_calls = declared  # type: ignore[attr-defined]
    scorer = csnlp.load(model)
    threads = [threading.Thread(target=scorer.score, args=("您好",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert model.most == allowed


def test_nothing_is_reported_to_anybody(tiny_model: Path, tmp_path: Path) -> None:
    code = """
        import socket
        socket.getaddrinfo = socket.socket.connect = lambda *given, **named: open(sys.argv[2] + "/asked", "w").close()
        os.environ["HOME"] = sys.argv[2]
        csnlp.load(sys.argv[1]).score("您好")
        time.sleep(1)
        print(threading.active_count(), "openvino" in sys.modules)
    """
    assert said(code, tiny_model, tmp_path) == ["1 True"]
    assert list(tmp_path.iterdir()) == []
