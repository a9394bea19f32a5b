"""Text of a chat on one line of a terminal or a message."""

from __future__ import annotations


def printable(text: str, length: int | None = None) -> str:
    """``text`` on one line, without control characters (nor those that turn the direction of what follows), no longer
    than ``length``: nothing in it can pass for a line of ours."""
    return "".join(char if char.isprintable() else " " for char in text[:length]).strip()
