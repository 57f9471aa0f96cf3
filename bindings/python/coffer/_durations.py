"""Durations as people write them, to nanoseconds and to the library's times to live."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Optional, Union

from coffer._sentinel import FOREVER, KEEP, Sentinel
from coffer.errors import ArgumentError

Duration = Union[int, float, timedelta, str]
"""Seconds, a timedelta, or text: "250ms", "30s", "5m", "1h30m", "2d", "90" (seconds)."""

Ttl = Union[Duration, Sentinel, None]
"""A duration, "forever" or FOREVER, KEEP (the expiry that the entry has), or None: the cache's own."""

_UNITS = {
    "ns": 1,
    "us": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
    "d": 86400 * 10**9,
}
_PIECE = re.compile(r"(\d+(?:\.\d+)?)(ns|us|ms|s|m|h|d)")
_MOST = 2**63 - 1

_DEFAULT, _FOREVER, _EXPIRED, _KEEP = 0, -1, -2, -3


def to_ns(duration: Duration, what: str = "duration") -> int:
    """Nanoseconds of a duration that is not negative."""
    ns = _nanoseconds(duration, what)
    if not 0 <= ns <= _MOST:
        raise ArgumentError(f"{what} is {duration!r}; it must be from 0 to 292 years")
    return ns


def to_ttl(ttl: Ttl) -> int:
    """The library's time to live. A duration of zero or less means that nothing is left under the key."""
    if ttl is None:
        return _DEFAULT
    if ttl is FOREVER or ttl == "forever":
        return _FOREVER
    if ttl is KEEP:
        return _KEEP
    ns = _nanoseconds(ttl, "ttl")  # type: ignore[arg-type]  # another Sentinel is refused
    if ns > _MOST:
        raise ArgumentError(f"ttl is {ttl!r}, more than 292 years; say FOREVER")
    return ns if ns > 0 else _EXPIRED


def to_grace(stale: Optional[Duration]) -> int:
    """How long after its ttl an entry may be served: the cache's own for None, and for no time not at all."""
    return 0 if stale is None else to_ns(stale, "stale") or -1


def from_ttl(ns: int) -> Union[float, Sentinel]:
    return FOREVER if ns == _FOREVER else ns / 1e9


def _nanoseconds(duration: Duration, what: str) -> int:
    """Nanoseconds; beyond _MOST or below zero, where the number itself does not matter, perhaps another."""
    if isinstance(duration, timedelta):
        return (duration.days * 86400 + duration.seconds) * 10**9 + duration.microseconds * 1000
    if isinstance(duration, str):
        return _parse(duration, what)
    if not isinstance(duration, (int, float)) or isinstance(duration, bool):
        raise TypeError(f'{what} is {duration!r}; give seconds, a timedelta or text like "5m"')
    if duration != duration:
        raise ArgumentError(f"{what} is {duration!r}, which is no number")
    if abs(duration) < 1e10:
        return round(duration * 10**9)
    return _MOST + 1 if duration > 0 else -1


def _parse(text: str, what: str) -> int:
    try:
        return _nanoseconds(float(text), what)
    except ValueError:
        pass
    total, end = 0.0, 0
    for piece in _PIECE.finditer(text):
        if piece.start() != end:
            break
        end = piece.end()
        total += float(piece[1]) * _UNITS[piece[2]]
    if end != len(text) or end == 0:
        raise ArgumentError(
            f'{what} is {text!r}; write it like "250ms", "5m" or "1h30m", with the units '
            "ns, us, ms, s, m, h, d"
        )
    return round(total)
