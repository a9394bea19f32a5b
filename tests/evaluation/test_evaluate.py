"""An evaluation: which rows each head is judged on, what the measures mean, what is refused."""

import io
import json

import numpy as np
import pytest
from rich.console import Console

import csnlp
from csnlp.errors import ModelError
from csnlp.evaluation import evaluate
from csnlp.evaluation.table import evaluation_table
from csnlp.heads import HEADS
from csnlp.models.protocol import Model
from csnlp.types import Prediction


def test_a_perfect_model_is_perfect(gold, told, sure):
    labels = ["rude", "cold", "neutral", "polite", "warm"] * 4
    rows = [gold(i, {"politeness": label}) for i, label in enumerate(labels)]
    model = told(politeness={f"r{i}": sure("politeness", label) for i, label in enumerate(labels)})
    assert isinstance(model, Model)
    head = evaluate(model, rows, resamples=50).heads["politeness"]
    values = {name: metric.value for name, metric in head.metrics.items()}
    assert values == {"accuracy": 1, "macro_f1": 1, "kappa": 1, "auc": 1, "ece": pytest.approx(0, abs=1e-6)}
    assert head.n == 20 and head.metrics["kappa"].low == 1
    assert head.labels["rude"].gold == head.labels["rude"].both == 4


def test_auc_of_politeness_is_rude_or_cold_against_the_rest(gold, told):
    rows = [gold(0, {"politeness": "cold"}), gold(1, {"politeness": "neutral"}), gold(2, {"politeness": "warm"})]
    # The cold reply has less on rude than the warm one, but more on rude and cold together than any other.
    model = told(politeness={"r0": [0.1, 0.4, 0.5, 0, 0], "r1": [0, 0.2, 0.8, 0, 0], "r2": [0.3, 0, 0, 0, 0.7]})
    head = evaluate(model, rows, resamples=0).heads["politeness"]
    assert head.metrics["auc"].value == 1.0
    assert head.metrics["accuracy"].value == pytest.approx(2 / 3)  # the cold one is taken for neutral
    assert head.metrics["auc"].low is None and head.metrics["auc"].high is None


def test_accuracy_is_judged_where_it_applies_and_applicability_everywhere(gold, told, sure):
    labels = ["answers", None, "wrong", None]
    rows = [gold(i, {"accuracy": label}) for i, label in enumerate(labels)]
    model = told(
        accuracy={f"r{i}": sure("accuracy", label or "evasive") for i, label in enumerate(labels)},
        applicability={"r0": [0.9], "r1": [0.6], "r2": [0.5], "r3": [0.1]},
    )
    heads = evaluate(model, rows, resamples=0).heads
    assert heads["accuracy"].n == 2 and heads["accuracy"].metrics["accuracy"].value == 1
    assert heads["applicability"].n == 4
    # 0.5 counts as yes: three said to apply, two of them do.
    assert heads["applicability"].metrics["accuracy"].value == 0.75
    count = heads["applicability"].labels["accuracy_applies"]
    assert (count.gold, count.predicted, count.both) == (2, 3, 2)


def test_without_words_of_the_customer_only_the_reply_is_judged(gold, told, sure):
    labels = {"politeness": "polite", "accuracy": "answers", "complaint": "none"}
    spoken, silent = gold(0, labels), gold(1, labels, context=[{"role": "agent", "text": "您好"}])
    blank = gold(2, labels, context=[{"role": "customer", "text": " "}])
    heads = {
        name: {f"r{i}": sure(name, *([labels[name]] if name in labels else [])) for i in range(3)}
        for name in ("politeness", "accuracy", "complaint", "applicability")
    }
    found = evaluate(told(**heads), [spoken, silent, blank], resamples=0).heads
    assert {name: head.n for name, head in found.items()} == {
        "politeness": 3,
        "accuracy": 1,
        "applicability": 1,
        "complaint": 1,
    }


def test_acts_average_over_those_with_ten_cases(gold, told, sure):
    acts = [["greeting"] if i < 10 else ["guess"] if i < 12 else [] for i in range(20)]
    rows = [gold(i, {"acts": names}) for i, names in enumerate(acts)]
    # Greeting found in 8 of 10 and never elsewhere; guess never found.
    model = told(acts={f"r{i}": sure("acts", *(["greeting"] if i < 8 else []), confidence=0.8) for i in range(20)})
    head = evaluate(model, rows, resamples=30).heads["acts"]
    assert head.metrics["macro_f1"].value == pytest.approx(2 * 8 / (8 + 10))
    assert head.metrics["auc"].value == pytest.approx((8 * 10 + 2 * 5) / 100)
    assert head.metrics["accuracy"].value == pytest.approx(1 - 4 / 200)
    assert head.metrics["ece"].value == pytest.approx((8 * 0.2 + 2 * 1 + 2 * 1) / 20 / 10, abs=1e-6)


def test_nominal_head_has_no_kappa_and_its_auc_takes_common_labels(gold, told, sure):
    types = ["refund"] * 12 + ["quality"] * 12 + ["price"]
    rows = [gold(i, {"complaint": "complaint", "complaint_type": label}) for i, label in enumerate(types)]
    model = told(complaint_type={f"r{i}": sure("complaint_type", t, confidence=0.6) for i, t in enumerate(types)})
    metrics = evaluate(model, rows, resamples=0).heads["complaint_type"].metrics
    assert set(metrics) == {"accuracy", "macro_f1", "auc", "ece"}
    assert metrics["auc"].value == 1 and metrics["ece"].value == pytest.approx(0.4)


def test_agreement_of_two_labellings(gold, told, sure):
    pairs = [("polite", "polite"), ("polite", "neutral"), ("warm", "warm"), ("cold", "cold"), ("rude", None)]
    rows = [
        gold(i, {"politeness": first}, **({"second": {"politeness": second}} if second else {}))
        for i, (first, second) in enumerate(pairs)
    ]
    model = told(politeness={f"r{i}": sure("politeness", "polite") for i in range(len(pairs))})
    found = evaluate(model, rows, resamples=0).heads["politeness"].agreement
    # Quadratic, by hand: cost 1 seen; by chance (14 for cold + 2 · 6 for polite + 14 for warm) / 4 rows = 10.
    assert found.value == pytest.approx(1 - 1 / 10)
    assert evaluate(model, rows, resamples=0, agreement=False).heads["politeness"].agreement is None


def test_rows_of_a_context_are_resampled_together(gold, told, sure):
    labels = ["polite", "cold"] * 10
    right = [i < 12 for i in range(20)]
    said = {f"r{i}": sure("politeness", label if right[i] else "rude") for i, label in enumerate(labels)}
    apart = [gold(i, {"politeness": label}) for i, label in enumerate(labels)]
    together = [gold(i, {"politeness": label}, group=f"g{i // 4}") for i, label in enumerate(labels)]

    def width(rows):
        metric = evaluate(told(politeness=said), rows).heads["politeness"].metrics["accuracy"]
        return metric.high - metric.low

    assert width(together) > 1.3 * width(apart)


def test_a_long_file_is_predicted_in_batches_and_unknown_heads_are_left_out(gold, told, sure):
    rows = [gold(i, {"politeness": "polite"}) for i in range(300)]
    said = {f"r{i}": sure("politeness", "polite") for i in range(300)}
    model = told(politeness=said, sarcasm={f"r{i}": [0.5] for i in range(300)})
    result = evaluate(model, rows, resamples=0)
    assert model.batches == [256, 44]
    assert list(result.heads) == ["politeness"] and result.heads["politeness"].n == 300


def test_degenerate_files_give_empty_measures_not_errors(gold, told, sure):
    nothing = evaluate(told(politeness={}), [], resamples=10)
    assert nothing.rows == 0 and nothing.heads == {}
    said = told(politeness={"r0": sure("politeness", "polite")}, satisfaction={"r0": sure("satisfaction", "neutral")})
    result = evaluate(said, [gold(0, {"politeness": "polite"})], resamples=10)
    assert result.heads["satisfaction"].n == 0
    assert all(metric.value is None for metric in result.heads["satisfaction"].metrics.values())
    one = result.heads["politeness"].metrics
    assert one["accuracy"].value == 1 and one["accuracy"].low is None
    assert one["auc"].value is None and one["kappa"].value is None
    text = render(result)
    assert "–" in text and "nan" not in text


def test_a_model_with_wrong_arrays_is_refused(gold, told):
    rows = [gold(0, {"politeness": "polite"})]
    with pytest.raises(ModelError, match=r"head politeness has shape \(1, 3\); the model must return \(1, 5\)"):
        evaluate(told(politeness={"r0": [0.2, 0.3, 0.5]}), rows)
    with pytest.raises(ModelError, match="no probabilities"):
        evaluate(told(politeness={"r0": [np.nan] * 5}), rows)


def test_the_result_is_plain_json(gold, told, sure):
    rows = [gold(i, {"politeness": "polite" if i % 2 else "cold"}) for i in range(8)]
    model = told(politeness={f"r{i}": sure("politeness", "polite", confidence=0.7) for i in range(8)})
    result = evaluate(model, rows, resamples=40, seed=3, about={"model": "told"})
    data = json.loads(json.dumps(result.to_dict(), allow_nan=False))
    assert data["model"] == "told" and data["rows"] == 8
    assert data["bootstrap"] == {"resamples": 40, "seed": 3, "level": 0.95}
    head = data["heads"]["politeness"]
    assert head["n"] == 8 and head["labels"]["cold"] == {"gold": 4, "predicted": 0, "both": 0}
    metric = head["metrics"]["accuracy"]
    assert metric["low"] < metric["value"] == 0.5 < metric["high"]


def test_the_table_shows_every_head_within_eighty_columns(gold, told, sure):
    rows = [
        gold(i, {"politeness": "polite", "complaint_type": None}, second={"politeness": "polite"}) for i in range(9)
    ]
    model = told(**{name: {f"r{i}": sure(name, HEADS[name].labels[0]) for i in range(9)} for name in HEADS})
    text = render(evaluate(model, rows, resamples=20, about={"model": "[bold]told", "file": "gold.jsonl"}))
    assert all(name in text for name in HEADS)
    assert "[bold]told on gold.jsonl, 9 rows" in text and "…" not in text
    assert max(map(len, text.splitlines())) <= 80


def render(result):
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(evaluation_table(result))
    return console.export_text()


def test_prediction_without_heads_is_an_empty_evaluation(gold):
    class Silent:
        def predict(self, exchanges, /):
            return Prediction({})

    assert evaluate(Silent(), [gold(0, {"politeness": "polite"})]).heads == {}


def test_what_is_no_model_is_refused(gold):
    with pytest.raises(ModelError, match="str has no predict"):
        evaluate("bert", [gold(0, {"politeness": "polite"})])


def test_a_head_that_comes_and_goes_is_told(gold, told, sure):
    rows = [gold(i, {"politeness": "polite"}) for i in range(300)]
    said = {f"r{i}": sure("politeness", "polite") for i in range(300)}

    class Fickle:
        def predict(self, exchanges, /):
            return told(politeness=said).predict(exchanges) if len(exchanges) == 256 else Prediction({})

    with pytest.raises(ModelError, match="head politeness is there for some exchanges only"):
        evaluate(Fickle(), rows)


def test_an_answer_in_several_messages_is_judged_as_the_scorer_judges_it(gold):
    class Reader:
        """Finds an answer where the reply has a figure."""

        def predict(self, exchanges):
            labels = HEADS["accuracy"].labels
            found = [labels.index("answers" if any(map(str.isdigit, e.reply)) else "evasive") for e in exchanges]
            return Prediction({"accuracy": np.eye(len(labels), dtype=np.float32)[found]})

    turns = [{"role": "customer", "text": "几天能退"}, {"role": "agent", "text": "7天内都可以"}]
    row = gold(0, {"accuracy": "answers"}, context=turns, reply="您放心哈")
    assert evaluate(Reader(), [row], resamples=0).heads["accuracy"].metrics["accuracy"].value == 1
    assert csnlp.load(Reader()).score(row.exchange).accuracy.label == "answers"


def test_a_model_is_given_no_more_at_once_than_it_takes(gold, told, sure):
    rows = [gold(i, {"politeness": "polite"}) for i in range(10)]
    model = told(politeness={f"r{i}": sure("politeness", "polite") for i in range(10)})
    model.window = 4
    assert evaluate(model, rows, resamples=0).heads["politeness"].n == 10
    assert model.batches == [4, 4, 2]
