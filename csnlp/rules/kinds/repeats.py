"""Conditions on repetition: a sentence twice in one reply, or a reply that was given before."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from operator import add

from csnlp.rules.case import Case
from csnlp.rules.kinds.names import Names
from csnlp.rules.quoting import shown, with_line_breaks
from csnlp.rules.reader import Entry
from csnlp.rules.verdict import NO, Condition, Span, Verdict, unknown
from csnlp.text.chat_codes import EMOJI_CODE
from csnlp.text.printable import printable

_SENTENCE = re.compile(r"[^，。！？；,!?;~～…\n]+")
_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class RepeatedSentence(Condition):
    """A sentence (between punctuation) of at least ``length`` characters stands in the reply twice."""

    length: int

    cost = 4

    def check(self, case: Case, /) -> Verdict:
        folded = case.reply.folded
        seen: set[str] = set()
        spans: list[Span] = []
        for match in _SENTENCE.finditer(with_line_breaks(case.exchange.reply)):
            if len(match[0]) < self.length or len(core := _core(match[0])) < self.length:
                continue
            if core in seen:
                spans.append(folded.original_span(*match.span()))
            seen.add(core)
        return Verdict(True, tuple(spans)) if spans else NO


@dataclass(frozen=True, slots=True)
class RepeatedReply(Condition):
    """One of the agent's ``last`` earlier turns had (nearly) the same words: the share of character pairs in common,
    of all that either has, is at least ``share``. Replies of under ``length`` different pairs are too short to tell."""

    length: int
    last: int
    share: float

    cost = 4

    def check(self, case: Case, /) -> Verdict:
        earlier = case.turns("agent") or ()
        if not earlier:
            return unknown("no_match")
        mine = _pairs(case.reply.folded.text)
        if len(mine) < self.length:
            return NO
        for turn in earlier[-self.last :]:
            theirs = _pairs(case.scanner.view(turn.text).folded.text)
            if len(mine & theirs) >= self.share * len(mine | theirs):
                return Verdict(True, note=f"= {_beginning(turn.text)}")
        return NO


def parse(entry: Entry, names: Names) -> Condition:
    kind = entry.choice("repeat", ("sentence", "reply"))
    length = entry.whole("length", 8, low=1)
    if kind == "sentence":
        return RepeatedSentence(length)
    return RepeatedReply(length, entry.whole("last", 3, low=1), entry.number("share", 0.9, high=1))


def _beginning(text: str) -> str:
    """The beginning of an earlier turn, for a note, which is one line."""
    masked = " ".join(printable(shown(text)).split())
    return masked if len(masked) <= 20 else masked[:20] + "…"


def _core(text: str) -> str:
    """The words alone: no punctuation, no emoji."""
    return _NO_WORD.sub("", EMOJI_CODE.sub("", text))


@lru_cache(maxsize=32)
def _pairs(text: str) -> frozenset[str]:
    """Pairs of neighbours among the words. Some are kept: the next reply is set against this one."""
    core = _core(text)
    return frozenset(map(add, core, core[1:]))
