"""Which keys a thread or task computes, so that it never waits for itself (coffer/computation.h).

The computation follows the context (contextvars): a task that a coroutine starts, and a call handed to another
thread by asyncio.to_thread, are part of the computation that started them until that ends. What is computed anew in
the background is not.
"""

from __future__ import annotations

import contextvars
from typing import Any, Mapping, Optional

from coffer import _coffer

_within: "contextvars.ContextVar[Optional[_coffer.Computation]]" = contextvars.ContextVar(
    "coffer_computation", default=None
)


def current() -> Optional[_coffer.Computation]:
    """The computation that this code is part of."""
    return _within.get()


class Computing:
    """`with Computing(cache, {key: lease}):` computes these keys, with a lease of 0 for a value that is not stored.

    Raises StateError, and names the keys, if that would be a cycle.
    """

    __slots__ = ("_computation", "_token")

    def __init__(self, cache: Any, leases: Mapping[Any, int]) -> None:
        self._computation = _coffer.Computation(
            cache, tuple(leases), tuple(leases.values()), _within.get()
        )

    def __enter__(self) -> None:
        self._token = _within.set(self._computation)

    def __exit__(self, *exception: object) -> None:
        _within.reset(self._token)
        self._computation.end()


def leave() -> None:
    """What follows in this context is part of no computation: nothing waits for it."""
    _within.set(None)
