"""Measures models on labelled exchanges: metrics, bootstrap intervals, thresholds."""

from csnlp.evaluation.gold import GoldRow, read_gold
from csnlp.evaluation.results import Evaluation, HeadEvaluation, Metric
from csnlp.evaluation.run import evaluate
from csnlp.evaluation.thresholds import Threshold, parse_threshold, problems

__all__ = [
    "Evaluation",
    "GoldRow",
    "HeadEvaluation",
    "Metric",
    "Threshold",
    "evaluate",
    "parse_threshold",
    "problems",
    "read_gold",
]
