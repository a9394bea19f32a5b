"""Text as the counts see it: Chinese characters, and one symbol each for figures, Latin words and everything else."""

from __future__ import annotations

import re

from csnlp.typos.ngrams import BREAK, FIGURE, LATIN

# Masks of research sets and names of emoji; what stands for a figure or a name is read like a figure.
_MASK = re.compile(r"#e-[a-z](?:\[数字x\]|\d{0,4})|\[[^\[\]\s]{1,14}\]|【[^【】\s]{1,8}】")
_EMOJI_MASK = ("#", "【")
_RUN = re.compile(f"{BREAK}{{2,}}|{FIGURE}{{2,}}|{LATIN}{{2,}}")


def symbols(folded: str) -> str:
    """``folded`` (see :func:`csnlp.text.fold_text`) with each character replaced by its symbol; the length stays."""
    if "[" in folded or "#" in folded or "【" in folded:
        folded = _MASK.sub(_blank, folded)
    return folded.translate(_TABLE)


def squeeze(text: str) -> tuple[str, list[int]]:
    """Symbols with runs of the same non-Chinese symbol made one, a :data:`BREAK` at both ends, and where each was.

    The position of the breaks added is -1 at the start and the length of ``text`` at the end.
    """
    kept: list[int] = []
    done = 0
    for run in _RUN.finditer(text):
        kept.extend(range(done, run.start() + 1))
        done = run.end()
    kept.extend(range(done, len(text)))
    start = 1 if kept and text[kept[0]] == BREAK else 0
    end = len(kept) - 1 if len(kept) > start and text[kept[-1]] == BREAK else len(kept)
    kept = kept[start:end]
    return BREAK + "".join(text[i] for i in kept) + BREAK, [-1, *kept, len(text)]


def _blank(match: re.Match[str]) -> str:
    found = match[0]
    return (BREAK if found.startswith(_EMOJI_MASK) or not found.endswith("x]") else FIGURE) * len(found)


class _Table(dict[int, str]):
    """Code point → symbol, filled as characters turn up (at most all of Unicode)."""

    def __missing__(self, code: int) -> str:
        self[code] = symbol = _symbol(chr(code))
        return symbol


def _symbol(character: str) -> str:
    if "\u3400" <= character <= "\u9fff" or "\U00020000" <= character <= "\U0003134f":
        return character
    if character.isascii() and character.isalnum():
        return FIGURE if character.isdigit() else LATIN
    return BREAK


_TABLE = _Table()
