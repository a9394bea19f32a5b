"""The heads: what a model says of an exchange, each with its labels in order.

The labels are those of the annotation guide (models/data/README.md). Ordinal labels run from the lowest rank up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

HeadKind = Literal["ordinal", "nominal", "multilabel"]


@dataclass(frozen=True, slots=True)
class Head:
    """One thing that a model is asked. ``kind`` says how its columns are read (see :class:`csnlp.types.Prediction`)."""

    name: str
    kind: HeadKind
    labels: tuple[str, ...]


POLITENESS = Head("politeness", "ordinal", ("rude", "cold", "neutral", "polite", "warm"))
ACCURACY = Head("accuracy", "ordinal", ("wrong", "evasive", "progresses", "answers"))
# Whether accuracy can be asked at all: not when the customer asked nothing.
APPLICABILITY = Head("applicability", "multilabel", ("accuracy_applies",))
COMPLAINT = Head("complaint", "ordinal", ("none", "dissatisfied", "complaint", "escalation"))
COMPLAINT_TYPE = Head(
    "complaint_type",
    "nominal",
    ("refund", "attitude", "mismatch", "quality", "logistics", "delay", "price", "other"),
)
ACTS = Head(
    "acts",
    "multilabel",
    (
        "apology",
        "empathy",
        "greeting",
        "closing",
        "asks_anything_else",
        "gives_steps",
        "asks_for_information",
        "asks_to_wait",
        "over_promise",
        "guess",
    ),
)
SATISFACTION = Head("satisfaction", "ordinal", ("unsatisfied", "neutral", "satisfied"))

HEADS: dict[str, Head] = {
    head.name: head for head in (POLITENESS, ACCURACY, APPLICABILITY, COMPLAINT, COMPLAINT_TYPE, ACTS, SATISFACTION)
}

ONE_LABEL = tuple(name for name, head in HEADS.items() if head.kind != "multilabel")
"""The heads that give an exchange one of their labels."""

BY_PEOPLE = tuple(name for name in HEADS if name != APPLICABILITY.name)
"""The heads that people label and review; that accuracy does not apply they say by giving it no label."""

OF_CUSTOMER = frozenset(head.name for head in (ACCURACY, APPLICABILITY, COMPLAINT, COMPLAINT_TYPE, SATISFACTION))
"""The heads that can be asked only where the customer said something."""


def network_heads(shape: Mapping[str, Any]) -> dict[str, Head]:
    """The heads of a network of this ``shape`` (``network`` in csnlp.json), by name, in order: csnlp's own, unless the
    shape names others, as that of a model trained for one task alone does (:mod:`csnlp.evaluation.tasks`)."""
    others = [Head(head["name"], head["kind"], tuple(head["labels"])) for head in shape.get("heads") or ()]
    return {head.name: head for head in others} or HEADS
