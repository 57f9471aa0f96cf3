"""A failed computation, told to those who waited for it."""

from __future__ import annotations

import copy
from typing import Any

from coffer.errors import CacheError, InternalError


def status_of(error: BaseException) -> str:
    """The name of the library's status for an exception."""
    return error.status if isinstance(error, CacheError) else "INTERNAL"


def again(original: BaseException) -> BaseException:
    """A fresh exception of the same class that says the same; its cause is the original. Each who waited raises one of
    its own, for a traceback belongs to one thread."""
    fresh = _copied(original) or _rebuilt(original)
    if fresh is None:
        fresh = InternalError(
            f"the computation waited for failed: {type(original).__name__}: {original}"
        )
    fresh.__cause__ = original
    return fresh.with_traceback(None)


def _copied(original: BaseException) -> Any:
    try:
        fresh = copy.copy(original)  # as the class itself says how, with what its __init__ does
    except Exception:  # noqa: BLE001: an __init__ that takes something else
        return None
    return fresh if _is_alike(fresh, original) else None


def _rebuilt(original: BaseException) -> Any:
    """The same without __init__."""
    try:
        fresh = type(original).__new__(type(original), *original.args)
        fresh.args = original.args
        fresh.__dict__.update(original.__dict__)
    except Exception:  # noqa: BLE001: a class that wants more
        return None
    return fresh if _is_alike(fresh, original) else None


def _is_alike(fresh: Any, original: BaseException) -> bool:
    return (
        fresh is not original
        and type(fresh) is type(original)
        and fresh.args == original.args
        and str(fresh) == str(original)
    )
