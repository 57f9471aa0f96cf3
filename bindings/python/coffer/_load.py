"""Get a value, or compute it: once, however many ask. The protocol of leases (coffer/fetch.h) for threads.

`_load_async.py` is the same for coroutines.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
from typing import Any, Callable, Dict, Optional, Tuple

from coffer import _background, _computing, _context, _unstored
from coffer._computing import Computing
from coffer._copy import freeze
from coffer._durations import Duration, Ttl, to_grace, to_ns, to_ttl
from coffer._failures import again, status_of
from coffer._previous import renewing
from coffer._rows import Dependencies
from coffer._sentinel import MISS
from coffer.errors import ArgumentError, CacheError, CacheTimeoutError, StateError, UnavailableError

HIT, STALE, LEAD, WAIT, NONE, FAILED = 1, 2, 3, 4, 5, 6
_LOOK, _REFRESH, _NO_STALE = 1, 2, 4
_ON_ERROR = {None: 0, "retry": 1, "fail": 2, "stale": 3}

# Waiting threads look up from time to time, so that Ctrl-C reaches them.
_SLICE = 100_000_000

# A store that cannot be reached must not take its users down with it.
UNREACHABLE = (UnavailableError, CacheTimeoutError)


@dataclasses.dataclass
class Spec:
    """How values of one kind are computed and kept."""

    ttl: Any = None  # a Ttl, or a function of the value that gives one
    stale: Optional[Duration] = None
    null_ttl: Ttl = None
    soft: Optional[Duration] = None
    hard: Optional[Duration] = None
    early: Optional[float] = None
    on_error: Optional[str] = None
    lock: bool = True
    store_if: Optional[Callable[[Any], bool]] = None

    def __post_init__(self) -> None:
        if self.on_error not in _ON_ERROR:
            raise ArgumentError(
                f'on_error is {self.on_error!r}; it may be "retry", "fail" or "stale"'
            )
        self._ttl = None if callable(self.ttl) else to_ttl(self.ttl)
        self._null_ttl = self._ttl if self.null_ttl is None else to_ttl(self.null_ttl)
        self.grace = to_grace(self.stale)
        early = 0.0 if self.early is None else (self.early or -1.0)
        rest = (_ON_ERROR[self.on_error], to_grace(self.soft), to_ns(self.hard or 0, "hard"), early)
        self.options = (0, *rest)
        self.look = (_LOOK, *rest)
        self.anew = (_REFRESH, *rest)
        self.anew_only = (_REFRESH | _NO_STALE, *rest)

    def keeps(self, value: Any) -> bool:
        """Whether a computed value is to be stored."""
        return self.store_if is None or bool(self.store_if(value))

    def ttl_of(self, value: Any) -> int:
        """The library's time to live for a computed value."""
        if value is None and self._null_ttl is not None:
            return self._null_ttl
        return to_ttl(self.ttl(value)) if self._ttl is None else self._ttl


_remembered = functools.lru_cache(maxsize=256, typed=True)(Spec)


def spec_of(ttl: Any, how: Dict[str, Any]) -> Spec:
    """The Spec of a call that is made again and again: remembered, unless it holds functions of the program's."""
    if callable(ttl) or "store_if" in how:
        return Spec(ttl=ttl, **how)
    try:
        return _remembered(ttl=ttl, **how)
    except TypeError:  # a value that is not hashable is a wrong one, and says so here
        return Spec(ttl=ttl, **how)


def load(
    cache: Any,
    key: Any,
    compute: Callable[[], Any],
    spec: Spec,
    dependencies: Dependencies,
    anew: bool = False,
) -> Any:
    """The value under `key`, computed by `compute` if it must be."""
    if cache._freezes:
        compute = _frozen(compute)
    try:
        answer = cache._fetch(
            key, spec.anew if anew else spec.options, dependencies, _context.transaction()
        )
    except UNREACHABLE:
        return compute_alone(cache, key, compute)
    while True:
        state, lease, value = answer
        if state == LEAD or (lease and state != WAIT and (anew or value is MISS)):
            return compute_and_commit(cache, key, lease, renewing(compute, cache, key, value), spec)
        if state == WAIT:
            if not spec.lock:
                cache._lease_release(lease)
                return compute_alone(cache, key, compute)
            answer = wait(cache, lease) or cache._fetch(
                key, spec.options, dependencies, _context.transaction()
            )
        elif state == NONE:
            return compute_alone(cache, key, compute)
        elif value is not MISS:
            if lease and not _background.run(
                _refresh, cache, key, lease, renewing(compute, cache, key, value), spec
            ):
                cache._lease_release(lease)
            return value
        else:  # it cannot be decoded: compute it anew
            answer = cache._fetch(key, spec.anew_only, dependencies, _context.transaction())


def _frozen(compute: Callable[[], Any]) -> Callable[[], Any]:
    """Whoever computes gets what all others will get."""
    return lambda: freeze(compute())


def wait(cache: Any, lease: int) -> Optional[Tuple[int, int, Any]]:
    """The answer, or None if the place in the line is gone: after a fork, or when the line was dissolved.

    Raises StateError if this computation would wait for itself, and what the leader raised by on_error="fail".
    """
    try:
        while True:
            answer = cache._lease_wait(lease, _SLICE, _computing.current())
            if answer[0] != WAIT:
                break
            lease = answer[1]  # it may be another place in the line
    except StateError as error:
        if is_cycle(error):
            raise
        return None
    except BaseException as error:
        if not isinstance(error, CacheError):
            cache._lease_release(lease)
        raise
    return told(answer)


def is_cycle(error: CacheError) -> bool:
    return "cycle" in error.details


def told(answer: Tuple[int, int, Any]) -> Tuple[int, int, Any]:
    """The answer, if it is none of a computation that failed."""
    if answer[0] == FAILED:
        raise again(answer[2])
    return answer


def compute_alone(cache: Any, key: Any, compute: Callable[[], Any]) -> Any:
    """For this caller only."""
    with Computing(cache, {key: 0}):
        return compute()


def compute_and_commit(
    cache: Any, key: Any, lease: int, compute: Callable[[], Any], spec: Spec
) -> Any:
    try:
        with Computing(cache, {key: lease}):
            value = compute()
        commit(cache, key, lease, value, spec)
    except BaseException as error:
        give_up(cache, lease, error)
        raise
    return value


def commit(cache: Any, key: Any, lease: int, value: Any, spec: Spec) -> None:
    """Keeps the value. One that a store cannot take, because it is too large, cannot be encoded or the store is out of
    reach, is the caller's all the same; those who wait compute their own."""
    if not spec.keeps(value):
        return _decline(cache, lease)
    ttl = spec.ttl_of(value)
    try:
        cache._lease_commit(lease, value, ttl, spec.grace, None)
    except UNREACHABLE:
        _decline(cache, lease)
    except Exception as error:  # noqa: BLE001: what a serializer raises
        _decline(cache, lease)
        _unstored.report(cache, key, error)


def _decline(cache: Any, lease: int) -> None:
    with contextlib.suppress(StateError):  # it has ended meanwhile
        cache._lease_decline(lease)


def give_up(cache: Any, lease: int, error: BaseException) -> None:
    """Ends the lease of a computation that failed; one that was interrupted is as if it had not begun."""
    if isinstance(error, Exception):
        cache._lease_abandon(lease, status_of(error), f"{type(error).__name__}: {error}", error)
    else:
        cache._lease_release(lease)


def _refresh(cache: Any, key: Any, lease: int, compute: Callable[[], Any], spec: Spec) -> None:
    _computing.leave()
    try:
        compute_and_commit(cache, key, lease, compute, spec)
    except (
        Exception
    ) as error:  # noqa: BLE001: the stale value is served on, and the lease tells of the failure
        _background.report(key, error)
