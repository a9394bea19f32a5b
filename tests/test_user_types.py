"""What a type checker says of a program that uses csnlp."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mypy")

ROOT = Path(__file__).parents[1]
PROGRAM = """
from collections.abc import Iterator, Sequence
import csnlp
from csnlp.evaluation import evaluate, read_gold
from csnlp.reviews import HumanTotal, ReviewStore, human_total

class Shout:
    def predict(self, exchanges: Sequence[csnlp.Exchange], /) -> csnlp.Prediction:
        return csnlp.Prediction({})

csnlp.register_model("shout", Shout)
scorer: csnlp.Scorer = csnlp.load(Shout())
score: csnlp.Score = scorer.score("好的", context=[csnlp.Turn("customer", "在吗")])
if score.politeness is not None:
    label: str = score.politeness.label
many: list[csnlp.Score] = scorer.score_many(["好的", csnlp.Exchange("在的")])
stream: Iterator[csnlp.Score] = scorer.score_many(csnlp.read_exchanges("chats.jsonl"))
frame: dict[str, int] = scorer.score_frame({"the same kind": 1})
value: float | None = evaluate(Shout(), read_gold("gold.jsonl")).heads["politeness"].metrics["kappa"].value
with ReviewStore("reviews.db") as store:
    total: HumanTotal = human_total(store, "c1#2")
csnlp.load(3)  # wrong
csnlp.Turn("user", "在吗")  # wrong
score.politeness.label  # wrong
scorer.scores(["好的"])  # wrong
csnlp.Exchnge("好的")  # wrong
"""


def test_only_what_is_wrong_in_a_users_program_is_told(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "program.py"]
    path = {**os.environ, "MYPYPATH": str(ROOT), "PYTHONUTF8": "1"}
    told = subprocess.run(
        command, cwd=tmp_path, env=path, capture_output=True, text=True, encoding="utf-8", check=False
    )
    wrong = {number for number, line in enumerate(PROGRAM.splitlines(), 1) if line.endswith("# wrong")}
    assert {int(number) for number in re.findall(r"^program\.py:(\d+)", told.stdout, re.MULTILINE)} == wrong, told
