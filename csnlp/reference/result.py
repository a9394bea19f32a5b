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
    """``applies``: the reply said something that could be judged. ``contradictions`` stand in the reply's order."""

    applies: bool
    contradictions: tuple[Contradiction, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether ``text[start:end]`` of the folded reply agrees with ``expected``."""

    start: int
    end: int
    agrees: bool
    expected: str
    fact_key: str = ""


def collected(reply: str, folded: Folded, judgements: Iterable[Judgement]) -> FactCheck:
    """The result for ``reply``, which ``folded`` is the folded form of; contradictions do not overlap."""
    found: dict[tuple[int, int], Contradiction] = {}
    applies = False
    for judgement in judgements:
        applies = True
        if not judgement.agrees:
            start, end = folded.original_span(judgement.start, judgement.end)
            contradiction = Contradiction(start, end, judgement.fact_key, reply[start:end], judgement.expected)
            found.setdefault((start, end), contradiction)
    kept: list[Contradiction] = []
    for span in sorted(found, key=lambda span: (span[0], -span[1])):
        if not kept or span[0] >= kept[-1].end:
            kept.append(found[span])
    return FactCheck(applies, tuple(kept))
