"""Pauses of the garbage collector."""

from __future__ import annotations

import gc
import threading

import pytest

from contacthub_orm.http import paused_gc


@pytest.fixture(autouse=True)
def collector_on():
    gc.enable()
    yield
    gc.enable()


def test_the_collector_is_still_inside_and_runs_after():
    with paused_gc():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_pauses_nest():
    with paused_gc():
        with paused_gc():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off():
    gc.disable()
    with paused_gc():
        pass
    assert not gc.isenabled()


def test_an_exception_ends_the_pause():
    with pytest.raises(ZeroDivisionError), paused_gc():
        _ = 1 / 0
    assert gc.isenabled()


def test_the_last_of_overlapping_threads_ends_the_pause():
    inside, leave = threading.Event(), threading.Event()

    def overlap():
        with paused_gc():
            inside.set()
            leave.wait()

    thread = threading.Thread(target=overlap)
    with paused_gc():
        thread.start()
        inside.wait()
    assert not gc.isenabled()
    leave.set()
    thread.join()
    assert gc.isenabled()
