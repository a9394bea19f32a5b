"""Takes out what is put between the characters of a word to hide it from a pattern: 加-我-微-信, 密*码, 微.信, q/q.

Only where it must be a mask: between three or more characters that all stand alone, or inside a pair of characters that
the patterns themselves have side by side. 支付宝/微信 and 码-发 stay as they are.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
# Up to three symbols, no sentence break, perhaps with a space beside them.
_GAP = r" ?[^\w\s，。！？；：、,!?;:…]{1,3} ?| ?_{1,3} ?"
_MASKED_PAIR = re.compile(
    rf"(?<=[{_HAN}])(?:{_GAP})(?=[{_HAN}])|(?<=(?<![a-z0-9])[a-z])(?:{_GAP})(?=[a-z](?![a-z0-9]))"
    rf"|(?<=(?<![a-z0-9])[a-z])(?:{_GAP})(?=[{_HAN}])"
)
_SPACED_OUT = re.compile(rf"(?<![{_HAN}])[{_HAN}](?:(?:{_GAP})[{_HAN}](?![{_HAN}])){{2,}}")
_PART = re.compile(r"\\.(?:\{[^}]*\})?|\?P<\w+>|\{[^}]*\}|\[(?P<any>[^\]]*)\]|(?P<one>.)")
_LETTER = re.compile(f"[{_HAN}a-z]")


class Unmasked(NamedTuple):
    """A text without its masks; ``places[i]`` is where ``text[i]`` stands in the text with them."""

    text: str
    places: tuple[int, ...]

    def masked_span(self, start: int, end: int) -> tuple[int, int]:
        return self.places[start], self.places[end - 1] + 1

    def hid(self, start: int, end: int) -> bool:
        """Whether something was taken out within ``text[start:end]``."""
        return self.places[end - 1] - self.places[start] != end - 1 - start

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where ``[start, end)`` of the text with the masks is in ``text``."""
        return bisect_left(self.places, start), bisect_left(self.places, end)


def side_by_side(patterns: Iterable[str]) -> frozenset[str]:
    """The pairs of characters that ``patterns`` have side by side: 私底?下 has 私下 too."""
    return frozenset(pair for pattern in patterns for pair in _pairs(pattern))


def _pairs(pattern: str) -> Iterator[str]:
    last: set[str] = set()  # what may stand right before
    before: set[str] = set()  # and before that, should the last be left out
    for part in _PART.finditer(pattern):
        if part["one"] == "?":
            last = last | before
            continue
        chars = part["any"] or part["one"] or ""
        is_range = part["any"] is not None and ("-" in chars or chars.startswith("^"))
        now = set() if is_range else set(_LETTER.findall(chars))
        yield from (left + right for left in last for right in now)
        before, last = last, now


def unmask(folded: str, pairs: frozenset[str]) -> Unmasked | None:
    """``folded`` without its masks; None where it has none."""
    gaps = [match.span() for match in _MASKED_PAIR.finditer(folded)]
    if not gaps:
        return None
    alone = [match.span() for match in _SPACED_OUT.finditer(folded)]
    masks = [
        (start, end) for start, end in gaps if folded[start - 1] + folded[end] in pairs or _within(start, end, alone)
    ]
    if not masks:
        return None
    drop = {place for start, end in masks for place in range(start, end)}
    # The spaces beside a word so hidden are part of the mask: 加我 微.信 聊.
    drop |= {place for start, end in masks for place in (start - 2, end + 1) if folded[place : place + 1] == " "}
    places = tuple(place for place in range(len(folded)) if place not in drop)
    return Unmasked("".join(folded[place] for place in places), places)


def _within(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    """Whether one of ``spans``, which are in order and apart, holds what is from ``start`` to ``end``."""
    place = bisect_left(spans, (start, 0)) - 1
    return place >= 0 and end < spans[place][1]
