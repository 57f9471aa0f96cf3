"""A cache for cachelib: `CofferCache("memory://?bytes=64MiB")`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Dict, List, Mapping, Optional, Union

from cachelib.base import BaseCache

from coffer import FOREVER, Cache

Timeout = Union[float, timedelta, None]


class CofferCache(BaseCache):
    """A Cache as a BaseCache: timeouts are seconds, 0 is for ever, None is `default_timeout`."""

    def __init__(
        self, cache: Any = "memory://", default_timeout: int = 300, **options: Any
    ) -> None:
        super().__init__(default_timeout)
        self.cache = cache if isinstance(cache, Cache) else Cache(cache, **options)

    def _ttl(self, timeout: Timeout) -> Any:
        if timeout is None:
            timeout = self.default_timeout
        if isinstance(timeout, timedelta):
            timeout = timeout.total_seconds()
        # As the stores of cachelib do: 0 is for ever, and a negative time has passed.
        return FOREVER if timeout == 0 else max(timeout, 0)

    def get(self, key: str) -> Any:
        return self.cache.get(key)

    def get_many(self, *keys: str) -> List[Any]:
        found = self.cache.get_many(keys)
        return [found.get(key) for key in keys]

    def get_dict(self, *keys: str) -> Dict[str, Any]:
        return dict(zip(keys, self.get_many(*keys)))

    def set(self, key: str, value: Any, timeout: Timeout = None) -> bool:
        self.cache.set(key, value, self._ttl(timeout))
        return True

    def add(self, key: str, value: Any, timeout: Timeout = None) -> bool:
        return self.cache.add(key, value, self._ttl(timeout))

    def set_many(self, mapping: Mapping[str, Any], timeout: Timeout = None) -> List[Any]:
        self.cache.set_many(mapping, self._ttl(timeout))
        return list(mapping)

    def delete(self, key: str) -> bool:
        return self.cache.delete(key)

    def delete_many(self, *keys: str) -> List[Any]:
        return [key for key in keys if self.cache.delete(key)]

    def has(self, key: str) -> bool:
        return self.cache.exists(key)

    def clear(self) -> bool:
        self.cache.clear()
        return True

    def inc(self, key: str, delta: int = 1) -> Optional[int]:
        return self.cache.incr(key, delta, ttl=self._ttl(None))

    def dec(self, key: str, delta: int = 1) -> Optional[int]:
        return self.inc(key, -delta)
