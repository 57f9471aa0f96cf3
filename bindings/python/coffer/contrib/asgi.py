"""Cached responses for ASGI: FastAPI, Starlette and any other.

    app.add_middleware(CachedResponses, cache=cache, ttl="1m", tags=lambda scope: [scope["path"]])

Only GET and HEAD without Authorization or Cookie are cached, and only answers of status 200 that neither set a cookie
nor forbid it by Cache-Control, nor are streams of events, nor larger than `largest`. Requests that come meanwhile wait
for the first, until it is known that its answer will not be stored; such an answer is passed on as it comes.
"""

from __future__ import annotations

import asyncio
from typing import Any, Awaitable, Callable, Dict, Iterable, List, Optional, Tuple

Scope = Dict[str, Any]
Message = Dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Answer = Tuple[int, List[Tuple[bytes, bytes]], bytes]

_PRIVATE = (b"no-store", b"private", b"no-cache")


class CachedResponses:
    """An ASGI middleware that serves what a cache has."""

    def __init__(
        self,
        app: Any,
        cache: Any,
        ttl: Any = None,
        stale: Any = None,
        tags: Optional[Callable[[Scope], Iterable[str]]] = None,
        vary: Iterable[str] = ("accept", "accept-encoding", "accept-language"),
        largest: int = 2**20,
    ) -> None:
        self.app, self.cache, self.ttl, self.stale = app, cache.namespace("http"), ttl, stale
        self.tags = tags or (lambda scope: ())
        self.vary = [name.lower().encode() for name in vary]
        self.largest = largest

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        if scope["type"] != "http" or not self._cacheable(scope):
            await self.app(scope, receive, send)
            return
        waiting = True

        async def load() -> Answer:
            running = _Running(self.app, scope, receive)
            try:
                return await running.whole(self.largest)
            except BaseException as error:
                if not waiting or not isinstance(error, _Unstorable):
                    running.cancel()  # nobody is there to whom it could be passed on
                raise

        try:
            status, headers, body = await self.cache.aget_or_set(
                self._key(scope), load, self.ttl, stale=self.stale, tags=self.tags(scope)
            )
        except _Unstorable as answer:
            await answer.running.pass_on(send)
            return
        waiting = False
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    @staticmethod
    def _cacheable(scope: Scope) -> bool:
        names = {name.lower() for name, _ in scope["headers"]}
        return scope["method"] in ("GET", "HEAD") and not names & {
            b"authorization",
            b"cookie",
            b"range",
        }

    def _key(self, scope: Scope) -> bytes:
        headers = {name.lower(): value for name, value in scope["headers"]}
        parts = [
            scope["method"].encode(),
            headers.get(b"host", b""),
            scope["path"].encode(),
            scope.get("query_string", b""),
            *(headers.get(name, b"") for name in self.vary),
        ]
        return b"\n".join(parts)  # no header has a line break in it


class _Unstorable(Exception):
    """An answer for this request alone."""

    def __init__(self, running: "_Running") -> None:
        super().__init__("the answer is not to be stored")
        self.running = running


class _Running:
    """The application at work on an answer, which is taken from it message by message."""

    def __init__(self, app: Any, scope: Scope, receive: Any) -> None:
        self._messages: "asyncio.Queue[Optional[Message]]" = asyncio.Queue(1)
        self._taken: List[Message] = []
        self._wanted = True
        self._task = asyncio.ensure_future(self._run(app, scope, receive))

    async def _run(self, app: Any, scope: Scope, receive: Any) -> None:
        try:
            await app(scope, receive, self._messages.put)
        finally:
            if self._wanted:  # else nobody makes room
                await self._messages.put(None)

    async def _next(self) -> Message:
        message = await self._messages.get()
        if message is None:
            await self._task  # raises what the application raised
            raise RuntimeError("the application ended before its answer did")
        return message

    async def whole(self, largest: int) -> Answer:
        """The whole answer; _Unstorable as soon as it is one that is not to be stored."""
        start, size, more = await self._next(), 0, True
        self._taken = [start]
        if start["type"] != "http.response.start" or not _storable(start):
            raise _Unstorable(self)
        while more:
            message = await self._next()
            self._taken.append(message)
            size, more = size + len(message.get("body", b"")), message.get("more_body", False)
            if size > largest:
                raise _Unstorable(self)
        body = b"".join(message.get("body", b"") for message in self._taken[1:])
        await self._messages.get()  # it has ended
        await self._task
        return start["status"], list(start.get("headers", ())), body

    async def pass_on(self, send: Send) -> None:
        """Sends what was taken, and all that is still to come."""
        try:
            for message in self._taken:
                await send(message)
            while (next_one := await self._messages.get()) is not None:
                await send(next_one)
            await self._task
        finally:
            self.cancel()

    def cancel(self) -> None:
        self._wanted = False
        self._task.cancel()


def _storable(start: Message) -> bool:
    for name, value in start.get("headers", ()):
        if name.lower() == b"set-cookie":
            return False
        if name.lower() == b"cache-control" and any(word in value.lower() for word in _PRIVATE):
            return False
        if name.lower() == b"content-type" and value.lower().startswith(b"text/event-stream"):
            return False
    return bool(start["status"] == 200)
