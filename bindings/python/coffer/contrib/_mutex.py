"""Locks by key for dogpile.cache: within this process, or by an entry of a store that several
processes share.
"""

from __future__ import annotations

import os
import threading
import time
import uuid
import weakref
from typing import Any, Hashable, Optional, Union

from coffer import FOREVER, Cache, Ttl


class Mutex:
    """A lock that is not reentrant. Whoever has the object may release it, in another thread as
    well.
    """

    def acquire(self, wait: bool = True) -> bool:
        """Takes the lock; False if it is taken and `wait` is False."""
        raise NotImplementedError

    def release(self) -> None:
        """Gives it back. RuntimeError if it is not held, for it may have been lost by its timeout."""
        raise NotImplementedError

    def locked(self) -> bool:
        """Whether anybody has it."""
        raise NotImplementedError

    def _lost(self, key: Any) -> RuntimeError:
        return RuntimeError(
            f"the lock for {key!r} is not held: it was released before, or lost when its "
            "lock_timeout passed"
        )


# ---- Within this process ----


class _Lock:
    """Who holds one key, and until when."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._holder: Optional[Mutex] = None
        self._until = 0.0

    def take(self, holder: Mutex, wait: bool, timeout: Optional[float]) -> bool:
        with self._changed:
            while self._taken():
                if not wait:
                    return False
                left = self._until - time.monotonic()
                self._changed.wait(min(left, threading.TIMEOUT_MAX))
            self._holder = holder
            self._until = float("inf") if timeout is None else time.monotonic() + timeout
            return True

    def give_back(self, holder: Mutex) -> bool:
        with self._changed:
            if self._holder is not holder:
                return False
            self._holder = None
            self._changed.notify()
            return True

    def taken(self) -> bool:
        with self._changed:
            return self._taken()

    def _taken(self) -> bool:
        return self._holder is not None and time.monotonic() < self._until


# Each lives for as long as anybody has a Mutex for it.
_locks: "weakref.WeakValueDictionary[Hashable, _Lock]" = weakref.WeakValueDictionary()
_guard = threading.Lock()


def _after_fork() -> None:
    # Threads that held locks are not in the child.
    global _locks, _guard
    _locks, _guard = weakref.WeakValueDictionary(), threading.Lock()


os.register_at_fork(after_in_child=_after_fork)


def store_of(cache: Cache) -> Hashable:
    """What all handles on one store and namespace have in common."""
    described = cache.describe()
    name = described["store"]["name"]
    store = (cache.runtime, described["store"]["plugin"], name) if name else cache._store
    return store, described["namespace"]


class ProcessMutex(Mutex):
    """A lock of all threads of this process, for one key of a store."""

    def __init__(self, store: Hashable, key: Hashable, timeout: Optional[float]) -> None:
        self._key, self._timeout = key, timeout
        with _guard:
            lock = _locks.get((store, key))
            if lock is None:
                _locks[store, key] = lock = _Lock()
        self._lock = lock

    def acquire(self, wait: bool = True) -> bool:
        return self._lock.take(self, wait, self._timeout)

    def release(self) -> None:
        if not self._lock.give_back(self):
            raise self._lost(self._key)

    def locked(self) -> bool:
        return self._lock.taken()


# ---- By an entry of a store ----


class StoreMutex(Mutex):
    """A lock of all programs that share a store: an entry that is added by who takes it, with a
    token of its own.

    A store that is short of memory may evict the entry, and somebody else may get the lock then:
    release() tells.
    """

    def __init__(
        self, cache: Cache, key: Union[str, bytes], timeout: Optional[float], sleep: float
    ) -> None:
        self._cache, self._key, self._sleep = cache, key, sleep
        self._ttl: Ttl = FOREVER if timeout is None else timeout
        self._token: Optional[str] = None

    def acquire(self, wait: bool = True) -> bool:
        token = uuid.uuid4().hex
        while not self._cache.add(self._key, token, self._ttl):
            if not wait:
                return False
            time.sleep(self._sleep)
        self._token = token
        return True

    def release(self) -> None:
        token, self._token = self._token, None
        found = self._cache.get_versioned(self._key)
        # Compared and removed in one step: what has expired at once is not there.
        if (
            token is None
            or found is None
            or found[0] != token
            or not self._cache.compare_and_set(self._key, token, found[1], 0)
        ):
            raise self._lost(self._key)

    def locked(self) -> bool:
        return self._cache.exists(self._key)
