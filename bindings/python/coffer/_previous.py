"""The value that is computed anew, within reach of the loader: a token to refresh, an ETag to ask with."""

from __future__ import annotations

import contextvars
from typing import Any, Awaitable, Callable, Mapping, Optional, Tuple

from coffer import _coffer
from coffer._sentinel import MISS

# (store, namespace of the handle, {key: value}, what previous() gives) of what this thread or task computes.
_Renewed = Tuple[Any, Any, Mapping[bytes, Any], Any]
_renewed: "contextvars.ContextVar[Optional[_Renewed]]" = contextvars.ContextVar(
    "coffer_renewed", default=None
)


def previous(default: Any = None) -> Any:
    """The value that the running loader is to replace: stale, or asked to be computed anew; `default` if there is none.

    In the loader of many ids it is a dict of those that have one.
    """
    renewed = _renewed.get()
    return default if renewed is None else renewed[3]


def previous_of(cache: Any, key: Any) -> Any:
    """What a loader finds under the very key that it computes; MISS for all others."""
    renewed = _renewed.get()
    if renewed is None or renewed[0] is not cache._store or renewed[1] != _space(cache):
        return MISS
    return renewed[2].get(_bytes(key), MISS)


class _Renewing:
    """`with` it the loader runs; None hides what loaders around it replace."""

    __slots__ = ("_renewed", "_token")

    def __init__(self, renewed: Optional[_Renewed]) -> None:
        self._renewed = renewed

    def __enter__(self) -> None:
        _coffer.enter_renewal()
        self._token = _renewed.set(self._renewed)

    def __exit__(self, *exception: object) -> None:
        _renewed.reset(self._token)
        _coffer.leave_renewal()


def renewing(compute: Callable[..., Any], cache: Any, key: Any, value: Any) -> Callable[..., Any]:
    """The loader, to which `value` is the previous one; itself if that is MISS."""
    return compute if value is MISS else _sync(compute, _of_one(cache, key, value))


def renewing_async(
    compute: Callable[..., Awaitable[Any]], cache: Any, key: Any, value: Any
) -> Callable[..., Awaitable[Any]]:
    """The same for a coroutine function."""
    return compute if value is MISS else _async(compute, _of_one(cache, key, value))


def renewing_many(
    compute: Callable[..., Any], cache: Any, values: Mapping[Any, Tuple[Any, Any]]
) -> Callable[..., Any]:
    """The loader of many ids; `values`: id -> (key, previous value)."""
    by_key = {_bytes(key): value for key, value in values.values()}
    by_id = {one: value for one, (_, value) in values.items()}
    return _sync(compute, (cache._store, _space(cache), by_key, by_id))


def _of_one(cache: Any, key: Any, value: Any) -> _Renewed:
    return cache._store, _space(cache), {_bytes(key): value}, value


def _sync(compute: Callable[..., Any], renewed: _Renewed) -> Callable[..., Any]:
    def call(*args: Any) -> Any:
        with _Renewing(renewed):
            return compute(*args)

    return call


def _async(compute: Callable[..., Awaitable[Any]], renewed: _Renewed) -> Callable[..., Any]:
    async def call(*args: Any) -> Any:
        with _Renewing(renewed):
            return await compute(*args)

    return call


def _space(cache: Any) -> Any:
    return cache.describe()["namespace"]


def _bytes(key: Any) -> bytes:
    return key.encode() if isinstance(key, str) else bytes(key)
