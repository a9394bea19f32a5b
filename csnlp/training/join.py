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

    Raises :class:`csnlp.errors.ConfigError` for a label that names no turn of an agent, and where no conversation is
    named at all."""
    by_row: dict[str, list[tuple[int, Row]]] = {}
    for row in labels:
        name, at, turn = str(row.get("id")).rpartition("@")
        if not at or not turn.isdecimal():
            raise ConfigError(f"label {row.get('id')!r:.60}: its id is not ROW@TURN; name the row and the turn, from 0")
        by_row.setdefault(name, []).append((int(turn), row))
    found = False
    for conversation in conversations:
        turns = conversation.get("turns") or conversation.get("context") or ()
        for index, row in by_row.get(str(conversation["id"]), ()):
            found = True
            if index >= len(turns):
                raise ConfigError(
                    f"label {row['id']}: its conversation has {len(turns)} turns (counted from 0); correct it"
                )
            if turns[index]["role"] != "agent":
                raise ConfigError(f"label {row['id']}: that turn (counted from 0) is the customer's; correct it")
            context = turns[max(0, index - CONTEXT_TURNS) : index]
            yield {"id": row["id"], "context": context, "reply": turns[index]["text"], "labels": row["labels"]}
    if by_row and not found:
        raise ConfigError(f"label {next(iter(by_row))}@…: no label names a conversation of the file; correct the ids")


def labelled_spans(lines: Sequence[str], labels: Iterable[Row]) -> Iterator[Row]:
    """Labelled exchanges from stretches of ``lines``; ``reply`` is empty where only the customer speaks.

    Raises :class:`csnlp.errors.ConfigError` for a label without turns, or with a line that is not there."""
    for row in labels:
        spans = row.get("turns")
        if not spans or any(not 0 <= line < len(lines) for _, line, _, _ in spans):
            raise ConfigError(f"label {row.get('id')}: names no stretch of the {len(lines)} lines, from 0; correct it")
        turns = [{"role": role, "text": lines[line][start:end]} for role, line, start, end in spans]
        reply = turns.pop()["text"] if turns[-1]["role"] == "agent" else ""
        yield {"id": row["id"], "context": turns, "reply": reply, "labels": row["labels"]}
