"""A cache for Django.

    CACHES = {"default": {"BACKEND": "coffer.contrib.django.CofferCache", "LOCATION": "memory://?bytes=64MiB"}}

OPTIONS are options of coffer.Cache; Django's MAX_ENTRIES is its `capacity`. Objects are cloned, as Django's own cache in
memory does, unless OPTIONS say {"copy": "share"}.
"""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Optional

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

from coffer import FOREVER, MISS, Cache
from coffer.errors import StateError


class CofferCache(BaseCache):
    """coffer.Cache as a cache of Django."""

    def __init__(self, location: str, params: Dict[str, Any]) -> None:
        super().__init__(params)
        options: Dict[str, Any] = {"copy": "clone", **params.get("OPTIONS", {})}
        options.pop("CULL_FREQUENCY", None)  # how many are evicted at once is the store's to know
        options.setdefault("capacity", options.pop("MAX_ENTRIES", None))
        self.cache = Cache(location or "memory://", **options)

    def _ttl(self, timeout: Any) -> Any:
        if timeout == DEFAULT_TIMEOUT:
            timeout = self.default_timeout
        return FOREVER if timeout is None else max(timeout, 0)

    def _key(self, key: Any, version: Optional[int]) -> str:
        made = self.make_key(key, version=version)
        self.validate_key(made)
        return made

    def add(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Optional[int] = None
    ) -> bool:
        return self.cache.add(self._key(key, version), value, self._ttl(timeout))

    def get(self, key: Any, default: Any = None, version: Optional[int] = None) -> Any:
        return self.cache.get(self._key(key, version), default)

    def set(
        self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Optional[int] = None
    ) -> None:
        self.cache.set(self._key(key, version), value, self._ttl(timeout))

    def touch(
        self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Optional[int] = None
    ) -> bool:
        made, ttl = self._key(key, version), self._ttl(timeout)
        return self.cache.delete(made) if ttl == 0 else self.cache.touch(made, ttl)

    def delete(self, key: Any, version: Optional[int] = None) -> bool:
        return self.cache.delete(self._key(key, version))

    def has_key(self, key: Any, version: Optional[int] = None) -> bool:
        return self.cache.exists(self._key(key, version))

    def get_many(self, keys: Iterable[Any], version: Optional[int] = None) -> Dict[Any, Any]:
        made = {self._key(key, version): key for key in keys}
        return {made[key]: value for key, value in self.cache.get_many(made).items()}

    def set_many(
        self, data: Dict[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: Optional[int] = None
    ) -> List[Any]:
        self.cache.set_many(
            {self._key(key, version): value for key, value in data.items()}, self._ttl(timeout)
        )
        return []

    def delete_many(self, keys: Iterable[Any], version: Optional[int] = None) -> None:
        self.cache.delete_many([self._key(key, version) for key in keys])

    def incr(self, key: Any, delta: int = 1, version: Optional[int] = None) -> int:
        made = self._key(key, version)
        if self.cache.get(made, MISS) is MISS:
            raise ValueError(f"Key '{key}' not found")
        try:
            return self.cache.incr(made, delta)
        except StateError as error:
            raise TypeError(str(error)) from None

    def clear(self) -> None:
        self.cache.clear()
