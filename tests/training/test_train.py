"""Training end to end, on a tiny base: it learns, and leaves a model that scores."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file

import csnlp
from csnlp.cli.main import main
from csnlp.errors import ConfigError
from csnlp.models.network import Network, NetworkConfig
from csnlp.models.weights import read_weights
from csnlp.training import run as run_module
from csnlp.training.config import read_config, train_config
from csnlp.training.course import read_course
from csnlp.training.finetune import best_network
from csnlp.training.half import HalfCopy
from csnlp.training.progress import RunLog

from .conftest import recipe, run


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


FIRST = "../first/run/model"


@pytest.mark.parametrize(
    ("others", "part"), [(FIRST, 0.5), ({FIRST: 0.25}, 0.25), ({FIRST: 0.25, f"../second/{FIRST}": 0.125}, 0.375)]
)
def test_a_finished_model_may_be_averaged_with_others(
    tiny_base: Path, labelled: Path, tmp_path: Path, others: Any, part: float
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    other = run_module.train(recipe(first, tiny_base, labelled))
    path = recipe(second, other, labelled, average_with=others, seed=5)
    run(path)
    config = train_config(read_config(path), path.parent, str(path))
    averaged = best_network(config, read_course(config)).state_dict()
    own, theirs = load_file(second / "run/best.safetensors"), read_weights(other / "model.safetensors")
    assert any(not np.allclose(own[name], theirs[name], atol=1e-4) for name in own)
    for name, tensor in averaged.items():
        np.testing.assert_allclose(tensor.numpy(), (1 - part) * own[name] + part * theirs[name], atol=1e-6)


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


def test_a_head_of_the_base_that_nobody_teaches_is_told_of(
    tiny_base: Path, labelled: Path, tmp_path: Path, capsys: Any
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    assert main(["train", str(recipe(first, tiny_base, labelled))]) == 0
    assert "teaches" not in capsys.readouterr().err
    base = first / "run/model"
    alone = [{"path": str(labelled), "without": ["complaint", "complaint_type", "acts", "accuracy", "applicability"]}]
    assert main(["train", str(recipe(second, base, labelled, sources=alone))]) == 0
    told = capsys.readouterr().err
    assert "no source teaches accuracy, applicability, complaint, complaint_type, acts" in told
    assert "name the base as the teacher" in told


def test_a_base_or_teacher_may_be_a_shipped_model(tmp_path: Path) -> None:
    source = {"path": "x.jsonl", "teacher": ["zh-small", "zh-nano"]}
    data = {"name": "a", "version": "1", "base": "zh-nano", "output": "run", "sources": [source]}
    config = train_config({**data, "average_with": {"zh-nano": 0.5}}, tmp_path, "recipe.yaml")
    folders = [Path(config.base), *config.sources[0].teacher, config.average_with[0][0]]
    assert [folder.name for folder in folders] == ["zh-nano", "zh-small", "zh-nano", "zh-nano"]
    assert all((folder / "csnlp.json").is_file() for folder in folders)


def test_a_baseline_does_not_write_over_another_kind_of_model(labelled: Path, tmp_path: Path) -> None:
    (tmp_path / "csnlp.json").write_text('{"kind": "bert"}', encoding="utf-8")
    recipe_file = tmp_path / "baseline.yaml"
    recipe_file.write_text(f"kind: baseline\noutput: .\nsources: [{labelled}]\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="holds a model of another kind"):
        run_module.train(recipe_file)
