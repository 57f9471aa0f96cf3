"""A cache for cachelib: `CofferCache("memory://?bytes=64MiB")`."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Union

from cachelib.base import BaseCache

from coffer import FOREVER, Cache
from coffer.contrib._common import Seconds, add_to, open_cache, to_key, to_ttl


class CofferCache(BaseCache):
    """A coffer.Cache as a BaseCache: timeouts are seconds, 0 is for ever, None is
    `default_timeout`.

    `cache` is a URL, which is opened with `options` (those of coffer.Cache), or a coffer.Cache,
    whose own options say how values are kept. A cache that is opened here hands out new objects, as
    cachelib's own do, so that whoever changes what it got does not change what is cached.
    `threshold` is SimpleCache's name for `capacity`.

    `serializer`, as an attribute of a subclass or of an object, is one of cachelib, and writes and
    reads all values.
    """

    serializer: Any = None

    def __init__(
        self,
        cache: Any = "memory://",
        default_timeout: Any = 300,
        ignore_delete_many_errors: bool = True,
        **options: Any,
    ) -> None:
        super().__init__(default_timeout)
        self.ignore_delete_many_errors = ignore_delete_many_errors  # there are none
        if "threshold" in options:
            options["capacity"] = options.pop("threshold") or None
        self.cache = cache if isinstance(cache, Cache) else open_cache(cache, options)

    def _ttl(self, timeout: Optional[Seconds]) -> Any:
        if timeout is None:
            timeout = self.default_timeout
        return to_ttl(timeout) if timeout else FOREVER

    def _key(self, key: str) -> Union[str, bytes]:
        return to_key(key)

    def _dumped(self, value: Any) -> Any:
        return value if self.serializer is None else self.serializer.dumps(value)

    def _loaded(self, value: Any) -> Any:
        return value if self.serializer is None or value is None else self.serializer.loads(value)

    def get(self, key: str) -> Any:
        return self._loaded(self.cache.get(self._key(key)))

    def get_many(self, *keys: str) -> List[Any]:
        made = [self._key(key) for key in keys]
        found = self.cache.get_many(made)
        return [self._loaded(found.get(key)) for key in made]

    def get_dict(self, *keys: str) -> Dict[str, Any]:
        return dict(zip(keys, self.get_many(*keys)))

    def set(self, key: str, value: Any, timeout: Optional[Seconds] = None) -> bool:
        self.cache.set(self._key(key), self._dumped(value), self._ttl(timeout))
        return True

    def add(self, key: str, value: Any, timeout: Optional[Seconds] = None) -> bool:
        return self.cache.add(self._key(key), self._dumped(value), self._ttl(timeout))

    def set_many(self, mapping: Mapping[str, Any], timeout: Optional[Seconds] = None) -> List[Any]:
        made = {self._key(key): self._dumped(value) for key, value in mapping.items()}
        self.cache.set_many(made, self._ttl(timeout))
        return list(mapping)

    def delete(self, key: str) -> bool:
        return self.cache.delete(self._key(key))

    def delete_many(self, *keys: str) -> List[Any]:
        """Removes all; returns them, for what was absent counts as deleted (cachelib 0.16)."""
        self.cache.delete_many([self._key(key) for key in keys])
        return list(keys)

    def has(self, key: str) -> bool:
        return self.cache.exists(self._key(key))

    def clear(self) -> bool:
        self.cache.clear()
        return True

    def inc(self, key: str, delta: int = 1) -> Optional[int]:
        """Adds `delta` in one step, to what `set` stored as well; the expiry stays."""
        if self.serializer is not None:
            return super().inc(key, delta)
        made = self._key(key)
        while True:
            value: Optional[int] = add_to(self.cache, made, delta)
            if value is not None:
                return value
            if self.cache.add(made, delta, self._ttl(None)):
                return delta

    def dec(self, key: str, delta: int = 1) -> Optional[int]:
        return self.inc(key, -delta)
