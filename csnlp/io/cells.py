"""The turns inside one field of a row: a list of objects, the same as JSON text, or a transcript."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from csnlp.errors import InputError
from csnlp.io.roles import role_of
from csnlp.io.transcript import parse_transcript
from csnlp.io.turns import ParsedTurn, make_turn
from csnlp.types import Role
from csnlp.validation import MAX_TURNS

TURN_KEYS: dict[str, tuple[str, ...]] = {
    "role": ("role", "speaker", "sender", "角色"),
    "text": ("text", "content", "内容", "文本"),
    "time": ("time", "timestamp", "时间"),
}


def parse_turns(value: object, field: str, line: int) -> list[ParsedTurn]:
    """The turns in ``value``: a list of objects, the same as JSON text, or the text of a transcript; None has none.

    :class:`InputError` when ``value`` is none of these; what is wrong with a single turn is noted in the turn.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return []
    if isinstance(value, str):
        return _from_text(value, field, line)
    if hasattr(value, "tolist"):
        value = value.tolist()  # pandas gives the lists of a Parquet file as arrays
    if not isinstance(value, (list, tuple)):
        raise InputError(field, f"is {type(value).__name__}, not a list of turns", _REMEDY)
    if len(value) > MAX_TURNS:  # before each becomes an object of its own
        raise InputError(field, f"has {len(value)} turns, over {MAX_TURNS}", "split the conversation")
    return [_from_object(item, f"{field}[{number}]", line) for number, item in enumerate(value, 1)]


def _from_object(value: object, field: str, line: int) -> ParsedTurn:
    if not isinstance(value, Mapping):
        role: Role | InputError = InputError(field, f"is {type(value).__name__}, not an object", _REMEDY)
        return make_turn(role, "", None, field=field, line=line)
    try:
        role = role_of(_get(value, "role"), f"{field}.role")
    except InputError as error:
        role = error
    return make_turn(role, _get(value, "text"), _get(value, "time"), field=field, line=line)


def _get(turn: Mapping[str, Any], key: str) -> Any:
    return next((turn[name] for name in TURN_KEYS[key] if name in turn), None)


def _from_text(text: str, field: str, line: int) -> list[ParsedTurn]:
    if text.lstrip().startswith("["):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            pass  # "[2024-05-01 10:00:00] 客户：…" begins like an array too
        else:
            return parse_turns(value, field, line)
    return parse_transcript(text, field, line)


_REMEDY = 'give turns as [{"role": "customer", "text": "…"}, …] or as lines like 客户：… and 客服：…'
