"""Finds the terms of all lexicons in a text in one pass, and says where they stand in the original.

Terms are looked for in the folded text (:mod:`csnlp.text.fold`). Those of loose lexicons are looked for in its
skeleton: letters, digits and Chinese characters only, repeated letters once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from ahocorasick_rs import AhoCorasick

from csnlp.rules.glance import Glance
from csnlp.rules.lexicon import Lexicon
from csnlp.rules.patterns import PatternSet
from csnlp.rules.quoting import may_quote
from csnlp.rules.unmasking import Unmasked, side_by_side, unmask
from csnlp.text.fold import Folded, fold

MAX_GAP = 3
"""Most characters that may be put between two characters of a loosely spelt term."""

MAX_CACHED, CACHED_TEXTS = 500, 1024
MAX_LONG, CACHED_LONG_TEXTS = 4_000, 256
CACHED_LONGEST_TEXTS = 64
"""So many texts up to these lengths, and of longer ones, are kept: the turns before a reply come again with the next
reply. About as many as a chat of such texts holds (:data:`csnlp.validation.MAX_CONTEXT`): with fewer, all of them would
be scanned anew for each reply."""

_REPEATED = re.compile(r"([^\x00-\x7f])\1\1")
_BREAKS = frozenset("，。！？；：、,!?;:…\n")

# Single letters in a row are mostly a list of sizes, colours or models: 接口有C N M三种, S/B两色.
_LISTS = frozenset("/-+&| ")
_CHOICE = re.compile(
    r" ?(?:[二两三四五六七八九十几多各\d] ?[种款个色码档型类样]|[可任]选|都有|[款码号型色档](?!客)"
    r"|系列|接口|套[餐装]|规格|尺码|颜色)"
)
_CHOICES = re.compile(r"(?:尺码|尺寸|颜色|规格|型号|接口|款式|色号|版本|口味)(?:有|是|分|分为|:)? ?$")


class Hit(NamedTuple):
    """A term found: ``start`` and ``end`` in the folded text."""

    start: int
    end: int
    term: str


@dataclass(frozen=True, slots=True)
class View:
    """A text as the rules see it: folded, with the hits of every lexicon that has some.

    ``patterns``: those of the scanner's patterns that match somewhere. ``quotes``: whether it may repeat somebody's
    words at all. ``unmasked``: the folded text without what hides its words, where there is something.
    """

    text: str
    folded: Folded
    hits: Mapping[str, tuple[Hit, ...]]
    patterns: frozenset[str]
    quotes: bool
    unmasked: Unmasked | None = None


class Scanner:
    """The terms of ``lexicons`` and ``patterns`` (RE2) as automata; safe to share between threads."""

    def __init__(self, lexicons: Iterable[Lexicon], patterns: Iterable[str] = (), glance: Glance | None = None) -> None:
        self.glance = glance or Glance()
        """What a glance at a case tells of the conditions that ask for these terms and patterns, or for a verdict."""
        self._patterns = PatternSet(patterns)
        self._pairs = side_by_side(self._patterns)
        strict, loose = _by_spelling(lexicons)
        self._strict, self._loose = _Automaton(strict), _Automaton(loose)
        self._cached = lru_cache(maxsize=CACHED_TEXTS)(self._view)
        self._cached_long = lru_cache(maxsize=CACHED_LONG_TEXTS)(self._view)
        self._cached_longest = lru_cache(maxsize=CACHED_LONGEST_TEXTS)(self._view)

    def view(self, text: str) -> View:
        """``text`` folded and scanned."""
        if len(text) <= MAX_CACHED:
            return self._cached(text)
        return self._cached_long(text) if len(text) <= MAX_LONG else self._cached_longest(text)

    def _view(self, text: str) -> View:
        folded = fold(text)
        found: dict[str, list[Hit]] = {}
        innocent: dict[str, list[Hit]] = {}
        skeleton, places = _skeleton(folded.text)
        for automaton, read, at in (
            (self._strict, folded.text, range(len(folded.text))),
            (self._loose, skeleton, places),
        ):
            for name, is_innocent, hit in automaton.find(read, at, folded.text):
                (innocent if is_innocent else found).setdefault(name, []).append(hit)
        kept = {name: _kept(hits, innocent.get(name, ())) for name, hits in found.items()}
        hits = {name: left for name, left in kept.items() if left}
        matching = self._patterns.matching(folded.text)
        unmasked = unmask(folded.text, self._pairs)
        if unmasked:
            matching |= self._patterns.matching(unmasked.text)
        return View(text, folded, hits, matching, may_quote(folded.text), unmasked)


_Words: TypeAlias = tuple[str, bool, Sequence[str]]
"""A lexicon's name, whether these words of it are innocent, and how they are spelt where they are looked for."""


def _by_spelling(lexicons: Iterable[Lexicon]) -> tuple[list[_Words], list[_Words]]:
    """The words to be looked for in the folded text, and those in its skeleton."""
    strict: list[_Words] = []
    loose: list[_Words] = []
    for lexicon in lexicons:
        for words, innocent in ((lexicon.terms, False), (lexicon.innocent, True)):
            skeletons = {word: _skeleton(word)[0] for word in words} if lexicon.loose else {}
            fit = {word: skeleton for word, skeleton in skeletons.items() if _tells(skeleton, word)}
            loose.append((lexicon.name, innocent, tuple(fit.values())))
            strict.append((lexicon.name, innocent, tuple(word for word in words if word not in fit)))
    return strict, loose


def _tells(skeleton: str, word: str) -> bool:
    """Whether the skeleton stands for ``word`` alone: that of 滚滚滚 is 滚, of 100% is 100, of 👍 is empty."""
    if skeleton == word:
        return True
    return len(skeleton) > 1 and not skeleton.isdigit() and not _REPEATED.search("".join(filter(str.isalnum, word)))


class _Automaton:
    """Terms → the lexicons that have them, as a term or as an innocent word."""

    def __init__(self, words: Iterable[_Words]) -> None:
        owners: dict[str, tuple[tuple[str, bool], ...]] = {}
        for lexicon, innocent, spelt in words:
            own = dict.fromkeys(spelt, ((lexicon, innocent),))
            owners |= own | {term: owners[term] + own[term] for term in owners.keys() & own.keys()}
        self._terms, self._owners = list(owners), list(owners.values())
        self._automaton = AhoCorasick(self._terms) if owners else None

    def find(self, text: str, places: Sequence[int], folded: str) -> Iterator[tuple[str, bool, Hit]]:
        """Lexicon, whether the word is innocent, and the hit. ``places[i]`` is where ``text[i]`` is in ``folded``."""
        if self._automaton is None or not text:
            return
        for number, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            is_latin = text[start].isascii() or text[end - 1].isascii()
            if is_latin and not _stands_alone(text, places, start, end, folded):
                continue
            if text is not folded and not _hangs_together(places, start, end, folded):
                continue
            if text is not folded and text[start:end].isascii() and _is_list(places, start, end, folded):
                continue
            hit = Hit(places[start], places[end - 1] + 1, self._terms[number])
            for name, is_innocent in self._owners[number]:
                yield name, is_innocent, hit


def _skeleton(folded: str) -> tuple[str, list[int]]:
    """Letters, digits and Chinese characters of ``folded``, and where each stands. A letter that is repeated counts
    once, a Chinese character that stands three times or more also."""
    chars: list[str] = []
    places: list[int] = []
    run = 0
    for place, char in enumerate(folded):
        if not char.isalnum():
            continue
        run = run + 1 if chars and chars[-1] == char else 1
        if run > 1 and char.isascii() and char.isalpha():
            continue
        if run > 2 and not char.isascii():
            while len(chars) > 1 and chars[-2] == char:
                chars.pop()
                places.pop()
            continue
        chars.append(char)
        places.append(place)
    return "".join(chars), places


def _stands_alone(text: str, places: Sequence[int], start: int, end: int, folded: str) -> bool:
    """Whether a term that begins or ends with a Latin letter or digit is not part of a longer such word."""
    before = start and _is_word(text[start]) and _is_word(text[start - 1])
    after = end < len(text) and _is_word(text[end - 1]) and _is_word(text[end])
    if not before and not after:
        return True
    # Spelt with gaps, a neighbour that is further off than the term's own gaps, or behind a break, is another word.
    widest = max((places[i + 1] - places[i] for i in range(start, end - 1)), default=1)
    neighbours = [start - 1] * bool(before) + [end - 1] * bool(after)
    return not any(
        places[i + 1] - places[i] <= widest and _hangs_together(places, i, i + 2, folded) for i in neighbours
    )


def _hangs_together(places: Sequence[int], start: int, end: int, folded: str) -> bool:
    """Whether nothing but a few symbols or spaces, no sentence break, stands between the term's characters."""
    if places[end - 1] - places[start] == end - 1 - start:
        return True
    for left, right in zip(places[start : end - 1], places[start + 1 : end], strict=True):
        gap = [char for char in folded[left + 1 : right] if not char.isalnum()]
        if len(gap) > MAX_GAP or not _BREAKS.isdisjoint(gap):
            return False
    return True


def _is_list(places: Sequence[int], start: int, end: int, folded: str) -> bool:
    """Whether the letters of a Latin term, all of them apart, are things of a kind: 尺码有S/B. A mask is even, too."""
    between = zip(places[start : end - 1], places[start + 1 : end], strict=True)
    gaps = ["".join(char for char in folded[left + 1 : right] if not char.isalnum()) for left, right in between]
    if not gaps or not all(gaps):
        return False
    if len(set(gaps)) > 1:
        return True
    first, after = places[start], places[end - 1] + 1
    is_choice = _CHOICE.match(folded, after) or _CHOICES.search(folded[max(0, first - 8) : first])
    return _LISTS.issuperset(gaps[0]) and is_choice is not None


def _is_word(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _kept(hits: list[Hit], innocent: Sequence[Hit]) -> tuple[Hit, ...]:
    """The longest hits, left to right, none inside another, none overlapping an innocent word that is not inside it."""
    if len(hits) == 1 and not innocent:
        return tuple(hits)
    kept: list[Hit] = []
    innocent = sorted(innocent, key=lambda word: word.start)
    reach = max((word.end - word.start for word in innocent), default=0)
    first = 0
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        if kept and hit.end <= kept[-1].end:
            continue
        while first < len(innocent) and innocent[first].start + reach <= hit.start:
            first += 1
        if not _overlaps(hit, innocent, first):
            kept.append(hit)
    return tuple(kept)


def _overlaps(hit: Hit, innocent: Sequence[Hit], first: int) -> bool:
    for index in range(first, len(innocent)):
        word = innocent[index]
        if word.start >= hit.end:
            return False
        if word.end > hit.start and not (hit.start <= word.start and word.end <= hit.end):
            return True
    return False
