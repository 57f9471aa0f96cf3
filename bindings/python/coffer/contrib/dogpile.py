"""A backend for dogpile.cache.

    region = make_region().configure("coffer", arguments={"url": "memory://?bytes=64MiB"})

dogpile keeps its own time stamps, so an expiration_time of the region needs no ttl here; `expiration_time` among the
arguments bounds how long entries are kept at all. Import this module once to register the name.
"""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Sequence

from dogpile.cache.api import NO_VALUE, CacheBackend
from dogpile.cache.region import register_backend

from coffer import Cache


class CofferBackend(CacheBackend):
    """coffer.Cache as a backend of dogpile.cache."""

    def __init__(self, arguments: Dict[str, Any]) -> None:
        arguments = dict(arguments)
        ttl = arguments.pop("expiration_time", None)
        given = arguments.pop("cache", None)
        self.cache = (
            given
            if given is not None
            else Cache(arguments.pop("url", "memory://"), ttl=ttl, **arguments)
        )

    def get(self, key: str) -> Any:
        return self.cache.get(key, NO_VALUE)

    def get_multi(self, keys: Sequence[str]) -> List[Any]:
        found = self.cache.get_many(keys)
        return [found.get(key, NO_VALUE) for key in keys]

    def set(self, key: str, value: Any) -> None:
        self.cache.set(key, value)

    def set_multi(self, mapping: Mapping[str, Any]) -> None:
        self.cache.set_many(mapping)

    def delete(self, key: str) -> None:
        self.cache.delete(key)

    def delete_multi(self, keys: Sequence[str]) -> None:
        self.cache.delete_many(keys)


register_backend("coffer", "coffer.contrib.dogpile", "CofferBackend")
