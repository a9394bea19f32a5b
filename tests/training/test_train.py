"""Training end to end, on a tiny base: it learns, resumes, and leaves a model that scores."""

from __future__ import annotations

import gzip
import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from safetensors.numpy import load_file

import csnlp
from csnlp.cli.main import main
from csnlp.errors import ConfigError, ModelError
from csnlp.models.network import Network, NetworkConfig
from csnlp.models.weights import read_weights
from csnlp.training import finetune as finetune_module
from csnlp.training import run as run_module
from csnlp.training.config import read_config, train_config
from csnlp.training.course import read_course
from csnlp.training.finetune import best_network, finetune
from csnlp.training.half import HalfCopy
from csnlp.training.progress import RunLog
from csnlp.training.record import keep_record

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


def test_it_learns_what_the_labels_say(tiny_base: Path, labelled: Path, tmp_path: Path, capsys: Any) -> None:
    path = recipe(tmp_path, tiny_base, labelled, steps=120, batch_size=16, evaluate_every=40)
    assert main(["train", str(path)]) == 0
    assert "model written to" in capsys.readouterr().out
    folder = tmp_path / "run/model"
    assert {file.name for file in folder.iterdir()} == {
        "csnlp.json", "model.onnx", "model.safetensors", "tokenizer.json",
    }  # fmt: skip
    scorer = csnlp.load(folder)
    rude = scorer.score("自己看", question="多少钱3")
    warm = scorer.score("亲，谢谢您", question="投诉6")
    assert rude.politeness is not None and rude.politeness.label == "rude"
    assert warm.politeness is not None and warm.politeness.label == "warm"
    assert rude.complaint is not None and rude.complaint.label == "none"
    assert warm.complaint is not None and warm.complaint.label == "complaint"
    assert (tmp_path / "run/curve.png").stat().st_size > 5_000
    held_out = (tmp_path / "run/heldout/labelled.jsonl").read_text(encoding="utf-8").splitlines()
    assert 10 < len(held_out) < 40
    settings = json.loads((folder / "csnlp.json").read_text())
    assert set(settings["temperatures"]) >= {"politeness", "complaint"}
    assert (
        set(settings["heads"]) == set(csnlp.heads.HEADS) - {"satisfaction"}
        and scorer.score("您好").satisfaction is None
    )


def test_sources_that_teach_one_head_and_hold_nothing_out(tiny_base: Path, labelled: Path, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in labelled.read_text(encoding="utf-8").splitlines()]
    only = [{**row, "labels": {"politeness": row["labels"]["politeness"]}} for row in rows]
    polite = tmp_path / "polite.jsonl"
    polite.write_text("".join(json.dumps(row) + "\n" for row in only), encoding="utf-8")
    path = recipe(tmp_path, tiny_base, labelled, sources=[{"path": str(polite)}])
    folder = run_module.train(path)
    entry = RunLog(tmp_path / "run").entries("evaluate")[-1]
    assert {name for name in entry if "." in name} == {"validation.politeness.kappa", "validation.politeness.auc"}
    assert entry["selection"] == entry["validation.politeness.kappa"]
    score = csnlp.load(folder).score("自己看", question="多少钱")
    assert score.politeness is not None and score.accuracy is None and score.complaint is None and not score.acts


def test_nothing_to_measure_keeps_the_last_averaged_weights(tiny_base: Path, labelled: Path, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.jsonl"
    nothing.touch()
    sources = [{"path": str(labelled)}]
    assert run_module.train(recipe(tmp_path, tiny_base, labelled, sources=sources, validation=str(nothing))).is_dir()
    best, last = (load_file(tmp_path / f"run/{name}.safetensors") for name in ("best", "last"))
    assert all(np.array_equal(array, last[f"averaged.{name}"]) for name, array in best.items())


def test_a_finished_model_may_be_averaged_with_another(tiny_base: Path, labelled: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    other = run_module.train(recipe(first, tiny_base, labelled))
    path = recipe(second, other, labelled, average_with="../first/run/model", seed=5)
    run(path)
    config = train_config(read_config(path), path.parent, str(path))
    averaged = best_network(config, read_course(config)).state_dict()
    own, others = load_file(second / "run/best.safetensors"), read_weights(other / "model.safetensors")
    assert any(not np.allclose(own[name], others[name], atol=1e-4) for name in own)
    for name, tensor in averaged.items():
        np.testing.assert_allclose(tensor.numpy(), (own[name] + others[name]) / 2, atol=1e-6)


def test_a_missing_model_to_average_with_is_told_before_the_work(
    tiny_base: Path, labelled: Path, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match="nowhere is not a model folder"):
        run_module.train(recipe(tmp_path, tiny_base, labelled, average_with="nowhere"))
    assert not (tmp_path / "run").exists()


def test_a_model_that_cannot_be_averaged_with_is_told_before_the_work(
    tiny_base: Path, labelled: Path, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    run_module.train(recipe(first, tiny_base, labelled, max_tokens=48))
    with pytest.raises(ConfigError, match="has positions for: 48"):
        run(recipe(second, tiny_base, labelled, average_with="../first/run/model"))
    settings = first / "run/model/csnlp.json"
    settings.write_text(json.dumps({**json.loads(settings.read_text()), "kind": "baseline"}))
    with pytest.raises(ConfigError, match="not a model with the heads"):
        run(recipe(second, tiny_base, labelled, average_with="../first/run/model"))
    assert not (second / "run/last.safetensors").exists()


def test_another_recipe_does_not_go_on_from_the_checkpoint(tiny_base: Path, labelled: Path, tmp_path: Path) -> None:
    run(recipe(tmp_path, tiny_base, labelled))
    record = tmp_path / "run/run.json"
    kept = json.loads(record.read_text())
    del kept["task"], kept["sources"][0]["without"]  # settings that a csnlp of before did not have
    record.write_text(json.dumps(kept))
    run(recipe(tmp_path, tiny_base, labelled))
    (tmp_path / "run/run.json").unlink()  # as an earlier csnlp left it
    run(recipe(tmp_path, tiny_base, labelled, log_every=2, threads=1))
    with pytest.raises(csnlp.ConfigError, match=r"other settings \(seed, steps changed since\); give another output"):
        run(recipe(tmp_path, tiny_base, labelled, seed=6, steps=16))
    (tmp_path / "run/last.safetensors").unlink()
    run(recipe(tmp_path, tiny_base, labelled, seed=6))


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


@pytest.mark.parametrize("package", ["torch", "transformers", "datasets", "onnx", "matplotlib"])
def test_a_missing_package_is_told_before_the_work(
    package: str, tiny_base: Path, labelled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(csnlp.MissingExtra, match=rf"{package} is needed here.*csnlp-zh\[train\]"):
        run_module.train(recipe(tmp_path, tiny_base, labelled))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stepps": 3}, "unknown setting 'stepps'; known: .*steps"),
        ({"sources": []}, "sources: give at least one source"),
        ({"sources": [{"path": "x", "kind": "y"}]}, r"sources\[0\]: unknown setting 'kind'"),
        ({"head_weights": {"mood": 1}}, "head_weights: no head 'mood'; the heads are politeness"),
        ({"head_weights": {"politeness": "high"}}, "head_weights: politeness: expected a number of at least 0"),
        ({"steps": "2k"}, "steps: expected a whole number of at least 1, found '2k'"),
        ({"sources": [{"path": "x", "holdout": "0.1"}]}, r"sources\[0\]: holdout: expected a number of at least 0"),
        ({"sources": [{"path": "x", "holdout": 7}]}, r"sources\[0\]: holdout: expected a part of 1, found 7"),
        ({"sources": [{"path": "x", "share": -1}]}, r"sources\[0\]: share: expected a number of at least 0"),
        ({"sources": [{"path": "x", "share": 0}]}, "sources: every share is 0"),
        ({"sources": [{"path": "x", "format": "entailment", "holdout": 0.1}]}, "holdout: rows of format entailment"),
        ({"head_weights": ["acts"]}, "head_weights: expected a mapping"),
        ({"kind": "magic"}, "kind: expected bert, adapt or baseline, found 'magic'"),
    ],
)
def test_a_wrong_recipe_is_one_clear_line(
    changes: dict[str, Any], message: str, tiny_base: Path, labelled: Path, tmp_path: Path, capsys: Any
) -> None:
    assert main(["train", str(recipe(tmp_path, tiny_base, labelled, **changes))]) == 1
    error = capsys.readouterr().err
    assert len(error.splitlines()) == 1
    assert re.search(message, error)


def test_a_base_that_is_laid_out_differently_is_refused(tmp_path: Path, tiny_base: Path, labelled: Path) -> None:
    from transformers import AlbertConfig, AlbertModel

    config = AlbertConfig(vocab_size=50, embedding_size=8, hidden_size=16, num_attention_heads=2, intermediate_size=16)
    AlbertModel(config).save_pretrained(tmp_path / "albert")
    (tmp_path / "albert/tokenizer.json").write_bytes((tiny_base / "tokenizer.json").read_bytes())
    with pytest.raises(csnlp.ConfigError, match="not laid out as BERT"):
        run(recipe(tmp_path, tmp_path / "albert", labelled))


def test_labels_of_a_plain_text_file_are_learnt_from(tiny_base: Path, labelled: Path, tmp_path: Path) -> None:
    rows = [json.loads(line) for line in labelled.read_text(encoding="utf-8").splitlines()]
    with gzip.open(tmp_path / "chat.txt.gz", "wt", encoding="utf-8", newline="\n") as text:
        text.writelines(f"{row['context'][0]['text']} \u2028{row['reply']}\n" for row in rows)
    with (tmp_path / "labels.jsonl").open("w", encoding="utf-8") as labels:
        for number, row in enumerate(rows):
            end = len(row["context"][0]["text"])
            turns = [["customer", number, 0, end], ["agent", number, end + 2, end + 2 + len(row["reply"])]]
            labels.write(json.dumps({"id": str(number), "turns": turns, "labels": row["labels"]}) + "\n")
    sources = [{"path": str(tmp_path / "chat.txt.gz"), "labels": str(tmp_path / "labels.jsonl"), "holdout": 0.2}]
    path = recipe(tmp_path, tiny_base, labelled, sources=sources)
    run(path)
    held_out = [json.loads(line) for line in (tmp_path / "run/heldout/labels.jsonl").read_text().splitlines()]
    by_context = {row["context"][0]["text"]: row for row in rows}
    assert held_out and all(row["reply"] == by_context[row["context"][0]["text"]]["reply"] for row in held_out)


def test_a_finished_model_is_a_base_that_knows_its_heads(tiny_base: Path, labelled: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    folder = run_module.train(recipe(first, tiny_base, labelled, steps=120, batch_size=16, evaluate_every=60))
    still = {"steps": 1, "evaluate_every": 1, "learning_rate": 0.0, "head_learning_rate": 0.0}
    again = run_module.train(recipe(second, folder, labelled, **still))
    exchange = csnlp.Exchange("自己看", (csnlp.Turn("customer", "投诉6"),))
    before, after = (csnlp.load_model(path).predict([exchange]).heads["complaint"] for path in (folder, again))
    np.testing.assert_allclose(after, before, atol=0.05)  # temperatures are fitted anew
    assert json.loads((again / "csnlp.json").read_text())["base"] == "ours 3 (csnlp)"
    with pytest.raises(ConfigError, match="max_tokens: 128 is more than"):
        run_module.train(recipe(second, folder, labelled, max_tokens=128, output="other"))


def test_gradients_in_half_precision_are_those_of_full_precision_nearly() -> None:
    torch.manual_seed(0)
    network = Network(NetworkConfig(50, 32, 64, 2, 4, 32))
    inputs = torch.randint(0, 50, (4, 16)), torch.randint(0, 5, (4, 16)), torch.ones(4, 16, dtype=torch.int64)
    half = HalfCopy(network)
    half.network = network.__class__(network.config).to(torch.bfloat16)  # whatever this machine computes in
    half.refresh()
    half.backward(half.network(*inputs)["acts"].float().square().sum())
    rough = {name: p.grad.clone() for name, p in network.named_parameters() if p.grad is not None}
    network.zero_grad()
    network(*inputs)["acts"].square().sum().backward()
    for name, parameter in network.named_parameters():
        if parameter.grad is not None and parameter.grad.norm() > 1e-3:
            assert torch.cosine_similarity(rough[name].flatten(), parameter.grad.flatten(), dim=0) > 0.98, name
