"""A training run that was stopped, or is done, goes on from where it stood."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import csnlp
from csnlp.training import finetune as finetune_module
from csnlp.training import run as run_module
from csnlp.training.progress import RunLog

from .conftest import recipe, run


def test_a_stopped_run_goes_on_to_the_same_weights(
    tiny_base: Path, labelled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    whole.mkdir()
    stopped.mkdir()
    expected = run(recipe(whole, tiny_base, labelled))

    path = recipe(stopped, tiny_base, labelled)
    save = finetune_module.save_checkpoint

    def save_and_die(*arguments: Any) -> None:
        save(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(finetune_module, "save_checkpoint", save_and_die)
        with pytest.raises(KeyboardInterrupt):
            run(path)
    resumed = run(path)
    assert int(resumed["step"]) == int(expected["step"]) == 12
    for name, array in expected.items():
        np.testing.assert_array_equal(resumed[name], array, err_msg=name)
    steps = [json.loads(line)["step"] for line in (stopped / "run/log.jsonl").read_text().splitlines()]
    assert steps == sorted(steps) and steps.count(4) == 2  # one line of training, one of evaluation


def test_a_run_that_gets_no_better_stops_and_stays_stopped(tiny_base: Path, labelled: Path, tmp_path: Path) -> None:
    path = recipe(tmp_path, tiny_base, labelled, learning_rate=0.0, head_learning_rate=0.0, patience=1)
    assert int(run(path)["step"]) == 8  # evaluated at 4 and at 8, of 12
    assert int(run(path)["step"]) == 8


def test_another_recipe_does_not_go_on_from_the_checkpoint(tiny_base: Path, labelled: Path, tmp_path: Path) -> None:
    run(recipe(tmp_path, tiny_base, labelled))
    record = tmp_path / "run/run.json"
    kept = json.loads(record.read_text())
    del kept["task"], kept["sources"][0]["without"]  # settings that a csnlp of before did not have
    record.write_text(json.dumps(kept))
    run(recipe(tmp_path, tiny_base, labelled))
    (tmp_path / "run/run.json").unlink()  # as an earlier csnlp left it
    run(recipe(tmp_path, tiny_base, labelled, log_every=2, threads=1))
    with pytest.raises(csnlp.ConfigError, match=r"other settings or data \(seed, steps changed since\); give"):
        run(recipe(tmp_path, tiny_base, labelled, seed=6, steps=16))
    (tmp_path / "run/last.safetensors").unlink()
    run(recipe(tmp_path, tiny_base, labelled, seed=6))


def test_a_run_does_not_go_on_with_other_data(tiny_base: Path, labelled: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.jsonl"
    own.write_bytes(labelled.read_bytes())
    run(recipe(tmp_path, tiny_base, own))
    own.write_bytes(labelled.read_bytes().replace(b"complaint", b"escalation"))
    with pytest.raises(csnlp.ConfigError, match=r"other settings or data \(own.jsonl changed since\); give another"):
        run(recipe(tmp_path, tiny_base, own))


def test_a_kill_while_calibrating_leaves_the_model_before(
    tiny_base: Path, labelled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    path, folder = recipe(tmp_path, tiny_base, labelled), tmp_path / "run/model"
    for there_was_one in (False, True):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr("csnlp.training.course.fit_temperatures", die)
            run_module.train(path)
        assert folder.exists() == there_was_one
        assert "temperatures" in json.loads((run_module.train(path) / "csnlp.json").read_text())
    assert not list(folder.parent.glob("model.*"))


def test_a_torn_last_line_of_the_log_is_dropped(tmp_path: Path) -> None:
    log = RunLog(tmp_path)
    log.write("evaluate", 4, {"selection": 0.5})
    with log.path.open("ab") as file:
        file.write('{"kind": "evaluate", "st客'.encode()[:-1])
    assert [entry["step"] for entry in log.entries("evaluate")] == [4]
    log.rewind(4)
    log.write("evaluate", 8, {"selection": 0.6})
    assert [entry["step"] for entry in log.entries("evaluate")] == [4, 8]
