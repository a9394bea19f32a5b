"""The example plug-in package under tests/plugin is installed as a user would, and then found by its name."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PLUGIN = Path(__file__).parents[1] / "plugin"
CHATS = [
    {"id": "loud", "context": [{"role": "customer", "text": "有货吗"}], "reply": "说了没有！！"},
    {"id": "calm", "context": [{"role": "customer", "text": "有货吗"}], "reply": "暂时没有。"},
]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The folder that the plug-in is installed into, away from this environment."""
    folder = tmp_path_factory.mktemp("plugin")
    source = shutil.copytree(PLUGIN, folder / "source")  # the build leaves files beside the source
    target = folder / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*install, "--target", str(target), str(source)], check=True)
    return target


def run(site, *args, cwd):
    path = os.pathsep.join(filter(None, [str(site) if site else "", os.environ.get("PYTHONPATH", "")]))
    return subprocess.run(
        [sys.executable, *args],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


MAIN = "import sys; from csnlp.cli.main import main; sys.exit(main())"


def test_scores_with_a_model_of_another_package(installed, tmp_path):
    chats = tmp_path / "chats.jsonl"
    chats.write_text("".join(json.dumps(chat, ensure_ascii=False) + "\n" for chat in CHATS), encoding="utf-8")
    done = run(installed, "-c", MAIN, "score", "chats.jsonl", "-o", "scores.jsonl", "--model", "shout", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in (tmp_path / "scores.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(row["id"], row["politeness"], row["politeness_score"]) for row in rows] == [
        ("loud", "rude", 0.0),
        ("calm", "neutral", 0.5),
    ]
    assert all(row["accuracy"] is None and row["complaint"] is None and row["acts"] == [] for row in rows)


def test_an_unknown_name_lists_the_known_ones(installed, tmp_path):
    done = run(installed, "-c", "import csnlp; csnlp.load('nope')", cwd=tmp_path)
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert "ModelError" in last
    assert all(name in last for name in ("nope", "shout", "bert", "baseline"))


def test_is_unknown_where_it_is_not_installed(tmp_path):
    done = run(None, "-c", "from csnlp.models.registry import model_names; print(model_names())", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "shout" not in done.stdout
    assert "bert" in done.stdout
