"""What a value depends on: tags, and rows of tables."""

from __future__ import annotations

import datetime
import decimal
import uuid
from typing import Any, Dict, Iterable, Optional, Tuple

from coffer import _extensions

# The library's types of values of columns (coffer/dependency.h).
_U64, _DECIMAL, _DATE, _TIME, _DATETIME, _INSTANT, _UUID = 4, 6, 9, 10, 11, 12, 13

Dependencies = Optional[Tuple[Tuple[str, ...], Tuple[Tuple[str, Tuple[Dict[str, Any], ...]], ...]]]


class Rows:
    """Rows of a table that satisfy any of some conditions, each a dict {column: value}: all its columns are equal.

    `Rows("books", {"author": 7}, {"editor": 7})`, or `Rows.where("books", author=7)`. `Rows("books", {})` is every row.
    """

    __slots__ = ("space", "conditions")

    def __init__(self, space: str, *conditions: Dict[str, Any]) -> None:
        self.space = space
        self.conditions = conditions

    @classmethod
    def where(cls, space: str, **columns: Any) -> "Rows":
        return cls(space, columns)

    def __repr__(self) -> str:
        return f"Rows({', '.join(map(repr, (self.space, *self.conditions)))})"


def to_dependencies(tags: Iterable[str], rows: Iterable[Rows] = ()) -> Dependencies:
    """As the native half takes them."""
    if tags == () and rows == ():
        return None
    if isinstance(tags, (str, bytes)):
        raise TypeError(f"tags is {tags!r}; give a list, even of one")
    names = tuple(tags)
    conditions = tuple((row.space, row.conditions) for row in rows)
    return (names, conditions) if names or conditions else None


def encode_datum(value: Any) -> Tuple[int, int, int, bytes]:
    """(type, number, nanoseconds, bytes) of a column's value that is not one of the plain types."""
    if isinstance(value, int):
        if 0 <= value < 2**64:
            return _U64, value - 2**64, 0, b""
        return _DECIMAL, 0, 0, str(value).encode()
    if isinstance(value, decimal.Decimal):
        return _DECIMAL, 0, 0, str(value).encode()
    if isinstance(value, uuid.UUID):
        return _UUID, 0, 0, value.bytes
    if isinstance(value, datetime.datetime):
        return _moment(value)
    if isinstance(value, datetime.date):
        return _DATE, value.toordinal() - datetime.date(1970, 1, 1).toordinal(), 0, b""
    if isinstance(value, datetime.time) and value.tzinfo is None:
        seconds = (value.hour * 60 + value.minute) * 60 + value.second
        return _TIME, seconds * 10**9 + value.microsecond * 1000, 0, b""
    raise TypeError(
        f"a column cannot be compared with {value!r}; give a number, text, bytes, a date, a UUID or None"
    )


def _moment(value: datetime.datetime) -> Tuple[int, int, int, bytes]:
    kind = _DATETIME if value.utcoffset() is None else _INSTANT
    seconds, rest = divmod(
        value - (_extensions.EPOCH if kind == _DATETIME else _extensions.EPOCH_UTC),
        datetime.timedelta(seconds=1),
    )
    return kind, seconds, rest.microseconds * 1000, b""
