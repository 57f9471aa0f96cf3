"""Results that cannot be cached: what is used up by reading it, or stands for something outside of the program.

Whoever got such a thing out of a cache would get what another caller has used already.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import io
import queue
import socket
import threading
import types
from typing import Any, Callable, Optional, Tuple, Type

_LOCKS = (
    type(threading.Lock()),
    type(threading.RLock()),
    threading.Condition,
    threading.Event,
    threading.Semaphore,
    threading.Barrier,
    threading.local,
    asyncio.Lock,
    asyncio.Event,
    asyncio.Condition,
    asyncio.Semaphore,
)
_RUNNING = (threading.Thread, asyncio.AbstractEventLoop, types.FrameType, types.TracebackType)
_QUEUES = (queue.Queue, queue.SimpleQueue, asyncio.Queue)

# The same of modules that need not be loaded, by the names of their classes.
_NAMED = {
    "concurrent.futures._base.Executor": _RUNNING,
    "concurrent.futures._base.Future": _RUNNING,
    "mmap.mmap": (io.IOBase,),
    "multiprocessing.connection._ConnectionBase": (socket.socket,),
    "multiprocessing.process.BaseProcess": _RUNNING,
    "multiprocessing.queues.Queue": _QUEUES,
    "multiprocessing.synchronize.SemLock": _LOCKS,
    "subprocess.Popen": _RUNNING,
    "tempfile.SpooledTemporaryFile": (io.IOBase,),
    "tempfile._TemporaryFileWrapper": (io.IOBase,),
}


def why_not(kind: Type[Any]) -> Optional[str]:
    """Why values of a class cannot be cached, with what to do instead; None if they can."""
    if kind.__module__ == "unittest.mock":  # a stand-in can do everything
        return None
    bases = (kind, *(one for base in kind.__mro__ for one in _NAMED.get(_name(base), ())))
    if issubclass(kind, types.CoroutineType):
        return (
            "it can be awaited once. Decorate what is `async def` itself, and give loaders that are "
            "coroutine functions to aget_or_set()"
        )
    if hasattr(kind, "__await__"):
        return "it can be awaited in its own event loop only. Cache what awaiting it gives"
    if _any(bases, io.IOBase):
        return "all who get it would share its position. Cache its contents: file.read()"
    if hasattr(kind, "__next__") or hasattr(kind, "__anext__"):
        return "what it yields is gone once it was read. Cache a list or tuple of the items"
    if _any(bases, contextlib._GeneratorContextManagerBase):  # type: ignore[attr-defined]
        return "it can be entered once. Cache the value that it gives"
    if _any(bases, *_LOCKS):
        return "it belongs to what runs now, in this process. Keep it in a variable"
    if _any(bases, socket.socket):
        return "it is one connection, which all who get it would share. Keep it in a pool"
    if _any(bases, *_QUEUES):
        return "its items are gone once they were taken. Cache a list of them"
    if _any(bases, *_RUNNING):
        return "it stands for something that runs now. Keep it in a variable"
    return None


def _name(kind: Type[Any]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def _any(bases: Tuple[Type[Any], ...], *kinds: Type[Any]) -> bool:
    return any(issubclass(base, kinds) for base in bases)


def refuse(value: Any) -> None:
    """Raises TypeError if the value cannot be cached. The native half asks for all but the plainest types."""
    reason = why_not(type(value))
    if reason is not None:
        raise TypeError(f"a {type(value).__qualname__} cannot be cached: {reason}")


def checked(value: Any, source: Any = None) -> Any:
    """The value that `source` returned; TypeError if it cannot be cached, and a coroutine is closed."""
    from coffer._coffer import check_storable

    try:
        check_storable(value)
    except TypeError as error:
        if inspect.iscoroutine(value):
            value.close()
        raise TypeError(f"{error} (returned by {_described(source)})") from None
    return value


def _described(source: Any) -> str:
    module, name = getattr(source, "__module__", None), getattr(source, "__qualname__", None)
    return f"{module}.{name}" if module and name else type(source).__qualname__


def checking(load: Callable[..., Any]) -> Callable[..., Any]:
    """The loader of a sync call, whose result is looked at before anybody gets it."""
    return lambda *args: checked(load(*args), load)


async def awaited(made: Any, source: Any, call: str = "a coroutine function") -> Any:
    """What `made`, which `source` returned, gives when it is awaited; TypeError if it cannot be, or cannot be cached."""
    if not inspect.isawaitable(made):
        raise TypeError(
            f"{call} gives something to await, and {_described(source)} returned a "
            f"{type(made).__qualname__}: make it `async def`, or use what is not async"
        )
    return checked(await made, source)


def awaiting(load: Callable[..., Any]) -> Callable[..., Any]:
    """The loader of an async call, whose result is looked at before anybody gets it."""
    return lambda *args: awaited(load(*args), load, "a loader of an async call")
