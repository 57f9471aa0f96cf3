"""Names of objects that count as themselves: each has its own as long as it lives, and nobody gets it afterwards."""

from __future__ import annotations

import itertools
import os

_serial = itertools.count(1)
_token = os.urandom(4).hex()


def new_name() -> bytes:
    """What no object of any process has in its keys yet. The native half keeps whose it is."""
    return f"#{_token}.{next(_serial)}".encode()


def cannot_tell(kind: type) -> TypeError:
    """Of a class whose instances do not say when they are gone."""
    name = kind.__qualname__
    return TypeError(
        f"two instances of {name} cannot be told apart in cache keys, for it cannot be referred to weakly. Define "
        f'{name}.__cache_key__(self), add "__weakref__" to its __slots__, or let all instances share results by '
        'ignore=("self",)'
    )


def _after_fork() -> None:
    # Objects that parent and child make from now on are different ones.
    global _token
    _token = os.urandom(4).hex()


os.register_at_fork(after_in_child=_after_fork)
