"""`await cache.aget(...)` and its like: the same operations, which never block the event loop.

Stores of this process answer at once. Stores that may wait are asked through the library's queue, whose file
descriptor the loop watches.
"""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Mapping, Optional, Tuple, TypeVar, Union

from coffer._durations import Duration, Ttl, to_ttl
from coffer._load_async import in_thread
from coffer._loop import OP_DELETE, OP_EXISTS, OP_GET, OP_PUT, OP_TOUCH, queue_of
from coffer._rows import Rows
from coffer._sentinel import KEEP, MISS, Sentinel

Key = Union[str, bytes]
K = TypeVar("K", bound=Key)


class AsyncMethods:
    """The half of Cache that is awaited."""

    async def aget(self: Any, key: Key, default: Any = None, *, stale: bool = False) -> Any:
        if stale:
            return await in_thread(self, self._get_stale, key, default)
        if not self._blocking or self._bypassed():
            return self.get(key, default)
        value = (await self._arun(OP_GET, [key]))[0]
        return self._previous_of(key, default) if value is MISS else value

    async def aset(
        self: Any,
        key: Key,
        value: Any,
        ttl: Ttl = None,
        *,
        stale: Optional[Duration] = None,
        tags: Iterable[str] = (),
        rows: Iterable[Rows] = (),
    ) -> None:
        if not self._blocking or self._bypassed():
            self._set(key, value, ttl, stale=stale, tags=tags, rows=rows)
        elif tags or rows or stale is not None:
            await in_thread(
                self, lambda: self._set(key, value, ttl, stale=stale, tags=tags, rows=rows)
            )
        else:
            await self._arun(OP_PUT, [key], [value], to_ttl(ttl))

    async def adelete(self: Any, key: Key) -> bool:
        return (await self._arun(OP_DELETE, [key]))[0] if self._blocking else self.delete(key)

    async def aexists(self: Any, key: Key) -> bool:
        if not self._blocking or self._bypassed():
            return self.exists(key)
        return (await self._arun(OP_EXISTS, [key]))[0]

    async def atouch(self: Any, key: Key, ttl: Ttl = None) -> bool:
        return (
            (await self._arun(OP_TOUCH, [key], None, to_ttl(ttl)))[0]
            if self._blocking
            else self.touch(key, ttl)
        )

    async def aget_many(self: Any, keys: Iterable[K]) -> Dict[K, Any]:
        keys = list(keys)
        found: Dict[K, Any]
        if not self._blocking or self._bypassed():
            found = self.get_many(keys)
        else:
            found = self._found(keys, await self._arun(OP_GET, keys))
        return found

    async def aset_many(self: Any, items: Mapping[K, Any], ttl: Ttl = None) -> None:
        if not self._blocking or self._bypassed():
            self.set_many(items, ttl)
        else:
            await self._arun(OP_PUT, list(items), list(items.values()), to_ttl(ttl))

    async def adelete_many(self: Any, keys: Iterable[Key]) -> int:
        keys = list(keys)
        return sum(await self._arun(OP_DELETE, keys)) if self._blocking else self.delete_many(keys)

    async def aadd(self: Any, key: Key, value: Any, ttl: Ttl = None) -> bool:
        return await in_thread(self, self.add, key, value, ttl)

    async def areplace(self: Any, key: Key, value: Any, ttl: Ttl = None) -> bool:
        return await in_thread(self, self.replace, key, value, ttl)

    async def aincr(
        self: Any, key: Key, delta: int = 1, initial: Optional[int] = 0, ttl: Ttl = None
    ) -> Any:
        return await in_thread(self, self.incr, key, delta, initial, ttl)

    async def adecr(
        self: Any, key: Key, delta: int = 1, initial: Optional[int] = 0, ttl: Ttl = None
    ) -> Any:
        return await in_thread(self, self.decr, key, delta, initial, ttl)

    async def aget_versioned(self: Any, key: Key) -> Optional[Tuple[Any, int]]:
        return await in_thread(self, self.get_versioned, key)

    async def acompare_and_set(
        self: Any, key: Key, value: Any, version: int, ttl: Ttl = KEEP
    ) -> bool:
        return await in_thread(self, self.compare_and_set, key, value, version, ttl)

    async def acompare_and_delete(self: Any, key: Key, version: int) -> bool:
        return await in_thread(self, self.compare_and_delete, key, version)

    async def aexpire(self: Any, key: Key) -> bool:
        return await in_thread(self, self.expire, key)

    async def attl(self: Any, key: Key) -> Union[float, Sentinel, None]:
        return await in_thread(self, self.ttl, key)

    async def aclear(self: Any) -> None:
        await in_thread(self, self.clear)

    async def adelete_prefix(self: Any, prefix: Key) -> int:
        return await in_thread(self, self.delete_prefix, prefix)

    async def akeys(
        self: Any, prefix: Optional[Key] = None, glob: Optional[Key] = None
    ) -> List[Key]:
        return await in_thread(self, lambda: list(self.keys(prefix, glob)))

    async def astats(self: Any) -> Dict[str, int]:
        return await in_thread(self, self.stats)

    async def ainvalidate(self: Any, key: Key) -> bool:
        return await in_thread(self, self.invalidate, key)

    async def ainvalidate_tag(self: Any, *tags: str) -> None:
        await in_thread(self, self.invalidate_tag, *tags)

    async def arow_changed(
        self: Any, table: str, old: Optional[Mapping[str, Any]], new: Optional[Mapping[str, Any]]
    ) -> None:
        await in_thread(self, self.row_changed, table, old, new)

    async def ainvalidate_rows(self: Any, table: str) -> None:
        await in_thread(self, self.invalidate_rows, table)

    async def _arun(
        self: Any, kind: int, keys: List[Key], values: Optional[List[Any]] = None, ttl: int = 0
    ) -> List[Any]:
        return await queue_of(self.runtime).run(self, kind, keys, values, ttl)
