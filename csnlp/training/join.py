"""Labels that are kept apart from the texts they belong to, because the texts may not be copied.

A labels file has lines of one of two forms. For a file of conversations (``id`` and ``turns``, or ``context`` and
``reply``), ``{"id": "ROW@TURN", "labels": {…}}`` names the agent's turn number TURN (from 0) of the row ROW. For a file
of plain lines, ``{"id": …, "turns": [["customer", LINE, START, END], …], "labels": {…}}`` says which characters of
which lines (both from 0) are a chat; its last turn is the reply, unless it is the customer's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from csnlp.errors import ConfigError

CONTEXT_TURNS = 6
"""Turns before the reply that the annotator saw."""

Row = Mapping[str, Any]


def labelled_turns(conversations: Iterable[Row], labels: Iterable[Row]) -> Iterator[Row]:
    """Labelled exchanges (``context``, ``reply``, ``labels``) from conversations and the labels of some of their
    turns; labels of conversations that are not there are left out.

    Raises :class:`csnlp.errors.ConfigError` for a label of a turn that its conversation does not have."""
    by_row: dict[str, list[tuple[int, Row]]] = {}
    for row in labels:
        name, _, turn = row["id"].rpartition("@")
        by_row.setdefault(name, []).append((int(turn), row))
    for conversation in conversations:
        turns = conversation.get("turns") or conversation.get("context") or ()
        for index, row in by_row.get(str(conversation["id"]), ()):
            if index >= len(turns):
                raise ConfigError(
                    f"label {row['id']}: its conversation has {len(turns)} turns (counted from 0); correct it"
                )
            context = turns[max(0, index - CONTEXT_TURNS) : index]
            yield {"id": row["id"], "context": context, "reply": turns[index]["text"], "labels": row["labels"]}


def labelled_spans(lines: Sequence[str], labels: Iterable[Row]) -> Iterator[Row]:
    """Labelled exchanges from stretches of ``lines``; ``reply`` is empty where only the customer speaks."""
    for row in labels:
        turns = [{"role": role, "text": lines[line][start:end]} for role, line, start, end in row["turns"]]
        reply = turns.pop()["text"] if turns[-1]["role"] == "agent" else ""
        yield {"id": row["id"], "context": turns, "reply": reply, "labels": row["labels"]}
