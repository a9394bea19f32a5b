"""Folds the spellings that mean the same into one, and remembers where each character came from.

Folded away: width and compatibility forms (NFKC), traditional characters, letter case, zero-width and other invisible
characters, runs of white space, and spaces put between single Chinese characters (``有 什 么`` → ``有什么``). Nothing
else changes: punctuation, emoji and words stay.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

_CJK = r"\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f"
# Three or more single Chinese characters with white space between each two: spelt out to dodge a filter. Two are
# left alone, since a space between two short sentences ("好 行") is a sentence break.
_SPACED_OUT = re.compile(rf"(?<![{_CJK}])[{_CJK}](?: [{_CJK}](?![{_CJK}])){{2,}}")


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text. ``offsets[i]`` is the index in the original of the character that ``text[i]`` came from."""

    text: str
    offsets: tuple[int, ...]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The span in the original text that the folded span ``[start, end)`` covers; ``start < end`` is required."""
        if not 0 <= start < end <= len(self.text):
            raise IndexError(f"span [{start}, {end}) is outside the folded text of length {len(self.text)}")
        return self.offsets[start], self.offsets[end - 1] + 1


def fold_text(text: str) -> str:
    """The folded form of ``text`` (see the module's description)."""
    return _join_spaced_out(_squeeze(text.translate(_TABLE)))


@lru_cache(maxsize=16)
def fold(text: str) -> Folded:
    """:func:`fold_text` with the offsets into the original. The latest are kept: several look at the same reply."""
    at_once = fold_text(text)
    if len(at_once) == len(text) and _UNEVEN.isdisjoint(text):  # one for one, as nearly every text is
        return Folded(at_once, tuple(range(len(text))))
    chars: list[str] = []
    offsets: list[int] = []
    for index, char in enumerate(text):
        for folded in char.translate(_TABLE):
            if folded == " " and (not chars or chars[-1] == " "):
                continue
            chars.append(folded)
            offsets.append(index)
    if chars and chars[-1] == " ":
        chars.pop()
        offsets.pop()
    squeezed = "".join(chars)
    drop = {i for m in _SPACED_OUT.finditer(squeezed) for i in range(*m.span()) if squeezed[i] == " "}
    kept = [i for i in range(len(squeezed)) if i not in drop]
    return Folded("".join(squeezed[i] for i in kept), tuple(offsets[i] for i in kept))


def _squeeze(text: str) -> str:
    if "  " not in text and not text.startswith(" ") and not text.endswith(" "):
        return text
    return " ".join(part for part in text.split(" ") if part)


def _join_spaced_out(text: str) -> str:
    return text if " " not in text else _SPACED_OUT.sub(lambda match: match.group().replace(" ", ""), text)


class _Table(dict[int, str]):
    """Code point → folded string, filled as characters turn up (at most all of Unicode)."""

    def __missing__(self, code: int) -> str:
        folded = _fold_char(chr(code))
        if len(folded) != 1:
            _UNEVEN.add(chr(code))
        self[code] = folded
        return folded


_UNEVEN: set[str] = set()
"""The characters met so far that fold into nothing or into several."""

_TABLE = _Table()


def _fold_char(char: str) -> str:
    if char.isspace():
        return " "
    category = unicodedata.category(char)
    if category in ("Cc", "Cf", "Cs", "Cn") or char in "\ufe0e\ufe0f":
        return ""
    simplified = _simplified()
    if category == "Lo" and "\u3400" <= char <= "\u9fff":  # Chinese: no case, no compatibility form
        return simplified.get(char, char)
    wide = unicodedata.normalize("NFKC", char)
    folded = "".join(simplified.get(c, c) for c in wide).lower()
    return re.sub(r"\s", " ", folded)


@lru_cache(maxsize=1)
def _simplified() -> dict[str, str]:
    lines = files("csnlp.text").joinpath("t2s.txt").read_text(encoding="utf-8").splitlines()
    return {line[0]: line[1] for line in lines if not line.startswith("#")}
