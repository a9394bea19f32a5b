"""Conditions on repetition: a sentence twice in one reply, talk in circles, or a reply that was given before."""

from __future__ import annotations

import re
from collections import Counter, deque
from dataclasses import dataclass
from functools import lru_cache
from itertools import count, pairwise
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
_MASK = re.compile(r"\[[^\[\]]{1,20}\]")
_FIGURE = re.compile(r"\[[^\[\]]{1,20}x\]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_NUMBER = re.compile(r"\d+(?:\.\d+)?|[二两三四五六七八九十百千万]+")
_CLAUSE = re.compile(r"[^，。！？；：、,!?;:~～…\s]+")
# Without the words that say nothing by themselves.
_TOKEN = re.compile(r"[^\W的了呢哦哈啊呀吧嘛您你亲我们就都也是a-z\d_]|[a-z\d]+")
LONGEST = 60
"""Most characters of words that are looked for right after themselves."""
KEPT = 50
"""Most earlier clauses that one is set against."""


@dataclass(frozen=True, slots=True)
class RepeatedSentence(Condition):
    """A sentence (between punctuation) of at least ``length`` characters stands in the reply twice, one of two thirds
    of that three times, or words stand right after themselves so often that it makes ``length`` characters more."""

    length: int

    cost = 4

    def check(self, case: Case, /) -> Verdict:
        folded = case.reply.folded
        text = with_line_breaks(case.exchange.reply)
        spans = _said_again(text, self.length) or _run_on(text, self.length)
        return Verdict(True, tuple(folded.original_span(*span) for span in spans)) if spans else NO


def _said_again(text: str, length: int) -> list[Span]:
    """The sentences of ``text`` that stood there before."""
    times: Counter[str] = Counter()
    spans: list[Span] = []
    shortest = -(-length * 2 // 3)
    for match in _SENTENCE.finditer(text):
        if len(match[0]) < shortest or len(core := _core(match[0])) < shortest:
            continue
        if _FIGURE.search(EMOJI_CODE.sub("", match[0])):
            continue  # masks of different figures look alike
        times[core] += 1
        if times[core] > (1 if len(core) >= length else 2):
            spans.append(match.span())
    return spans


def _run_on(text: str, length: int) -> list[Span]:
    """Where words stand right after themselves (在的亲在的亲…), whatever is put between. A laugh is no such words, nor
    are figures."""
    words, places = _words(text)
    if len(words) - len(set(words)) < length:
        return []
    found = [match for match in _run(length).finditer(words) if _tells(match[match.lastindex or 0])]
    return [(places[match.end(match.lastindex or 0)], places[match.end() - 1] + 1) for match in found]


def _words(text: str) -> tuple[str, list[int]]:
    """The words of ``text`` without punctuation, and where each character stands. Masks of figures ([数字x]) stand for
    different ones: each is a character of its own."""
    text = _without_emoji(text)
    masks = (chr(0xE000 + number % 6400) for number in count())
    text = _MASK.sub(lambda match: next(masks) + " " * (len(match[0]) - 1), text)
    kept = [(char, place) for place, char in enumerate(text) if char.isalnum() or "\ue000" <= char <= "\uf8ff"]
    return "".join(char for char, _ in kept), [place for _, place in kept]


def _without_emoji(text: str) -> str:
    """``text`` with blanks for the codes of emoji, so that all else stands where it stood."""
    return EMOJI_CODE.sub(lambda match: " " * len(match[0]), text)


@lru_cache(maxsize=8)
def _run(length: int) -> re.Pattern[str]:
    """Words of two characters or more, each length as often after themselves as makes ``length`` characters more."""
    short = [f"(.{{{size}}})\\{size - 1}{{{-(-length // size)},}}" for size in range(2, min(length, LONGEST))]
    return re.compile("|".join([*short, f"(.{{{max(2, length)},{LONGEST + length}}})\\{len(short) + 1}+"]))


def _tells(words: str) -> bool:
    return len(set(words)) > 1 and _HAN.search(words) is not None


@dataclass(frozen=True, slots=True)
class Circling(Condition):
    """Of the clauses, a ``share`` and at least ``length`` have the same pair of characters, and one says nothing that
    one before it did not say (是正品，我们是正品，都是正品，…). With two different figures it is a list."""

    length: int
    share: float

    cost = 4

    def check(self, case: Case, /) -> Verdict:
        folded = case.reply.folded
        text = _without_emoji(with_line_breaks(case.exchange.reply))
        if len(set(_NUMBER.findall(text))) + len(_FIGURE.findall(text)) > 1:
            return NO
        clauses = [
            (match.span(), said) for match in _CLAUSE.finditer(text) if len(said := _TOKEN.findall(match[0])) > 1
        ]
        times = Counter(pair for _, said in clauses for pair in set(pairwise(said)))
        if max(times.values(), default=0) < max(self.length, self.share * len(clauses)):
            return NO
        known: deque[set[str]] = deque(maxlen=KEPT)
        stale: list[Span] = []
        for span, said in clauses:
            if any(earlier.issuperset(said) for earlier in known):
                stale.append(folded.original_span(*span))
            else:
                known.append(set(said))
        return Verdict(True, tuple(stale)) if stale else NO


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
    kind = entry.choice("repeat", ("sentence", "clauses", "reply"))
    if kind == "clauses":
        return Circling(entry.whole("length", 4, low=2), entry.number("share", 0.7, high=1))
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
