"""Text whose characters stand apart (退 款 太 慢 了): written so to slip past a filter, or by a careless export."""

from __future__ import annotations

_FEWEST = 4
_SHARE = 0.8
_WIDE = "   "  # what a space between two sentences becomes


def joined(text: str) -> str:
    """``text`` with its characters together again when nearly all of them stand apart; else as it is.

    A space that was there before, between words or sentences, has become three and stays as one.

    >>> joined("退 款 太 慢 了 ， 3 天 了"), joined("好的 您稍等")
    ('退款太慢了，3天了', '好的 您稍等')
    """
    words = text.split()
    single = [word for word in words if len(word) == 1]
    wide = sum(not word.isascii() for word in single)
    if len(single) < _SHARE * len(words) or wide < max(_FEWEST, len(single) / 2):
        return text
    even = "".join(" " if char.isspace() else char for char in text)
    return " ".join(part.replace(" ", "") for part in even.split(_WIDE))
