"""What a forked process may use: engines have threads of their own, and a fork takes none of them along.

Those that rest at the fork are made anew, and locks are free. Where one was at work, the child would wait for it for
ever; so it is told instead.
"""

from __future__ import annotations

import os
import threading
import weakref
from types import TracebackType

from csnlp.errors import ModelError

_torn = False  # whether something was at work when this process was forked


class Places:
    """At most ``count`` callers are inside at once; the others wait."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._free = threading.Semaphore(count)
        self._inside: list[int] = []  # threads; a list changes in one step, so there is no lock for a fork to break
        _ALL.add(self)

    def __enter__(self) -> None:
        refuse_torn()
        self._free.acquire()
        self._inside.append(threading.get_ident())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._inside.remove(threading.get_ident())
        self._free.release()

    def forked(self) -> bool:
        """In a child process: free the places of threads that are not here. Whether there were any."""
        mine = [thread for thread in self._inside if thread == threading.get_ident()]
        was_at_work = len(mine) < len(self._inside)
        self._inside, self._free = mine, threading.Semaphore(self._count - len(mine))
        return was_at_work


def refuse_torn() -> None:
    """Raise :class:`csnlp.errors.ModelError` in a process that was forked while a model was at work."""
    if _torn:
        raise ModelError(
            "this process was forked while a model was at work in another thread, which is not here to finish; "
            "fork before scoring, or start processes with multiprocessing's spawn and load a scorer in each"
        )


def _in_child() -> None:
    global _torn
    _torn = any([places.forked() for places in _ALL]) or _torn


_ALL: weakref.WeakSet[Places] = weakref.WeakSet()
if hasattr(os, "register_at_fork"):  # there is no fork on Windows
    os.register_at_fork(after_in_child=_in_child)
