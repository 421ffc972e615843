"""A forked child has connections, a budget and a collector of its own."""

from __future__ import annotations

import gc
import os
import threading
import warnings

import pytest

from contacthub_orm.http import paused_gc

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def in_a_child(job):
    """Run `job` in a forked child; whether it returned something true."""
    with warnings.catch_warnings():
        # Python 3.12 warns of forking beside threads, which is the very thing under test.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        done = False
        try:
            done = bool(job())
        finally:
            os._exit(0 if done else 1)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status) == 0


def test_a_child_has_its_own_connections_and_leaves_the_parents_alone(service, transport):
    transport.send("GET", "parent")
    assert in_a_child(lambda: transport.send("GET", "child").status == 200)
    transport.send("GET", "parent")
    assert [(request.target[-6:], request.connection) for request in service.received] == [
        ("parent", 1),
        ("/child", 2),
        ("parent", 1),
    ]


def test_closing_in_a_child_does_not_close_in_the_parent(service, transport):
    transport.send("GET", "x")
    assert in_a_child(lambda: transport.close() is None)
    transport.send("GET", "x")
    assert {request.connection for request in service.received} == {1}


def test_a_lock_held_during_the_fork_does_not_block_the_child(connect):
    transport = connect(requests_per_minute=100)
    held, release = threading.Event(), threading.Event()

    def hold():
        with transport._channel().budget._lock:
            held.set()
            release.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    try:
        assert in_a_child(lambda: transport.send("GET", "x").status == 200)
    finally:
        release.set()
        thread.join()


def test_a_pause_of_the_collector_in_another_thread_ends_in_the_child():
    paused, release = threading.Event(), threading.Event()

    def pause():
        with paused_gc():
            paused.set()
            release.wait()

    thread = threading.Thread(target=pause)
    thread.start()
    paused.wait()
    try:
        assert in_a_child(gc.isenabled)
        assert not gc.isenabled()
    finally:
        release.set()
        thread.join()
    assert gc.isenabled()
