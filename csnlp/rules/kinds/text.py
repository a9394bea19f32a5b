"""Conditions on words: the terms of lexicons, and regular expressions (RE2, so linear in the text)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from csnlp.rules.case import PLACES, Case, Place
from csnlp.rules.glance import Claims
from csnlp.rules.kinds.names import Names
from csnlp.rules.negating import negated
from csnlp.rules.patterns import compile_pattern
from csnlp.rules.quoting import quoted, shown, with_line_breaks
from csnlp.rules.reader import Entry
from csnlp.rules.scanner import View
from csnlp.rules.verdict import NO, YES, Condition, Span, Verdict, unknown
from csnlp.text.fold import fold_text

MAX_MATCHES = 100
"""Most matches of one condition looked at in one text."""


@dataclass(frozen=True, slots=True)
class Where:
    """Where and how often words count.

    ``place``: one of :data:`csnlp.rules.case.PLACES`; ``last``: only so many of its latest turns (0: all).
    ``head``, ``tail``: only in the first or last so many characters of a turn (0: anywhere).
    ``at_least``: so many matches in all. ``unless_negated``: a match behind a negation does not count.
    ``quoted``: an agent's match counts even where he repeats the customer's words. ``besides``: words that a match
    must not overlap.
    """

    place: str
    last: int
    head: int
    tail: int
    at_least: int
    unless_negated: bool
    quoted: bool
    besides: tuple[str, ...]
    anywhere: bool = field(init=False, repr=False, compare=False)
    """Whether one match is enough, wherever it stands."""

    def __post_init__(self) -> None:
        limited = self.last or self.head or self.tail or self.at_least > 1 or self.unless_negated or self.besides
        object.__setattr__(self, "anywhere", not limited)


class _TextMatch(Condition):
    """Something that the scan finds stands there."""

    __slots__ = ()

    where: Where

    def check(self, case: Case, /) -> Verdict:
        return self._answer(case, True)

    def decide(self, case: Case, /) -> Verdict:
        return self._answer(case, False)

    def _answer(self, case: Case, evidence: bool) -> Verdict:
        where = self.where
        place = case.place(where.place)
        if place and place.views:
            if not self._is_in(place):
                return NO
            if not evidence and self.is_sure and (where.quoted or not place.quotes):
                return YES
        return _search(case, where, self._spans, evidence)

    @property
    def is_sure(self) -> bool:
        """Whether it is enough that the scan found it (where nobody is quoted)."""
        return self.where.anywhere

    @abstractmethod
    def _is_in(self, place: Place) -> bool: ...

    @abstractmethod
    def _spans(self, view: View) -> Iterable[Span]: ...


@dataclass(frozen=True, slots=True)
class LexiconMatch(_TextMatch):
    """A term of one of the lexicons stands there."""

    lexicons: tuple[str, ...]
    where: Where
    claims: Claims = field(default=(0, 0), repr=False, compare=False)

    cost = 1

    def _is_in(self, place: Place) -> bool:
        return not place.lexicons.isdisjoint(self.lexicons)

    def _spans(self, view: View) -> Iterable[Span]:
        spans = [(hit.start, hit.end) for name in self.lexicons if name in view.hits for hit in view.hits[name]]
        return sorted(spans, key=lambda span: (span[0], -span[1])) if len(self.lexicons) > 1 else spans


@dataclass(frozen=True, slots=True)
class RegexMatch(_TextMatch):
    """The pattern matches the folded text, or that text without its masks (密*码). What counts is its group ``at``,
    where it has one: the rest of such a pattern says what must stand around."""

    pattern: str
    compiled: Any = field(repr=False, compare=False)
    where: Where
    claims: Claims = field(default=(0, 0), repr=False, compare=False)

    cost = 2

    @property
    def is_sure(self) -> bool:
        # No pattern matches the empty text; but between two characters, one with \b may match no more than that.
        return self.where.anywhere and r"\b" not in self.pattern

    def _is_in(self, place: Place) -> bool:
        return self.pattern in place.patterns

    def _spans(self, view: View) -> Iterable[Span]:
        if self.pattern not in view.patterns:
            return ()
        spans = (span for _, span in self._found(view.folded.text))
        bare = view.unmasked
        if bare is None:
            return spans
        hidden = (bare.masked_span(*span) for match, span in self._found(bare.text) if bare.hid(*match.span()))
        return sorted({*islice(spans, MAX_MATCHES), *islice(hidden, MAX_MATCHES)})

    def _found(self, text: str) -> Iterator[tuple[Any, Span]]:
        """The matches in ``text`` that are not empty, each with the span that counts."""
        at = self.compiled.groupindex.get("at", 0)
        for match in self.compiled.finditer(text):
            start, end = match.span(at if match.end(at) > 0 else 0)
            if end > start:
                yield match, (start, end)


def _search(case: Case, where: Where, spans_of: Callable[[View], Iterable[Span]], evidence: bool) -> Verdict:
    """Look for spans (of the folded text) in the turns of ``where``, no further than needed without ``evidence``."""
    views = case.views(where.place)
    if views is None:
        return unknown("open")
    if not views and where.place in ("question", "customer"):
        return unknown("no_customer")
    counted: list[tuple[View, Span]] = []
    customer: Sequence[str] | None = None
    for role, view in views[-where.last :] if where.last else views:
        may_repeat = view.quotes and role == "agent" and not where.quoted
        done = denied = 0
        for span in islice(spans_of(view), MAX_MATCHES):
            if span[0] < denied or not _counts(span, view, where):
                continue
            if where.unless_negated and _negated(span, view):
                denied = span[1]  # a term that overlaps it is denied with it: 没有全网最低价
                continue
            if may_repeat:
                customer = _customer_words(case) if customer is None else customer
                if quoted(with_line_breaks(view.text), *span, customer):
                    continue
            if span[0] < done:  # Words that overlap are one piece of evidence: two lexicons may have the same term.
                done = max(done, span[1])
                counted[-1] = view, (counted[-1][1][0], done)
                continue
            done = span[1]
            counted.append((view, span))
            if len(counted) == where.at_least:
                if not evidence:
                    return YES
                if where.place != "reply":  # the evidence is shown in the reply only: enough is enough
                    words = dict.fromkeys(shown(view.folded.text, *span) for view, span in counted)
                    return Verdict(True, note="、".join(words))
    if len(counted) < where.at_least:
        return NO
    return Verdict(True, tuple(view.folded.original_span(*span) for view, span in counted))


def parse_lexicon(entry: Entry, names: Names) -> Condition:
    match = LexiconMatch(entry.choices("lexicon", sorted(names.lexicons)), _where(entry))
    where = match.where
    return replace(match, claims=names.glance.words(where.place, match.lexicons, (), match.is_sure, where.quoted))


def parse_regex(entry: Entry, names: Names) -> Condition:
    pattern = entry.text("regex")
    try:
        compiled = compile_pattern(pattern)
    except ValueError as error:
        raise entry.error("regex", str(error)) from None
    match = RegexMatch(pattern, compiled, _where(entry))
    where = match.where
    return replace(match, claims=names.glance.words(where.place, (), (pattern,), match.is_sure, where.quoted))


def _where(entry: Entry) -> Where:
    besides = tuple(fold_text(word) for word in entry.texts("except", ()))
    if not all(besides):
        raise entry.error("except", "an empty word")
    return Where(
        place=entry.choice("in", PLACES, "reply"),
        last=entry.whole("last", 0),
        head=entry.whole("head", 0),
        tail=entry.whole("tail", 0),
        at_least=entry.whole("times", 1, low=1),
        unless_negated=entry.flag("unless_negated"),
        quoted=entry.flag("quoted"),
        besides=besides,
    )


def _counts(span: Span, view: View, where: Where) -> bool:
    start, end = span
    text = view.folded.text
    if (where.head and start >= where.head) or (where.tail and end <= len(text) - where.tail):
        return False
    return not any(_overlaps(word, text, start, end) for word in where.besides)


def _negated(span: Span, view: View) -> bool:
    """Also where the negation is hidden, as the words are: 不.要.加.微.信."""
    bare = view.unmasked
    if bare is not None and negated(bare.text, *bare.span(*span)):
        return True
    return negated(with_line_breaks(view.text), *span)


def _overlaps(word: str, text: str, start: int, end: int) -> bool:
    """Whether ``word`` stands in ``text`` so that it shares a character with the span."""
    return text.find(word, max(0, start - len(word) + 1), end + len(word) - 1) >= 0


def _customer_words(case: Case) -> Sequence[str]:
    return [case.scanner.view(turn.text).folded.text for turn in case.exchange.context if turn.role == "customer"]
