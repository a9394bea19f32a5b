"""Exchange → token ids and segments: how the encoder reads an exchange.

One sequence holds the whole exchange::

    <cls> 客：… 服：… 客：… <sep> [参：… <sep>] 服：… <sep>

and each token carries a *segment*, so that every head can pool over the part that it judges (politeness reads the
reply, complaint reads the customer, accuracy reads the pair).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from csnlp.models.comparison import compare, judgements
from csnlp.text.fold import fold_text
from csnlp.text.spacing import joined
from csnlp.types import Exchange

if TYPE_CHECKING:
    from tokenizers import Tokenizer

IntArray = npt.NDArray[np.int64]

# Segments. SPECIAL marks <cls> and <sep>; CUSTOMER the customer's last words (all his turns since the agent spoke).
# Where there is a reference, the tokens of reply and reference are told apart by what they share with each other, and
# those of the reply by what the rules say of them.
SPECIAL, EARLIER, CUSTOMER, REPLY, REFERENCE = range(5)
REPLY_SHARED, REPLY_FIGURE, REFERENCE_SHARED, REFERENCE_FIGURE, REPLY_AGREES, REPLY_DENIES = range(5, 11)
SEGMENTS = 11
PLAIN_SEGMENTS = 5
"""The segments of a network that was made before reply and reference were compared."""
COMPARED_SEGMENTS = 9
"""The segments of a network that was made before the rules had a say."""

STEP = 16
"""Padded lengths are multiples of this. Twice as fine saves 4 tokens a row and costs more than that: there are twice as
many shapes of batches, and one that was not seen lately has its kernels made anew."""

TEXTS_AT_ONCE = 128
"""Texts for which the tokenizer's results, a hundred bytes a token, are there together."""

_OF_REPLY = np.array([REPLY, REPLY_SHARED, REPLY_FIGURE])
_OF_REFERENCE = np.array([REFERENCE, REFERENCE_SHARED, REFERENCE_FIGURE])

_ROLE_MARK = {"customer": "客：", "agent": "服："}
_REFERENCE_MARK = "参："
_CHARS_PER_TOKEN = 16  # more than any text has on average; bounds the work on a very long chat

# The special tokens under the names that BERT's and sentencepiece's vocabularies have for them.
CLS, SEP, PAD, UNK, MASK = (
    ("[CLS]", "<s>"),
    ("[SEP]", "</s>"),
    ("[PAD]", "<pad>"),
    ("[UNK]", "<unk>"),
    ("[MASK]", "<mask>"),
)


@dataclass(frozen=True, slots=True)
class Encoded:
    """One exchange as the encoder reads it: ``ids`` and ``segments``, both of shape (tokens,)."""

    ids: IntArray
    segments: IntArray

    def __len__(self) -> int:
        return len(self.ids)


class ExchangeEncoder:
    """Turns exchanges into :class:`Encoded`, at most ``max_tokens`` tokens each (rounded down to a multiple of
    :data:`STEP`, so that a padded row has a position for each token).

    What does not fit is left out in this order: the oldest turns, then the middle of a long turn, then the middle of
    a long reference or reply. Half of the tokens are kept for reply and reference, and half of the rest for the
    customer's last words. How reply and reference are compared: :mod:`csnlp.models.comparison`; ``segments`` is the
    number of segments that the network knows (an older one knows fewer), and no others are given.
    """

    def __init__(self, tokenizer: Tokenizer, max_tokens: int = 256, segments: int = SEGMENTS) -> None:
        if max_tokens < 32:
            raise ValueError("max_tokens must be at least 32")
        self.max_tokens = max_tokens - max_tokens % STEP
        self.segments = segments
        self._tokenizer = tokenizer
        self._cls = special_id(tokenizer, CLS)
        self._sep = special_id(tokenizer, SEP)
        self.pad_id = special_id(tokenizer, PAD)
        self._unknown = special_id(tokenizer, UNK)
        self._is_wordpiece = type(tokenizer.model).__name__ == "WordPiece"

    @classmethod
    def from_file(cls, path: Path, max_tokens: int = 256, segments: int = SEGMENTS) -> ExchangeEncoder:
        """Read a ``tokenizer.json`` (Hugging Face tokenizers). What it says of padding and truncation is left: both are
        done here."""
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(path))
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return cls(tokenizer, max_tokens, segments)

    def check_vocabulary(self, size: int) -> None:
        """Raise :class:`ValueError` where the tokenizer has a token for which a network of ``size`` words has none."""
        if (largest := max(self._tokenizer.get_vocab().values())) >= size:
            raise ValueError(f"the tokenizer has a token of number {largest}, but the network only {size} words")

    def encode(self, exchanges: Sequence[Exchange]) -> list[Encoded]:
        """Encode a batch; an exchange's encoding does not depend on its neighbours."""
        # Each distinct text is folded and tokenised once: a conversation's turns come back in each of its exchanges.
        texts: dict[str, int] = {}
        plain = lru_cache(maxsize=None)(_plain)
        plans = [
            [(segment, texts.setdefault(text, len(texts))) for segment, text in self._parts(exchange, plain)]
            for exchange in exchanges
        ]
        ids = self._tokenized(list(texts))
        return [self._assemble([(segment, ids[index]) for segment, index in plan]) for plan in plans]

    def _tokenized(self, texts: Sequence[str]) -> list[list[int]]:
        return [
            encoding.ids
            for start in range(0, len(texts), TEXTS_AT_ONCE)
            for encoding in self._tokenizer.encode_batch_fast(
                texts[start : start + TEXTS_AT_ONCE], add_special_tokens=False
            )
        ]

    def _assemble(self, parts: list[tuple[int, list[int]]]) -> Encoded:
        context = [part for part in parts if part[0] in (EARLIER, CUSTOMER)]
        reference = next((ids for segment, ids in parts if segment == REFERENCE), [])
        (reply,) = (ids for segment, ids in parts if segment == REPLY)

        room = self.max_tokens - 3 - bool(reference)  # without <cls> and each <sep>
        own = max(room - sum(len(ids) for _, ids in context), room // 2)
        reference = _cut_middle(reference, max(own - len(reply), own // 3))
        reply = _cut_middle(reply, own - len(reference))
        kept = _latest(context, room - len(reference) - len(reply))

        sequence = [(SPECIAL, [self._cls]), *kept, (SPECIAL, [self._sep])]
        if reference:
            sequence += [(REFERENCE, reference), (SPECIAL, [self._sep])]
        sequence += [(REPLY, reply), (SPECIAL, [self._sep])]
        segments = np.array([segment for segment, ids in sequence for _ in ids], dtype=np.int64)
        if reference and self.segments >= COMPARED_SEGMENTS:
            asked = [i for segment, ids in kept if segment == CUSTOMER for i in ids]
            of_reply, of_reference = self._compared(reply, reference, asked)
            segments[segments == REPLY] = of_reply
            segments[segments == REFERENCE] = of_reference
        return Encoded(np.array([i for _, ids in sequence for i in ids], dtype=np.int64), segments)

    def _compared(self, reply: list[int], reference: list[int], asked: list[int]) -> tuple[IntArray, IntArray]:
        """The segments of the tokens of ``reply`` and of ``reference``."""
        said, told = self._texts(reply, "\ue001"), self._texts(reference, "\ue000")
        of_reply, of_reference = _OF_REPLY[compare(said, told)], _OF_REFERENCE[compare(told, said)]
        if self.segments == SEGMENTS:
            for number, agrees in judgements(said, told, self._texts(asked, "\ue002")).items():
                of_reply[number] = REPLY_AGREES if agrees else REPLY_DENIES
        return of_reply, of_reference

    def _texts(self, ids: Sequence[int], unknown: str) -> list[str]:
        """What each token says; ``unknown`` where the tokenizer does not know it, which is a sign of its own on either
        side: two unknowns are not the same."""
        return [unknown if i == self._unknown else self._text(self._tokenizer.id_to_token(i) or "") for i in ids]

    def _text(self, token: str) -> str:
        # WordPiece drops the spaces between words; without one, "12 64g" would read as a figure of four digits.
        begins_word = self._is_wordpiece and token.isascii() and token.isalnum()
        return " " + token if begins_word else token_text(token)

    def _parts(self, exchange: Exchange, plain: Callable[[str], str]) -> list[tuple[int, str]]:
        """The exchange's texts with their segments, in order; the text of a turn begins with its role's mark. Turns of
        which nothing would fit are left out; the customer's last words have a room of their own."""
        turns = exchange.context
        last = next((i for i in range(len(turns) - 1, -1, -1) if turns[i].role == "customer"), -1)
        first = last
        while first > 0 and turns[first - 1].role == "customer":
            first -= 1
        room = reserved = _CHARS_PER_TOKEN * self.max_tokens
        parts: list[tuple[int, str]] = []
        for i in range(len(turns) - 1, -1, -1):
            asked = first <= i <= last
            if (reserved if asked else room) <= 0:
                if i > last >= 0:
                    continue  # the customer's last words are still to come
                break
            text = _ROLE_MARK[turns[i].role] + plain(turns[i].text)
            parts.append((CUSTOMER if asked else EARLIER, text))
            room -= len(text)
            reserved -= len(text) if asked else 0
        parts.reverse()
        if exchange.reference and _says_something(exchange.reference):
            parts.append((REFERENCE, _REFERENCE_MARK + plain(exchange.reference)))
        parts.append((REPLY, _ROLE_MARK["agent"] + plain(exchange.reply)))
        return parts


def token_text(token: str) -> str:
    """The characters of a piece of a vocabulary: of sentencepiece (``▁`` for a space) or WordPiece (``##`` goes on)."""
    return token.removeprefix("##").replace("▁", " ")


def _plain(text: str) -> str:
    return fold_text(joined(text))


def _says_something(reference: str) -> bool:
    """Whether there is a word or a figure in it. Blanks and dashes are cells that nobody filled in: set against one,
    any reply would look wrong."""
    return any(char.isalnum() for char in reference)


def pad(batch: Sequence[Encoded], pad_id: int, multiple: int = 1) -> tuple[IntArray, IntArray, IntArray]:
    """Stack into ``ids``, ``segments`` and ``mask`` (1 for a token, 0 for padding), each of shape (rows, tokens).

    ``tokens`` is the longest row's length, rounded up to a ``multiple``.
    """
    longest = max(len(row) for row in batch)
    shape = (len(batch), -(-longest // multiple) * multiple)
    ids, segments, mask = np.full(shape, pad_id, np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for row, encoded in enumerate(batch):
        ids[row, : len(encoded)] = encoded.ids
        segments[row, : len(encoded)] = encoded.segments
        mask[row, : len(encoded)] = 1
    return ids, segments, mask


def _latest(context: list[tuple[int, list[int]]], room: int) -> list[tuple[int, list[int]]]:
    """The latest turns that fit; half of the room is kept for the customer's last words, whatever came after them."""
    reserved = min(sum(len(ids) for segment, ids in context if segment == CUSTOMER), room // 2)
    kept: list[tuple[int, list[int]]] = []
    for segment, ids in reversed(context):
        cut = _cut_middle(ids, room if segment == CUSTOMER else room - reserved)
        room -= len(cut)
        if segment == CUSTOMER:
            reserved = max(reserved - len(cut), 0)
        if cut:
            kept.append((segment, cut))
    return kept[::-1]


def _cut_middle(ids: list[int], room: int) -> list[int]:
    """Keep the beginning and the end: greetings open a text, and what is asked or promised often closes it."""
    if len(ids) <= room:
        return ids
    head = (max(room, 0) + 1) // 2
    tail = max(room, 0) - head
    return ids[:head] + (ids[-tail:] if tail else [])


def special_id(tokenizer: Tokenizer, names: tuple[str, ...]) -> int:
    """The id of the special token that has one of these names; :class:`ValueError` when there is none."""
    for name in names:
        if (token := tokenizer.token_to_id(name)) is not None:
            return int(token)
    raise ValueError(f"the tokenizer has none of the special tokens {', '.join(names)}")
