"""One row of a prediction, and the rule book → a :class:`csnlp.types.Score`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from csnlp.heads import ACTS, HEADS, Head
from csnlp.rules.book import RuleBook
from csnlp.types import Exchange, FloatArray, HeadScore, Line, Score

ACT_THRESHOLD = 0.5
"""An act is named when it is more likely there than not; so is the applicability of accuracy."""

_REVIEWED = ("politeness", "accuracy", "complaint")


def assemble(exchange: Exchange, row: Mapping[str, FloatArray], book: RuleBook) -> Score:
    """The score of ``exchange`` from ``row`` (head name → probabilities of its labels)."""
    heads = {name: head_score(HEADS[name], row[name]) for name in applicable(exchange, row)}
    lines = account({name: heads.get(name) for name in book.weights}, book)
    acts = dict(zip(ACTS.labels, row[ACTS.name].tolist(), strict=True)) if ACTS.name in row else {}
    return Score(
        id=exchange.id,
        politeness=heads.get("politeness"),
        accuracy=heads.get("accuracy"),
        complaint=heads.get("complaint"),
        complaint_type=heads.get("complaint_type"),
        satisfaction=heads.get("satisfaction"),
        acts=tuple(act for act, probability in acts.items() if probability >= ACT_THRESHOLD),
        act_scores=acts,
        review=any(heads[name].confidence < book.review_below for name in _REVIEWED if name in heads),
        total=round(sum(line.points for line in lines), 2) if lines else None,
        lines=lines,
    )


def applicable(exchange: Exchange, row: Mapping[str, FloatArray]) -> list[str]:
    """The ordinal and nominal heads that the model has and that can be asked of ``exchange``.

    Accuracy, complaint and satisfaction need a customer who said something; accuracy needs him to have asked
    something (the applicability head); the type of a complaint needs one.
    """
    names = [name for name in ("politeness", "accuracy", "complaint", "complaint_type", "satisfaction") if name in row]
    if not exchange.has_customer:
        return [name for name in names if name == "politeness"]
    if "applicability" in row and row["applicability"][0] < ACT_THRESHOLD:
        names = [name for name in names if name != "accuracy"]
    if "complaint" in row and int(np.argmax(row["complaint"])) == 0:
        names = [name for name in names if name != "complaint_type"]
    return names


def head_score(head: Head, probabilities: FloatArray) -> HeadScore:
    """The verdict of one head; ``probabilities`` has shape (labels,)."""
    best = int(np.argmax(probabilities))
    expected = None
    if head.kind == "ordinal":
        ranks = np.arange(len(head.labels), dtype=np.float64)
        expected = float(probabilities.astype(np.float64) @ ranks) / (len(head.labels) - 1)
    return HeadScore(
        label=head.labels[best],
        confidence=float(probabilities[best]),
        probabilities=dict(zip(head.labels, probabilities.tolist(), strict=True)),
        score=expected,
    )


def account(heads: Mapping[str, HeadScore | None], book: RuleBook) -> tuple[Line, ...]:
    """What each head gives to the total. A head that does not apply leaves its weight to the others."""
    present = {name: head for name, head in heads.items() if head is not None and head.score is not None}
    whole = sum(book.weights[name] for name in present)
    lines = []
    for name, head in present.items():
        score = head.score or 0.0
        possible = 100 * book.weights[name] / whole
        lines.append(Line(name, head.label, score, book.weights[name], round(possible, 2), round(possible * score, 2)))
    return tuple(lines)
