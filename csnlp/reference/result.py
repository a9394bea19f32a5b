"""What a fact check finds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from csnlp.text.fold import Folded


@dataclass(frozen=True, slots=True)
class Contradiction:
    """``reply[start:end]`` says ``found`` where the fact ``fact_key`` says ``expected``.

    Against a standard answer, ``fact_key`` is empty and ``expected`` its words.
    """

    start: int
    end: int
    fact_key: str
    found: str
    expected: str


@dataclass(frozen=True, slots=True)
class FactCheck:
    """``applies``: the reply said something that could be judged, and no number that may be wrong or of something else.

    ``contradictions`` stand in the reply's order.
    """

    applies: bool
    contradictions: tuple[Contradiction, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether ``text[start:end]`` of the folded reply agrees with ``expected``.

    ``rest`` counts the characters behind it that people are shown with it, to the end of its word: 由 of 七天无理由.
    ``doubt``: it does not agree, but may be of something else, so that the reply is neither borne out nor contradicted.
    """

    start: int
    end: int
    agrees: bool
    expected: str
    fact_key: str = ""
    rest: int = 0
    doubt: bool = False


def collected(reply: str, folded: Folded, judgements: Iterable[Judgement]) -> FactCheck:
    """The result for ``reply``, which ``folded`` is the folded form of; contradictions do not overlap."""
    found: dict[tuple[int, int], Contradiction] = {}
    doubts = set()
    for judgement in judgements:
        doubts.add(judgement.doubt)
        if not (judgement.agrees or judgement.doubt):
            start, end = folded.original_span(judgement.start, judgement.end + judgement.rest)
            contradiction = Contradiction(start, end, judgement.fact_key, reply[start:end], judgement.expected)
            found.setdefault((start, end), contradiction)
    kept: list[Contradiction] = []
    for span in sorted(found, key=lambda span: (span[0], -span[1])):
        if not kept or span[0] >= kept[-1].end:
            kept.append(found[span])
    return FactCheck(bool(kept) or doubts == {False}, tuple(kept))
