"""What each head may look at."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from csnlp.heads import HEADS
from csnlp.models.encoding import CUSTOMER, EARLIER, REFERENCE, REPLY, SEGMENTS, SPECIAL

# What each head may pool over, besides <cls>; the encoder itself lets every token see all others.
POOLED_SEGMENTS: dict[str, tuple[int, ...]] = {
    "politeness": (REPLY,),
    "accuracy": (EARLIER, CUSTOMER, REPLY, REFERENCE),
    "applicability": (CUSTOMER, REPLY),
    "complaint": (CUSTOMER,),
    "complaint_type": (EARLIER, CUSTOMER),
    "acts": (REPLY,),
    "satisfaction": (EARLIER, CUSTOMER, REPLY),
}


def poolable() -> npt.NDArray[np.bool_]:
    """(segments, heads): whether a head pools over a segment. Special tokens are open to all, so that a head whose
    segments are empty (no customer, say) still pools over something."""
    table = np.zeros((SEGMENTS, len(HEADS)), np.bool_)
    table[SPECIAL] = True
    for column, name in enumerate(HEADS):
        table[list(POOLED_SEGMENTS[name]), column] = True
    return table
