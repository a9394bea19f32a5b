"""Rows of the database ↔ values."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from csnlp.reviews.errors import ReviewError
from csnlp.reviews.moves import DECISIONS_BEFORE
from csnlp.reviews.records import STATES, Appeal, Decision, Label, Review, ReviewItem, Ruling, State
from csnlp.reviews.snapshot import Automatic, label_from_json

_ITEM = (
    "items.id, items.reply, items.kind, items.subject, items.clause, items.number, items.label, items.points, "
    'items.start, items."end", items.message, items.added, items.added_by, replies.agent'
)
_EVENT = (
    "events.id AS event, events.actor, events.verdict, events.label AS new_label, events.points AS new_points, "
    "events.reason, events.time, events.state"
)
_JOINED = "items JOIN replies ON replies.id = items.reply"
_WITH_EVENTS = f"{_JOINED} LEFT JOIN events ON events.item = items.id"
SELECT_ITEMS = f"SELECT {_ITEM}, replies.exchange FROM {_JOINED}"
SELECT_REVIEWS = f"SELECT {_ITEM}, replies.exchange, {_EVENT} FROM {_WITH_EVENTS}"
SELECT_VERDICTS = f"SELECT {_ITEM}, '' AS exchange, {_EVENT} FROM {_WITH_EVENTS}"
"""Reviews without their texts, which are long and would come again with every event."""
INSERT_REPLY = "INSERT INTO replies (id, agent, exchange, automatic) VALUES (?, ?, ?, ?)"
INSERT_ITEM = """INSERT INTO items
    (reply, kind, subject, clause, number, label, points, start, "end", message, added, added_by)
    VALUES (:reply, :kind, :subject, :clause, :number, :label, :points, :start, :end, :message, :added, :added_by)
    ON CONFLICT DO NOTHING"""
INSERT_EVENT = """INSERT INTO events (item, actor, verdict, label, points, reason, time, state)
    VALUES (:item, :actor, :verdict, :label, :points, :reason, :time, :state)"""

_STATE = "coalesce((SELECT state FROM events WHERE item = items.id ORDER BY id DESC LIMIT 1), 'automatic')"
_DECISIONS = "(SELECT count(*) FROM events WHERE item = items.id AND verdict IS NOT NULL)"


def conditions(
    *, states: Collection[State], rule: str | None, head: str | None, agent: str | None, reviewer: str | None
) -> tuple[str, list[object]]:
    """The WHERE clause of a queue and its values; see :meth:`csnlp.reviews.ReviewStore.queue`."""
    parts = ["1"]
    values: list[object] = []
    if unknown := [state for state in states if state not in STATES]:
        raise ReviewError(f"{unknown[0]!r:.40} is no state; the states are {', '.join(STATES)}")
    if states:
        parts.append(f"{_STATE} IN ({', '.join('?' * len(states))})")
        values.extend(states)
    if rule is not None:
        parts.append("items.subject = ? AND items.kind <> 'head'")
        values.append(rule)
    if head is not None:
        parts.append("items.subject = ? AND items.kind = 'head'")
        values.append(head)
    if agent is not None:
        parts.append("replies.agent = ?")
        values.append(agent)
    if reviewer is not None:
        open_states = ", ".join(["(?, ?)"] * len(DECISIONS_BEFORE))
        parts.append(f"({_STATE}, {_DECISIONS}) IN (VALUES {open_states})")
        values.extend(value for pair in DECISIONS_BEFORE.items() for value in pair)
        parts.append("NOT EXISTS (SELECT 1 FROM events WHERE item = items.id AND actor = ?)")
        parts.append("replies.agent IS NOT ?")
        values.extend((reviewer, reviewer))
    return " AND ".join(parts), values


def new_items(
    automatic: Automatic, heads: Collection[str], silent: Mapping[str, str], undecided: Collection[str]
) -> list[dict[str, object]]:
    """The items of a reply: its findings, the rules of ``silent`` that did not fire on a decided clause, its heads."""
    nothing = {"clause": "", "number": -1, "label": None, "points": 0.0, "start": 0, "end": 0, "message": ""}
    items: list[dict[str, object]] = [
        {
            "kind": "finding",
            "subject": finding.rule,
            "clause": finding.clause,
            "number": number,
            "label": None,
            "points": finding.points,
            "start": finding.start,
            "end": finding.end,
            "message": finding.message,
        }
        for number, finding in enumerate(automatic.findings)
    ]
    fired = {finding.rule for finding in automatic.findings}
    for rule, clause in silent.items():
        if rule not in fired and clause not in undecided:
            items.append({**nothing, "kind": "silence", "subject": rule, "clause": clause})
    for head in heads:
        if head in automatic.heads:
            items.append({**nothing, "kind": "head", "subject": head, "label": _label_json(automatic.heads[head])})
    return items


def decision_row(decision: Decision) -> dict[str, object]:
    """The values of :data:`INSERT_EVENT` for a decision."""
    return {
        "item": decision.item,
        "actor": decision.reviewer,
        "verdict": decision.ruling.verdict,
        "label": _label_json(decision.ruling.label),
        "points": decision.ruling.points,
        "reason": decision.reason,
        "time": decision.time.isoformat(),
        "state": decision.state,
    }


def appeal_row(appeal: Appeal) -> dict[str, object]:
    """The values of :data:`INSERT_EVENT` for an appeal."""
    return {
        "item": appeal.item,
        "actor": appeal.agent,
        "verdict": None,
        "label": None,
        "points": None,
        "reason": appeal.reason,
        "time": appeal.time.isoformat(),
        "state": appeal.state,
    }


def item_of(row: sqlite3.Row) -> ReviewItem:
    """The item of a row of any of the three SELECTs."""
    return ReviewItem(
        id=row["id"],
        reply=row["reply"],
        agent=row["agent"],
        kind=row["kind"],
        subject=row["subject"],
        clause=row["clause"],
        number=row["number"],
        label=_label(row["label"]),
        points=row["points"],
        start=row["start"],
        end=row["end"],
        message=row["message"],
        exchange=row["exchange"],
        added=datetime.fromisoformat(row["added"]),
        added_by=row["added_by"],
    )


def review_of(rows: Sequence[sqlite3.Row]) -> Review:
    """One item from its rows, one for each event; a single row without an event when nothing happened yet."""
    return Review(item_of(rows[0]), tuple(_entry_of(row) for row in rows if row["event"] is not None))


def _entry_of(row: sqlite3.Row) -> Decision | Appeal:
    time = datetime.fromisoformat(row["time"])
    if row["verdict"] is None:
        return Appeal(row["id"], row["actor"], row["reason"], time)
    ruling = Ruling(row["verdict"], _label(row["new_label"]), row["new_points"])
    return Decision(row["id"], row["actor"], ruling, row["reason"], time, row["state"])


def _label(text: str | None) -> Label | None:
    return None if text is None else label_from_json(json.loads(text))


def _label_json(label: Label | None) -> str | None:
    return None if label is None else json.dumps(label)
