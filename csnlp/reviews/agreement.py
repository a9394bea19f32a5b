"""How far people and the machine, and people among themselves, agree."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from csnlp.evaluation.metrics import confusion, kappa
from csnlp.heads import ACTS, BY_PEOPLE, HEADS
from csnlp.reviews.errors import ReviewError
from csnlp.reviews.records import ReviewItem, Ruling
from csnlp.reviews.store import ReviewStore

FINDINGS = "findings"
"""All rules together, as yes or no."""

_Z95 = 1.959964
_CONFIRMED = Ruling("confirmed")

_Pair: TypeAlias = tuple[ReviewItem, Ruling, Ruling]


@dataclass(frozen=True, slots=True)
class OverturnRate:
    """Of the ``n`` decided findings of ``rule``, how many people ``rejected`` and ``corrected`` (other points).

    ``rate`` is the share of both, 0..1; ``low`` and ``high`` its Wilson 95 % interval.
    """

    rule: str
    n: int
    rejected: int
    corrected: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """Cohen's ``kappa`` over ``n`` pairs of verdicts; nan when it is undefined (no pairs, or one label only).

    ``left_out``: pairs of which one says that the head has no verdict here, which is no rank on its scale.
    """

    kappa: float
    n: int
    left_out: int = 0


def overturn_rates(store: ReviewStore) -> tuple[OverturnRate, ...]:
    """Each rule with decided findings, by name. Findings that are disputed or under appeal are not counted."""
    counts: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(("confirmed", "rejected", "corrected"), 0))
    for review in store.stream():
        if review.item.kind == "finding" and (decision := review.uncontested):
            counts[review.item.subject][decision.verdict] += 1
    return tuple(
        _overturn_rate(rule, sum(by.values()), by["rejected"], by["corrected"]) for rule, by in sorted(counts.items())
    )


def human_machine_kappa(store: ReviewStore, head: str) -> Agreement:
    """The automatic verdicts against the decisions on them that nobody contests.

    ``head``: a head (quadratic weights where its labels are ranks; for ``acts`` name one act), the id of a rule, or
    ``"findings"`` for all rules. A rule's answers are yes and no: without silent rules in the store (see
    :meth:`ReviewStore.add`) the machine only ever says yes, and kappa is 0 or undefined. Reviewers who see the
    automatic verdict tend to follow it: this is an upper bound of what independent labels would show.
    """
    decided = ((review.item, review.uncontested) for review in store.stream())
    return _agreement(head, ((item, _CONFIRMED, decision.ruling) for item, decision in decided if decision))


def reviewer_kappa(store: ReviewStore, head: str) -> Agreement:
    """First against second opinions, which are given blind. ``head`` as in :func:`human_machine_kappa`."""
    twice = ((review.item, review.opinions[:2]) for review in store.stream() if len(review.opinions) > 1)
    return _agreement(head, ((item, first.ruling, second.ruling) for item, (first, second) in twice))


def wilson(successes: int, n: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927), within 0..1; ``n`` is above 0."""
    share = successes / n
    centre = share + _Z95**2 / (2 * n)
    half = _Z95 * math.sqrt(share * (1 - share) / n + _Z95**2 / (4 * n**2))
    whole = 1 + _Z95**2 / n
    return max(0.0, (centre - half) / whole), min(1.0, (centre + half) / whole)


def _overturn_rate(rule: str, n: int, rejected: int, corrected: int) -> OverturnRate:
    overturned = rejected + corrected
    return OverturnRate(rule, n, rejected, corrected, overturned / n, *wilson(overturned, n))


def _agreement(name: str, pairs: Iterable[_Pair]) -> Agreement:
    if name == ACTS.name:
        raise ReviewError(f"acts are many answers at once: name one of {', '.join(ACTS.labels)}")
    if name in BY_PEOPLE or name in ACTS.labels:
        return _head_agreement(name, pairs)
    answers = [
        (item.fires(one), item.fires(other))
        for item, one, other in pairs
        if item.kind != "head" and name in (item.subject, FINDINGS)
    ]
    return _kappa(answers, labels=2)


def _head_agreement(name: str, pairs: Iterable[_Pair]) -> Agreement:
    head = HEADS.get(name, ACTS)
    labels = [
        (item.label_by(one), item.label_by(other))
        for item, one, other in pairs
        if item.kind == "head" and item.subject == head.name
    ]
    kept = [(one, other) for one, other in labels if one is not None and other is not None]
    left_out = len(labels) - len(kept)
    if head is ACTS:
        return _kappa([(name in one, name in other) for one, other in kept], labels=2, left_out=left_out)
    ranks = [(head.labels.index(str(one)), head.labels.index(str(other))) for one, other in kept]
    return _kappa(ranks, labels=len(head.labels), quadratic=head.kind == "ordinal", left_out=left_out)


def _kappa(pairs: Sequence[tuple[int, int]], *, labels: int, quadratic: bool = False, left_out: int = 0) -> Agreement:
    one, other = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    value = kappa(confusion(one, other, labels), quadratic=quadratic)
    return Agreement(float(value), len(pairs), left_out)
