"""copy="freeze" and copy="pickle": what is cached cannot be changed by whoever reads it."""

from __future__ import annotations

import array
import collections
import functools
import pickle as _pickle
import types
from typing import Any

pickle = functools.partial(_pickle.dumps, protocol=_pickle.HIGHEST_PROTOCOL)
unpickle = _pickle.loads

# Containers that hold more than their items. What else they say is part of how they are made, not of what they hold.
_KNOWN = (
    dict,
    list,
    set,
    bytearray,
    collections.OrderedDict,
    collections.defaultdict,
    collections.Counter,
    collections.deque,
    collections.ChainMap,
    collections.UserDict,
    collections.UserList,
    array.array,
    memoryview,
    types.MappingProxyType,
)
_MUTABLE = (
    dict,
    list,
    set,
    bytearray,
    collections.deque,
    collections.ChainMap,
    collections.UserDict,
    collections.UserList,
    array.array,
)


def freeze(value: Any) -> Any:
    """The same contents in containers that cannot be changed: tuple, MappingProxyType, frozenset, bytes.

    A subclass of a container becomes what its base does, if it has no attributes of its own; else TypeError. A named
    tuple stays one.
    """
    if isinstance(value, tuple):
        return _freeze_tuple(value)
    if type(value) not in _KNOWN:
        if not isinstance(value, _MUTABLE):
            return value
        _refuse_attributes(value)
    if isinstance(
        value, (dict, collections.UserDict, collections.ChainMap, types.MappingProxyType)
    ):
        return types.MappingProxyType({key: freeze(item) for key, item in value.items()})
    if isinstance(value, set):
        return frozenset(value)
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    return tuple(freeze(item) for item in value)


def _freeze_tuple(value: Any) -> Any:
    items = [freeze(item) for item in value]
    if all(item is kept for item, kept in zip(items, value)):
        return value
    if hasattr(value, "_make"):
        return value._make(items)
    _refuse_attributes(value)
    return tuple(items)


def _refuse_attributes(value: Any) -> None:
    own = set(getattr(value, "__dict__", ())) - {
        "data"
    }  # which UserDict and UserList keep their items in
    slots = {name for kind in type(value).__mro__ for name in _slots(kind)}
    for name in sorted(own | {name for name in slots if hasattr(value, name)}):
        kind = type(value).__qualname__
        raise TypeError(
            f'copy="freeze" cannot keep a {kind}, which has the attribute {name!r} beside its items: '
            f'cache plain data, or open the cache with copy="clone"'
        )


def _slots(kind: type) -> Any:
    slots = kind.__dict__.get("__slots__", ()) if kind.__module__ != "collections" else ()
    return (slots,) if isinstance(slots, str) else slots
