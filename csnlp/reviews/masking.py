"""Masked text with its spans: where a stretch of the original lies once personal data is masked."""

from __future__ import annotations

import re
from dataclasses import dataclass

from csnlp.text.redact import redact

_MASK = re.compile("\\[[\u4e00-\u9fff]{2,3}\\]")  # the form of every mask of csnlp.text.redact


@dataclass(frozen=True, slots=True)
class Masked:
    """``text`` is masked. ``gaps``: for each mask, start and end in the original and start and end in ``text``."""

    text: str
    gaps: tuple[tuple[int, int, int, int], ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where ``[start, end)`` of the original lies in ``text``. A mask that it touches is taken whole."""
        return self._place(start, is_end=False), self._place(end, is_end=True)

    def _place(self, index: int, is_end: bool) -> int:
        shift = 0
        for start, end, mask_start, mask_end in self.gaps:
            if index < start or (is_end and index == start):
                break
            if index < end:
                return mask_end if is_end else mask_start
            shift = mask_end - end
        return index + shift


def mask(text: str) -> Masked:
    """``text`` with personal data masked (see :mod:`csnlp.text.redact`)."""
    masked = redact(text)
    return Masked(masked) if masked == text else Masked(masked, tuple(_gaps(text, masked)))


def _gaps(text: str, masked: str) -> list[tuple[int, int, int, int]]:
    """Each mask's stretch of ``text``, in one pass: what lies between two masks is sought from the first one on.

    It may be found too early, inside the masked stretch itself (a comma in an address): a span's edge there can be
    some characters off, but never outside the two masks around it.
    """
    masks = list(_MASK.finditer(masked))
    gaps = []
    end = 0
    for number, found in enumerate(masks):
        last = number + 1 == len(masks)
        start = end + found.start() - (masks[number - 1].end() if number else 0)
        kept = masked[found.end() : None if last else masks[number + 1].start()]
        end = len(text) - len(kept) if last else text.find(kept, start + 1)
        gaps.append((start, end, found.start(), found.end()))
    return gaps
