"""Stored scores of chats in which some replies could not be scored, as a check of the rule book failed on them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

import csnlp
from csnlp.errors import ConfigError, InputError
from csnlp.io import Source, score_file
from csnlp.rules import Case, RuleBook, load_book, register_check
from csnlp.rules.kinds import plugin
from csnlp.rules.tally import Failed
from csnlp.scoring.stored import read_stored, read_unscored, stored_cases
from csnlp.types import Exchange, Prediction

BOOK = """
name: fragile
version: "1"
sections: [{id: s, title: 规范, weight: 1}]
clauses: [{id: N1, section: s, title: 礼貌, weight: 1}]
rules: [{id: N1-own, clause: N1, message: 怪, severity: info, when: {python: tests.stored.fragile}}]
"""


def write_rows(path: Path, rows: Sequence[object]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def stored(chats: Path, scores: Path, book: RuleBook, failed: Failed) -> Iterator[Case]:
    unscored = read_unscored(scores)
    return stored_cases(Source.of(chats).records(), read_stored(scores), book, None, unscored, failed)


class ByLength:
    """The longer a reply, the more surely it is warm: so each has verdicts of its own."""

    def predict(self, exchanges: Sequence[Exchange], /) -> Prediction:
        warm = np.float32([len(exchange.reply) / 100 for exchange in exchanges])
        rest = (1 - warm) / 4
        return Prediction({"politeness": np.stack([rest, rest, rest, rest, warm], axis=1)})


@pytest.fixture
def fragile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RuleBook:
    """A book with a check that fails on a reply with 怪 in it."""
    monkeypatch.setattr(plugin, "_checks", dict(plugin._checks))
    register_check("tests.stored.fragile", lambda case: 1 / ("怪" not in case.exchange.reply) < 0)
    (tmp_path / "fragile.yaml").write_text(BOOK, encoding="utf-8")
    return load_book(tmp_path / "fragile.yaml")


REPEATED = [
    {"no": "reply"},
    {"id": "a", "reply": "怪"},
    {"id": "a", "reply": "您好"},
    {"id": "b", "reply": "好的好的"},
    {"id": "b", "reply": "真怪"},
    {"id": "d", "turns": [{"role": "agent", "text": "请稍等一下"}, {"role": "agent", "text": "怪"}]},
]


@pytest.mark.parametrize("name", ["scores.jsonl", "scores.jsonl.gz", "scores.parquet"])
def test_replies_that_could_not_be_scored_are_counted_and_the_others_keep_their_own_verdicts(
    name: str, tmp_path: Path, fragile: RuleBook
) -> None:
    chats = write_rows(tmp_path / "chats.jsonl", REPEATED)
    score_file(csnlp.load(ByLength(), fragile), chats, tmp_path / name, probabilities=True)
    failed = Failed()
    cases = list(stored(chats, tmp_path / name, fragile, failed))
    assert [(case.exchange.id, case.exchange.reply) for case in cases] == [
        ("a", "您好"),
        ("b", "好的好的"),
        ("d#1", "请稍等一下"),
    ]
    for case in cases:
        warm = case.heads["politeness"].probabilities["warm"]
        assert warm == pytest.approx(len(case.exchange.reply) / 100, abs=1e-6)
    assert failed.replies == 3 and [id for id, _ in failed.first] == ["a", "b", "d#2"]
    assert all("check tests.stored.fragile: failed with ZeroDivisionError" in problem for _, problem in failed.first)


def test_scores_without_their_errors_file_are_told(tmp_path: Path, fragile: RuleBook) -> None:
    chats = write_rows(tmp_path / "chats.jsonl", REPEATED)
    score_file(csnlp.load(ByLength(), fragile), chats, tmp_path / "scores.jsonl", probabilities=True)
    (tmp_path / "scores.jsonl.errors.jsonl").unlink()
    with pytest.raises(ConfigError, match=r"'a' expected, found 'b'; give .*\.errors\.jsonl"):
        list(stored(chats, tmp_path / "scores.jsonl", fragile, Failed()))


@pytest.mark.parametrize("line", ['{"line": 1}', "[]", "{", '{"some": "other"}'])
def test_an_errors_file_of_something_else_is_named(line: str, tmp_path: Path) -> None:
    beside = tmp_path / "scores.jsonl.errors.jsonl"
    beside.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        list(read_unscored(tmp_path / "scores.jsonl"))
    assert str(caught.value).startswith(f"{beside}:1: ") and "\n" not in str(caught.value)
