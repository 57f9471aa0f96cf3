"""What can go wrong. Every exception of this package is a CacheError; a miss is none."""

from __future__ import annotations

from typing import Dict


class CacheError(Exception):
    """A failure, with a message for the reader: what failed, on what, and what to do."""

    status: str = "INTERNAL"
    """The name of the library's status, e.g. "TIMEOUT"."""
    retriable: bool = False
    """The same call may succeed later."""
    maybe_applied: bool = False
    """A write may have happened although it was not confirmed."""
    retry_after: float = 0.0
    """Seconds to wait before a retry; 0 if unknown."""
    details: Dict[str, str] = {}
    """Named details, e.g. {"option": "tll"}."""


class ArgumentError(CacheError, ValueError):
    """An argument or option is wrong; the message names it."""


class StateError(CacheError, RuntimeError):
    """Not possible now: closed, or already open with other options."""


class UnsupportedError(CacheError):
    """The plugin at hand does not offer this."""


class TooLargeError(CacheError, ValueError):
    """A key, value or batch is over a limit; the message states the limit."""


class ExhaustedError(CacheError):
    """Out of memory, disk, connections or queue space."""


class CancelledError(CacheError):
    """The call was cancelled."""


class CacheTimeoutError(CacheError, TimeoutError):
    """The deadline passed."""


class UnavailableError(CacheError, ConnectionError):
    """A remote store cannot be reached."""


class StoreIOError(CacheError, OSError):
    """Input or output failed in the store."""


class CorruptError(CacheError, ValueError):
    """Bytes that cannot be decoded."""


class DeniedError(CacheError, PermissionError):
    """Credentials or permissions are missing."""


class NotFoundError(CacheError, LookupError):
    """No such plugin, cache or file. Never used for keys."""


class PluginError(CacheError):
    """A plugin broke its contract, or is of another ABI."""


class InternalError(CacheError):
    """A failure that this release has no name for."""


BY_STATUS = {
    "INVALID_ARGUMENT": ArgumentError,
    "INVALID_STATE": StateError,
    "UNSUPPORTED": UnsupportedError,
    "TOO_LARGE": TooLargeError,
    "EXHAUSTED": ExhaustedError,
    "CANCELLED": CancelledError,
    "TIMEOUT": CacheTimeoutError,
    "UNAVAILABLE": UnavailableError,
    "IO": StoreIOError,
    "CORRUPT": CorruptError,
    "DENIED": DeniedError,
    "NOT_FOUND": NotFoundError,
    "ABI_MISMATCH": PluginError,
    "PLUGIN_FAULT": PluginError,
    "INTERNAL": InternalError,
}
