"""Thresholds for CI: how they are written, when they are met."""

import pytest

from csnlp.errors import ConfigError
from csnlp.evaluation import Evaluation, HeadEvaluation, Metric, Threshold, parse_threshold, problems


def evaluation(**metrics):
    head = HeadEvaluation(n=9, metrics={name: Metric(value) for name, value in metrics.items()}, labels={})
    return Evaluation(rows=9, heads={"politeness": head}, resamples=0, seed=0)


def test_a_threshold_is_head_metric_and_value():
    assert parse_threshold("politeness.kappa=0.85") == Threshold("politeness", "kappa", 0.85)
    assert parse_threshold(" acts.macro_f1 = .8 ") == Threshold("acts", "macro_f1", 0.8)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("politeness", "is not head.metric=value"),
        ("kappa=0.5", "is not head.metric=value"),
        ("mood.kappa=0.5", "no head 'mood'; use one of: politeness, accuracy, applicability"),
        ("politeness.f1=0.5", "no metric 'f1'; use one of: accuracy, macro_f1, kappa, auc, ece"),
        ("acts.kappa=0.5", "no metric 'kappa'; use one of: accuracy, macro_f1, auc, ece"),
        ("politeness.kappa=high", "'high' is not a number"),
        ("politeness.kappa=nan", "'nan' is not a number"),
    ],
)
def test_a_wrong_threshold_lists_what_is_valid(text, message):
    with pytest.raises(ConfigError) as caught:
        parse_threshold(text)
    assert message in str(caught.value)


def test_met_thresholds_have_no_problems():
    result = evaluation(kappa=0.85, ece=0.05)
    assert problems(result, [Threshold("politeness", "kappa", 0.85), Threshold("politeness", "ece", 0.05)]) == []


def test_each_missed_threshold_says_value_and_bound():
    result = evaluation(kappa=0.79, ece=0.2, auc=None)
    wanted = [
        Threshold("politeness", "kappa", 0.85),
        Threshold("politeness", "ece", 0.1),
        Threshold("politeness", "auc", 0.9),
        Threshold("acts", "auc", 0.9),
    ]
    assert problems(result, wanted) == [
        "politeness.kappa: 0.7900 is under 0.85",
        "politeness.ece: 0.2000 is over 0.1",
        "politeness.auc: undefined on 9 labelled rows; wanted 0.9",
        "acts.auc: the model has no head acts; wanted 0.9",
    ]
