"""A training run that cannot be is told in one clear line, before the work."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

import csnlp
from csnlp.cli.main import main
from csnlp.errors import ConfigError, ModelError
from csnlp.heads import HEADS
from csnlp.training import run as run_module

from .conftest import recipe, run


def test_a_missing_model_to_average_with_is_told_before_the_work(
    tiny_base: Path, labelled: Path, tmp_path: Path
) -> None:
    with pytest.raises(ModelError, match="nowhere is not a model folder"):
        run_module.train(recipe(tmp_path, tiny_base, labelled, average_with="nowhere"))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"base": Path("nowhere")}, "base: nowhere is neither the folder of a model nor one that the hub gives"),
        ({"max_tokens": 4096}, "max_tokens: 4096 is more than .* has positions for: "),
    ],
)
def test_a_base_that_will_not_do_is_told_before_the_data_is_read(
    changes: dict[str, Any], message: str, tiny_base: Path, labelled: Path, tmp_path: Path
) -> None:
    config = recipe(tmp_path, **{"base": tiny_base, "labelled": labelled, **changes})
    with pytest.raises(ConfigError, match=message):
        run_module.train(config)
    assert not (tmp_path / "run/heldout").exists()


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
        ({"average_with": 3}, "average_with: expected a model folder, or a mapping of folders to parts, found 3"),
        ({"average_with": {"x": -1}}, "average_with: x: expected a number of at least 0, found -1"),
        ({"average_with": {"x": 0.5, "y": 0.5}}, "average_with: the parts add up to 1.0; leave one to the run itself"),
        ({"sources": [{"path": "x", "kind": "y"}]}, r"sources\[0\]: unknown setting 'kind'"),
        ({"head_weights": {"mood": 1}}, "head_weights: no head 'mood'; the heads are politeness"),
        ({"head_weights": {"politeness": "high"}}, "head_weights: politeness: expected a number of at least 0"),
        ({"version": 1.1}, "version: expected a text, found 1.1; put it in quotes"),
        ({"output": 5}, "output: expected the name of a file or folder, found 5"),
        ({"dropout": 2}, "dropout: expected a number below 1, found 2"),
        ({"max_tokens": 8}, "max_tokens: expected a whole number of at least 32"),
        ({"learning_rate": "1e-4"}, "learning_rate: .*found '1e-4'; YAML takes 1e-4 for a text, write 1.0e-4"),
        ({"sources": ["train.jsonl"]}, r"sources\[0\]: expected a mapping such as"),
        (
            {"sources": [{"path": "x", "format": "crossd"}]},
            r"sources\[0\]: format: unknown 'crossd'; known: .*crossed",
        ),
        ({"sources": [{"path": "x", "share": float("inf")}]}, r"sources\[0\]: share: expected a number"),
        ({"sources": [{"path": "x", "without": 5}]}, r"sources\[0\]: without: give a list of heads"),
        ({"head_weights": dict.fromkeys(HEADS, 0)}, "head_weights: every head weighs 0"),
        ({"steps": "2k"}, "steps: expected a whole number of at least 1, found '2k'"),
        ({"sources": [{"path": "x", "holdout": "0.1"}]}, r"sources\[0\]: holdout: expected a number of at least 0"),
        ({"sources": [{"path": "x", "holdout": 7}]}, r"sources\[0\]: holdout: expected a number below 1, found 7"),
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


def test_weights_that_can_run_code_are_not_loaded(tmp_path: Path, tiny_base: Path, labelled: Path) -> None:
    import torch
    from safetensors.torch import load_file

    base = shutil.copytree(tiny_base, tmp_path / "pickled")
    torch.save(load_file(base / "model.safetensors"), base / "pytorch_model.bin")
    (base / "model.safetensors").unlink()
    with pytest.raises(csnlp.ConfigError, match=r"base: .*pickled has no .*convert them to model\.safetensors"):
        run(recipe(tmp_path, base, labelled))
