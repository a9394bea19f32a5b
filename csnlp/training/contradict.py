"""Near misses against a reference answer: the same reply with a figure or a thing changed, or a yes turned into a no.

An exact reply and its contradiction differ in a character or two, and a labelled file holds few such pairs. Here they
are made from the exact ones, while training. Only what reply and reference both say is changed, so that the change is
a contradiction. And where the reference is taken away nobody can tell the two apart: both are answers, so that a model
does not guess at facts that it was not given.
"""

from __future__ import annotations

import random
import re
from dataclasses import replace

from csnlp.heads import ACCURACY
from csnlp.training import siblings
from csnlp.training.examples import Example, one_of
from csnlp.types import Exchange, Turn

_NUMBER = re.compile(r"(?<!\d)\d{1,15}(?:\.\d{1,15})?(?!\d)")
_AFFIRMED = re.compile(r"(?<![不没])(?:可以|支持|包邮|包含|需要|能|会)")
_DENIED = re.compile(r"不(可以|支持|包邮|包含|需要|能|会)")
_ANSWERS = one_of(ACCURACY.name, "answers")
_WRONG = one_of(ACCURACY.name, "wrong")


def vary_reference(example: Example, rng: random.Random) -> Example:
    """``example``, now and then with another figure or thing in reply and reference alike, or with a reply that
    contradicts its reference, or without the reference (and the target to match). One that has none comes back as it
    is."""
    exchange, reference = example.exchange, example.exchange.reference
    if not reference or "accuracy" not in example.targets:
        return example
    if exchange.context and example.targets["accuracy"] in (_ANSWERS, _WRONG) and rng.random() < 0.12:
        targets = {**example.targets, "accuracy": _ANSWERS}
        return replace(example, exchange=replace(exchange, reference=None), targets=targets)
    if rng.random() < 0.4 and not any(_NUMBER.search(turn.text) for turn in exchange.context):
        exchange = _other_figures(exchange, reference, rng)
    if rng.random() < 0.3:
        exchange = _other_things(exchange, rng)
    if example.targets["accuracy"] == _ANSWERS and rng.random() < 0.45:
        reply = _contradicted(exchange.reply, exchange.reference or "", rng)
        if reply != exchange.reply:
            targets = {**example.targets, "accuracy": _WRONG}
            return replace(example, exchange=replace(exchange, reply=reply), targets=targets)
    return replace(example, exchange=exchange)


def _other_figures(exchange: Exchange, reference: str, rng: random.Random) -> Exchange:
    """Every figure that reply and reference share, replaced by another one in both."""
    stated = set(_NUMBER.findall(exchange.reply))
    taken = stated | set(_NUMBER.findall(reference))
    new: dict[str, str] = {}
    for number in sorted(stated & set(_NUMBER.findall(reference))):
        new[number] = _another(number, taken | set(new.values()), rng)
    return replace(exchange, reply=_swap(exchange.reply, new), reference=_swap(reference, new))


def _other_things(exchange: Exchange, rng: random.Random) -> Exchange:
    """Every thing that another could stand for, replaced by that one throughout."""
    change = siblings.exchanged(rng)
    context = tuple(Turn(turn.role, change(turn.text), turn.time) for turn in exchange.context)
    return replace(exchange, reply=change(exchange.reply), context=context, reference=change(exchange.reference or ""))


def _contradicted(reply: str, reference: str, rng: random.Random) -> str:
    """``reply`` with one shared figure or thing changed or one shared yes or no turned round; the same where there is
    none."""
    stated = set(_NUMBER.findall(reference))
    edits = [
        (match.span(), _another(match.group(), stated, rng))
        for match in _NUMBER.finditer(reply)
        if match.group() in stated
    ]
    affirmed, denied = set(_AFFIRMED.findall(reference)), set(_DENIED.findall(reference))
    edits += [(m.span(), "不" + m.group()) for m in _AFFIRMED.finditer(reply) if m.group() in affirmed - denied]
    edits += [(m.span(), m.group(1)) for m in _DENIED.finditer(reply) if m.group(1) in denied - affirmed]
    edits += siblings.edits(reply, reference, rng)
    if not edits:
        return reply
    (start, end), text = rng.choice(edits)
    return reply[:start] + text + reply[end:]


def _another(number: str, taken: set[str], rng: random.Random) -> str:
    """A figure of about the same size and the same number of decimals that is not among ``taken``."""
    decimals = len(number.partition(".")[2])
    value = float(number)
    while True:
        changed = rng.choice((value + rng.randint(-9, 9), value * rng.uniform(0.3, 3), value * 10))
        text = f"{max(changed, 0):.{decimals}f}"
        if text not in taken and float(text) != value:
            return text


def _swap(text: str, new: dict[str, str]) -> str:
    return _NUMBER.sub(lambda match: new.get(match.group(), match.group()), text)
