"""What the adapters share: how they open caches, and what keys and timeouts of other libraries
become.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any, Dict, Mapping, Union

from coffer import FOREVER, Cache, Ttl
from coffer.keys import encode_key

Seconds = Union[float, timedelta]

_CENTURY = 100 * 365 * 86400.0

# Keys are UTF-8 of at most 65,535 bytes (COFFER_MAX_KEY), a namespace included.
_LONGEST = 8192


def open_cache(url: str, options: Mapping[str, Any]) -> Cache:
    """A cache whose readers get objects of their own, as pickle would make them.

    In stores of this process values are pickled, unless `options` or the URL say otherwise. A store
    that other programs can write to keeps the default of coffer.Cache: pickle of arbitrary objects
    has to be asked for there.
    """
    chosen: Dict[str, Any] = {"copy": "pickle", **options}
    cache = Cache(url, **chosen)
    if cache._live or cache._serializer is not None:
        return cache
    # A store that keeps bytes: because of a codec, or because it is shared.
    return cache.with_options(serializer="pickle!") if in_process(cache) else cache


def in_process(cache: Cache) -> bool:
    """Whether nobody but this process can reach the store."""
    answer: bool = cache.describe()["store"]["in_process"]
    return answer


def to_ttl(timeout: Seconds) -> Ttl:
    """The ttl for seconds or a timedelta: 0 for a time that has passed, FOREVER for a century or
    more.
    """
    seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
    return FOREVER if seconds >= _CENTURY else max(seconds, 0)


def to_key(key: Any) -> Union[str, bytes]:
    """The key of coffer for what serves as a key elsewhere: text and bytes of any length, numbers,
    tuples, …

    Text is its own key, if it is not too long. All else begins with a byte that no UTF-8 contains,
    so that b"k", 5 and "5" are three keys.
    """
    if type(key) is str and len(key) <= _LONGEST // 4:
        if key.isascii():
            return key
        try:
            key.encode()
            return key
        except UnicodeEncodeError:  # surrogates, of a file name for example
            pass
    encoded = key.encode("utf-8", "surrogatepass") if isinstance(key, str) else encode_key(key)
    kind = b"\xff\xff" if isinstance(key, str) else b"\xff"
    return kind + (encoded if len(encoded) <= _LONGEST else hashlib.sha256(encoded).digest())


def add_to(cache: Cache, key: Union[str, bytes], delta: Any) -> Any:
    """Adds to the value there is, in one step, whatever it is that can be added to; None if there
    is none.

    The expiry stays. Cache.incr() knows integers only, and creates what is not there.
    """
    while True:
        found = cache.get_versioned(key)
        if found is None:
            return None
        value = found[0] + delta
        if cache.compare_and_set(key, value, found[1]):
            return value
