"""The tables of a review store, and how a file is opened and brought up to date.

Every table is append-only: the database itself refuses to change or remove a row. The state of an item is that of its
last event, so there is nothing that would have to be changed.
"""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from csnlp.reviews.errors import ReviewError

APPLICATION_ID = 0x43534E52  # "CSNR": tells a review store from any other SQLite file

_TABLES = ("replies", "items", "events")

_FIRST = (
    """CREATE TABLE replies (
        id TEXT PRIMARY KEY NOT NULL,
        agent TEXT,
        exchange TEXT NOT NULL,
        automatic TEXT NOT NULL
    )""",
    """CREATE TABLE items (
        id INTEGER PRIMARY KEY,
        reply TEXT NOT NULL REFERENCES replies (id),
        kind TEXT NOT NULL CHECK (kind IN ('finding', 'silence', 'head')),
        subject TEXT NOT NULL,
        clause TEXT NOT NULL,
        number INTEGER NOT NULL,
        label TEXT,
        points REAL NOT NULL,
        start INTEGER NOT NULL,
        "end" INTEGER NOT NULL,
        message TEXT NOT NULL,
        added TEXT NOT NULL,
        added_by TEXT NOT NULL,
        UNIQUE (reply, kind, subject, number)
    )""",
    """CREATE TABLE events (
        id INTEGER PRIMARY KEY,
        item INTEGER NOT NULL REFERENCES items (id),
        actor TEXT NOT NULL,
        verdict TEXT CHECK (verdict IN ('confirmed', 'rejected', 'corrected')),
        label TEXT,
        points REAL,
        reason TEXT NOT NULL,
        time TEXT NOT NULL,
        state TEXT NOT NULL,
        UNIQUE (item, actor),
        CHECK ((verdict IS NULL) = (state = 'appealed'))
    )""",
    "CREATE INDEX items_subject ON items (subject, id)",
    "CREATE INDEX events_item ON events (item, id)",
    *(
        f"""CREATE TRIGGER {table}_no_{change} BEFORE {change} ON {table}
        BEGIN SELECT RAISE(ABORT, 'reviews are append-only'); END"""
        for table in _TABLES
        for change in ("update", "delete")
    ),
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_FIRST,)
"""What brings a file from each schema version to the next; a file's version is the number that it has had."""


def connect(path: Path, timeout: float) -> sqlite3.Connection:
    """An open, up-to-date database at ``path``, made where there is none.

    :class:`ReviewError` for a file that is no review store (it is left as it is) or comes from a newer csnlp;
    ``sqlite3.Error`` for what SQLite itself cannot do. ``timeout``: seconds to wait for other writers.
    """
    connection = sqlite3.connect(path, timeout=timeout, isolation_level=None, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")  # a commit is on the disk, whatever dies next
        _migrate(connection, path)
        _use_wal(connection, timeout)
    except BaseException:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    if _pragma(connection, "application_id") == APPLICATION_ID and _pragma(connection, "user_version") == len(
        MIGRATIONS
    ):
        return
    connection.execute("BEGIN IMMEDIATE")  # another process may be making the tables: look again behind the lock
    try:
        for statements in MIGRATIONS[_version(connection, path) :]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection, path: Path) -> int:
    """The schema version of the file; 0 when it is empty."""
    version = _pragma(connection, "user_version")
    if _pragma(connection, "application_id") != APPLICATION_ID:
        if version or connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise ReviewError(f"{path} is a database of something else; give the path of a review store or a new file")
        return 0
    if version > len(MIGRATIONS):
        raise ReviewError(f"{path} has schema version {version}, this csnlp knows up to {len(MIGRATIONS)}; upgrade it")
    return version


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _use_wal(connection: sqlite3.Connection, timeout: float) -> None:
    """Write-ahead logging: readers and a writer do not wait for each other. SQLite does not wait to switch it on."""
    give_up = time.monotonic() + timeout
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() >= give_up:
                raise
            time.sleep(0.01)
