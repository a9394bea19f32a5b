"""Finds slips of writing in a reply: wrong characters, words written twice or left out, a sentence that breaks off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from operator import add
from typing import Literal

from csnlp.text.fold import fold, fold_text
from csnlp.typos.breaks import break_off
from csnlp.typos.characters import load_model
from csnlp.typos.ngrams import BREAK, load
from csnlp.typos.slips import forms, known_slips
from csnlp.typos.symbols import squeeze, symbols

Kind = Literal["character", "doubled", "missing", "muddled"]

_THRESHOLD = 0.9
"""The least probability of a reported change, chosen on the development half of our sentences and of real replies. In
held-out lines of customers' chat and reviews, which are rougher, 71 of 90 changes above it were slips."""

# Right in traditional writing, which has several characters for what is simplified to 复; 恢覆 is a slip there too.
_TRADITIONAL = re.compile("[回答反]覆|覆[查核信函]")

# Sure enough to come before any change of a character: read by hand, nearly all such findings are slips.
_KNOWN = 0.95
_BROKEN = 0.9


@dataclass(frozen=True, slots=True)
class Typo:
    """A slip at ``[start, end)`` of the text. ``suggestion`` replaces ``found``; it is empty if there is none.

    ``kind`` is ``character`` (a wrong character), ``doubled`` (written twice), ``missing`` (a word left out of a set
    phrase) or ``muddled`` (the sentence breaks off). ``confidence`` (0..1) orders findings.
    """

    start: int
    end: int
    kind: Kind
    found: str
    suggestion: str
    confidence: float


def find_typos(text: str) -> tuple[Typo, ...]:
    """The slips in ``text``, in order, none overlapping another; none when in doubt.

    Spans count the characters of ``text`` as given. Time grows linearly with its length.

    >>> find_typos("您的包果以经发出了")[0].suggestion
    '裹'
    """
    folded = fold(text)
    typos = []
    fine = _traditional(text, folded.text)
    for typo in _apart(_findings(folded.text)):
        if typo.start in fine:
            continue
        start, end = folded.original_span(typo.start, typo.end)
        typos.append(Typo(start, end, typo.kind, text[start:end], typo.suggestion, typo.confidence))
    return tuple(typos)


def _traditional(text: str, folded: str) -> set[int]:
    """Where ``folded`` has words that are right as ``text`` is in traditional characters."""
    words = [match.span() for match in _TRADITIONAL.finditer(folded)]
    if not words or not any("\u4e00" <= char <= "\u9fff" and fold_text(char) != char for char in text):
        return set()
    return {place for span in words for place in range(*span)}


def _findings(text: str) -> Iterator[Typo]:
    """All findings in folded ``text``, the surest kinds first."""
    bounded = BREAK + symbols(text) + BREAK
    pairs = set(map(add, bounded, bounded[1:]))
    cleared: set[tuple[int, str]] = set()
    if not known_slips().keys().isdisjoint(pairs):
        padded = BREAK + bounded + BREAK
        for at, slip in forms(padded):
            if slip.stands_in(padded, at):
                wrong, right = slip.wrong.strip(BREAK), slip.right.strip(BREAK)
                start = at - 2 + slip.wrong.startswith(BREAK)
                yield Typo(start, start + len(wrong), slip.kind, wrong, right, _KNOWN)
            elif slip.kind == "character":
                cleared.update(enumerate(slip.right, at - 2))
    if broken := break_off(text):
        start, end = broken
        yield Typo(start, end, "muddled", text[start:end], "", _BROKEN)
    if doubtful := pairs - load().ordinary:
        # Where a list knows a form and finds it right, the statistics know no better.
        yield from (
            typo for typo in _changes(text, bounded[1:-1], doubtful) if (typo.start, typo.suggestion) not in cleared
        )


def _changes(text: str, plain: str, doubtful: set[str]) -> list[Typo]:
    """Wrong characters in ``text`` whose symbols are ``plain``, near ``doubtful`` pairs, the most probable first."""
    model = load_model()
    squeezed, places = squeeze(plain)
    found = []
    for change in model.changes(squeezed, doubtful):
        if (probability := model.probability(change)) >= _THRESHOLD:
            place = places[change.index]
            found.append(Typo(place, place + 1, "character", text[place], change.new, round(probability, 3)))
    return sorted(found, key=lambda typo: -typo.confidence)


def _apart(typos: Iterator[Typo]) -> list[Typo]:
    """``typos`` without those that touch an earlier one, by position."""
    taken: set[int] = set()
    kept = []
    for typo in typos:
        span = range(typo.start, typo.end)
        if taken.isdisjoint(span):
            taken.update(span, (typo.start - 1, typo.end))
            kept.append(typo)
    return sorted(kept, key=lambda typo: typo.start)
