"""What the model says of exchanges; of an answer in several messages, how accurate it is as a whole.

Agents send one answer in pieces (好的亲 · 可以退的 · 您放心哈), each of which seems vague by itself. Tone and acts are
of the message, accuracy of all that was said by then: so it is in the chats that the model learned from, too, where
the messages of one speaker are one turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from csnlp.errors import ModelError
from csnlp.heads import HEADS, Head
from csnlp.models.protocol import Model, checked_heads
from csnlp.types import Exchange, FloatArray, Turn, goes_on

Heads = Mapping[str, FloatArray]
"""Head name → probabilities (rows, labels)."""

MOST_CHARACTERS = 500
"""Of longer answers the end is taken: about as much as a model reads."""

_OF_WHOLE = ("accuracy", "applicability")


def predicted(model: Model, exchanges: Sequence[Exchange], known: Mapping[str, Head] = HEADS) -> Heads:
    """Of the ``known`` heads those that ``model`` has, a row for each of ``exchanges``. Raises
    :class:`csnlp.errors.ModelError` for no proper probabilities."""
    heads = checked_heads(model.predict(exchanges), len(exchanges), known)
    named = [name for name in _OF_WHOLE if name in heads]
    wholes = _wholes(exchanges) if named else {}
    if not wholes:
        return heads
    # In a call of its own: a model may take no more exchanges in one than its window.
    again = checked_heads(model.predict(list(wholes.values())), len(wholes), known)
    for name in named:
        if name not in again:
            raise ModelError(f"head {name} is there for some exchanges only; the model must return it for all of them")
        heads[name] = heads[name].copy()  # it may be the model's own
        heads[name][list(wholes)] = again[name]
    return heads


def _wholes(exchanges: Sequence[Exchange]) -> dict[int, Exchange]:
    """The number of each exchange that ends an answer in several messages → it as a whole. Of a reply that goes on
    accuracy is not asked (:func:`csnlp.scoring.assemble.applicable`)."""
    last = [(row, exchange) for row, exchange in enumerate(exchanges) if not exchange.is_continued]
    return {row: whole for row, exchange in last if (whole := whole_of(exchange)) is not exchange}


def whole_of(exchange: Exchange) -> Exchange:
    """``exchange`` with the messages that its reply goes on with as the beginning of the reply."""
    start, following = len(exchange.context), Turn("agent", exchange.reply, exchange.time)
    said: list[str] = []
    left = MOST_CHARACTERS - len(exchange.reply)
    while start and left > 1 and goes_on(before := exchange.context[start - 1], following):
        said.append(before.text[1 - left :])  # and a space
        start, following, left = start - 1, before, left - len(said[-1]) - 1
    if not said:
        return exchange
    return replace(exchange, context=exchange.context[:start], reply=" ".join([*reversed(said), exchange.reply]))
