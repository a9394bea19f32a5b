"""Whole-word masking: the words of a text, not its characters, are hidden and asked for (Cui et al. 2021,
arXiv:1906.08101)."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
from tokenizers import Tokenizer

from csnlp.models.encoding import MASK, SPECIAL, Encoded, IntArray, special_id, token_text
from csnlp.models.jieba_words import words

SHARE = 0.15
"""The part of the words that is asked for; of these, 80 % are hidden, 10 % replaced at random and 10 % left
(Devlin et al. 2019, arXiv:1810.04805)."""


@dataclass(frozen=True, slots=True)
class Masked:
    """An encoded text with some words hidden; ``asked`` are the positions of their tokens, and ``ids`` what stood
    there."""

    text: Encoded
    asked: IntArray
    ids: IntArray


class WordMasker:
    """Hides words of what an encoder with this ``tokenizer`` made."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._mask = special_id(tokenizer, MASK)
        self._size = tokenizer.get_vocab_size()
        self._texts = [token_text(tokenizer.id_to_token(i) or "").strip() for i in range(self._size)]

    def __call__(self, encoded: Encoded, rng: random.Random) -> Masked:
        """At least one word is asked for; the same state of ``rng`` gives the same words."""
        groups = self.words(encoded)
        chosen = sorted(rng.sample(range(len(groups)), max(1, round(SHARE * len(groups)))))
        asked = [position for number in chosen for position in groups[number]]
        ids = encoded.ids.copy()
        for number in chosen:
            draw = rng.random()
            for position in groups[number] if draw < 0.9 else ():
                ids[position] = self._mask if draw < 0.8 else rng.randrange(self._size)
        return Masked(Encoded(ids, encoded.segments), np.array(asked, dtype=np.int64), encoded.ids[asked])

    def words(self, encoded: Encoded) -> list[list[int]]:
        """The positions of the tokens of each word; special tokens belong to none. A token that reaches into two words
        joins them."""
        positions = [p for p, segment in enumerate(encoded.segments) if segment != SPECIAL]
        texts = [self._texts[encoded.ids[p]] or "\ufffd" for p in positions]
        ends, at = set(), 0
        whole = "".join(texts)
        for word in words(whole):
            at = whole.index(word, at) + len(word)
            ends.add(at)
        groups: list[list[int]] = [[]]
        at = 0
        for position, text in zip(positions, texts, strict=True):
            groups[-1].append(position)
            at += len(text)
            if at in ends:
                groups.append([])
        return [group for group in groups if group]
