"""Django's MAX_ENTRIES and CULL_FREQUENCY, as LocMemCache understands them.

Source: https://docs.djangoproject.com/en/5.2/topics/cache/#cache-arguments
"""

from __future__ import annotations

import collections
from typing import Iterable, Optional, Union

from coffer import Cache

Key = Union[str, bytes]


class Recency:
    """The keys that were written to one store, the least recently used first.

    Every call is one operation of OrderedDict, so threads need no lock. A key that the store has
    lost since, by its expiry for one, counts until it is culled, as it does in LocMemCache.
    """

    def __init__(self) -> None:
        self._keys: "collections.OrderedDict[Key, None]" = collections.OrderedDict()

    def used(self, keys: Iterable[Key]) -> None:
        """Makes them the most recently used, if they are known."""
        for key in keys:
            try:
                self._keys.move_to_end(key)
            except KeyError:
                pass

    def written(self, keys: Iterable[Key]) -> None:
        for key in keys:
            self._keys[key] = None
            self.used((key,))

    def forget(self, keys: Optional[Iterable[Key]] = None) -> None:
        """Forgets these, or all."""
        if keys is None:
            self._keys.clear()
            return
        for key in keys:
            self._keys.pop(key, None)

    def make_room(self, entries: int, frequency: int, cache: Cache) -> None:
        """If `entries` are there, removes one in `frequency` of them from the cache, or all for a
        frequency of 0.
        """
        known = len(self._keys)
        if known < entries:
            return
        if frequency == 0:
            self._keys.clear()
            cache.clear()
            return
        culled = []
        for _ in range(known // frequency):
            try:
                culled.append(self._keys.popitem(last=False)[0])
            except KeyError:  # other threads were faster
                break
        cache.delete_many(culled)
