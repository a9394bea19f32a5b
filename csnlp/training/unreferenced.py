"""Replies to another question, for a source of the format "unreferenced".

Where most questions come with a reference and half of their replies contradict it, a model learns to doubt every figure
that nobody vouches for. So replies that a reference confirms are taught once more without it, as answers; and, so that
not everything definite is one, each also under another question of its trade, where it is beside the question.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from csnlp.heads import ACCURACY, COMPLAINT, COMPLAINT_TYPE
from csnlp.text.fold import fold_text
from csnlp.training.examples import Example, one_of

_OF_QUESTION = (COMPLAINT.name, COMPLAINT_TYPE.name)
_WRONG = one_of(ACCURACY.name, "wrong")

TELLING = 12
"""Characters that a reply has at least for it to be moved: 可以的亲 answers many a question."""

UNLIKE = 0.15
"""Two questions are different when they share less than this part of their pairs of neighbouring characters."""

_TRIES = 20


def beside_the_question(examples: Sequence[Example]) -> list[Example]:
    """The replies of ``examples`` under a question of another group and the same ``trade``, as wrong.

    Those that are too short to tell, or have no such question near them, are left out. The result is the same for the
    same examples in any order.
    """
    by_trade: dict[str, list[Example]] = {}
    for example in sorted(examples, key=_shuffled):
        by_trade.setdefault(str(example.row.get("trade")), []).append(example)
    return [moved for members in by_trade.values() for moved in _moved(members)]


def _moved(members: Sequence[Example]) -> Iterator[Example]:
    for place, example in enumerate(members):
        if len(fold_text(example.exchange.reply)) < TELLING:
            continue
        following = (members[(place + step) % len(members)] for step in range(1, _TRIES + 1))
        other = next((other for other in following if _asks_something_else(example, other)), None)
        if other:
            exchange = replace(other.exchange, reply=example.exchange.reply)
            of_reply = {head: target for head, target in example.targets.items() if head not in _OF_QUESTION}
            of_question = {head: target for head, target in other.targets.items() if head in _OF_QUESTION}
            yield replace(other, exchange=exchange, targets={**of_reply, **of_question, ACCURACY.name: _WRONG})


def _asks_something_else(one: Example, other: Example) -> bool:
    first, second = (_pairs(example.exchange.context[-1].text) for example in (one, other))
    return one.group != other.group and len(first & second) < UNLIKE * len(first | second)


def _pairs(text: str) -> set[str]:
    folded = fold_text(text)
    return {folded[start : start + 2] for start in range(len(folded) - 1)}


def _shuffled(example: Example) -> tuple[int, str]:
    text = f"{example.group}/{example.exchange.reply}"
    return zlib.crc32(text.encode("utf-8", "surrogatepass")), text
