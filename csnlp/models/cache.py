"""Remembers what the network said of rows that read the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from threading import Lock

import numpy as np

from csnlp.heads import Head
from csnlp.models.encoding import Encoded
from csnlp.types import FloatArray

Run = Callable[[Sequence[Encoded]], dict[str, FloatArray]]


class LogitCache:
    """The logits of the last ``size`` distinct rows (0: of none). Safe to share between threads.

    Rows are told apart by a 128-bit hash of what the encoder made of them (:class:`csnlp.models.encoding.Encoded`), so
    two exchanges are the same when the network cannot tell them apart.
    """

    def __init__(self, heads: Mapping[str, Head], size: int) -> None:
        self.size = size
        self._names = tuple(heads)
        self._ends = np.cumsum([len(head.labels) for head in heads.values()])
        self._known: OrderedDict[bytes, FloatArray] = OrderedDict()
        self._lock = Lock()

    def fetch(self, rows: Sequence[Encoded], run: Run) -> dict[str, FloatArray]:
        """Head name → logits (rows, labels); ``run`` is called once, with the distinct rows that are not known yet."""
        keys = [_key(row) for row in rows]
        with self._lock:
            found = {key: self._known[key] for key in keys if key in self._known}
        new = {key: row for key, row in zip(keys, rows, strict=True) if key not in found}
        if new:
            logits = run(list(new.values()))
            joint = np.concatenate([logits[name] for name in self._names], axis=1)
            found |= zip(new, joint, strict=True)
        with self._lock:
            self._remember(found)
        stacked = np.stack([found[key] for key in keys]) if keys else np.zeros((0, self._ends[-1]), np.float32)
        return dict(zip(self._names, np.split(stacked, self._ends[:-1], axis=1), strict=True))

    def _remember(self, rows: dict[bytes, FloatArray]) -> None:
        for key, row in rows.items():
            if key not in self._known and self.size:
                self._known[key] = row.copy()  # not a view, which would keep its whole batch
            if self.size:
                self._known.move_to_end(key)
        while len(self._known) > self.size:
            self._known.popitem(last=False)


def _key(row: Encoded) -> bytes:
    return blake2b(row.ids.tobytes() + row.segments.tobytes(), digest_size=16).digest()
