"""Which moves a review allows, and the state that each leads to.

========================================  =======================================  ==============================
from                                      move, by                                 to
========================================  =======================================  ==============================
automatic                                 decide, a reviewer                       confirmed, rejected, corrected
confirmed, rejected, corrected            decide, a second reviewer who agrees     the same
… (decided once)                          decide, a second reviewer who disagrees  disputed
disputed                                  decide, a third reviewer                 confirmed, rejected, corrected
confirmed, rejected, corrected            appeal, the agent of the reply           appealed
appealed                                  settle, by the same ruling               upheld
appealed                                  settle, by another ruling                overturned
upheld, overturned                        none: final
========================================  =======================================  ==============================

The third reviewer's decision stands, whatever it is. Nobody judges an item twice, and nobody judges his own reply: who
settles an appeal is not one of those who decided before.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from csnlp.heads import ACTS, HEADS
from csnlp.reviews.errors import ReviewError
from csnlp.reviews.records import (
    DECIDED,
    VERDICTS,
    Appeal,
    Decision,
    Label,
    Review,
    ReviewItem,
    Ruling,
    State,
    Verdict,
)

DECISIONS_BEFORE: dict[State, int] = {"automatic": 0, **dict.fromkeys(DECIDED, 1), "disputed": 2}
"""A state that can be decided → how many decisions it must have: a third reviewer's is the last."""


def allowed(review: Review) -> tuple[str, ...]:
    """The moves that ``review`` allows to someone: of ``decide``, ``appeal``, ``settle``."""
    moves = {
        "decide": DECISIONS_BEFORE.get(review.state) == len(review.decisions),
        "appeal": review.state in DECIDED,
        "settle": review.state == "appealed",
    }
    return tuple(move for move, holds in moves.items() if holds)


def decide(review: Review, reviewer: str, ruling: Ruling, reason: str, time: datetime) -> Decision:
    """The reviewer's decision; :class:`ReviewError` when it is not allowed."""
    _check_move("decide", review)
    _check_judge(review, reviewer)
    if ruling.verdict != "confirmed":
        _check_reason(reason)
    agrees = all(decision.ruling == ruling for decision in review.decisions)
    casting = review.state == "disputed"
    state: State = ruling.verdict if agrees or casting else "disputed"
    return Decision(review.item.id, reviewer, ruling, reason, time, state)


def appeal(review: Review, agent: str, reason: str, time: datetime) -> Appeal:
    """The agent's appeal; :class:`ReviewError` when it is not allowed."""
    _check_move("appeal", review)
    _check_reason(reason)
    if review.item.agent not in (None, agent):
        raise ReviewError(f"item {review.item.id} is a reply of {review.item.agent}: {agent} cannot appeal")
    if agent in _judges(review):
        raise ReviewError(f"{agent} has decided item {review.item.id} and cannot appeal as its agent")
    return Appeal(review.item.id, agent, reason, time)


def settle(review: Review, judge: str, ruling: Ruling, reason: str, time: datetime) -> Decision:
    """The judge's final decision on the appeal; :class:`ReviewError` when it is not allowed."""
    _check_move("settle", review)
    _check_judge(review, judge)
    _check_reason(reason)
    state: State = "upheld" if ruling == review.decisions[-1].ruling else "overturned"
    return Decision(review.item.id, judge, ruling, reason, time, state)


def make_ruling(item: ReviewItem, verdict: Verdict, label: Label | None, points: float | None) -> Ruling:
    """The ruling in its one form, so that equal rulings compare equal. :class:`ReviewError` when it says nothing of
    ``item``: see :meth:`csnlp.reviews.ReviewStore.decide`."""
    if verdict not in VERDICTS:
        raise ReviewError(f"verdict {verdict!r:.40}: use one of {', '.join(VERDICTS)}")
    if verdict != "corrected":
        if label is not None or points is not None:
            raise ReviewError(f"{verdict} takes no label and no points; use corrected")
        if item.kind == "silence" and verdict == "rejected":
            raise ReviewError("a rule should have fired: use corrected, with the points that it should have moved")
        return Ruling(verdict)
    if item.kind == "head":
        if points is not None:
            raise ReviewError(f"{item.subject} is a head and has no points: correct it with a label")
        return Ruling(verdict, label=_checked_label(item, label))
    if label is not None:
        raise ReviewError(f"{item.subject} is a rule and has no label: correct it with points")
    return Ruling(verdict, points=_checked_points(item, points))


def _checked_label(item: ReviewItem, label: Label | None) -> Label:
    labels = HEADS[item.subject].labels
    if item.subject == ACTS.name:
        if not isinstance(label, tuple | list) or not all(act in labels for act in label):
            raise ReviewError(f"acts {label!r:.80}: give a tuple of any of {', '.join(labels)}")
        label = tuple(act for act in labels if act in label)
    elif label not in labels:
        raise ReviewError(f"{item.subject} {label!r:.40}: use one of {', '.join(labels)}")
    if label == item.label:
        raise ReviewError(f"{label!r} is the automatic label: use confirmed")
    return label


def _checked_points(item: ReviewItem, points: float | None) -> float:
    if not isinstance(points, int | float) or not -100 <= points <= 100:
        found = repr(points)[:40] if isinstance(points, float) else type(points).__name__  # some integers have no repr
        raise ReviewError(f"points ({found}): give a number from -100 to 100, below 0 for what costs points")
    value = round(float(points), 2) + 0.0  # no -0.0
    if item.kind == "finding" and value == item.points:
        raise ReviewError(f"{value} are the automatic points: use confirmed")
    return value


def _check_move(move: str, review: Review) -> None:
    if move not in (now := allowed(review)):
        times = len(review.decisions)
        raise ReviewError(
            f"item {review.item.id} is {review.state} (decisions: {times}), which does not allow to {move}; "
            f"allowed now: {', '.join(now) or 'nothing, it is final'}"
        )


def _check_judge(review: Review, name: str) -> None:
    involved: Collection[str | None] = _judges(review)
    if name in involved:
        raise ReviewError(f"{name} has decided item {review.item.id} already; another person must judge it now")
    agents = {review.item.agent, *(entry.agent for entry in review.history if isinstance(entry, Appeal))}
    if name in agents:
        raise ReviewError(f"{name} is the agent of item {review.item.id}; another person must judge it")


def _judges(review: Review) -> set[str]:
    return {decision.reviewer for decision in review.decisions}


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise ReviewError("a reason is missing: give one (only a confirmation needs none)")
