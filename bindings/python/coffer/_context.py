"""What a block of code says of caches: disabled, within a transaction, without invalidation.

Contexts follow threads and tasks (contextvars). While none is entered anywhere in the process, caches do not
ask: the native half counts.
"""

from __future__ import annotations

import contextlib
import contextvars
from typing import Any, FrozenSet, Iterator, Optional

from coffer import _coffer

_disabled: "contextvars.ContextVar[FrozenSet[Any]]" = contextvars.ContextVar(
    "coffer_disabled", default=frozenset()
)
_quiet: "contextvars.ContextVar[FrozenSet[Any]]" = contextvars.ContextVar(
    "coffer_quiet", default=frozenset()
)
_transaction: "contextvars.ContextVar[Optional[Transaction]]" = contextvars.ContextVar(
    "coffer_transaction", default=None
)


class Transaction(_coffer.Transaction):
    """The cache's side of a database transaction, see Cache.transaction."""


@contextlib.contextmanager
def _entered(variable: "contextvars.ContextVar[Any]", value: Any) -> Iterator[None]:
    _coffer.enter_context()
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)
        _coffer.leave_context()


def disabled(store: Any) -> Any:
    """A context in which the caches of one store neither answer nor keep anything."""
    return _entered(_disabled, _disabled.get() | {store})


def is_disabled(store: Any) -> bool:
    return store in _disabled.get()


def quiet(store: Any) -> Any:
    """A context in which events to the caches of one store are dropped."""
    return _entered(_quiet, _quiet.get() | {store})


def is_quiet(store: Any) -> bool:
    return store in _quiet.get()


def transaction() -> Optional[Transaction]:
    """The one this code runs in."""
    return _transaction.get()


def is_dirty() -> bool:
    current = _transaction.get()
    return current is not None and current.dirty


@contextlib.contextmanager
def within(runtime: Any) -> Iterator[Transaction]:
    """A transaction, or a savepoint of the one that is open: committed at the end, rolled back by an exception."""
    current = _transaction.get()
    if current is None:
        current = Transaction(runtime)
    else:
        current.savepoint()
    with _entered(_transaction, current):
        try:
            yield current
        except BaseException:
            current.rollback()
            raise
    current.commit()
