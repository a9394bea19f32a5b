"""Conditions on meaning: the reply is close to one of some sentences, by the encoder's embedding."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from csnlp.rules.case import Case, Embed
from csnlp.rules.kinds.names import Names
from csnlp.rules.reader import Entry
from csnlp.rules.verdict import NO, Condition, Verdict, unknown
from csnlp.types import FloatArray


@dataclass(frozen=True, slots=True)
class SimilarTo(Condition):
    """The cosine of the reply's embedding and that of one of ``sentences`` is at least ``cosine``."""

    sentences: tuple[str, ...]
    cosine: float

    cost = 7

    def check(self, case: Case, /) -> Verdict:
        if case.embed is None:
            return unknown("no_embedding")
        cosines = _vectors(case.embed, self.sentences) @ case.embed([case.exchange.reply])[0]
        best = int(cosines.argmax())
        if cosines[best] < self.cosine:
            return NO
        return Verdict(True, note=f"≈ {self.sentences[best]} ({cosines[best]:.2f})")


def _vectors(embed: Embed, sentences: tuple[str, ...]) -> FloatArray:
    """The sentences' embeddings: the same for every reply, and kept as long as the scorer keeps ``embed``."""
    known = _KNOWN.setdefault(embed, {})
    if sentences not in known:
        known[sentences] = embed(sentences)
    return known[sentences]


_KNOWN: MutableMapping[Embed, dict[tuple[str, ...], FloatArray]] = WeakKeyDictionary()


def parse(entry: Entry, names: Names) -> Condition:
    return SimilarTo(entry.texts("similar"), entry.number("cosine", 0.85, low=-1, high=1))
