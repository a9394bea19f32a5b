"""Labels that are kept apart from the texts they belong to, because the texts may not be copied.

A labels file has lines ``{"id": "ROW@TURN", "labels": {…}}``: the agent's turn number TURN (from 0) of the row ROW of
a file of conversations (``id``, ``turns``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

CONTEXT_TURNS = 6
"""Turns before the reply that the annotator saw."""

Row = Mapping[str, Any]


def labelled_turns(conversations: Iterable[Row], labels: Iterable[Row]) -> Iterator[Row]:
    """Labelled exchanges (``context``, ``reply``, ``labels``) from conversations and the labels of some of their
    turns; labels of conversations that are not there are left out."""
    by_row: dict[str, list[tuple[int, Row]]] = {}
    for row in labels:
        name, _, turn = row["id"].rpartition("@")
        by_row.setdefault(name, []).append((int(turn), row))
    for conversation in conversations:
        turns = conversation["turns"]
        for index, row in by_row.get(conversation["id"], ()):
            context = turns[max(0, index - CONTEXT_TURNS) : index]
            yield {"id": row["id"], "context": context, "reply": turns[index]["text"], "labels": row["labels"]}
