from __future__ import annotations

import os
import signal
import sqlite3
import threading

import pytest

from csnlp.reviews import ReviewError, ReviewStore


def test_a_store_of_a_newer_csnlp_is_refused(path):
    ReviewStore(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(ReviewError, match=r"schema version 99, this csnlp knows up to 1; upgrade"):
        ReviewStore(path)


def test_a_file_of_something_else_is_refused_and_left_alone(path):
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE mine (a)")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(ReviewError, match="a database of something else"):
        ReviewStore(path)
    assert path.read_bytes() == before
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(ReviewError, match="not a database"):
        ReviewStore(path)
    with pytest.raises(ReviewError, match="unable to open"):
        ReviewStore(path / "below")


def test_a_closed_store_says_so(path):
    store = ReviewStore(path)
    store.close()
    store.close()
    with pytest.raises(ReviewError, match="closed"):
        store.queue()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_store_carried_over_a_fork_is_refused(store):
    child = os.fork()
    if child == 0:
        try:
            store.queue()
        except ReviewError as error:
            os._exit(7 if "open it anew" in str(error) else 1)
        os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_child_does_not_wait_for_a_thread_of_its_parent(store):
    began, done = threading.Event(), threading.Event()

    def hold():
        with store.transaction():
            began.set()
            done.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    began.wait()
    child = os.fork()
    if child == 0:
        signal.alarm(10)  # kills the child that waits
        with store:  # and closes it
            refused = 0
            for use in (store.queue, store.reviews, store.transaction().__enter__):
                try:
                    use()
                except ReviewError:
                    refused += 1
        os._exit(refused)
    status = os.waitpid(child, 0)[1]
    done.set()
    holder.join()
    assert os.waitstatus_to_exitcode(status) == 3
    assert store.queue() == ()
