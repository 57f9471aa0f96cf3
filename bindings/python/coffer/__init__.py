"""Coffer: one cache engine that every language can use; see the README."""

from coffer import errors, keys
from coffer._coffer import version as __version__
from coffer._durations import Duration, Ttl
from coffer._previous import previous
from coffer._rows import Rows
from coffer._sentinel import FOREVER, KEEP, MISS
from coffer.cache import Cache
from coffer.errors import CacheError
from coffer.runtime import Runtime, default_runtime
from coffer.serializers import Pickle, Serializer

__all__ = [
    "Cache",
    "CacheError",
    "Duration",
    "FOREVER",
    "KEEP",
    "MISS",
    "Pickle",
    "Rows",
    "Runtime",
    "Serializer",
    "Ttl",
    "__version__",
    "default_runtime",
    "errors",
    "keys",
    "previous",
]
