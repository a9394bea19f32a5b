"""Text of a chat on one line of a terminal or a message."""

from __future__ import annotations

from csnlp.text.redact import redact

_READ = 1_000


def printable(text: str, length: int | None = None) -> str:
    """``text`` on one line, without control characters (nor those that turn the direction of what follows), no longer
    than ``length``: nothing in it can pass for a line of ours."""
    return "".join(char if char.isprintable() else " " for char in text[:length]).strip()


def shown(text: str, length: int = 60) -> str:
    """:func:`printable`, and masked: an id for a message or a list, as it can be somebody's phone number."""
    # Cut far behind what is shown, so that masking takes no time of note and the cut leaves half a number to nobody.
    return printable(redact(text[:_READ]), length)
