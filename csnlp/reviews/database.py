"""The database of a review store: statements and transactions that threads and processes may run at once."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from csnlp.reviews.errors import ReviewError
from csnlp.reviews.schema import connect


class Database:
    """An open SQLite file (see :func:`csnlp.reviews.schema.connect`), safe to share between threads.

    Every method but :meth:`close` raises :class:`ReviewError` for what SQLite cannot do, and in a child process.
    """

    def __init__(self, path: Path, timeout: float) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._depth = 0
        self._process = os.getpid()
        with self._errors():
            self._connection = connect(path, timeout)

    def close(self) -> None:
        """Close the file. Closing twice does nothing, nor does a child process: the connection is the parent's."""
        if os.getpid() == self._process:
            with self._lock:
                self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """See :meth:`csnlp.reviews.ReviewStore.transaction`."""
        self._refuse_child()
        with self._lock:
            begin, commit, undo = "BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"
            if self._depth:
                level = f"level{self._depth}"
                begin, commit, undo = f"SAVEPOINT {level}", f"RELEASE {level}", f"ROLLBACK TO {level}"
            self.run(begin)
            self._depth += 1
            try:
                yield
                self.run(commit)
            except BaseException:
                if self._connection.in_transaction:  # SQLite may have undone it already
                    self.run(undo)
                raise
            finally:
                self._depth -= 1

    def run(self, statement: str, values: Any = ()) -> sqlite3.Cursor:
        """Run ``statement``, which finds no rows, with ``values`` (a sequence, or a mapping for named places)."""
        self._refuse_child()
        with self._errors():
            return self._connection.execute(statement, values)

    def each(self, statement: str, *values: object) -> Iterator[sqlite3.Row]:
        """The rows that ``statement`` finds, one by one. Other threads wait until they are read, or the iterator is
        closed."""
        self._refuse_child()
        with self._lock, self._errors():
            yield from self.run(statement, values)

    def all(self, statement: str, *values: object) -> list[sqlite3.Row]:
        """The rows that ``statement`` finds."""
        return list(self.each(statement, *values))

    def _refuse_child(self) -> None:
        # Before the lock is taken: a thread that held it when the process was forked is not there to release it.
        if os.getpid() != self._process:
            raise ReviewError(f"{self._path} was opened by the parent process; open it anew in this one")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OverflowError, UnicodeEncodeError) as error:
            busy = "; others are writing: try again, or give a longer timeout" if "locked" in str(error) else ""
            raise ReviewError(f"{self._path}: {error}{busy}") from error
