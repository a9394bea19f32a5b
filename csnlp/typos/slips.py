"""Known slips: set confusions (``slips.txt``) words written twice (``doubled.txt``), words
left out of set phrases (``missing.txt``)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from operator import add
from typing import Literal

from csnlp.typos.ngrams import BREAK, load

SlipKind = Literal["character", "doubled", "missing"]


@dataclass(frozen=True, slots=True)
class Slip:
    """``wrong`` for ``right``, unless it stands right behind one of ``not_after`` or before one of ``not_before``."""

    kind: SlipKind
    wrong: str
    right: str
    not_after: str
    not_before: str

    def stands_in(self, text: str, at: int) -> bool:
        """Whether ``text`` has this slip at ``at``; there must be a character before and behind it."""
        end = at + len(self.wrong)
        return text.startswith(self.wrong, at) and not (
            text[at - 1 : at] in self.not_after or text[end : end + 1] in self.not_before
        )


@lru_cache(maxsize=1)
def known_slips() -> dict[str, list[tuple[int, Slip]]]:
    """The lists, by the rarest pair of characters of the wrong form and where in the form it stands."""
    count = load().count
    by_pair: defaultdict[str, list[tuple[int, Slip]]] = defaultdict(list)
    for name, kind in _LISTS.items():
        for line in files("csnlp.typos").joinpath(name).read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                slip = Slip(kind, *line.replace("-", "").replace("_", BREAK).split("\t"))
                at, pair = min(enumerate(map(add, slip.wrong, slip.wrong[1:])), key=lambda each: count(each[1]))
                by_pair[pair].append((at, slip))
    return dict(by_pair)


def slips(text: str) -> Iterator[tuple[int, Slip]]:
    """The known slips in ``text`` (symbols, a break at both ends), and where they begin."""
    by_pair = known_slips()
    for place in range(len(text) - 1):
        for at, slip in by_pair.get(text[place : place + 2], ()):
            if place >= at and slip.stands_in(text, place - at):
                yield place - at, slip


_LISTS: dict[str, SlipKind] = {"slips.txt": "character", "doubled.txt": "doubled", "missing.txt": "missing"}
