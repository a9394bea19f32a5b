from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import csnlp
from csnlp.errors import ConfigError, CsnlpError, InputError
from csnlp.heads import HEADS
from csnlp.io import Source, read_exchanges, score_file
from csnlp.rules import Case, RuleBook, load_book
from csnlp.rules.facts import table_of
from csnlp.scoring.assemble import assemble
from csnlp.scoring.stored import read_stored, stored_cases
from csnlp.types import Exchange, Prediction, Score

BOOK = """
name: stored
version: "1"
sections: [{id: s, title: 规范, weight: 1}]
clauses:
  - id: N1
    section: s
    title: 礼貌
    weight: 40
    credit: {head: politeness, rude: 0, cold: 0.2, neutral: 0.8, polite: 1, warm: 1}
  - {id: N2, section: s, title: 准确, weight: 30}
  - {id: N3, section: s, title: 流程, weight: 20}
  - {id: N4, section: s, title: 类型, weight: 10}
ceilings: {critical: 50}
rules:
  - {id: N1-own, clause: N1, message: 自己看, severity: minor, points: -9, when: {lexicon: own}}
  - {id: N2-wrong, clause: N2, message: 答非所问, severity: minor, points: -7,
     when: {head: accuracy, is: [wrong, evasive], probability: 0.45}}
  - {id: N2-guess, clause: N2, message: 猜测, severity: minor, points: -3, when: {act: guess}}
  - {id: N2-fact, clause: N2, message: 与事实不符, severity: critical, points: -30, when: {fact: table}}
  - {id: N3-again, clause: N3, message: 未道别, severity: minor, points: -5,
     when: {all: [{position: last_reply}, {not: {regex: 再见}}]}}
  - {id: N4-type, clause: N4, message: 退款, severity: info, when: {head: complaint_type, is: refund, probability: 0.1}}
"""
CHATS = [
    {"id": "a", "question": "什么时候发货", "reply": "亲，三天发货，您自己看"},
    {"id": "b", "reply": "您好"},
    {"id": "emoji", "reply": "😀"},
    {"no": "reply"},
    {"id": "c", "context": [{"role": "customer", "text": "退款！投诉！"}], "reply": "不知道，自己看自己看"},
    {
        "id": "d",
        "turns": [
            {"role": "customer", "text": "多少钱"},
            {"role": "agent", "text": "请稍等"},
            {"role": "customer", "text": "快"},
            {"role": "agent", "text": "100元包邮"},
        ],
    },
    {"id": "d", "question": "快点", "reply": "快了"},
]
FACTS = table_of({"价格": "80元"})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book, and chats of which two cannot be scored."""
    folder = tmp_path_factory.mktemp("stored")
    (folder / "lexicons").mkdir()
    (folder / "lexicons/own.txt").write_text("# title: 自己看\n# source: this test\n自己看\n", encoding="utf-8")
    (folder / "book.yaml").write_text(BOOK, encoding="utf-8")
    write_rows(folder / "chats.jsonl", CHATS)
    return folder


@pytest.fixture(scope="module")
def book(folder: Path) -> RuleBook:
    return load_book(folder / "book.yaml")


@pytest.fixture(scope="module")
def scorer(tiny_model: Path, book: RuleBook) -> csnlp.Scorer:
    return csnlp.load(tiny_model, book, facts=FACTS)


def write_rows(path: Path, rows: Sequence[object]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def rescored(chats: Path, scores: Path, book: RuleBook) -> list[Score]:
    records = Source.of(chats).records()
    return [assemble(case, book) for case in stored_cases(records, read_stored(scores), book, FACTS)]


def findings(score: Score) -> list[tuple[Any, ...]]:
    return [(f.clause, f.rule, f.start, f.end, f.message, f.severity) for f in score.findings]


@pytest.mark.parametrize("name", ["scores.jsonl", "scores.jsonl.gz", "scores.parquet"])
def test_stored_predictions_give_the_same_scores_without_the_model(
    name: str, folder: Path, tmp_path: Path, book: RuleBook, scorer: csnlp.Scorer
) -> None:
    score_file(scorer, folder / "chats.jsonl", tmp_path / name, probabilities=True)
    again = rescored(folder / "chats.jsonl", tmp_path / name, book)
    scores = [score for score in scorer.score_many(read_exchanges(folder / "chats.jsonl")) if score.error is None]
    assert [score.id for score in again] == [score.id for score in scores] == ["a", "b", "c", "d#2", "d#4", "d"]
    for one, other in zip(scores, again, strict=True):
        assert other.total == pytest.approx(one.total, abs=0.01)
        assert findings(other) == findings(one)
        assert [f.points for f in other.findings] == pytest.approx([f.points for f in one.findings], abs=0.01)
        assert (other.not_applicable, other.acts, other.band) == (one.not_applicable, one.acts, one.band)
        assert other.politeness is not None and one.politeness is not None
        assert (other.politeness.label, other.review) == (one.politeness.label, one.review)
    # Every kind of rule had its say.
    assert {"N1-own", "N3-again"} <= {finding.rule for score in scores for finding in score.findings}
    assert len({score.total for score in scores}) > 3


def test_another_book_gives_other_scores_by_the_same_predictions(
    folder: Path, tmp_path: Path, book: RuleBook, scorer: csnlp.Scorer
) -> None:
    score_file(scorer, folder / "chats.jsonl", tmp_path / "scores.jsonl", probabilities=True)
    (folder / "other.yaml").write_text(BOOK.replace("points: -9", "points: -19"), encoding="utf-8")
    other = load_book(folder / "other.yaml")
    before = rescored(folder / "chats.jsonl", tmp_path / "scores.jsonl", book)
    after = rescored(folder / "chats.jsonl", tmp_path / "scores.jsonl", other)
    changed = [one.id for one, two in zip(before, after, strict=True) if one.total != two.total]
    assert changed == ["a", "c"]
    live = csnlp.load(scorer.model, other, facts=FACTS).score_many(read_exchanges(folder / "chats.jsonl"))
    totals = [score.total for score in live if score.error is None]
    assert [score.total for score in after] == pytest.approx(totals, abs=0.01)


class OneHead:
    """Says the same politeness of everything, and nothing else."""

    def predict(self, exchanges: Sequence[Exchange], /) -> Prediction:
        row = np.float32([0.1, 0.2, 0.3, 0.3, 0.1])
        return Prediction({"politeness": np.tile(row, (len(exchanges), 1))})


@pytest.mark.parametrize("name", ["scores.jsonl", "scores.parquet"])
def test_heads_that_a_model_lacks_are_lacking_in_its_stored_predictions(
    name: str, folder: Path, tmp_path: Path, book: RuleBook
) -> None:
    scorer = csnlp.load(OneHead(), book, facts=FACTS)
    score_file(scorer, folder / "chats.jsonl", tmp_path / name, probabilities=True)
    scores = [score for score in scorer.score_many(read_exchanges(folder / "chats.jsonl")) if score.error is None]
    again = rescored(folder / "chats.jsonl", tmp_path / name, book)
    assert [score.total for score in again] == pytest.approx([score.total for score in scores], abs=0.01)
    assert all(score.accuracy is None and score.act_scores == {} for score in again)
    assert [score.not_applicable for score in again] == [score.not_applicable for score in scores]


class FirstLabels:
    """Has the heads but for ``lacking``, gives each its first label, and takes only what has a sign for a question."""

    def __init__(self, lacking: Sequence[str]) -> None:
        self.heads = [head for head in HEADS.values() if head.name not in lacking]

    def predict(self, exchanges: Sequence[Exchange], /) -> Prediction:
        rows = {head.name: np.float32([1] + [0] * (len(head.labels) - 1)) for head in self.heads}
        predicted = {name: np.tile(row, (len(exchanges), 1)) for name, row in rows.items()}
        asked = [["？" in "".join(turn.text for turn in exchange.context)] for exchange in exchanges]
        return Prediction({**predicted, "applicability": np.float32(asked)})


BARE = {"id": "bare", "reply": "您好"}
TOLD = {"id": "told", "question": "我看看", "reply": "好的"}
ASKED = {"id": "asked", "question": "在吗？", "reply": "在的"}


@pytest.mark.parametrize(
    ("chats", "lacking", "reasons"),
    [
        ([BARE, TOLD, ASKED], [], {"no_customer", "no_question", "no_match"}),
        ([BARE, TOLD, ASKED], ["accuracy"], {"no_customer", "no_head", "no_match"}),
        ([BARE, TOLD], ["accuracy", "complaint", "complaint_type", "satisfaction"], {"no_head"}),
        ([BARE], [], {"no_customer"}),
    ],
)
def test_why_a_head_is_absent_is_told_as_the_model_would(
    chats: list[object], lacking: list[str], reasons: set[str], tmp_path: Path, book: RuleBook
) -> None:
    def absent(cases: Iterable[Case]) -> list[dict[str, str]]:
        names = [head.name for head in HEADS.values() if head.kind != "multilabel"]
        return [{name: case.absence(name) for name in names if name not in case.heads} for case in cases]

    scorer = csnlp.load(FirstLabels(lacking), book)
    path = write_rows(tmp_path / "chats.jsonl", chats)
    score_file(scorer, path, tmp_path / "scores.jsonl", probabilities=True)
    live = absent(scorer.cases(read_exchanges(path)))
    stored = absent(stored_cases(Source.of(path).records(), read_stored(tmp_path / "scores.jsonl"), book))
    assert reasons <= {reason for row in live for reason in row.values()}
    assert stored == live


def stored_row(number: str, **changes: Any) -> dict[str, Any]:
    probabilities = {"politeness": dict.fromkeys(HEADS["politeness"].labels, 0.2)}
    return {"id": number, "act_scores": {}, "probabilities": probabilities, **changes}


TWO = [{"id": "a", "reply": "您好"}, {"id": "b", "reply": "再见"}]
GOOD = [stored_row("a"), stored_row("b")]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([stored_row("a")], "the scores are not those of these chats: 'b' expected, found nothing more"),
        ([*GOOD, stored_row("c")], "the scores are not those of these chats: 'c' is not among them"),
        (GOOD[::-1], "the scores are not those of these chats: 'a' expected, found 'b'"),
        ([], "the scores are not those of these chats: 'a' expected, found nothing more"),
        ([stored_row("13800138000")], "the scores are not those of these chats: 'a' expected, found '[手机号]'"),
        ([*GOOD, stored_row("13800138000")], "'[手机号]' is not among them"),
        ([{"probabilities": {}}], "the scores are not those of these chats: 'a' expected, found no id"),
        ([stored_row("a", probabilities=None)], "row 1: has no probabilities; score the chats with --probabilities"),
        ([{"id": "a", "total": 90}], "row 1: has no probabilities; score the chats with --probabilities"),
        ([stored_row("a", probabilities={"mood": {"bad": 1.0}})], "row 1: "),
        ([stored_row("a", probabilities={"politeness": {"rude": 1.0}})], "row 1: "),
        ([stored_row("a", probabilities={"politeness": 3})], "row 1: "),
        ([stored_row("a", probabilities={"politeness": dict.fromkeys(HEADS["politeness"].labels, "x")})], "row 1: "),
        ([stored_row("a", act_scores=[1])], "row 1: has other act_scores than csnlp; score the chats with this csnlp"),
        ([stored_row("a", act_scores={"mood": 0.5})], "row 1: has other act_scores than csnlp"),
        ([stored_row("a", act_scores={"guess": "high"})], "row 1: has act_scores that are no probabilities"),
        ([stored_row("a"), stored_row("b", act_scores={"guess": float("nan")})], "row 2: has act_scores that are no"),
        ([stored_row("a", act_scores={"guess": 1.5})], "row 1: has act_scores that are no probabilities"),
        ([stored_row("a", politeness_score="high")], "row 1: has a politeness_score that is not 0..1"),
        ([stored_row("a", politeness_score=float("nan"))], "row 1: has a politeness_score that is not 0..1"),
        ([stored_row("a", politeness_score=10**400)], "row 1: has a politeness_score that is not 0..1"),
        (["a"], "scores.jsonl:1: line: is str, which is not an object; write one JSON object a line"),
    ],
)
def test_files_that_do_not_go_together_are_told(
    rows: list[object], message: str, tmp_path: Path, book: RuleBook
) -> None:
    chats = write_rows(tmp_path / "chats.jsonl", TWO)
    scores = write_rows(tmp_path / "scores.jsonl", rows)
    with pytest.raises(CsnlpError) as caught:
        rescored(chats, scores, book)
    assert message in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("scores.jsonl", b"id,total\na,90\n"),
        ("scores.jsonl", b"{"),
        ("scores.jsonl", b"\xff\xfe\x00"),
        ("scores.jsonl", b"PAR1"),
        ("scores.jsonl.gz", b"{}"),
        ("scores.jsonl.gz", gzip.compress(b"{}" * 99)[:-9]),
        ("scores.parquet", b"no parquet"),
        ("scores.parquet", b""),
    ],
)
def test_a_file_that_holds_no_scores_is_named(name: str, content: bytes, tmp_path: Path, book: RuleBook) -> None:
    (tmp_path / name).write_bytes(content)
    chats = write_rows(tmp_path / "chats.jsonl", TWO)
    with pytest.raises(CsnlpError) as caught:
        rescored(chats, tmp_path / name, book)
    assert str(caught.value).startswith(str(tmp_path / name)) and "\n" not in str(caught.value)


def test_scores_that_are_not_there_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not there; give the scores that csnlp score --probabilities wrote"):
        list(read_stored(tmp_path / "scores.jsonl"))


@pytest.mark.parametrize("name", ["scores.csv", "scores.csv.gz", "scores.TSV"])
def test_scores_in_a_table_are_asked_for_in_another_format(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("id,total\na,90\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"is a table, .*; give \.jsonl, \.jsonl\.gz or \.parquet"):
        list(read_stored(tmp_path / name))


def test_scores_of_other_chats_are_an_error_and_not_a_verdict(
    folder: Path, tmp_path: Path, book: RuleBook, scorer: csnlp.Scorer
) -> None:
    score_file(scorer, folder / "chats.jsonl", tmp_path / "scores.parquet", probabilities=True)
    with pytest.raises(ConfigError, match="the scores are not those of these chats"):
        rescored(write_rows(tmp_path / "chats.jsonl", CHATS[1:]), tmp_path / "scores.parquet", book)
