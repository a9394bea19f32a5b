"""Where the commands print."""

from __future__ import annotations

from rich.console import Console


def make_console(*, stderr: bool = False) -> Console:
    """A console that prints text as it is: rich would take the ``:100:`` of ``a.jsonl:100: line`` for an emoji."""
    return Console(stderr=stderr, emoji=False)
