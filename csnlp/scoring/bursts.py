"""What the model says of exchanges; of an answer in several messages, how accurate it is as a whole.

Agents send one answer in pieces (好的亲 · 可以退的 · 您放心哈), each of which seems vague by itself. Tone and acts are
of the message, accuracy of all that was said by then: so it is in the chats that the model learned from, too, where
the messages of one speaker are one turn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from csnlp.models.protocol import Model, checked_heads
from csnlp.types import Exchange, FloatArray, Turn, goes_on

Heads = Mapping[str, FloatArray]
"""Head name → probabilities (rows, labels)."""

MOST_CHARACTERS = 500
"""Of longer answers the last messages are taken: about as much as a model reads."""

_OF_WHOLE = ("accuracy", "applicability")


def predicted(model: Model, exchanges: Sequence[Exchange]) -> Heads:
    """A row for each of ``exchanges``. Raises :class:`csnlp.errors.ModelError` for no proper probabilities."""
    wholes = {row: whole for row, exchange in enumerate(exchanges) if (whole := whole_of(exchange)) is not exchange}
    asked = [*exchanges, *wholes.values()]
    heads = checked_heads(model.predict(asked), len(asked))
    found = {name: array[: len(exchanges)] for name, array in heads.items()}
    for name in _OF_WHOLE:
        if wholes and name in found:
            found[name] = found[name].copy()
            found[name][list(wholes)] = heads[name][len(exchanges) :]
    return found


def whole_of(exchange: Exchange) -> Exchange:
    """``exchange`` with the messages that its reply goes on with as the beginning of the reply."""
    start, following = len(exchange.context), Turn("agent", exchange.reply, exchange.time)
    left = MOST_CHARACTERS - len(exchange.reply)
    while start and goes_on(before := exchange.context[start - 1], following) and len(before.text) < left:
        start, following, left = start - 1, before, left - len(before.text) - 1
    said = [turn.text for turn in exchange.context[start:]]
    if not said:
        return exchange
    return replace(exchange, context=exchange.context[:start], reply=" ".join([*said, exchange.reply]))
