"""Keys of function calls: one text for one meaning, whatever the types, however the arguments are passed.

Every value begins with a letter or bracket that tells its type, and text with its length, so different
arguments never give the same key:

    n t f          None, True, False          i7  d1.5       int, float
    k{a=i1,b=i2}   **keywords, in the order of the call, which the function sees
    s3:abc b2:..   text, bytes, with size     (..) [..]      tuple, list
    {..} <..>      set, frozenset, sorted     m{k=v,..}      dict, sorted by key
    @Type(..)      everything else: enums, dates, decimals, UUIDs, paths, dataclasses, classes, functions,
                   and objects with a method __cache_key__

Arrays and tables of NumPy and pandas count by their contents, see coffer/_arrays.py. What has no meaning but an address is
refused.
"""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import functools
import os
import types
import uuid
from typing import Any, Callable, Dict, Optional, Tuple, Type

from coffer import _arrays
from coffer._identity import plain_name, unique_name
from coffer._sentinel import Sentinel

_registered: Dict[type, Callable[[Any], Any]] = {}

# Handles of databases, requests and the like, by the names of their classes: they say where a value comes
# from and not which. A function that is given one is cached as if it were not.
_HANDLES = frozenset(
    {
        "sqlalchemy.orm.session.Session",
        "sqlalchemy.orm.scoping.scoped_session",
        "sqlalchemy.engine.base.Connection",
        "sqlalchemy.engine.base.Engine",
        "sqlalchemy.ext.asyncio.session.AsyncSession",
        "sqlalchemy.ext.asyncio.engine.AsyncConnection",
        "sqlalchemy.ext.asyncio.engine.AsyncEngine",
        "sqlite3.Connection",
        "psycopg2.extensions.connection",
        "psycopg.Connection",
        "psycopg.AsyncConnection",
        "asyncpg.connection.Connection",
        "asyncpg.pool.Pool",
        "redis.client.Redis",
        "redis.asyncio.client.Redis",
        "requests.sessions.Session",
        "httpx.Client",
        "httpx.AsyncClient",
        "aiohttp.client.ClientSession",
        "pymongo.mongo_client.MongoClient",
        "logging.Logger",
    }
)


def register(kind: type, key: Optional[Callable[[Any], Any]]) -> None:
    """Says what instances of `kind` (and of its subclasses) count as in keys: `key(value)`, or nothing if None.

    For classes of others; your own may define `__cache_key__(self)`.
    """
    _registered[kind] = key if key is not None else (lambda value: None)


def encode_other(value: Any) -> bytes:
    """What the native half asks for all but the plainest types."""
    from coffer._coffer import encode_key

    kind = type(value)
    key = _said(value, kind)
    if key is not Sentinel.MISS:
        return b"@" + _name(kind).encode() + b"(" + encode_key(key) + b")"
    arrays = _arrays.encoder(kind)
    if arrays is not None:
        return b"@" + _name(kind).encode() + b"(" + encode_key(arrays(value)) + b")"
    for base, encode in _ENCODERS:
        if isinstance(value, base):
            return encode(value, encode_key)
    return _encode_object(value, encode_key)


# What `self` or `cls` counts as, besides its class; the numbers are those of Receivers in function.h.
CLASS, KEYED, CONTENTS, ITSELF = range(4)


def describe_receiver(kind: type) -> Tuple[bytes, int]:
    """What `self`, an instance of the class, counts as: its class, and what its __cache_key__ says; or its contents, if
    its class says that equal contents are equal objects; or itself alone."""
    return b"@" + _name(kind).encode(), _counts_by(kind)


def _counts_by(kind: type) -> int:
    if hasattr(kind, "__cache_key__"):
        return KEYED
    if any(base in _registered for base in kind.__mro__) or issubclass(kind, enum.Enum):
        return CONTENTS
    if dataclasses.is_dataclass(kind) and kind.__eq__ is not object.__eq__:
        return CONTENTS
    if hasattr(kind, "model_dump") or (issubclass(kind, tuple) and hasattr(kind, "_fields")):
        return CONTENTS
    return ITSELF


def encode_receiver(value: Any) -> bytes:
    """The same for one `self` or `cls`."""
    from coffer._coffer import encode_key, instance_name

    if isinstance(value, type):
        return b"@" + _name(value).encode()
    text, by = describe_receiver(type(value))
    if by == ITSELF:
        return text + instance_name(value)
    return text + b"(" + encode_key(value.__cache_key__() if by == KEYED else value) + b")"


class Keywords(Dict[str, Any]):
    """**keywords of a call: they count in their order, which the function sees."""


def _encode_keywords(named: Keywords, encode: Callable[[Any], bytes]) -> bytes:
    items = (name.encode() + b"=" + encode(value) for name, value in named.items())
    return b"k{" + b",".join(items) + b"}"


def _name(thing: Any) -> str:
    return unique_name(thing, shared=True)


def _encode_dict(value: Dict[Any, Any], encode: Callable[[Any], bytes]) -> bytes:
    items = sorted(encode(key) + b"=" + encode(item) for key, item in value.items())
    return b"m{" + b",".join(items) + b"}"


def _encode_set(value: Any, encode: Callable[[Any], bytes]) -> bytes:
    items = b",".join(sorted(encode(item) for item in value))
    return b"{" + items + b"}" if isinstance(value, set) else b"<" + items + b">"


def _plain(text: Callable[[Any], Any]) -> Callable[[Any, Callable[[Any], bytes]], bytes]:
    def encoder(value: Any, encode: Callable[[Any], bytes]) -> bytes:
        return b"@" + _name(type(value)).encode() + b"(" + encode(text(value)) + b")"

    return encoder


def _encode_named(value: Any, encode: Callable[[Any], bytes]) -> bytes:
    # Two closures or lambdas share a name and nothing else.
    if "<" in value.__qualname__:
        raise TypeError(
            f"{value!r} has no name of its own to be part of a cache key; pass a function of a module, "
            "or leave the argument out with ignore=(...)"
        )
    return b"@" + _name(value).encode()


def _encode_partial(value: "functools.partial[Any]", encode: Callable[[Any], bytes]) -> bytes:
    return b"@partial(" + encode((value.func, value.args, value.keywords)) + b")"


def _encode_method(value: types.MethodType, encode: Callable[[Any], bytes]) -> bytes:
    return b"@method(" + encode((value.__self__, value.__func__)) + b")"


def _decimal(value: decimal.Decimal) -> Any:
    return tuple(value.as_tuple())


_ENCODERS: Tuple[Tuple[Any, Callable[[Any, Callable[[Any], bytes]], bytes]], ...] = (
    (enum.Enum, _plain(lambda value: value.name)),
    (Keywords, _encode_keywords),
    (dict, _encode_dict),
    (types.MappingProxyType, lambda value, encode: _encode_dict(dict(value), encode)),
    ((set, frozenset), _encode_set),
    (datetime.datetime, _plain(lambda value: (value.isoformat(), value.fold))),
    ((datetime.date, datetime.time), _plain(lambda value: value.isoformat())),
    (datetime.timedelta, _plain(lambda value: (value.days, value.seconds, value.microseconds))),
    (decimal.Decimal, _plain(_decimal)),
    (uuid.UUID, _plain(lambda value: value.hex)),
    (type, _encode_named),
    ((types.FunctionType, types.BuiltinFunctionType), _encode_named),
    (types.MethodType, _encode_method),
    (functools.partial, _encode_partial),
    ((bytearray, memoryview), _plain(bytes)),
    (complex, _plain(lambda value: (value.real, value.imag))),
    ((range, slice), _plain(lambda value: (value.start, value.stop, value.step))),
)


def _encode_object(value: Any, encode: Callable[[Any], bytes]) -> bytes:
    kind = type(value)
    key = _key_of(value, kind)
    if key is not Sentinel.MISS:
        return b"@" + _name(kind).encode() + b"(" + encode(key) + b")"
    if any(plain_name(base) in _HANDLES for base in kind.__mro__):
        return b"@" + _name(kind).encode()
    raise TypeError(
        f"a {kind.__qualname__} has no meaning that could be part of a cache key, only an address. "
        f"Define {kind.__qualname__}.__cache_key__(self), or coffer.keys.register({kind.__qualname__}, ...), "
        'leave the argument out with ignore=("name",), or give the function a key="..." template'
    )


def _said(value: Any, kind: Type[Any]) -> Any:
    """What its class, or whoever registered it, says that the value counts as; MISS if nobody does."""
    if hasattr(kind, "__cache_key__"):
        return value.__cache_key__()
    for base in kind.__mro__:
        if base in _registered:
            return _registered[base](value)
    return Sentinel.MISS


def _key_of(value: Any, kind: Type[Any]) -> Any:
    if dataclasses.is_dataclass(kind):
        return {
            field.name: getattr(value, field.name)
            for field in dataclasses.fields(kind)
            if field.compare
        }
    for base in (str, int, float, bytes, list, tuple):
        if isinstance(value, base):  # a subclass
            return base(value)
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if hasattr(kind, "model_dump"):  # pydantic
        return value.model_dump()
    return Sentinel.MISS
