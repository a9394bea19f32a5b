"""What each head may look at."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from csnlp.models.encoding import (
    CUSTOMER,
    EARLIER,
    REFERENCE,
    REFERENCE_FIGURE,
    REFERENCE_SHARED,
    REPLY,
    REPLY_AGREES,
    REPLY_DENIES,
    REPLY_FIGURE,
    REPLY_SHARED,
    SPECIAL,
)

_REPLY = (REPLY, REPLY_SHARED, REPLY_FIGURE, REPLY_AGREES, REPLY_DENIES)
_REFERENCE = (REFERENCE, REFERENCE_SHARED, REFERENCE_FIGURE)

# What each of csnlp's own heads may pool over, besides <cls>; the encoder itself lets every token see all others.
POOLED_SEGMENTS: dict[str, tuple[int, ...]] = {
    "politeness": _REPLY,
    "accuracy": (EARLIER, CUSTOMER, *_REPLY, *_REFERENCE),
    "applicability": (CUSTOMER, *_REPLY),
    "complaint": (CUSTOMER,),
    "complaint_type": (EARLIER, CUSTOMER),
    "acts": _REPLY,
    "satisfaction": (EARLIER, CUSTOMER, *_REPLY),
}


def poolable(heads: Collection[str], segments: int) -> npt.NDArray[np.bool_]:
    """(segments, heads): whether a head pools over a segment; a head that is not csnlp's own does over all of them.

    Special tokens are open to all, so that a head whose segments are empty (no customer, say) still pools over
    something."""
    table = np.zeros((segments, len(heads)), np.bool_)
    table[SPECIAL] = True
    for column, name in enumerate(heads):
        open_to = [s for s in POOLED_SEGMENTS.get(name, range(segments)) if s < segments]
        table[open_to, column] = True
    return table
