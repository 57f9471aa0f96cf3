"""Keyword arguments of Python as typed options of the library."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any, List, Mapping, Tuple

from coffer._durations import to_ns
from coffer._sentinel import FOREVER

_TEXT, _INT, _FLOAT, _BOOL, _DURATION = 1, 2, 3, 4, 6

# Numbers under these names are seconds.
_DURATIONS = frozenset(
    "ttl null_ttl null_cap grace max_age soft hard throttle hit_for_miss deadline housekeeping".split()
)

Option = Tuple[str, int, Any]


def to_options(given: Mapping[str, Any]) -> List[Option]:
    """Options for a native call; those that are None are left out. `strategy__x` is "strategy.x"."""
    return [
        _option(name.replace("__", "."), value)
        for name, value in given.items()
        if value is not None
    ]


def _option(name: str, value: Any) -> Option:
    if value is FOREVER:
        return name, _TEXT, "forever"
    if isinstance(value, bool):
        return name, _BOOL, int(value)
    if isinstance(value, timedelta) or (name in _DURATIONS and isinstance(value, (int, float))):
        return name, _DURATION, to_ns(value, name)
    if isinstance(value, int):
        return name, _INT, value
    if isinstance(value, float):
        return name, _FLOAT, value
    if isinstance(value, os.PathLike):
        return name, _TEXT, os.fsencode(value)
    if isinstance(value, (str, bytes)):
        return name, _TEXT, value
    raise TypeError(f"option {name} is {value!r}; give text, a number, a bool or a timedelta")
