"""Dates, decimals and UUIDs to and from the canonical bytes that every language reads (coffer/value.h)."""

from __future__ import annotations

import datetime
import decimal
import struct
import uuid
from typing import Any, Callable, Dict, Optional, Tuple, Union

from coffer.errors import UnsupportedError

DECIMAL, UUID, DATE, TIME, DATETIME, DATETIME_TZ, DURATION = range(1, 8)

_EPOCH_DAY = datetime.date(1970, 1, 1).toordinal()
EPOCH = datetime.datetime(1970, 1, 1)
EPOCH_UTC = EPOCH.replace(tzinfo=datetime.timezone.utc)
_SECOND = datetime.timedelta(seconds=1)
_MICROSECOND = datetime.timedelta(microseconds=1)


def encode(value: Any) -> Optional[Tuple[int, bytes]]:
    """(type, bytes), or None for what is no such value."""
    if isinstance(value, decimal.Decimal):
        return DECIMAL, str(value).encode()
    if isinstance(value, uuid.UUID):
        return UUID, value.bytes
    if isinstance(value, datetime.datetime):
        return _encode_datetime(value)
    if isinstance(value, datetime.date):
        return DATE, struct.pack("<i", value.toordinal() - _EPOCH_DAY)
    if isinstance(value, datetime.time):
        return _encode_time(value)
    if isinstance(value, datetime.timedelta):
        _refuse_nanoseconds(value, "nanoseconds")
        seconds, rest = divmod(value, _SECOND)
        return DURATION, struct.pack("<qi", seconds, rest.microseconds * 1000)
    return None


def _encode_datetime(value: datetime.datetime) -> Tuple[int, bytes]:
    _refuse_nanoseconds(value, "nanosecond")
    # By hand: at either end of the calendar the same instant in UTC would leave it.
    seconds, rest = divmod(value.replace(tzinfo=None) - EPOCH, _SECOND)
    offset = _offset(value)
    if offset is None:
        return DATETIME, struct.pack("<qi", seconds, rest.microseconds * 1000)
    return DATETIME_TZ, struct.pack("<qii", seconds - offset, rest.microseconds * 1000, offset)


def _encode_time(value: datetime.time) -> Tuple[int, bytes]:
    ns = ((value.hour * 60 + value.minute) * 60 + value.second) * 10**9 + value.microsecond * 1000
    offset = _offset(value)
    return TIME, struct.pack("<q", ns) if offset is None else struct.pack("<qi", ns, offset)


def _offset(value: Union[datetime.datetime, datetime.time]) -> Optional[int]:
    """Seconds east of UTC; None without a zone."""
    offset = value.utcoffset()
    if offset is None:
        if value.tzinfo is not None:
            raise UnsupportedError(
                f"{value!r} has a zone that does not say how far from UTC it is, as those do that "
                "depend on the date; zones are stored as such an offset"
            )
        return None
    if offset.microseconds:
        raise UnsupportedError(
            f"the offset {offset} from UTC has a fraction of a second, which cannot be stored"
        )
    return offset // _SECOND


def _refuse_nanoseconds(value: Any, attribute: str) -> None:
    """Those that pandas adds to datetimes; read back, they would be missing."""
    if getattr(value, attribute, 0):
        raise UnsupportedError(
            f"{value!r} has nanoseconds, and Python reads back microseconds; round it first"
        )


def _zone(offset: int) -> datetime.tzinfo:
    return (
        datetime.timezone(datetime.timedelta(seconds=offset)) if offset else datetime.timezone.utc
    )


# Python counts microseconds: nanoseconds that another language wrote are cut off.
def _decode_time(data: bytes) -> datetime.time:
    (ns,) = struct.unpack_from("<q", data)
    zone = _zone(struct.unpack_from("<i", data, 8)[0]) if len(data) > 8 else None
    whole, microsecond = divmod(ns // 1000, 10**6)
    minutes, second = divmod(whole, 60)
    hour, minute = divmod(minutes, 60)
    return datetime.time(hour, minute, second, microsecond, zone)


def _decode_datetime(data: bytes) -> datetime.datetime:
    seconds, ns = struct.unpack("<qi", data)
    return EPOCH + datetime.timedelta(seconds=seconds, microseconds=ns // 1000)


def _decode_datetime_tz(data: bytes) -> datetime.datetime:
    seconds, ns, offset = struct.unpack("<qii", data)
    local = EPOCH + datetime.timedelta(seconds=seconds + offset, microseconds=ns // 1000)
    return local.replace(tzinfo=_zone(offset))


def _decode_duration(data: bytes) -> datetime.timedelta:
    seconds, ns = struct.unpack("<qi", data)
    return datetime.timedelta(seconds=seconds, microseconds=ns // 1000)


_DECODERS: Dict[int, Callable[[bytes], Any]] = {
    DECIMAL: lambda data: decimal.Decimal(data.decode("ascii")),
    UUID: lambda data: uuid.UUID(bytes=data),
    DATE: lambda data: datetime.date.fromordinal(struct.unpack("<i", data)[0] + _EPOCH_DAY),
    TIME: _decode_time,
    DATETIME: _decode_datetime,
    DATETIME_TZ: _decode_datetime_tz,
    DURATION: _decode_duration,
}


def decode(kind: int, data: bytes) -> Any:
    decoder = _DECODERS.get(kind)
    if decoder is None:
        raise UnsupportedError(f"a value of the extension {kind} has no form in Python")
    return decoder(data)
