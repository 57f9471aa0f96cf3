"""Dates, decimals and UUIDs to and from the canonical bytes that every language reads (coffer/value.h)."""

from __future__ import annotations

import datetime
import decimal
import struct
import uuid
from typing import Any, Callable, Dict, Optional, Tuple

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
        seconds, rest = divmod(value, _SECOND)
        return DURATION, struct.pack("<qi", seconds, rest.microseconds * 1000)
    return None


def _encode_datetime(value: datetime.datetime) -> Tuple[int, bytes]:
    offset = value.utcoffset()
    if offset is None:
        seconds, rest = divmod(value.replace(tzinfo=None) - EPOCH, _SECOND)
        return DATETIME, struct.pack("<qi", seconds, rest.microseconds * 1000)
    seconds, rest = divmod(value - EPOCH_UTC, _SECOND)
    return DATETIME_TZ, struct.pack(
        "<qii", seconds, rest.microseconds * 1000, _whole_seconds(offset)
    )


def _encode_time(value: datetime.time) -> Tuple[int, bytes]:
    ns = ((value.hour * 60 + value.minute) * 60 + value.second) * 10**9 + value.microsecond * 1000
    offset = value.utcoffset()
    if offset is None:
        return TIME, struct.pack("<q", ns)
    return TIME, struct.pack("<qi", ns, _whole_seconds(offset))


def _whole_seconds(offset: datetime.timedelta) -> int:
    if offset.microseconds:
        raise ValueError(
            f"the offset {offset} from UTC has a fraction of a second, which cannot be stored"
        )
    return offset // _SECOND


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
    utc = EPOCH_UTC + datetime.timedelta(seconds=seconds, microseconds=ns // 1000)
    return utc.astimezone(_zone(offset))


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
        raise ValueError(f"a value of the extension {kind} has no form in Python")
    return decoder(data)
