"""Replies under other chats, for a source of the format "crossed": more for a teacher to judge.

A student learns what its teacher does only where it is shown (Beyer et al. 2022, arXiv:2106.05237), and labelled chats
show each reply once, under the question that it was for. Crossed ones need no label: whether the reply fits its new
chat is for the teacher to say.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from csnlp.text.fold import fold_text
from csnlp.training.examples import Example

ALIKE = 8
"""Of so many replies to the questions most like its own a chat gets one; the next is any."""

_AT_ONCE = 1024


def crossed(examples: Sequence[Example]) -> list[Example]:
    """Each chat of ``examples`` with two replies of other groups: one to a question like its own, which may well fit,
    and any. They have no targets. The result is the same for the same examples in any order.
    """
    whole = [e for e in examples if e.exchange.context and e.exchange.reply.strip()]
    chats = sorted(whole, key=lambda e: (e.group, e.exchange.reply))
    if len({example.group for example in chats}) < 2:
        return []
    moved = []
    for place, like in enumerate(_alike(chats)):
        chance = zlib.crc32(repr((chats[place].group, chats[place].exchange.reply)).encode("utf-8", "surrogatepass"))
        others = [other for other in like if chats[other].group != chats[place].group][:ALIKE]
        near = others[chance % len(others)] if others else None
        far = _of_another_group(chats, place, chance)
        moved += [_with_reply(chats[place], chats[other]) for other in (near, far) if other is not None]
    return moved


def _alike(chats: Sequence[Example]) -> npt.NDArray[np.int64]:
    """For each chat the numbers of those whose last words share most with its own, by pairs of characters that count
    the more the rarer they are: (chats, 4 × ALIKE), since some are of its own group."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    last = [fold_text(example.exchange.context[-1].text) for example in chats]
    words = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32)
    vectors = words.fit_transform([text or " " for text in last])
    count = min(4 * ALIKE, len(chats))
    found = []
    for start in range(0, len(chats), _AT_ONCE):
        likeness = (vectors[start : start + _AT_ONCE] @ vectors.T).toarray()
        found.append(np.argsort(-likeness, axis=1, kind="stable")[:, :count])
    return np.concatenate(found)


def _of_another_group(chats: Sequence[Example], place: int, chance: int) -> int:
    other = chance % len(chats)
    while chats[other].group == chats[place].group:
        other = (other + 1) % len(chats)
    return other


def _with_reply(chat: Example, other: Example) -> Example:
    exchange = replace(chat.exchange, reply=other.exchange.reply, reference=None)
    return Example(exchange, {}, chat.group)
