"""Invalidations and the transactions of Django's database."""

import unittest

import pytest
from django.db import connection, transaction
from django.test import TestCase

import gencache
from gencache.django import after_commit


@pytest.fixture
def is_there(cache):
    """Whether the value that depends on a generation is there; it is, at first."""
    names = ("a", "b", "c", "user:id")
    for name in names:
        cache.generational.set(name, "v", id=1)
    yield lambda *wanted: [cache.generational.get(name, id=1) is not None for name in wanted]
    assert not connection.in_atomic_block


def rolled_back(function):
    class Undo(Exception):
        pass

    try:
        with transaction.atomic():
            function()
            raise Undo
    except Undo:
        pass


def test_outside_of_a_transaction_it_is_sent_at_once(cache, is_there):
    cache.after_commit.invalidate("a")
    cache.after_commit.invalidate("user:id", id=1)
    cache.after_commit.delete("b", id=1)
    cache.after_commit.invalidate_soft(("c",))
    assert is_there("a", "user:id", "b", "c") == [False] * 4


def test_it_is_sent_with_the_commit(cache, is_there):
    with transaction.atomic():
        cache.after_commit.invalidate("a")
        cache.after_commit.invalidate("user:id", id=1)
        cache.after_commit.delete("b", id=1)
        assert is_there("a", "user:id", "b", "c") == [True] * 4
    assert is_there("a", "user:id", "b", "c") == [False, False, False, True]


def test_it_is_sent_together(cache, is_there):
    before = cache.generational.stats().invalidations
    with transaction.atomic():
        for name in ("a", "b", "user:id"):
            cache.after_commit.invalidate(name, id=1)
    assert is_there("a", "b", "user:id") == [False] * 3
    assert cache.generational.stats().invalidations == before + 1


def test_it_is_dropped_with_a_rollback(cache, is_there):
    rolled_back(lambda: cache.after_commit.invalidate("a"))
    assert is_there("a") == [True]
    with transaction.atomic():
        cache.after_commit.invalidate("b")
    assert is_there("a", "b") == [True, False]


def test_nested_transactions(cache, is_there):
    with transaction.atomic():
        with transaction.atomic():
            cache.after_commit.invalidate("a")
        assert is_there("a") == [True]
        cache.after_commit.invalidate("b")
        rolled_back(lambda: cache.after_commit.invalidate("c"))
        cache.after_commit.invalidate("user:id", id=1)
        assert is_there("a", "b", "c", "user:id") == [True] * 4
    assert is_there("a", "b", "c", "user:id") == [False, False, True, False]


def test_a_savepoint_that_is_rolled_back_drops_what_is_within_it_only(cache, is_there):
    def outer():
        with transaction.atomic():
            cache.after_commit.invalidate("a")

    with transaction.atomic():
        rolled_back(outer)
        with transaction.atomic():
            cache.after_commit.invalidate("b")
    assert is_there("a", "b") == [True, False]


def test_an_atomic_block_without_a_savepoint(cache, is_there):
    with transaction.atomic():
        with transaction.atomic(savepoint=False):
            cache.after_commit.invalidate("a")
    assert is_there("a") == [False]


def test_two_caches_in_one_transaction(cache, is_there):
    with gencache.Cache("memory://") as other:
        other.set("a", "v")
        with transaction.atomic():
            cache.after_commit.invalidate("a")
            after_commit(other, using="default").invalidate("a")
            cache.after_commit.invalidate("b")
        assert is_there("a", "b") == [False, False] and other.get("a") is None


def test_bad_input_shows_at_once(cache, is_there):
    with transaction.atomic():
        with pytest.raises(gencache.ArgumentError, match="id"):
            cache.after_commit.invalidate("user:id")
        cache.after_commit.invalidate("a")
    assert is_there("a", "user:id") == [False, True]


@pytest.mark.parametrize("url", ["memory://"])
def test_a_server_that_does_not_acknowledge_is_an_error_after_the_commit(configured, server):
    cache = configured(LOCATION=f"memcached://{server.address}/?timeout_ms=2000")
    server.stop()
    committed = []
    with pytest.raises(gencache.UnavailableError):
        with transaction.atomic():
            transaction.on_commit(lambda: committed.append(True))
            cache.after_commit.invalidate("a")
    assert committed == [True] and not connection.in_atomic_block


def test_in_a_test_case_of_django(cache, is_there):
    """Its transaction never commits; captureOnCommitCallbacks stands in, also more than once."""

    class Case(TestCase):
        def runTest(self):
            for name in ("a", "b"):
                with self.captureOnCommitCallbacks(execute=True):
                    cache.after_commit.invalidate(name)
                    self.assertEqual(is_there(name), [True])
                self.assertEqual(is_there(name), [False])

    result = unittest.TestResult()
    unittest.TestSuite([Case()]).run(result)
    assert result.wasSuccessful(), result.failures + result.errors


def test_a_savepoint_made_by_hand_drops_nothing(cache, is_there):
    with transaction.atomic():
        savepoint = transaction.savepoint()
        cache.after_commit.invalidate("a")
        transaction.savepoint_rollback(savepoint)
        cache.after_commit.invalidate("b")
    assert is_there("a", "b") == [False, False]


def test_a_callback_that_raises_before_it_loses_it(cache, is_there):
    with pytest.raises(ZeroDivisionError):
        with transaction.atomic():
            transaction.on_commit(lambda: 1 / 0)
            cache.after_commit.invalidate("a")
    with pytest.raises(ZeroDivisionError):
        with transaction.atomic():
            cache.after_commit.invalidate("b")
            transaction.on_commit(lambda: 1 / 0)
    assert is_there("a", "b") == [True, False]
