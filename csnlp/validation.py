"""Checks an exchange before it is scored: hostile or broken text is refused here, once, with one clear message."""

from __future__ import annotations

import re
from datetime import datetime

from csnlp.errors import InputError
from csnlp.types import ROLES, Exchange, Turn, has_words

MAX_TEXT = 20_000
"""Longest text of one turn, reply or reference, in characters. A real reply has under 1,000."""

MAX_TURNS = 2_000
"""Most turns of context; real chats have under 200."""

MAX_CONTEXT = 200_000
"""Most characters of a context's turns together, since every reply is judged with all of them; real chats have under
20,000."""

# Control characters but for white space, and surrogates. One pass in C: a chat's turns are looked at for every reply.
_BROKEN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")


def check_exchange(exchange: Exchange) -> None:
    """Raise :class:`InputError`, naming field and remedy, when ``exchange`` cannot be scored."""
    check_text("reply", exchange.reply)
    if not exchange.reply.strip():
        raise InputError("reply", "is empty", "give the agent's words, or leave the row out")
    if not has_words(exchange.reply):
        raise InputError("reply", "has no words (only emoji or symbols)", "leave the row out")
    if exchange.reference is not None:
        check_text("reference", exchange.reference)
    _check_about(exchange)
    check_context(exchange)


def check_context(exchange: Exchange) -> None:
    """The part of :func:`check_exchange` that looks at the turns."""
    _check_turns("context", exchange.context, "keep the latest turns")


def _check_turns(field: str, turns: object, remedy: str) -> None:
    if not isinstance(turns, tuple | list):
        raise InputError(field, f"is {type(turns).__name__}", "give a tuple of csnlp.Turn")
    if len(turns) > MAX_TURNS:
        raise InputError(field, f"has {len(turns)} turns, over {MAX_TURNS}", remedy)
    for number, turn in enumerate(turns, 1):
        try:
            _check_turn(turn)
        except InputError as error:
            raise InputError(f"{field}[{number}]{error.field}", error.problem, error.remedy) from None
    if (size := sum(len(turn.text) for turn in turns)) > MAX_CONTEXT:
        raise InputError(field, f"has {size} characters, over {MAX_CONTEXT}", remedy)


def _check_turn(turn: object) -> None:
    """The fields are named as they end: what they are part of is put before them where there is something to tell."""
    if not isinstance(turn, Turn):
        raise InputError("", f"is {type(turn).__name__}", "give csnlp.Turn(role, text)")
    # The type first: whether pandas' NA or an array is among the roles cannot be asked. The role is not quoted: where a
    # column was mistaken it can be anybody's words.
    if not isinstance(turn.role, str) or turn.role not in ROLES:
        raise InputError(".role", "is not a known role", 'use "customer" or "agent"')
    check_text(".text", turn.text)
    _check_time(".time", turn.time)


def _check_about(exchange: Exchange) -> None:
    """What is known beside the words has its types. The words after the reply are read by rules, never by a model."""
    check_text("id", exchange.id)
    if exchange.agent is not None:
        check_text("agent", exchange.agent)
    _check_time("time", exchange.time)
    if exchange.after is not None:
        _check_turns("after", exchange.after, "keep the next turns")


def _check_time(field: str, time: object) -> None:
    if not isinstance(time, datetime | None) or time != time:  # pandas' NaT is a datetime, and equal to nothing
        raise InputError(field, f"is {type(time).__name__}, not a time", "give a datetime.datetime, or None")


def check_text(field: str, text: object) -> None:
    """Raise :class:`InputError` unless ``text`` is a string of bounded length without broken characters."""
    if not isinstance(text, str):
        raise InputError(field, f"is {type(text).__name__}, not text", "give a string")
    if len(text) > MAX_TEXT:
        raise InputError(field, f"has {len(text)} characters, over {MAX_TEXT}", "split it or cut it")
    if found := _BROKEN.search(text):
        char = found[0]
        if "\udc80" <= char <= "\udcff":  # what decoders put in place of bytes that are no text
            problem, remedy = f"a broken character U+{ord(char):04X}", "read the file in its own encoding (--encoding)"
        elif "\ud800" <= char <= "\udfff":
            problem = f"half of an emoji, or of another character (surrogate U+{ord(char):04X})"
            remedy = "write the whole character, or remove it"
        else:
            problem, remedy = f"a control character U+{ord(char):04X}", "remove it"
        raise InputError(field, f"has {problem}", remedy)
