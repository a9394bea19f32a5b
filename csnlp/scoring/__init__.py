"""Scoring: a model and a rule book tied together."""

from csnlp.scoring.scorer import Scorer, load

__all__ = ["Scorer", "load"]
