"""Completions of the library in asyncio: one queue for each event loop, watched by its file descriptor."""

from __future__ import annotations

import asyncio
import itertools
import weakref
from typing import Any, Dict, Iterable, List, Optional, Tuple

from coffer import _coffer

OP_GET, OP_PUT, OP_DELETE, OP_TOUCH, OP_EXISTS = 1, 2, 3, 4, 5
_COMPLETION, _LEASE = 1, 256


class LoopQueue:
    """What one loop waits for from one runtime."""

    def __init__(self, runtime: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._queue = _coffer.Queue(runtime)
        self._futures: Dict[int, "asyncio.Future[Any]"] = {}
        self._batches: Dict[int, Tuple[Any, int]] = {}
        self._tags = itertools.count(1)
        loop.add_reader(self._queue.fileno(), self._read)

    async def run(
        self,
        cache: Any,
        kind: int,
        keys: Iterable[Any],
        values: Optional[List[Any]] = None,
        ttl: int = 0,
    ) -> List[Any]:
        """Submits a batch and waits for its answers."""
        tag, future = self._expect()
        self._batches[tag] = (cache, kind)
        try:
            cache._submit(kind, keys, values, ttl, self._queue, tag)
            return await future
        finally:
            self._forget(tag)

    async def answered(self, cache: Any, lease: int, computation: Any) -> None:
        """Waits, as part of a computation or of none, until the lease has an answer."""
        tag, future = self._expect()
        try:
            cache._lease_notify(lease, self._queue, tag, computation)
            await future
        finally:
            self._forget(tag)

    def _expect(self) -> Tuple[int, "asyncio.Future[Any]"]:
        tag = next(self._tags)
        future = asyncio.get_running_loop().create_future()
        self._futures[tag] = future
        return tag, future

    def _forget(self, tag: int) -> None:
        self._futures.pop(tag, None)
        self._batches.pop(tag, None)

    def _read(self) -> None:
        for kind, tag, *rest in self._queue.poll(self._batches, 0):
            future = self._futures.get(tag)
            if future is None or future.done():
                continue
            if kind == _COMPLETION and rest[0] is not None:
                future.set_exception(rest[0])
            elif kind == _COMPLETION:
                future.set_result(rest[1])
            elif kind == _LEASE:
                future.set_result(None)


_queues: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Dict[int, LoopQueue]]" = (
    weakref.WeakKeyDictionary()
)


def queue_of(runtime: Any) -> LoopQueue:
    """The queue of the running loop for this runtime."""
    loop = asyncio.get_running_loop()
    queues = _queues.setdefault(loop, {})
    queue = queues.get(id(runtime))
    if queue is None:
        queue = queues[id(runtime)] = LoopQueue(runtime, loop)
    return queue
