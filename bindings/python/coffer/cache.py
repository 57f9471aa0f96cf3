"""Cache: the one object a program works with."""

from __future__ import annotations

import itertools
import os
from typing import (
    Any,
    Callable,
    Dict,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Tuple,
    TypeVar,
    Union,
    overload,
)

from coffer import _coffer, _counters, _removals
from coffer._async import AsyncMethods
from coffer._durations import Duration, Ttl, from_ttl, to_grace, to_ttl
from coffer._freshness import FreshnessMethods
from coffer._options import to_options
from coffer._previous import previous_of
from coffer._rows import Rows, to_dependencies
from coffer._sentinel import KEEP, MISS, Sentinel
from coffer.errors import ArgumentError
from coffer.runtime import Runtime, default_runtime
from coffer.serializers import AnySerializer, choose, named_in

Key = Union[str, bytes]
K = TypeVar("K", bound=Key)

_SET, _ADD, _REPLACE, _CAS = range(4)
_COPIES = {"share": 0, "freeze": 1, "clone": 2, "pickle": 3}
_PREFIX, _GLOB = 0, 1
_LOOK = (1, 0, 0, 0, -1.0)  # options of a fetch that takes no lease

# What stats() tells of now rather than counts.
_GAUGES = frozenset({"entries", "bytes", "capacity", "byte_limit"})

DEFAULT_SERIALIZER = "msgpack"


class Cache(FreshnessMethods, AsyncMethods, _coffer.Cache):
    """A cache, opened by URL: `Cache("memory://?bytes=64MiB&strategy=lru")`.

    Keyword arguments are options of the cache and its store and win over those of the URL: `ttl="5m"`,
    `namespace="app"`, `capacity=10_000`, `strategy__aging_interval=2` (which is strategy.aging_interval).
    A wrong one is an ArgumentError that names the nearest right one.

    Stores in this process keep the object itself, and a hit decodes nothing. `copy` says what is kept: "share"
    (the object; change it and you change what is cached), "freeze" (an immutable form of lists, dicts and sets),
    "clone" (a deep copy is kept, and each reader gets one) or "pickle" (what pickle makes of it is kept, and each
    reader gets a new object; str, bytes, int, float and bool are kept as they are).

    Where a store keeps bytes, or if a `serializer` is given, here or in the URL, values are encoded: by "msgpack" if
    nothing is said, by "json" and other plugins, by an object (or its class) with format, dumps and loads, or by
    "pickle!" for arbitrary Python objects, which is safe only while nobody else can write to the store.
    `serializer_options` are the serializer's own: {"ext": "plain"}.

    Threads may share it, and so may the processes forked from this one.
    """

    _counted: Optional[Dict[str, int]] = None

    def __init__(
        self,
        url: Optional[str] = "memory://",
        *,
        runtime: Optional[Runtime] = None,
        serializer: Optional[AnySerializer] = None,
        serializer_options: Optional[Mapping[str, Any]] = None,
        copy: str = "share",
        **options: Any,
    ) -> None:
        self.runtime = runtime or default_runtime()
        self._store = (
            object()
        )  # what disabled() is about: the same for all handles derived from this one
        if serializer is None and url is not None:
            serializer, named = named_in(url)
            serializer_options = {**named, **(serializer_options or {})}
        self._open(self.runtime, url, copy, serializer, serializer_options, options)

    @classmethod
    def from_url(cls, url: str, **options: Any) -> "Cache":
        return cls(url, **options)

    @classmethod
    def from_file(
        cls, path: Union[str, "os.PathLike[str]"], name: Optional[str] = None, **options: Any
    ) -> "Cache":
        """The cache that a YAML, TOML or JSON file describes, or the one it has under `name`; see coffer.config."""
        from coffer import config

        described = config.read(path, name)
        with config.explained(path, name):
            return cls(**{**described, **options})

    def _open(
        self,
        opener: Any,
        url: Optional[str],
        copy: str,
        serializer: Optional[AnySerializer],
        serializer_options: Optional[Mapping[str, Any]],
        options: Mapping[str, Any],
    ) -> None:
        if copy not in _COPIES:
            raise ArgumentError(
                f'copy is {copy!r}; it may be "share", "freeze", "clone" or "pickle"'
            )
        self._copy, self._serializer, self._serializer_options = (
            copy,
            serializer,
            dict(serializer_options or {}),
        )
        name, chosen, number = None, None, 0
        if serializer is not None:
            name, chosen, number = choose(serializer, self.runtime, self._serializer_options)
        super().__init__(opener, url, to_options({"serializer": name, **options}))
        if chosen is None and not self._live:
            _, chosen, number = choose(DEFAULT_SERIALIZER, self.runtime, self._serializer_options)
        self._keep(chosen, number, _COPIES[copy])
        self._freezes = self._live and copy == "freeze"

    def namespace(self, name: str, **options: Any) -> "Cache":
        """A handle on the same store whose keys have `name` in front, nested in this one's."""
        return self._derive(namespace=name, **options)

    def with_options(self, **options: Any) -> "Cache":
        """A handle on the same store and keys with other options, e.g. another ttl, copy or serializer."""
        return self._derive(**options)

    def _derive(
        self,
        *,
        copy: Optional[str] = None,
        serializer: Optional[AnySerializer] = None,
        serializer_options: Optional[Mapping[str, Any]] = None,
        **options: Any,
    ) -> "Cache":
        if serializer is None:
            serializer = self._serializer
            serializer_options = {**self._serializer_options, **(serializer_options or {})}
        derived = type(self).__new__(type(self))
        derived.runtime, derived._store = self.runtime, self._store
        derived._open(self, None, copy or self._copy, serializer, serializer_options, options)
        return derived

    def __enter__(self) -> "Cache":
        return self

    def __exit__(self, *exception: object) -> None:
        """A handle ends with its last reference; nothing needs to be closed."""

    def __repr__(self) -> str:
        return f"<coffer.Cache {self.describe()['url']}>"

    # ---- Single keys (get, set, delete, exists, stats and describe are native) ----

    def __contains__(self, key: Key) -> bool:
        return self.exists(key)

    def _set(
        self,
        key: Key,
        value: Any,
        ttl: Ttl = None,
        *,
        stale: Optional[Duration] = None,
        tags: Iterable[str] = (),
        rows: Iterable[Rows] = (),
    ) -> None:
        """What `set` does when it is more than a value and seconds."""
        if not self._bypassed():
            self._put(
                key, value, to_ttl(ttl), _SET, 0, to_grace(stale), to_dependencies(tags, rows)
            )

    def add(self, key: Key, value: Any, ttl: Ttl = None) -> bool:
        """Stores the value only if there is none; True if it did."""
        return self._put_if(key, value, ttl, _ADD)

    def replace(self, key: Key, value: Any, ttl: Ttl = None) -> bool:
        """Stores the value only if there is one already; True if it did."""
        return self._put_if(key, value, ttl, _REPLACE)

    def _put_if(self, key: Key, value: Any, ttl: Ttl, mode: int, version: int = 0) -> bool:
        return (
            not self._bypassed() and self._put(key, value, to_ttl(ttl), mode, version, 0, None) >= 0
        )

    def get_versioned(self, key: Key) -> Optional[Tuple[Any, int]]:
        """The value and its version, for `compare_and_set`; None if there is none."""
        found = None if self._bypassed() else self._get_versioned(key)
        return None if found is None or found[0] is MISS else found

    def compare_and_set(self, key: Key, value: Any, version: int, ttl: Ttl = KEEP) -> bool:
        """Stores the value only if the entry still has that version; True if it did."""
        return self._put_if(key, value, ttl, _CAS, version)

    def _get_stale(self, key: Key, default: Any) -> Any:
        """What `get(..., stale=True)` does."""
        if self._bypassed():
            return default
        value = self._fetch(key, _LOOK, None, None)[2]
        return default if value is MISS else value

    def _previous_of(self, key: Key, default: Any) -> Any:
        """What `get` gives a loader that misses the very key that it computes anew."""
        value = previous_of(self, key)
        return default if value is MISS else value

    def ttl(self, key: Key) -> Union[float, Sentinel, None]:
        """Seconds left, FOREVER, or None if there is no entry."""
        left = self._ttl_left(key)
        return None if left is None else from_ttl(left)

    def touch(self, key: Key, ttl: Ttl = None) -> bool:
        """Gives the entry a new time to live from now; False if there is none."""
        return self._touch(key, to_ttl(ttl))

    @overload
    def incr(self, key: Key, delta: int = 1, initial: int = 0, ttl: Ttl = None) -> int:
        ...

    @overload
    def incr(self, key: Key, delta: int, initial: None, ttl: Ttl = None) -> Optional[int]:
        ...

    def incr(
        self, key: Key, delta: int = 1, initial: Optional[int] = 0, ttl: Ttl = None
    ) -> Optional[int]:
        """Adds to an integer and returns the sum, atomically.

        It counts what `set` stored, whatever the serializer. An absent counter starts from `initial` with `ttl`; with
        `initial=None` it stays absent and the answer is None. One that is there keeps its expiry and its tags. With a
        ttl of zero or less the sum is returned and nothing is left under the key.

        StateError if the entry is not an integer, and if it or the sum is not within 64 bits (then its `details` have
        `reason: OVERFLOW`). Nothing is changed then.
        """
        return _counters.step(self, key, delta, initial, to_ttl(ttl))

    @overload
    def decr(self, key: Key, delta: int = 1, initial: int = 0, ttl: Ttl = None) -> int:
        ...

    @overload
    def decr(self, key: Key, delta: int, initial: None, ttl: Ttl = None) -> Optional[int]:
        ...

    def decr(
        self, key: Key, delta: int = 1, initial: Optional[int] = 0, ttl: Ttl = None
    ) -> Optional[int]:
        """The same with the delta taken off."""
        return _counters.step(self, key, -_counters.integer("delta", delta), initial, to_ttl(ttl))

    # ---- Looking ----

    def on_removed(self, callback: Callable[[Key, str], None]) -> Callable[[], None]:
        """Calls `callback(key, "evicted" or "expired")` when the store drops an entry of this handle's namespace for
        lack of room, or sweeps one whose time has passed; not for those that the program ends. Returns a function that
        ends that. The store must have a name ("memory://users"), by which its events are told from others.

        It is called soon afterwards, on a thread of its own; then the key may hold another entry already.
        """
        return _removals.listen(self, callback)

    # ---- Counters ----

    def stats(self) -> Dict[str, int]:
        """Counters of this handle and of the store under it, since reset_stats() if it was called, as a dict."""
        counters: Dict[str, int] = super().stats()
        if self._counted is not None:
            for name, before in self._counted.items():
                counters[name] -= before
        return counters

    def reset_stats(self) -> None:
        """Lets stats() of this handle count from 0 again; other handles, and describe(), count on."""
        counters = super().stats()
        self._counted = {name: counters[name] for name in counters if name not in _GAUGES}

    # ---- Many keys ----

    def get_many(self, keys: Iterable[K]) -> Dict[K, Any]:
        """The values that are there, by key."""
        keys = list(keys)
        if self._bypassed():
            return {}
        return self._found(keys, self._get_many(keys))

    def set_many(self, items: Mapping[K, Any], ttl: Ttl = None) -> None:
        """Stores all; the first failure is raised after all were tried."""
        if not self._bypassed():
            self._put_many(list(items), list(items.values()), to_ttl(ttl))

    def delete_many(self, keys: Iterable[Key]) -> int:
        """Removes all; returns how many were there."""
        return sum(self._delete_many(list(keys)))

    def keys(self, prefix: Optional[Key] = None, glob: Optional[Key] = None) -> Iterator[Key]:
        """Keys that start with `prefix`, or that match `glob` (*, ?, [a-z]); all without either."""
        if prefix is not None and glob is not None:
            raise TypeError("keys() takes a prefix or a glob, not both")
        scan = self._scan(_PREFIX, prefix or b"") if glob is None else self._scan(_GLOB, glob)
        return itertools.chain.from_iterable(scan)

    @staticmethod
    def _found(keys: List[K], values: List[Any]) -> Dict[K, Any]:
        return {key: value for key, value in zip(keys, values) if value is not MISS}
