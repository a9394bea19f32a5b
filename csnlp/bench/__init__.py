"""Measures speed: named scenarios for a model and a file (``csnlp bench``), and the timing that compares peers."""

from csnlp.bench.machine import machine
from csnlp.bench.scenarios import SCENARIOS, Subject
from csnlp.bench.timing import Comparison, compare

__all__ = ["SCENARIOS", "Comparison", "Subject", "compare", "machine"]
