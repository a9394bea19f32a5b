"""Known slips: set confusions (``slips.txt``), words written twice (``doubled.txt``), words
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

# The end of one word and the start of the next often make a wrong form (剩[余快]递). The right form must raise the
# log-probability of the sentence by so many nats: two words that met gained up to 4, slips in our sentences 5 and more.
_LEAST_GAIN = 5.0


@dataclass(frozen=True, slots=True)
class Slip:
    """``wrong`` for ``right``, unless it stands right behind one of ``not_after`` or before one of ``not_before``.

    If it is not ``sure``, ``right`` must be much more probable there.
    """

    kind: SlipKind
    wrong: str
    right: str
    not_after: str
    not_before: str
    sure: bool

    def stands_in(self, text: str, at: int) -> bool:
        """Whether the form at ``at`` of ``text`` is a slip; there must be a character before and behind it."""
        end = at + len(self.wrong)
        if text[at - 1 : at] in self.not_after or text[end : end + 1] in self.not_before:
            return False
        return self.sure or load().gain(text, at, end, self.right) >= _LEAST_GAIN


@lru_cache(maxsize=1)
def known_slips() -> dict[str, list[tuple[int, Slip]]]:
    """The lists, by the rarest pair of characters of the wrong form and where in the form it stands."""
    count = load().count
    by_pair: defaultdict[str, list[tuple[int, Slip]]] = defaultdict(list)
    for name, kind in _LISTS.items():
        for line in files("csnlp.typos").joinpath(name).read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                wrong, right, after, before = line.replace("-", "").replace("_", BREAK).split("\t")
                sure = kind != "character" or wrong.startswith(_SURE)
                slip = Slip(kind, wrong.removeprefix(_SURE), right, after, before, sure)
                at, pair = min(enumerate(map(add, slip.wrong, slip.wrong[1:])), key=lambda each: count(each[1]))
                by_pair[pair].append((at, slip))
    return dict(by_pair)


def forms(text: str) -> Iterator[tuple[int, Slip]]:
    """The wrong forms in ``text`` (symbols, two breaks at both ends: a form may hold one), slips or not, and where they
    begin."""
    by_pair = known_slips()
    for place in range(len(text) - 1):
        for at, slip in by_pair.get(text[place : place + 2], ()):
            if place >= at and text.startswith(slip.wrong, place - at):
                yield place - at, slip


_SURE = "!"
_LISTS: dict[str, SlipKind] = {"slips.txt": "character", "doubled.txt": "doubled", "missing.txt": "missing"}
