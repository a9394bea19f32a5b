"""What a caller gives to be scored: told from what cannot be, and checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from os import PathLike

from csnlp.errors import InputError
from csnlp.io.badrow import BadRow
from csnlp.types import Conversation, Exchange, Score, Turn
from csnlp.validation import check_exchange, check_text

_OF_CONVERSATION = "give conversation.exchanges()"


def exchange_of(
    reply: str | Exchange, question: str | None, context: Sequence[Turn], reference: str | None
) -> Exchange:
    """The exchange that the arguments of :meth:`csnlp.Scorer.score` say; :class:`InputError` where they go together in
    none."""
    if isinstance(reply, Exchange):
        if question is not None or context or reference is not None:
            raise InputError("question, context, reference", "are given beside an exchange", "put them into it")
        return reply
    if isinstance(reply, Conversation):
        raise InputError("reply", "is a whole Conversation", f"{_OF_CONVERSATION} to score_many")
    if not isinstance(context, Iterable):
        raise InputError("context", f"is {type(context).__name__}", "give a sequence of csnlp.Turn")
    if question is None:
        return Exchange(reply, tuple(context), reference)
    check_text("question", question)  # by its own name: it becomes the last turn of the context
    return Exchange(reply, (*context, Turn("customer", question)), reference)


def refuse_others(given: object) -> None:
    """Raise now, not at the first score, for what is no iterable of exchanges, or would be scored by its names."""
    kind = type(given).__name__
    if isinstance(given, str | Exchange):
        what = "string" if isinstance(given, str) else kind
        raise InputError("exchanges", f"is one {what}", "give a list of replies, or use score()")
    if isinstance(given, Conversation):
        raise InputError("exchanges", "is one Conversation", _OF_CONVERSATION)
    if kind in ("DataFrame", "LazyFrame"):  # going through one gives the names of its columns
        raise InputError("exchanges", "is a frame", "use score_frame(frame), or give a sequence of Exchange or str")
    if isinstance(given, PathLike):
        raise InputError("exchanges", "is a path", "give csnlp.read_exchanges(path)")
    if isinstance(given, Mapping | bytes) or not (isinstance(given, Iterable) or hasattr(given, "__getitem__")):
        raise InputError("exchanges", f"is {kind}, not a sequence", "give a sequence of Exchange or str")


def checked_row(row: object) -> Exchange | Score:
    """The exchange that ``row`` is, or the score that says why there is none to score."""
    if isinstance(row, str):
        row = Exchange(row)
    if isinstance(row, Exchange):
        try:
            check_exchange(row)
            return row
        except InputError as error:
            return unscored(row.id, error)
    if isinstance(row, BadRow):  # what read_exchanges gives for a row that it cannot read
        return unscored(row.id, row)
    remedy = _OF_CONVERSATION if isinstance(row, Conversation) else "give csnlp.Exchange or the reply as a string"
    return Score(error=f"{type(row).__name__} is not an exchange; {remedy}")


def unscored(id: object, why: InputError | BadRow) -> Score:
    """The score of a row that cannot be scored."""
    fault = (why.field, why.problem, why.remedy)
    return Score(id=id if isinstance(id, str) else "", error=str(InputError(*fault)), fault=fault)
