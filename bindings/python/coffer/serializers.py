"""How values become bytes, where a cache keeps bytes.

Anything with `format` (a number from 1024 up that tells the bytes from those of others), `dumps(value) -> bytes`
and `loads(bytes) -> value` is a serializer. What `loads` raises means that the entry is missing.
"""

from __future__ import annotations

import hashlib
import hmac
import pickle
from typing import Any, Dict, Optional, Protocol, Tuple, Type, Union
from urllib.parse import parse_qsl, urlsplit

from coffer import _coffer
from coffer._options import to_options
from coffer.errors import ArgumentError, CorruptError
from coffer.runtime import Runtime, default_runtime

FIRST_FREE_FORMAT = 1024


class SerializerLike(Protocol):
    """What `Cache(serializer=...)` takes."""

    format: int

    def dumps(self, value: Any) -> bytes:
        ...

    def loads(self, data: bytes) -> Any:
        ...


AnySerializer = Union[str, SerializerLike, Type[SerializerLike]]
"""The name of a plugin, "pickle!", or a serializer or its class, which is called with the serializer_options."""


class Serializer(_coffer.Serializer):
    """A serializer plugin: `Serializer("json", indent=2).dumps(value)`."""

    def __new__(
        cls, name: str, *, runtime: Optional[Runtime] = None, **options: Any
    ) -> "Serializer":
        return super().__new__(cls, runtime or default_runtime(), name, to_options(options))


class Pickle:
    """Arbitrary Python objects. Whoever can write to the store can run code in this process, unless the
    bytes are signed: give a `secret` that only your programs know."""

    _PLAIN, _SIGNED = 2048, 2049

    def __init__(self, secret: Union[str, bytes, None] = None, protocol: int = 4) -> None:
        self._secret = secret.encode() if isinstance(secret, str) else secret
        if self._secret == b"":
            raise ArgumentError("the secret that signs pickled values is empty")
        self.format = self._PLAIN if secret is None else self._SIGNED
        self._protocol = protocol

    def dumps(self, value: Any) -> bytes:
        data = pickle.dumps(value, self._protocol)
        return data if self._secret is None else self._sign(data) + data

    def loads(self, data: bytes) -> Any:
        if self._secret is None:
            return _unpickle(data)
        size = hashlib.sha256().digest_size
        if not hmac.compare_digest(self._sign(data[size:]), data[:size]):
            raise CorruptError(
                "the signature of a pickled value is wrong: another secret, or bytes that were changed"
            )
        return _unpickle(data[size:])

    def _sign(self, data: bytes) -> bytes:
        assert self._secret is not None
        return hmac.digest(self._secret, data, "sha256")


def _unpickle(data: bytes) -> Any:
    try:
        return pickle.loads(data)
    except MemoryError:
        raise
    except Exception as error:  # whatever: a pickle may call anything
        raise CorruptError(f"a pickled value cannot be read: {error!r}") from error


def named_in(url: str) -> Tuple[Optional[str], Dict[str, str]]:
    """The serializer that a URL asks for, if it does, and its own options: `?serializer=json&serializer.ext=plain`."""
    name, options = None, {}
    for option, value in parse_qsl(urlsplit(url).query, keep_blank_values=True):
        if option == "serializer":
            name = value
        elif option.startswith("serializer."):
            options[option[len("serializer.") :]] = value
    return name, options


def choose(given: AnySerializer, runtime: Runtime, options: Any) -> Tuple[str, SerializerLike, int]:
    """The native serializer's name, the object that does the work, and its format."""
    if given == "pickle!":
        pickled = Pickle(**options)
        return "json", pickled, pickled.format
    if isinstance(given, str):
        native = Serializer(given, runtime=runtime, **options)
        return given, native, native.format
    if isinstance(given, type):
        given = given(**options)
    number = getattr(given, "format", None)
    if not callable(getattr(given, "dumps", None)) or not callable(getattr(given, "loads", None)):
        raise TypeError(
            f"serializer is {given!r}; give a name, or an object with format, dumps and loads"
        )
    if not isinstance(number, int) or not (
        FIRST_FREE_FORMAT <= number < 2**32 or isinstance(given, Serializer)
    ):
        raise ArgumentError(
            f"{type(given).__name__}.format is {number!r}; choose a number from {FIRST_FREE_FORMAT} up "
            "that no other serializer of yours has"
        )
    return "json", given, number
