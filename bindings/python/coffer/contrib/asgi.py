"""Cached responses for ASGI: FastAPI, Starlette and any other.

    app.add_middleware(CachedResponses, cache=cache, ttl="1m", tags=lambda scope: [scope["path"]])

Only GET and HEAD without Authorization or Cookie are cached, and only answers of status 200 that neither set a cookie
nor forbid it by Cache-Control. Requests that come meanwhile wait for the first.
"""

from __future__ import annotations

from typing import Any, Awaitable, Callable, Dict, Iterable, List, Optional, Tuple

Scope = Dict[str, Any]
Send = Callable[[Dict[str, Any]], Awaitable[None]]
Answer = Tuple[int, List[Tuple[bytes, bytes]], bytes]

_PRIVATE = (b"no-store", b"private", b"no-cache")


class CachedResponses:
    """An ASGI middleware that serves what a cache has."""

    def __init__(self, app: Any, cache: Any, ttl: Any = None, stale: Any = None,
                 tags: Optional[Callable[[Scope], Iterable[str]]] = None,
                 vary: Iterable[str] = ("accept", "accept-encoding", "accept-language")) -> None:
        self.app, self.cache, self.ttl, self.stale = app, cache.namespace("http"), ttl, stale
        self.tags = tags or (lambda scope: ())
        self.vary = [name.lower().encode() for name in vary]

    async def __call__(self, scope: Scope, receive: Any, send: Send) -> None:
        if scope["type"] != "http" or not self._cacheable(scope):
            await self.app(scope, receive, send)
            return

        async def load() -> Answer:
            return await self._ask(scope, receive)

        status, headers, body = await self.cache.aget_or_set(
            self._key(scope), load, self.ttl, stale=self.stale, tags=self.tags(scope), store_if=_storable)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    @staticmethod
    def _cacheable(scope: Scope) -> bool:
        names = {name.lower() for name, _ in scope["headers"]}
        return scope["method"] in ("GET", "HEAD") and not names & {b"authorization", b"cookie", b"range"}

    def _key(self, scope: Scope) -> bytes:
        headers = {name.lower(): value for name, value in scope["headers"]}
        parts = [scope["method"].encode(), headers.get(b"host", b""), scope["path"].encode(),
                 scope.get("query_string", b""), *(headers.get(name, b"") for name in self.vary)]
        return b"\n".join(parts)  # no header has a line break in it

    async def _ask(self, scope: Scope, receive: Any) -> Answer:
        status, headers, body = 500, [], []

        async def collect(message: Dict[str, Any]) -> None:
            nonlocal status, headers
            if message["type"] == "http.response.start":
                status, headers = message["status"], list(message.get("headers", ()))
            elif message["type"] == "http.response.body":
                body.append(message.get("body", b""))

        await self.app(scope, receive, collect)
        return status, headers, b"".join(body)


def _storable(answer: Answer) -> bool:
    status, headers, _ = answer
    for name, value in headers:
        if name.lower() == b"set-cookie":
            return False
        if name.lower() == b"cache-control" and any(word in value.lower() for word in _PRIVATE):
            return False
    return status == 200
