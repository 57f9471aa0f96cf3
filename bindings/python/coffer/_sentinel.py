"""Values that stand for something no value can be."""

from __future__ import annotations

import enum


class Sentinel(enum.Enum):
    """MISS: nothing is cached. The others are times to live."""

    MISS = "MISS"
    FOREVER = "FOREVER"
    KEEP = "KEEP"

    def __bool__(self) -> bool:
        return self is not Sentinel.MISS

    def __repr__(self) -> str:
        return self.value

    __str__ = __repr__


MISS = Sentinel.MISS
FOREVER = Sentinel.FOREVER
KEEP = Sentinel.KEEP
