"""One row of a prediction, and the rule book → a :class:`csnlp.types.Score`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from csnlp.heads import ACTS, HEADS, ONE_LABEL, Head
from csnlp.rules.account import account
from csnlp.rules.book import RuleBook
from csnlp.rules.case import Case, Embed
from csnlp.rules.engine import judge
from csnlp.rules.facts import FactTable
from csnlp.rules.kinds.facts import is_contradicted
from csnlp.types import Exchange, FloatArray, HeadScore, Score

ACT_THRESHOLD = 0.5
"""An act is named when it is more likely there than not; so is the applicability of accuracy."""

_RANKS = np.arange(max(len(head.labels) for head in HEADS.values()), dtype=np.float64)
_REVIEWED = ("politeness", "accuracy", "complaint")


def case_of(
    exchange: Exchange,
    row: Mapping[str, FloatArray],
    book: RuleBook,
    facts: FactTable | None = None,
    embed: Embed | None = None,
) -> Case:
    """``exchange`` with the verdicts in ``row`` (head name → probabilities of its labels), as the rules see it."""
    heads = {name: head_score(HEADS[name], row[name]) for name in applicable(exchange, row)}
    acts = dict(zip(ACTS.labels, row[ACTS.name].tolist(), strict=True)) if ACTS.name in row else {}
    return Case(exchange, book.scanner, heads, acts, frozenset(row), facts, embed)


def assemble(case: Case, book: RuleBook) -> Score:
    """The score of ``case`` by ``book``."""
    heads = case.heads
    results = judge(book, case)
    lines, findings, total = account(book, results)
    return Score(
        id=case.exchange.id,
        politeness=heads.get("politeness"),
        accuracy=heads.get("accuracy"),
        complaint=heads.get("complaint"),
        complaint_type=heads.get("complaint_type"),
        satisfaction=heads.get("satisfaction"),
        acts=tuple(act for act, probability in case.acts.items() if probability >= ACT_THRESHOLD),
        act_scores=case.acts,
        review=_needs_review(case, book),
        total=total,
        lines=lines,
        findings=findings,
        band=book.band(total),
        not_applicable={result.clause.id: result.reason for result in results if result.reason is not None},
    )


def _needs_review(case: Case, book: RuleBook) -> bool:
    """Whether a verdict is unsure, or calls a reply wrong that neither the facts nor the reference contradict.

    What is true the model cannot know, so that "wrong" is its guess at any confidence: of the replies to which it gives
    that name in real chats, about half are (models/zh-small/README.md).
    """
    verdicts = [verdict for name in _REVIEWED if (verdict := case.heads.get(name))]
    if any(verdict.confidence < book.review_below for verdict in verdicts):
        return True
    accuracy = case.heads.get("accuracy")
    if accuracy is None or accuracy.label != "wrong":
        return False
    return not any(is_contradicted(against, case) for against in ("table", "reference"))


def applicable(exchange: Exchange, row: Mapping[str, FloatArray]) -> list[str]:
    """The ordinal and nominal heads that the model has and that can be asked of ``exchange``.

    Accuracy, complaint and satisfaction need a customer who said something; accuracy needs him to have asked
    something (the applicability head), and is asked of the last of several messages; the type of a complaint needs one.
    """
    names = [name for name in ONE_LABEL if name in row]
    if not exchange.has_customer:
        return [name for name in names if name == "politeness"]
    if exchange.is_continued or ("applicability" in row and row["applicability"][0] < ACT_THRESHOLD):
        names = [name for name in names if name != "accuracy"]
    if "complaint" in row and row["complaint"].argmax() == 0:
        names = [name for name in names if name != "complaint_type"]
    return names


def head_score(head: Head, probabilities: FloatArray) -> HeadScore:
    """The verdict of one head; ``probabilities`` has shape (labels,)."""
    values = probabilities.tolist()
    best = values.index(max(values))
    expected = None
    if head.kind == "ordinal":
        expected = float(probabilities.astype(np.float64) @ _RANKS[: len(values)]) / (len(values) - 1)
    return HeadScore(
        label=head.labels[best],
        confidence=values[best],
        probabilities=dict(zip(head.labels, values, strict=True)),
        score=expected,
    )
