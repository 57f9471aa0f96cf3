"""Threads that compute values anew while stale ones are served."""

from __future__ import annotations

import contextvars
import logging
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Optional

_log = logging.getLogger("coffer")
_lock = threading.Lock()
_pool: Optional[ThreadPoolExecutor] = None


def run(call: Callable[..., None], *args: Any) -> bool:
    """Runs `call` on another thread, in a copy of this context. Python waits for it when it exits. False, and nothing was
    run, if it is about to."""
    context = contextvars.copy_context()
    try:
        _executor().submit(context.run, call, *args)
    except RuntimeError:
        return False
    return True


def report(key: Any, error: BaseException) -> None:
    _log.warning("a cached value could not be computed anew: %r", key, exc_info=error)


def _executor() -> ThreadPoolExecutor:
    global _pool
    with _lock:
        if _pool is None:
            _pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="coffer-refresh")
        return _pool


def _after_fork() -> None:
    # Threads do not survive a fork.
    global _lock, _pool
    _lock, _pool = threading.Lock(), None


os.register_at_fork(after_in_child=_after_fork)
