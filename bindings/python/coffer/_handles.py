"""What a cached function gives out: methods of one object, and the entry of one call."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any, Dict, Tuple

from coffer import _coffer
from coffer._load import Spec
from coffer._sentinel import MISS

if TYPE_CHECKING:
    from coffer._function import CachedFunction


class Bound(_coffer.Bound):
    """A cached method of one object: calls and handles have it as their first argument."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Any:
        if name == "__signature__":
            signature = inspect.signature(self.__func__)
            return signature.replace(parameters=list(signature.parameters.values())[1:])
        value = getattr(self.__func__, name)
        if name in _HANDLES:
            return functools.partial(value, self.__self__)
        return value

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Bound)
            and self.__func__ is other.__func__
            and self.__self__ is other.__self__
        )

    def __hash__(self) -> int:
        return hash((id(self.__func__), id(self.__self__)))

    def __repr__(self) -> str:
        return f"<bound {self.__func__!r} of {self.__self__!r}>"

    def __reduce__(self) -> Any:
        return getattr, (self.__self__, self.__func__.__name__)


class AsyncBound(Bound):
    __slots__ = ()

    async def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return await self.__func__(self.__self__, *args, **kwargs)


_HANDLES = frozenset(
    {"key", "invalidate", "ainvalidate", "expire", "aexpire", "refresh", "nocache", "original"}
)


class CallKey:
    """The entry that holds the result of one call."""

    __slots__ = ("_function", "_args", "_kwargs", "bytes")

    def __init__(
        self, function: CachedFunction[Any, Any], args: Tuple[Any, ...], kwargs: Dict[str, Any]
    ) -> None:
        self._function, self._args, self._kwargs = function, args, kwargs
        self.bytes = function._key(args, kwargs)

    def __str__(self) -> str:
        return self.bytes.decode("utf-8", "backslashreplace")

    def __repr__(self) -> str:
        return f"<CallKey {self}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CallKey) and self.bytes == other.bytes

    def __hash__(self) -> int:
        return hash(self.bytes)

    def get(self, default: Any = None, *, stale: bool = False) -> Any:
        """The result, without calling the function; with `stale` also one within its grace."""
        return self._function.cache.get(self.bytes, default, stale=stale)

    def set(self, value: Any, ttl: Any = MISS) -> None:
        """Stores a result as if the function had returned it: for its ttl, with its tags."""
        function = self._function
        if function.cache._bypassed():
            return
        spec = function._spec if ttl is MISS else Spec(ttl=ttl, stale=function._spec.stale)
        function.cache._put(
            self.bytes,
            value,
            spec.ttl_of(value),
            0,
            0,
            spec.grace,
            function._dependencies(self._args, self._kwargs),
        )

    def delete(self) -> bool:
        return self._function.cache.delete(self.bytes)

    def expire(self) -> bool:
        """Ends it, but for its grace."""
        return self._function.cache.expire(self.bytes)

    def exists(self) -> bool:
        return self._function.cache.exists(self.bytes)

    def ttl(self) -> Any:
        """Seconds left, FOREVER, or None."""
        return self._function.cache.ttl(self.bytes)
