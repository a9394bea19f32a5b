"""Public tasks: their files, what is measured on them, and a model trained for one."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import f1_score

import csnlp
from csnlp.cli.main import main
from csnlp.errors import ConfigError, CsnlpWarning, InputError, ModelError
from csnlp.evaluation.task_run import evaluate_task
from csnlp.evaluation.tasks import TASKS, Case, find_task, read_cases
from csnlp.models.registry import load_folder
from csnlp.training.run import train
from csnlp.types import Exchange, Prediction, Turn

ROWS: dict[str, list[dict[str, Any]]] = {
    "offence": [{"text": "你们都滚", "offensive": 1}, {"text": "谢谢您", "offensive": 0}],
    "condescension": [{"text": "多可怜啊", "condescension": 2}, {"text": "天气好", "condescension": 0, "title": ""}],
    "talk_politeness": [{"text": "请您看一下", "politeness": 3.5}, {"text": "别改了", "politeness": 1}],
    "intent": [{"text": "能便宜点吗", "intent": "讲价"}, {"text": "几天到", "intent": "问物流"}],
    "relevance": [{"query": "几楼？", "replies": [{"text": "五楼", "label": 1}, {"text": "您好", "label": 0}]}],
    "contradiction": [{"u1": "你多大", "b1": "二十", "u2": "几岁了", "b2": "三十", "contradiction": 1}],
    "same_question": [{"a": "怎么退款", "b": "如何退款", "label": "1"}],
    "emotion": [{"text": "气死我了", "emotion": "angry"}],
}


class Says:
    """A model whose one head says what it was given."""

    def __init__(self, head: str, rows: Sequence[Sequence[float]]) -> None:
        self.head, self.rows = head, np.array(rows)

    def predict(self, exchanges: Sequence[Exchange], /) -> Prediction:
        return Prediction({self.head: self.rows[: len(exchanges)]})


def write(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    return path


@pytest.mark.parametrize("name", TASKS)
def test_every_task_reads_its_files(name: str, tmp_path: Path) -> None:
    task = find_task(name)
    cases = list(read_cases(task, write(tmp_path / "rows.jsonl.gz", ROWS[name])))
    assert len(cases) == sum(len(row.get("replies", "1")) for row in ROWS[name])
    assert all(case.exchange.reply and case.group for case in cases)
    if task.labels and task.kind == "nominal":
        assert {case.value for case in cases} <= set(task.labels)


def test_the_replies_to_a_query_stay_together_and_follow_each_other(tmp_path: Path) -> None:
    cases = list(read_cases(TASKS["relevance"], write(tmp_path / "rows.jsonl", ROWS["relevance"])))
    assert [(case.exchange.reply, case.value) for case in cases] == [("五楼", "answers"), ("您好", "off")]
    assert {case.group for case in cases} == {"几楼？"}
    asked, answered = Turn("customer", "几楼？"), Turn("agent", "五楼")
    assert [case.exchange.context for case in cases] == [(asked,), (asked, answered)]


@pytest.mark.parametrize(
    ("name", "row", "message"),
    [
        ("offence", {"text": "好"}, "has no field 'offensive'; task offence reads: text, offensive"),
        ("offence", {"text": 3, "offensive": 1}, "a text is not a string"),
        ("condescension", {"text": "好", "condescension": "0"}, "condescension is not a whole number from 0 to 3"),
        ("intent", {"text": "好", "intent": None}, "intent is not a name"),
        ("relevance", {"query": "几楼", "replies": {}}, "replies is no list"),
        ("relevance", {"query": "几楼", "replies": ["五楼"]}, "replies is no list of objects"),
        ("same_question", {"a": "好", "b": "好", "label": 0.7}, 'label is neither "0" nor "1"'),
        ("talk_politeness", {"text": "好", "politeness": 7}, "talk_politeness is not between 0 and 4"),
        ("relevance", {"query": "几楼", "replies": [{"text": "五楼", "label": 3}]}, "task relevance reads: query"),
    ],
)
def test_a_bad_row_is_named(name: str, row: dict[str, Any], message: str, tmp_path: Path) -> None:
    path = write(tmp_path / "rows.jsonl", [ROWS[name][0], row])
    with pytest.raises(InputError) as raised:
        list(read_cases(TASKS[name], path))
    assert f"{path}:2" in str(raised.value) and message in str(raised.value)


@pytest.mark.parametrize(("name", "field"), [("offence", "offensive"), ("talk_politeness", "politeness")])
def test_a_wrong_value_is_not_quoted(name: str, field: str, tmp_path: Path) -> None:
    path = write(tmp_path / "rows.jsonl", [{"text": "好", field: "张三13800138000"}])
    with pytest.raises(InputError, match=f"{field} is not a") as raised:
        list(read_cases(TASKS[name], path))
    assert "13800138000" not in str(raised.value)


def test_two_labels_are_measured_by_the_last_one() -> None:
    rng = np.random.default_rng(3)
    gold, p = rng.integers(0, 2, 200), rng.random(200)
    cases = [Case(Exchange("好"), ("clean", "offensive")[g], str(n)) for n, g in enumerate(gold)]
    result = evaluate_task(Says("offence", np.stack([1 - p, p], 1)), TASKS["offence"], cases, resamples=200)
    measures = result.heads["offence"].metrics
    assert measures["f1"].value == pytest.approx(f1_score(gold, p > 0.5))
    assert measures["macro_f1"].value == pytest.approx(f1_score(gold, p > 0.5, average="macro"))
    assert measures["accuracy"].value == pytest.approx(np.mean(gold == (p > 0.5)))
    low, high = measures["f1"].low, measures["f1"].high
    assert low is not None and high is not None and low < f1_score(gold, p > 0.5) < high


def test_ranks_are_measured_by_correlation() -> None:
    rng = np.random.default_rng(4)
    gold = rng.integers(0, 13, 150) / 3
    said = rng.dirichlet(np.ones(5), 150)
    cases = [Case(Exchange("好"), float(value), str(n)) for n, value in enumerate(gold)]
    result = evaluate_task(Says("talk_politeness", said), TASKS["talk_politeness"], cases, resamples=0)
    measures, expected = result.heads["talk_politeness"].metrics, said @ np.arange(5)
    assert measures["pearson"].value == pytest.approx(pearsonr(expected, gold)[0])
    assert measures["spearman"].value == pytest.approx(spearmanr(expected, gold)[0])
    assert measures["mae"].value == pytest.approx(np.abs(expected - gold).mean())


def test_a_head_of_csnlp_stands_in_for_the_task() -> None:
    cases = [Case(Exchange("滚"), "offensive", "a"), Case(Exchange("谢谢"), "clean", "b")]
    model = Says("politeness", [[0.5, 0.2, 0.3, 0, 0], [0.1, 0.1, 0.2, 0.3, 0.3]])
    assert evaluate_task(model, TASKS["offence"], cases, resamples=0).heads["offence"].metrics["accuracy"].value == 1
    with pytest.raises(ModelError, match="no head intent"):
        evaluate_task(model, TASKS["intent"], [Case(Exchange("好"), "讲价", "a")])


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([0.5, 0.5], r"head offence has shape \(2,\); the model must return \(2, 2\)"),
        ([[0.5, 0.5]], r"head offence has shape \(1, 2\); the model must return \(2, 2\)"),
        ([[0.2, 0.8, 0.0]] * 2, r"head offence has shape \(2, 3\)"),
        ([[np.nan] * 2] * 2, "head offence has values that are no probabilities"),
    ],
)
def test_a_model_with_wrong_arrays_is_refused(rows: Sequence[Any], message: str) -> None:
    cases = [Case(Exchange("滚"), "offensive", "a"), Case(Exchange("谢谢"), "clean", "b")]
    with pytest.raises(ModelError, match=message):
        evaluate_task(Says("offence", rows), TASKS["offence"], cases)
    with pytest.raises(ModelError, match="Says is a class"):
        evaluate_task(Says, TASKS["offence"], cases)  # type: ignore[arg-type]


def test_a_model_is_trained_and_measured_for_a_task(
    tiny_base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        {"text": f"{opening}{word}{ending}", "intent": intent}
        for opening in ("", "您好", "请", "亲", "查一下")
        for word, intent in (("退款", "退"), ("什么时候发货", "发"), ("多少钱", "价"))
        for ending in ("", "？", "。", "谢谢")
    ]
    file = write(tmp_path / "rows.jsonl", rows)
    settings = {"name": "intents", "version": "1", "base": str(tiny_base), "output": "run", "task": "intent"}
    settings |= {"steps": 60, "batch_size": 16, "max_tokens": 32, "learning_rate": 3e-3, "evaluate_every": 20}
    sources = [{"path": str(file), "holdout": 0.25}]
    recipe = tmp_path / "intents.yaml"
    recipe.write_text(yaml.safe_dump({**settings, "sources": sources}), encoding="utf-8")
    folder = train(recipe)

    model = load_folder(folder)
    assert {name: head.labels for name, head in model.engine.heads.items()} == {"intent": ("价", "发", "退")}
    assert main(["evaluate", str(folder), str(file), "--task", "intent", "--fail-under", "intent.macro_f1=0.9"]) == 0
    assert main(["evaluate", str(folder), str(file), "--task", "intent", "--fail-under", "intent.accuracy=1.1"]) == 1
    assert "intent.accuracy" in capsys.readouterr().err
    # The engines agree on a task's head as they do on csnlp's own.
    texts = [Exchange(row["text"]) for row in rows[:12]]
    for device in ("onnx", "torch"):
        np.testing.assert_allclose(
            load_folder(folder, device).logits(texts)["intent"],
            load_folder(folder, "cpu-float32").logits(texts)["intent"],
            atol=1e-3,
        )
    # A scorer takes it, and says that none of its heads is used.
    with pytest.warns(CsnlpWarning, match=r"none of the model's heads \(intent\) is known"):
        assert csnlp.load(folder).score("亲，三天发货", question="什么时候发货").politeness is None

    other = train(recipe, fold=1)
    assert other.parent.name == "run-fold1"
    with pytest.raises(ConfigError, match="folds are 0 to 3"):
        train(recipe, fold=4)
    held_out = tmp_path / "run-fold1/heldout/rows.jsonl"
    assert 0 < len(held_out.read_text(encoding="utf-8").splitlines()) < len(rows)
    assert main(["evaluate", str(other), str(held_out), "--task", "intent"]) == 0
    settings["output"], sources[0]["share"] = "shared", 2.0
    recipe.write_text(yaml.safe_dump({**settings, "sources": sources}), encoding="utf-8")
    with pytest.raises(ConfigError, match="nothing else"):
        train(recipe)
