"""Results that could not be stored: their callers have them all the same. They are counted, and logged once."""

from __future__ import annotations

import logging
import weakref
from typing import Any, Set, Type

_log = logging.getLogger("coffer")
_reported: "weakref.WeakKeyDictionary[Any, Set[Type[BaseException]]]" = weakref.WeakKeyDictionary()


def report(cache: Any, key: Any, error: BaseException) -> None:
    """Counts in stats()["unstored"]. Logs once for each cache and class of error: more of a kind would fill the log."""
    cache._unstored += 1
    kinds = _reported.setdefault(cache, set())
    if type(error) in kinds:
        return
    kinds.add(type(error))
    _log.warning(
        "the value computed for %r is not stored, nor are others of its kind: %s: %s",
        key,
        type(error).__name__,
        error,
    )
