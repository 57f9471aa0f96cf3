"""copy="freeze": what is cached cannot be changed by whoever reads it."""

from __future__ import annotations

import types
from typing import Any


def freeze(value: Any) -> Any:
    """The same contents in lists, dicts and sets that cannot be changed: tuple, MappingProxyType, frozenset."""
    kind = type(value)
    if kind is dict:
        return types.MappingProxyType({key: freeze(item) for key, item in value.items()})
    if kind is list or kind is tuple:
        return tuple(freeze(item) for item in value)
    if kind is set:
        return frozenset(value)
    if kind is bytearray:
        return bytes(value)
    return value
