"""A cache for Django, 3.2 and later.

    CACHES = {
        "default": {
            "BACKEND": "coffer.contrib.django.CofferCache",
            "LOCATION": "memory://?bytes=64MiB",
        }
    }

LOCATION is a URL of coffer, or a name, which is short for memory://name. All caches of one LOCATION
are one store, for all threads and for as long as the process lives, as with LocMemCache. What is
stored is what pickling gives: each reader gets an object of its own, and a queryset is evaluated
when it is stored.

OPTIONS are options of coffer.Cache (`capacity`, `strategy`, `copy`, `serializer`, …). Django's
MAX_ENTRIES and CULL_FREQUENCY mean what they mean to LocMemCache, but without MAX_ENTRIES there is
no such bound. `capacity` and `bytes` are better ones: the store evicts one entry at a time, by its
strategy.
"""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Optional, Tuple, Union
from urllib.parse import quote

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.exceptions import ImproperlyConfigured

from coffer import FOREVER, Cache
from coffer.contrib._culling import Recency
from coffer.contrib._common import add_to, open_cache, to_key, to_ttl
from coffer.errors import CacheError

# The cache of each LOCATION, and the options it was opened with. Django makes a backend for each
# thread.
_opened: Dict[str, Tuple[Dict[str, Any], Cache, Recency]] = {}


def _cache_of(location: str, options: Dict[str, Any]) -> Tuple[Cache, Recency]:
    """The one cache of a LOCATION, or a handle on it with options of its own."""
    if not isinstance(location, str):
        raise ImproperlyConfigured(
            f'CACHES: LOCATION is {location!r}; give a URL like "memory://?bytes=64MiB", or a name'
        )
    url = location if "://" in location else "memory://" + quote(location, safe="")
    if url not in _opened:
        _opened.setdefault(url, (options, open_cache(url, options), Recency()))
    first, cache, recency = _opened[url]
    if first == options:
        return cache, recency
    own = {name: value for name, value in options.items() if first.get(name) != value}
    own.update((name, None) for name in first.keys() - options.keys())
    try:
        return cache.with_options(**own), recency
    except CacheError as error:
        raise ImproperlyConfigured(
            f"CACHES: the store of LOCATION {location!r} was opened with OPTIONS {first}, and "
            f"another cache of this LOCATION has {options}: {error}. Give both the same, or one of them another LOCATION."
        ) from error


class CofferCache(BaseCache):
    """coffer.Cache as a cache of Django: `cache` is the coffer.Cache, with tags and all."""

    def __init__(self, location: str, params: Dict[str, Any]) -> None:
        super().__init__(params)
        options = dict(params.get("OPTIONS", {}))
        self._culls = "MAX_ENTRIES" in options or "max_entries" in params
        for name in ("MAX_ENTRIES", "CULL_FREQUENCY"):  # read by BaseCache
            options.pop(name, None)
        self.cache, self._recency = _cache_of(location, options)

    def _ttl(self, timeout: Any) -> Any:
        if timeout == DEFAULT_TIMEOUT:
            timeout = self.default_timeout
        return FOREVER if timeout is None else to_ttl(timeout)

    def _key(self, key: Any, version: Optional[int]) -> Union[str, bytes]:
        made = self.make_key(key, version=version)
        self.validate_key(made)
        return to_key(made)

    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Optional[int] = None
    ) -> bool:
        made = self._key(key, version)
        self._make_room()
        added = self.cache.add(made, value, self._ttl(timeout))
        if added and self._culls:
            self._recency.written([made])
        return added

    def get(self, key: Any, default: Any = None, version: Optional[int] = None) -> Any:
        made = self._key(key, version)
        if self._culls:
            self._recency.used([made])
        return self.cache.get(made, default)

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Optional[int] = None
    ) -> None:
        made = self._key(key, version)
        self._make_room()
        self.cache.set(made, value, self._ttl(timeout))
        if self._culls:
            self._recency.written([made])

    def touch(
        self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Optional[int] = None
    ) -> bool:
        made, ttl = self._key(key, version), self._ttl(timeout)
        return self.cache.delete(made) if ttl == 0 else self.cache.touch(made, ttl)

    def delete(self, key: Any, version: Optional[int] = None) -> bool:
        made = self._key(key, version)
        if self._culls:
            self._recency.forget([made])
        return self.cache.delete(made)

    def has_key(self, key: Any, version: Optional[int] = None) -> bool:
        return self.cache.exists(self._key(key, version))

    def get_many(self, keys: Iterable[Any], version: Optional[int] = None) -> Dict[Any, Any]:
        made = {self._key(key, version): key for key in keys}
        if self._culls:
            self._recency.used(made)
        return {made[key]: value for key, value in self.cache.get_many(made).items()}

    def set_many(
        self, data: Dict[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: Optional[int] = None
    ) -> List[Any]:
        made = {self._key(key, version): value for key, value in data.items()}
        ttl = self._ttl(timeout)
        if not self._culls:
            self.cache.set_many(made, ttl)
            return []
        for name, value in made.items():
            self._make_room()
            self.cache.set(name, value, ttl)
            self._recency.written([name])
        return []

    def delete_many(self, keys: Iterable[Any], version: Optional[int] = None) -> None:
        made = [self._key(key, version) for key in keys]
        if self._culls:
            self._recency.forget(made)
        self.cache.delete_many(made)

    def incr(self, key: Any, delta: int = 1, version: Optional[int] = None) -> int:
        """Adds to whatever can be added to, as Django's own backends do; the expiry stays."""
        made = self._key(key, version)
        if self._culls:
            self._recency.used([made])
        value: Optional[int] = add_to(self.cache, made, delta)
        if value is None:
            raise ValueError(f"Key '{key}' not found")
        return value

    def clear(self) -> None:
        self._recency.forget()
        self.cache.clear()

    def _make_room(self) -> None:
        if self._culls:
            self._recency.make_room(self._max_entries, self._cull_frequency, self.cache)
