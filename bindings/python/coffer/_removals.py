"""Callbacks for entries that a store dropped: for lack of room, or because their time had passed.

The library puts events into a queue; one thread for each runtime takes them and calls back. A store knows when it drops an
entry, which may be long after its time to live: expired entries are swept by the housekeeping.
"""

from __future__ import annotations

import logging
import os
import threading
import weakref
from typing import Any, Callable, Dict, List, Tuple

from coffer import _coffer
from coffer.errors import ArgumentError

_log = logging.getLogger("coffer")

EVICTED, EXPIRED = "evicted", "expired"
_EVENTS = {4: EVICTED, 8: EXPIRED}  # COFFER_EVENT_EVICT, COFFER_EVENT_EXPIRE
_DROPPED = 128

# How often a thread looks whether it is still wanted.
_SLICE = 200_000_000

Callback = Callable[[Any, str], None]


class Listener:
    """What one runtime has to tell, and to whom."""

    def __init__(self, runtime: Any) -> None:
        self._queue = _coffer.Queue(runtime)
        self._queue.subscribe(sum(_EVENTS), 0)
        self._callbacks: List[Tuple[str, str, Callback]] = []
        self._runtime = weakref.ref(runtime)
        threading.Thread(target=self._run, name="coffer-removals", daemon=True).start()

    def add(self, store: str, prefix: str, callback: Callback) -> Callable[[], None]:
        """Calls back for the keys of one store that start with the prefix, without it; returns what ends that."""
        entry = (store, prefix, callback)
        self._callbacks = [*self._callbacks, entry]

        def remove() -> None:
            self._callbacks = [one for one in self._callbacks if one is not entry]

        return remove

    def _run(self) -> None:
        while self._runtime() is not None:
            for kind, _, store, key, _, number in self._queue.poll({}, _SLICE):
                if kind in _EVENTS:
                    self._tell(_EVENTS[kind], key, store)
                elif kind == _DROPPED:
                    _log.warning(
                        "%d removed entries were not told of: callbacks are too slow", number
                    )

    def _tell(self, reason: str, key: Any, store: str) -> None:
        for name, prefix, callback in self._callbacks:
            start: Any = prefix.encode() if isinstance(key, bytes) else prefix
            if name != store or not key.startswith(start):
                continue
            try:
                callback(key[len(start) :], reason)
            except Exception:  # noqa: BLE001: the next one wants to know all the same
                _log.exception("a callback for removed entries failed on %r", key)


_lock = threading.Lock()
_listeners: "weakref.WeakKeyDictionary[Any, Listener]" = weakref.WeakKeyDictionary()


def listen(cache: Any, callback: Callback) -> Callable[[], None]:
    described: Dict[str, Any] = cache.describe()
    space, store = described["namespace"], described["store"]
    name = f"{store['plugin']}://{store['name']}"
    if not store["name"]:
        raise ArgumentError(
            f"on_removed() of {described['url']}: its events cannot be told from those of other stores without a "
            f'name; give it one, as in "{name}users"'
        )
    with _lock:
        listener = _listeners.get(cache.runtime)
        if listener is None:
            listener = _listeners[cache.runtime] = Listener(cache.runtime)
    return listener.add(name, f"{space}:" if space else "", callback)


def _after_fork() -> None:
    # Threads do not survive a fork, and callbacks are the parent's.
    global _lock, _listeners
    _lock, _listeners = threading.Lock(), weakref.WeakKeyDictionary()


os.register_at_fork(after_in_child=_after_fork)
