"""What each head may look at."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from csnlp.models.encoding import CUSTOMER, EARLIER, REFERENCE, REPLY, SEGMENTS, SPECIAL

# What each of csnlp's own heads may pool over, besides <cls>; the encoder itself lets every token see all others.
POOLED_SEGMENTS: dict[str, tuple[int, ...]] = {
    "politeness": (REPLY,),
    "accuracy": (EARLIER, CUSTOMER, REPLY, REFERENCE),
    "applicability": (CUSTOMER, REPLY),
    "complaint": (CUSTOMER,),
    "complaint_type": (EARLIER, CUSTOMER),
    "acts": (REPLY,),
    "satisfaction": (EARLIER, CUSTOMER, REPLY),
}


def poolable(heads: Collection[str]) -> npt.NDArray[np.bool_]:
    """(segments, heads): whether a head pools over a segment; a head that is not csnlp's own does over all of them.

    Special tokens are open to all, so that a head whose segments are empty (no customer, say) still pools over
    something."""
    table = np.zeros((SEGMENTS, len(heads)), np.bool_)
    table[SPECIAL] = True
    for column, name in enumerate(heads):
        table[list(POOLED_SEGMENTS.get(name, range(SEGMENTS))), column] = True
    return table
