"""The half of Cache that computes values, and that ends them when what they were computed from changes."""

from __future__ import annotations

from typing import (
    Any,
    Awaitable,
    Callable,
    Dict,
    Hashable,
    Iterable,
    Mapping,
    Optional,
    Union,
    overload,
)

from coffer import _coffer, _context, _load, _load_async, _load_many
from coffer._function import CachedFunction, decorate
from coffer._load import spec_of
from coffer._rows import Rows, to_dependencies
from coffer._storable import awaiting, checking
from coffer._template import keys_of
from coffer._typing import P, R

Key = Union[str, bytes]


class FreshnessMethods:
    """get_or_set, tags and rows, transactions, and the decorator."""

    # ---- Computing ----

    def get_or_set(
        self: Any,
        key: Key,
        load: Callable[[], Any],
        ttl: Any = None,
        *,
        tags: Iterable[str] = (),
        rows: Iterable[Rows] = (),
        **how: Any,
    ) -> Any:
        """The value under `key`, or what `load()` returns, which is stored. Threads that ask meanwhile wait for it.

        `ttl` may be a function of the value. `how` is any of stale, null_ttl, soft, hard, early, on_error, lock and
        store_if; see `__call__`.
        """
        if self._bypassed():
            return load()
        return _load.load(self, key, checking(load), spec_of(ttl, how), to_dependencies(tags, rows))

    async def aget_or_set(
        self: Any,
        key: Key,
        load: Callable[[], Awaitable[Any]],
        ttl: Any = None,
        *,
        tags: Iterable[str] = (),
        rows: Iterable[Rows] = (),
        **how: Any,
    ) -> Any:
        """The same for a coroutine function; tasks wait for each other without blocking the loop."""
        if self._bypassed():
            return await load()
        return await _load_async.load(
            self, key, awaiting(load), spec_of(ttl, how), to_dependencies(tags, rows)
        )

    def get_or_set_many(
        self: Any,
        ids: Iterable[Hashable],
        load: Callable[[Any], Mapping[Any, Any]],
        key: str = "{}",
        ttl: Any = None,
        *,
        tags: Iterable[str] = (),
        **how: Any,
    ) -> Dict[Any, Any]:
        """A value for each id, by one call of `load(missing ids)`, which returns a dict. `key` makes a key of an id;
        ids that the dict lacks have the value None, which is stored as any other."""
        ids = list(dict.fromkeys(ids))
        if self._bypassed():
            return _load_many.complete(ids, load(ids))
        keys = keys_of(key, ids)
        return _load_many.load(self, ids, keys, load, spec_of(ttl, how), to_dependencies(tags))

    async def aget_or_set_many(
        self: Any,
        ids: Iterable[Hashable],
        load: Callable[[Any], Awaitable[Mapping[Any, Any]]],
        key: str = "{}",
        ttl: Any = None,
        *,
        tags: Iterable[str] = (),
        **how: Any,
    ) -> Dict[Any, Any]:
        """The same for a coroutine function."""
        ids = list(dict.fromkeys(ids))
        if self._bypassed():
            return _load_many.complete(ids, await load(ids))
        keys = keys_of(key, ids)
        return await _load_many.load_async(
            self, ids, keys, awaiting(load), spec_of(ttl, how), to_dependencies(tags)
        )

    @overload
    def __call__(self, function: Callable[P, R], **options: Any) -> CachedFunction[P, R]:
        ...

    @overload
    def __call__(
        self, function: None = None, **options: Any
    ) -> Callable[[Callable[P, R]], CachedFunction[P, R]]:
        ...

    def __call__(self: Any, function: Any = None, **options: Any) -> Any:
        """Decorates a function so that its results are cached: `@cache` or `@cache(ttl="10m", ...)`.

        ttl        how long a result is fresh, or a function of the result that tells
        stale      how long after that it may be served while a new one is computed in the background
        null_ttl   ttl of the result None
        key        template like "user:{user_id}", or a function of the arguments that gives text, bytes or any values;
                   by default the name of the function and all arguments, typed
        ignore     names of parameters that do not belong to the key
        tags       templates like "user:{user_id}", or a function of the arguments; invalidate_tag ends the results
        rows       a function of the arguments that gives Rows the result depends on
        namespace  where the keys live
        name       what the function is called in default keys, instead of module.qualname
        version    part of every key: another one ends the results of the former. "code": a digest of the code of the
                   function and of what it wraps
        lock       False: calls do not wait for each other
        store_if   a function of the result: False for what is not to be stored. It goes to its caller alone: calls
                   that waited for it run at once, side by side, and for the cache's option hit_for_miss (10s) no
                   call waits for this key, until a result is stored (as hit-for-miss in Varnish). The same holds
                   for a result that is too large or that the serializer cannot hold, which is logged, and for an
                   error with on_error="retry". With a ttl of 0 a result is not stored either, but given to those
                   that wait for it
        soft, hard, early, on_error   see coffer/fetch.h: how long to wait rather than take a stale result, how long a
                   call may take before the next one takes over, the weight of early refresh, what waiting calls do if
                   it fails: "retry" runs them, "fail" raises an exception of the same class whose cause is the
                   original, "stale" takes a stale result if there is one and fails if not

        A function whose result needs itself, directly or through other keys, threads and tasks, raises StateError,
        which names the keys, instead of waiting for itself. What tasks and threads do that carry the function's
        context (asyncio.create_task, asyncio.to_thread, contextvars.copy_context) counts as its own until it returns.
        """
        if function is None:
            return lambda decorated: decorate(self, decorated, options)
        return decorate(self, function, options)

    @overload
    def batch(self, function: Callable[P, R], **options: Any) -> CachedFunction[P, R]:
        ...

    @overload
    def batch(
        self, function: None = None, **options: Any
    ) -> Callable[[Callable[P, R]], CachedFunction[P, R]]:
        ...

    def batch(self: Any, function: Any = None, **options: Any) -> Any:
        """Decorates a function of a list of ids that returns a dict: each id is cached by itself, and a call computes
        the missing ones together. The options are those of `__call__`; `key` and `tags` name the first parameter for
        the single id."""
        if function is None:
            return lambda decorated: decorate(self, decorated, options, batch=True)
        return decorate(self, function, options, batch=True)

    # ---- Events ----

    def invalidate_tag(self: Any, *tags: str) -> None:
        """Ends every value that depends on any of the tags, also those that are being computed, at once. Within a
        transaction it waits for the commit."""
        if not _context.is_quiet(self._store):
            self._invalidate_tags(tags, _context.transaction())

    def invalidate_rows(self: Any, table: str) -> None:
        """Ends every value that depends on rows of the table: after a bulk write."""
        if not _context.is_quiet(self._store):
            self._row_event(table, None, None, _context.transaction())

    def row_changed(
        self: Any, table: str, old: Optional[Mapping[str, Any]], new: Optional[Mapping[str, Any]]
    ) -> None:
        """A row was inserted (`old` None), changed or deleted (`new` None): ends the values that depended on
        conditions either satisfies. A row is a dict of all columns that conditions use."""
        if old is None and new is None:
            raise ValueError(
                "row_changed() needs the old row, the new row or both; invalidate_rows() ends all of a table"
            )
        if not _context.is_quiet(self._store):
            self._row_event(table, old and dict(old), new and dict(new), _context.transaction())

    def invalidate(self: Any, key: Key) -> bool:
        """Removes one entry, as `delete` does, but within a transaction once it commits."""
        if _context.is_quiet(self._store):
            return False
        transaction = _context.transaction()
        if transaction is None:
            return self.delete(key)
        self._txn_delete(key, transaction)
        return True

    def expire(self: Any, key: Key) -> bool:
        """Ends one entry, but for its grace (`stale=`) from now on: it is served on while somebody computes it anew. One
        without a grace is removed. True if there was a fresh one. Within a transaction it is `invalidate`.
        """
        if _context.is_quiet(self._store) or _context.transaction() is not None:
            return self.invalidate(key)
        return self._expire(key)

    # ---- Contexts ----

    def disabled(self: Any) -> Any:
        """`with cache.disabled():` reads miss and writes are dropped, in this thread or task."""
        return _context.disabled(self._store)

    def no_invalidation(self: Any) -> Any:
        """`with cache.no_invalidation():` events are dropped, in this thread or task: for bulk work."""
        return _context.quiet(self._store)

    def transaction(self: Any) -> Any:
        """`with cache.transaction() as txn:` beside a transaction of the database, in this thread or task.

        Events wait for the end of the block; an exception drops them. After `txn.mark_dirty()` caches are bypassed,
        because what such code reads others may never see. Blocks nest as savepoints do.
        """
        return _context.within(self.runtime)

    def _bypassed(self: Any) -> bool:
        return _coffer.contexts() != 0 and self._bypassed_here()

    def _bypassed_here(self: Any) -> bool:
        return _context.is_disabled(self._store) or _context.is_dirty()
