"""A backend for dogpile.cache.

    region = make_region().configure("coffer", arguments={"url": "memory://?bytes=64MiB"})

dogpile keeps its own time stamps, so an expiration_time of the region needs no ttl here. Import
this module once to register the name. The arguments are options of coffer.Cache, and

`url`, or `cache`    where values are kept, or a coffer.Cache for it
`expiration_time`    seconds after which an entry is dropped, whatever the region says
`distributed_lock`   who computes a value is settled in the store, for all processes that share it
`lock_timeout`       seconds after which a lock that was not released is free again; none: never
`lock_sleep`         seconds between two looks at a lock in the store (0.1)
`lock_prefix`        what the keys of such locks start with ("_lock")

In stores of one process that keep live objects a value is the object itself, as with
dogpile.cache.memory.
"""

from __future__ import annotations

import functools
from typing import Any, Dict, Hashable, Iterable, List, Mapping, Optional, Union

from dogpile.cache.api import NO_VALUE, CacheBackend, CachedValue
from dogpile.cache.region import register_backend

from coffer import MISS, Cache
from coffer.contrib._common import in_process, to_key, to_ttl
from coffer.contrib._mutex import Mutex, ProcessMutex, StoreMutex, store_of

_MARK = b"="


class CofferBackend(CacheBackend):
    """coffer.Cache as a backend of dogpile.cache."""

    def __init__(self, arguments: Dict[str, Any]) -> None:
        arguments = dict(arguments)
        ttl = arguments.pop("expiration_time", None)
        self._distributed = arguments.pop("distributed_lock", False)
        self._lock_timeout: Optional[float] = arguments.pop("lock_timeout", None)
        self._lock_sleep: float = arguments.pop("lock_sleep", 0.1)
        self._lock_prefix: str = arguments.pop("lock_prefix", "_lock")
        given = arguments.pop("cache", None)
        if given is None:
            ttl = None if ttl is None else to_ttl(ttl)
            given = Cache(arguments.pop("url", "memory://"), ttl=ttl, **arguments)
        self.cache: Cache = given

    # ---- Values: those of dogpile, and the bytes that a serializer of the region made of them ----

    def get(self, key: Any) -> Any:
        return self._from_store(self.cache.get(to_key(key), MISS))

    def get_multi(self, keys: Iterable[Any]) -> List[Any]:
        made = [to_key(key) for key in keys]
        found = self.cache.get_many(made)
        return [self._from_store(found.get(key, MISS)) for key in made]

    def set(self, key: Any, value: Any) -> None:
        if not self.cache._live and isinstance(value, bytes):
            self._set_bytes(to_key(key), value)
        else:
            self.cache.set(to_key(key), self._to_store(value))

    def set_multi(self, mapping: Mapping[Any, Any]) -> None:
        values = {}
        for key, value in mapping.items():
            if not self.cache._live and isinstance(value, bytes):
                self._set_bytes(to_key(key), value)
            else:
                values[to_key(key)] = self._to_store(value)
        self.cache.set_many(values)

    def delete(self, key: Any) -> None:
        self.cache.delete(to_key(key))

    def delete_multi(self, keys: Iterable[Any]) -> None:
        self.cache.delete_many([to_key(key) for key in keys])

    def _to_store(self, value: Any) -> Any:
        """Where bytes are kept, a list of payload and metadata, which every serializer can write."""
        return list(value) if isinstance(value, CachedValue) and not self.cache._live else value

    def _set_bytes(self, key: Union[str, bytes], value: bytes) -> None:
        """What a serializer of the region wrote is stored as it is, behind a mark that makes it no
        number.
        """
        if not self.cache._bypassed():
            self.cache._put_bytes(key, _MARK + value)

    def _from_store(self, value: Any) -> Any:
        if value is MISS:
            return NO_VALUE
        if self.cache._live:
            return value
        return value[len(_MARK) :] if isinstance(value, bytes) else CachedValue(*value)

    # ---- Locks ----

    def has_lock_timeout(self) -> bool:
        return self._lock_timeout is not None

    @functools.cached_property
    def _store(self) -> Optional[Hashable]:
        """The store, for locks of this process; None if others can reach it."""
        return store_of(self.cache) if in_process(self.cache) else None

    def get_mutex(self, key: Any) -> Optional[Mutex]:
        """One lock for a key, whichever region or backend asks, in a store of this process or by
        `distributed_lock`.

        None otherwise: then the regions of this process take locks of their own.
        """
        if self._store is not None:
            return ProcessMutex(self._store, key, self._lock_timeout)
        if not self._distributed:
            return None
        name = to_key(f"{self._lock_prefix}{key}")
        return StoreMutex(self.cache, name, self._lock_timeout, self._lock_sleep)


register_backend("coffer", "coffer.contrib.dogpile", "CofferBackend")
