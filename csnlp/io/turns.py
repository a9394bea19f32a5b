"""Turns as read, some of them broken, and the exchanges of a conversation of such turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from csnlp.errors import InputError
from csnlp.io.badrow import BadRow, Record
from csnlp.io.times import parse_time
from csnlp.types import Conversation, Exchange, Role, Turn
from csnlp.validation import MAX_CONTEXT, MAX_TURNS, check_exchange, check_text


@dataclass(frozen=True, slots=True)
class ParsedTurn:
    """A turn as read: ``problem`` says why it cannot be used, and then ``turn`` only holds its place and side.

    A broken turn whose side is not known counts as the customer's: what follows it cannot be judged.
    """

    turn: Turn
    line: int
    problem: InputError | None = None


def make_turn(role: Role | InputError, text: object, time: object, *, field: str, line: int) -> ParsedTurn:
    """A turn from its raw parts; ``field`` is its name in messages (``turns[3]``), or empty for a line of its own."""
    side: Role = "customer" if isinstance(role, InputError) else role
    prefix = f"{field}." if field else ""
    try:
        if isinstance(role, InputError):
            raise role
        if text is None:
            raise InputError(f"{prefix}text", "is missing", "give the words that were said, or leave the turn out")
        check_text(f"{prefix}text", text)
        return ParsedTurn(Turn(side, str(text), parse_time(time)), line)
    except InputError as problem:
        return ParsedTurn(Turn(side, ""), line, problem)


def exchanges_of(turns: Sequence[ParsedTurn], id: str, *, agent: str | None, file: str, line: int) -> Iterator[Record]:
    """One record for each agent turn of a conversation.

    A broken agent turn spoils only its own exchange, and later ones are read without it. A broken customer turn
    spoils the exchanges after it; if there is none after it, it becomes a bad row of its own.
    """
    if len(turns) > MAX_TURNS:
        error = InputError("turns", f"has over {MAX_TURNS} turns", "split the conversation")
        yield Record(line, BadRow.of(error, file, line, id))
        return
    if (size := sum(len(parsed.turn.text) for parsed in turns)) > MAX_CONTEXT:
        error = InputError("turns", f"has {size} characters, over {MAX_CONTEXT}", "split the conversation")
        yield Record(line, BadRow.of(error, file, line, id))
        return
    context: list[Turn] = []
    spoiling: ParsedTurn | None = None
    told = False
    conversation = Conversation(id, tuple(parsed.turn for parsed in turns), agent)
    exchanges = conversation.exchanges()
    for parsed in turns:
        if parsed.turn.role == "agent":
            exchange = replace(next(exchanges), context=tuple(context))
            problem = (spoiling or parsed).problem or _problem(exchange)
            told = True
            yield Record(parsed.line, BadRow.of(problem, file, parsed.line, exchange.id) if problem else exchange)
        elif parsed.problem and not spoiling:
            spoiling, told = parsed, False
        if not parsed.problem:
            context.append(parsed.turn)
    if not told:
        untold = spoiling.problem if spoiling else None
        at = spoiling.line if spoiling else line
        yield Record(at, BadRow.of(untold or _NO_AGENT, file, at, id))


def _problem(exchange: Exchange) -> InputError | None:
    try:
        # The turns were checked one by one when they were read: checking them again for each reply takes the square.
        check_exchange(replace(exchange, context=(), after=None))
    except InputError as error:
        return error
    return None


_NO_AGENT = InputError(
    "turns", "has no agent turn, so no reply to score", "name the agent's turns agent (客服), or leave it out"
)
