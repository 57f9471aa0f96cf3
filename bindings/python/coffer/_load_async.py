"""Get a value, or compute it, in a coroutine: what `_load.py` does for threads, without blocking the loop."""

from __future__ import annotations

import asyncio
import contextvars
from typing import Any, Awaitable, Callable, Optional, Set, Tuple

from coffer import _background, _computing, _context
from coffer._computing import Computing
from coffer._copy import freeze
from coffer._load import (
    LEAD,
    NONE,
    UNREACHABLE,
    WAIT,
    Spec,
    commit,
    give_up,
    is_cycle,
    told,
)
from coffer._loop import queue_of
from coffer._previous import renewing_async
from coffer._rows import Dependencies
from coffer._sentinel import MISS
from coffer.errors import CacheError, StateError

# Tasks that compute anew in the background: a loop keeps only weak references to its tasks.
_refreshing: Set["asyncio.Task[None]"] = set()


async def in_thread(cache: Any, call: Callable[..., Any], *args: Any) -> Any:
    """Calls what may wait for a store on another thread; what cannot wait, here."""
    if not cache._blocking:
        return call(*args)
    context = contextvars.copy_context()
    return await asyncio.get_running_loop().run_in_executor(None, context.run, call, *args)


async def leasing(cache: Any, call: Callable[..., Any], *args: Any) -> Any:
    """The same for calls that answer with leases: whoever is cancelled meanwhile leaves none behind."""
    if not cache._blocking:
        return call(*args)
    answer = asyncio.ensure_future(in_thread(cache, call, *args))
    try:
        return await asyncio.shield(answer)
    except asyncio.CancelledError:
        answer.add_done_callback(lambda done: _drop(cache, done))
        raise


def _drop(cache: Any, answer: "asyncio.Future[Any]") -> None:
    if answer.cancelled() or answer.exception() is not None:
        return
    result = answer.result()
    for _, lease, _ in result if isinstance(result, list) else [result]:
        cache._lease_release(lease)


async def load(
    cache: Any,
    key: Any,
    compute: Callable[[], Awaitable[Any]],
    spec: Spec,
    dependencies: Dependencies,
    anew: bool = False,
) -> Any:
    """The value under `key`, computed by `await compute()` if it must be."""
    if cache._freezes:
        compute = _frozen(compute)
    try:
        answer = await _fetch(cache, key, spec.anew if anew else spec.options, dependencies)
    except UNREACHABLE:
        return await compute_alone(cache, key, compute)
    while True:
        state, lease, value = answer
        if state == LEAD or (lease and state != WAIT and (anew or value is MISS)):
            return await compute_and_commit(
                cache, key, lease, renewing_async(compute, cache, key, value), spec
            )
        if state == WAIT:
            if not spec.lock:
                cache._lease_release(lease)
                return await compute_alone(cache, key, compute)
            answer = await wait(cache, lease) or await _fetch(
                cache, key, spec.options, dependencies
            )
        elif state == NONE:
            return await compute_alone(cache, key, compute)
        elif value is not MISS:
            if lease:
                refresh_later(cache, key, lease, renewing_async(compute, cache, key, value), spec)
            return value
        else:
            answer = await _fetch(cache, key, spec.anew_only, dependencies)


def _frozen(compute: Callable[[], Awaitable[Any]]) -> Callable[[], Awaitable[Any]]:
    async def frozen() -> Any:
        return freeze(await compute())

    return frozen


async def _fetch(
    cache: Any, key: Any, options: Tuple[Any, ...], dependencies: Dependencies
) -> Tuple[int, int, Any]:
    return await leasing(cache, cache._fetch, key, options, dependencies, _context.transaction())


async def wait(cache: Any, lease: int) -> Optional[Tuple[int, int, Any]]:
    """The answer, or None if the place in the line is gone; raises what `_load.wait` does."""
    try:
        while True:
            await queue_of(cache.runtime).answered(cache, lease, _computing.current())
            answer = await leasing(cache, cache._lease_wait, lease, 0, None)
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


async def compute_alone(cache: Any, key: Any, compute: Callable[[], Awaitable[Any]]) -> Any:
    """For this caller only."""
    with Computing(cache, {key: 0}):
        return await compute()


async def compute_and_commit(
    cache: Any, key: Any, lease: int, compute: Callable[[], Awaitable[Any]], spec: Spec
) -> Any:
    try:
        with Computing(cache, {key: lease}):
            value = await compute()
        await in_thread(cache, commit, cache, key, lease, value, spec)
    except BaseException as error:
        give_up(cache, lease, error)
        raise
    return value


def refresh_later(
    cache: Any, key: Any, lease: int, compute: Callable[[], Awaitable[Any]], spec: Spec
) -> None:
    task = asyncio.get_running_loop().create_task(_refresh(cache, key, lease, compute, spec))
    _refreshing.add(task)
    task.add_done_callback(_refreshing.discard)


async def _refresh(
    cache: Any, key: Any, lease: int, compute: Callable[[], Awaitable[Any]], spec: Spec
) -> None:
    _computing.leave()
    try:
        await compute_and_commit(cache, key, lease, compute, spec)
    except Exception as error:  # noqa: BLE001: the stale value is served on
        _background.report(key, error)
