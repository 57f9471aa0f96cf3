"""Counters: integers of 64 bits in a cache, whatever writes its values."""

from __future__ import annotations

import operator
from typing import Any, Optional, Union

from coffer._sentinel import MISS
from coffer.errors import ArgumentError, StateError, UnsupportedError

_LEAST, _MOST = -(2**63), 2**63 - 1
_CAS = 3
_EXPIRED, _KEEP = -2, -3


def integer(name: str, value: Any) -> int:
    """`value` as an int, or a TypeError that names the argument."""
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is {value!r}; it must be an int") from None


def step(
    cache: Any, key: Union[str, bytes], delta: int, initial: Optional[int], ttl: int
) -> Optional[int]:
    """Adds `delta`; see Cache.incr."""
    delta = _within("delta", integer("delta", delta))
    if initial is not None:
        initial = _within("initial", integer("initial", initial))
    if cache._bypassed():
        return None if initial is None else _sum(key, initial, delta)
    if initial is None and ttl == _EXPIRED:
        raise ArgumentError("incr with initial=None makes no counter; a ttl of 0 says nothing")
    while True:
        try:
            return cache._incr(key, delta, initial, ttl)
        except UnsupportedError:
            # A serializer in Python has written it, which the library cannot call.
            total = _add(cache, key, delta, ttl)
            if total is not None:
                return total


def _add(cache: Any, key: Union[str, bytes], delta: int, ttl: int) -> Optional[int]:
    """The sum; None if another was faster."""
    found = cache._get_versioned(key)
    if found is None:
        return None
    value, version = found
    if value is MISS or type(value) is not int:
        raise StateError(f"incr of key {key!r}: the entry is not an integer")
    total = _sum(key, value, delta)
    keeps = ttl != _EXPIRED
    put = cache._put(key, total, _KEEP if keeps else ttl, _CAS, version, 0, None, keeps)
    return total if put >= 0 else None


def _sum(key: Union[str, bytes], value: int, delta: int) -> int:
    total = value + delta
    if _LEAST <= value <= _MOST and _LEAST <= total <= _MOST:
        return total
    error = StateError(
        f"incr of key {key!r}: {value} + {delta} does not fit in 64 bits; a counter is from -2^63 to 2^63 - 1; "
        "nothing was changed"
    )
    error.status, error.details = "INVALID_STATE", {"reason": "OVERFLOW"}
    raise error


def _within(name: str, value: int) -> int:
    if not _LEAST <= value <= _MOST:
        raise ArgumentError(f"{name} is {value}; it must be from -2^63 to 2^63 - 1")
    return value
