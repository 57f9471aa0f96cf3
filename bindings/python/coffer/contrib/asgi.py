"""Cached responses for ASGI: FastAPI, Starlette and any other.

    app.add_middleware(CachedResponses, cache=cache, ttl="1m", tags=lambda scope: [scope["path"]])

A shared cache as RFC 9111 describes it, in front of the application. Answers say by Cache-Control,
Expires, Vary, ETag and Last-Modified how they may be used; `ttl` is for those that say nothing.
Requests for the same missing answer wait for the one that computes it, except where answers are not
stored: those are computed at once, in parallel.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import re
import time
from typing import Any, Callable, Coroutine, Iterable, Optional, Sequence, Set, Tuple, Union
from urllib.parse import quote, urljoin, urlsplit

from coffer import _background
from coffer._durations import Duration, Ttl, to_ns, to_ttl
from coffer.contrib import _rfc9111
from coffer.contrib._asgi_exchange import (
    Exchange,
    Message,
    Receive,
    Scope,
    Send,
    Settings,
    Target,
    cache_status,
    deliver,
)
from coffer.contrib._asgi_shelf import PASS, Shelf, Url, selection_of
from coffer.contrib._http_fields import MOST_SECONDS, combined, first
from coffer.contrib._rfc9111 import FRESH, STALE, Asked, Stored
from coffer.errors import ArgumentError, CacheError

_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")  # RFC 9110 §9.2.1
_FOREVER = -1

_log = logging.getLogger("coffer")

# Answers that are computed anew in the background: a loop keeps only weak references to its tasks.
_refreshing: "Set[asyncio.Task[None]]" = set()


class CachedResponses:
    """An ASGI middleware that serves what a cache has.

    cache           a coffer.Cache, of which it uses the namespace "http"
    ttl             how long answers are fresh that do not say it themselves, of status 200, 203,
                    204, 300, 301 and 308; by default the cache's own ttl; without one, a tenth of
                    the time since Last-Modified
    stale           how long after that an answer may be served while a new one is computed in the
                    background, unless it says so itself (stale-while-revalidate), or forbids it
    stale_if_error  how long after that it may stand in for one of status 5xx or an exception; by
                    default as `stale`
    tags            a function of the scope that gives tags: `cache.invalidate_tag` ends the answers
    vary            names of request fields that tell answers apart, besides those in Vary of the
                    answers
    key             a function of the scope that gives what is to be in the place of scheme, host,
                    path and query
    methods         what is cached: "GET", "HEAD" or both
    largest         bytes of the largest content that is stored
    variants        how many answers of one URL are stored, in different representations
    keep            how long answers are kept that are not fresh any more: a request may allow them
                    (max-stale), or the application may confirm them (304)
    pass_for        how long requests do not wait for each other after an answer that was not stored
    cache_status    the name of this cache in the field Cache-Status (RFC 9211), which says what it
                    did; None: no field
    """

    def __init__(
        self,
        app: Any,
        cache: Any,
        ttl: Ttl = None,
        stale: Optional[Duration] = None,
        tags: Optional[Callable[[Scope], Iterable[str]]] = None,
        vary: Iterable[str] = ("accept", "accept-encoding", "accept-language", "origin"),
        largest: int = 2**20,
        *,
        stale_if_error: Optional[Duration] = None,
        key: Optional[Callable[[Scope], Union[str, bytes]]] = None,
        methods: Iterable[str] = ("GET", "HEAD"),
        variants: int = 64,
        keep: Duration = "10m",
        pass_for: Duration = "10s",
        cache_status: Optional[str] = None,
    ) -> None:
        self.app, self.cache = app, cache
        self._tags, self._key, self._methods = tags, key, _methods(methods)
        if variants < 1:
            raise ArgumentError(f"variants is {variants!r}; it must be at least 1")
        stale_for = to_ns(stale or 0, "stale") / 1e9
        on_error = (
            stale_for if stale_if_error is None else to_ns(stale_if_error, "stale_if_error") / 1e9
        )
        self._settings = Settings(
            Shelf(cache, [name.encode() for name in vary], variants, pass_for),
            _rfc9111.Defaults(_default_ttl(cache, ttl), stale_for, on_error),
            largest,
            to_ns(keep, "keep") / 1e9,
            cache_status,
            _clock(cache.runtime),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self.cache._bypassed():
            await self.app(scope, receive, send)
        elif scope["method"] not in _SAFE:
            await self._change(scope, receive, send)
        elif scope["method"] not in self._methods:
            await self._pass_by(scope, receive, send, "method")
        else:
            asked = Asked(scope["method"], scope["headers"])
            if not asked.passes_by():
                await self._answer(scope, receive, send, asked)
            elif asked.only_if_cached:
                await self._not_cached(send)
            else:
                await self._pass_by(scope, receive, send, "request" if asked.no_store else "bypass")

    # ---- Requests that the cache may answer ----

    async def _answer(self, scope: Scope, receive: Receive, send: Send, asked: Asked) -> None:
        url, shelf = self._url(scope), self._settings.shelf
        tags = [url.tag, *(self._tags(scope) if self._tags is not None else ())]
        names = await shelf.names(url)
        while True:
            keys = _keys(url, names, asked)
            found = await shelf.find(keys)
            if await self._serve(scope, send, asked, Target(url, names, b"", tags, 0, None), found):
                return
            if asked.only_if_cached:  # RFC 9111 §5.2.1.7
                await self._not_cached(send)
                return
            wait, why = _waits(asked, found[0]), _why(asked, found[0])
            lease, computed = 0, None
            if wait or isinstance(found[0], Stored) or not asked.conditional:
                lease, computed = await shelf.lead(keys[0], tags, wait)
            target = Target(url, names, keys[0], tags, lease, _to_validate(asked, found[0]))
            try:
                # Somebody else may have stored it between the look and the lease.
                again = await shelf.find(keys) if lease else [computed]
                how = f"fwd={why}; collapsed"
                if again != found and await self._serve(scope, send, asked, target, again, how):
                    return
                known, names = names, await shelf.names(url)
                if lease or known == names:
                    exchange = Exchange(self._settings, asked, target, send, why)
                    lease = 0  # the exchange ends it
                    await exchange.run(self.app, scope, receive)
                    return
            finally:
                shelf.release(lease)

    async def _serve(
        self,
        scope: Scope,
        send: Send,
        asked: Asked,
        target: Target,
        found: Sequence[Any],
        how: str = "hit",
    ) -> bool:
        """Sends the first of the stored answers that may be used; False if there is none."""
        now = self._settings.now()
        answers = [answer for answer in found if isinstance(answer, Stored)]
        verdicts = [_rfc9111.usable(asked, answer, now) for answer in answers]
        for verdict in (FRESH, STALE):
            if verdict in verdicts:
                answer = answers[verdicts.index(verdict)]
                if verdict == STALE and _rfc9111.within_while_revalidate(answer, now):
                    await self._refresh(scope, asked, target, answer)
                await deliver(send, asked, answer, self._settings, how)
                return True
        for answer in answers if how != "hit" else ():  # of the one who computed it, if that failed
            failed = target.lease == 0 and answer.age(now) >= answer.lifetime
            if failed and _rfc9111.usable_on_error(asked, answer, now):
                await deliver(send, asked, answer, self._settings, how)
                return True
        return False

    async def _refresh(self, scope: Scope, asked: Asked, target: Target, answer: Stored) -> None:
        """Computes an answer anew in the background, unless somebody does already (RFC 5861 §3)."""
        keys = _keys(target.url, target.names, asked)
        found = await self._settings.shelf.find(keys)
        key = next((key for key, stored in zip(keys, found) if stored == answer), None)
        if key is None:  # it is gone already
            return
        method = key.split(b" ", 1)[0].decode()
        lease, _ = await self._settings.shelf.lead(key, target.tags, wait=False)
        if not lease:
            return
        target = target._replace(key=key, lease=lease, old=answer)
        asked = Asked(method, asked.fields)
        exchange = Exchange(self._settings, asked, target, _discard, "stale")
        scope = {**scope, "method": method}
        if isinstance(scope.get("state"), dict):
            scope["state"] = dict(scope["state"])
        # Not within the context of the request, which ends before this does.
        task = contextvars.Context().run(_start, _renew(exchange, self.app, scope, key))
        _refreshing.add(task)
        task.add_done_callback(_refreshing.discard)

    async def _not_cached(self, send: Send) -> None:
        text = b"Not in the cache, and the request says only-if-cached.\n"
        fields = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(text))]
        if self._settings.cache_status is not None:
            fields.append(cache_status(self._settings, "fwd=request"))
        await send({"type": "http.response.start", "status": 504, "headers": fields})
        await send({"type": "http.response.body", "body": text})

    # ---- Others ----

    async def _pass_by(self, scope: Scope, receive: Receive, send: Send, why: str) -> None:
        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                line = cache_status(self._settings, f"fwd={why}")
                message = {**message, "headers": [*message.get("headers", ()), line]}
            await send(message)

        named = self._settings.cache_status is not None
        await self.app(scope, receive, told if named else send)

    async def _change(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An unsafe request ends the stored answers of what it has changed (RFC 9111 §4.4): before
        the client hears of it, and once more when the application has ended, for some commit what
        they changed only then.
        """
        ended: Set[str] = set()

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start" and 200 <= message["status"] < 400:
                fields = message.get("headers", ())
                places = [first(fields, name) for name in (b"location", b"content-location")]
                urls = [
                    self._url(scope),
                    *(self._url_at(scope, place) for place in places if place),
                ]
                ended.update(url.tag for url in urls if url is not None)
                await self._end(ended)
            await send(message)

        try:
            await self.app(scope, receive, told)
        finally:
            await self._end(ended)

    async def _end(self, tags: Set[str]) -> None:
        try:
            if tags:
                await self.cache.ainvalidate_tag(*tags)
        except CacheError as error:  # the answer goes its way
            _log.warning("answers could not be invalidated: %s", sorted(tags), exc_info=error)

    def _url(self, scope: Scope) -> Url:
        if self._key is not None:
            key = self._key(scope)
            return Url.of(key.encode() if isinstance(key, str) else key)
        # Some servers put the query behind the raw path.
        path = (scope.get("raw_path") or b"").split(b"?", 1)[0] or quote(_path(scope)).encode()
        query = scope.get("query_string", b"")
        place = b"%s://%s%s" % (scope.get("scheme", "http").encode(), _host(scope), _decoded(path))
        return Url.of(place + b"?" + query if query else place)

    def _url_at(self, scope: Scope, place: bytes) -> Optional[Url]:
        """The same for a URL of the same host, relative to that of the request."""
        base = f"{scope.get('scheme', 'http')}://{_host(scope).decode('latin-1')}"
        try:
            parts = urlsplit(urljoin(base + quote(_path(scope)), place.decode("latin-1")))
        except ValueError:
            return None
        if f"{parts.scheme}://{parts.netloc.lower()}" != base:
            return None
        path = parts.path or "/"
        there = {"path": path, "raw_path": path.encode("latin-1"), "method": "GET"}
        return self._url({**scope, **there, "query_string": parts.query.encode("latin-1")})


async def _discard(message: Message) -> None:
    """Nobody is there to whom it could be sent."""


def _start(renewal: "Coroutine[Any, Any, None]") -> "asyncio.Task[None]":
    return asyncio.get_running_loop().create_task(renewal)


async def _renew(exchange: Exchange, app: Any, scope: Scope, key: bytes) -> None:
    done, asked = asyncio.Event(), False

    async def receive() -> Message:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await done.wait()
        return {"type": "http.disconnect"}

    try:
        await exchange.run(app, scope, receive)
    except Exception as error:  # noqa: BLE001: the stale answer is served on
        _background.report(key, error)
    finally:
        done.set()


def _keys(url: Url, names: Tuple[bytes, ...], asked: Asked) -> Sequence[bytes]:
    """Where an answer to the request may lie: first where its own is stored, then those that it may
    use, too.

    Answers to requests with credentials are apart from others, so that nobody waits for what is
    likely private.
    """
    selection, lanes = selection_of(names, asked), (asked.personal, not asked.personal)
    methods = ("HEAD", "GET") if asked.method == "HEAD" else ("GET",)
    return [url.answer(selection, method, lane) for method in methods for lane in lanes]


def _waits(asked: Asked, own: Any) -> bool:
    """Whether the request waits for one that computes the same answer already: only if it is likely
    to be shared."""
    if asked.reload or own == PASS:
        return False
    if isinstance(own, Stored):
        return own.serves_others()
    return not asked.personal


def _to_validate(asked: Asked, own: Any) -> Optional[Stored]:
    return own if isinstance(own, Stored) and _rfc9111.is_for(asked, own.flags) else None


def _why(asked: Asked, own: Any) -> str:
    """Why the request goes to the application, as RFC 9211 §2.2 names it."""
    if asked.reload:
        return "request"
    return "stale" if isinstance(own, Stored) else "miss"


def _methods(methods: Iterable[str]) -> Tuple[str, ...]:
    chosen = tuple(method.upper() for method in methods)
    for method in chosen:
        if method not in ("GET", "HEAD"):
            raise ArgumentError(f"methods has {method!r}; GET and HEAD can be cached")
    return chosen


def _default_ttl(cache: Any, ttl: Ttl) -> Optional[float]:
    """Seconds that answers are fresh which do not say it; None: unknown."""
    if ttl is None:
        own = cache.describe()["options"].get("ttl", "forever")
        if own == "forever":
            return None
        ttl = own
    ns = to_ttl(ttl)
    return float(MOST_SECONDS) if ns == _FOREVER else max(0, ns) / 1e9


def _clock(runtime: Any) -> Callable[[], float]:
    """Seconds since 1970 on the clock of the cache, which tests may move."""
    base = time.time() - runtime.now_ns() / 1e9
    return lambda: base + runtime.now_ns() / 1e9


def _host(scope: Scope) -> bytes:
    host = combined(scope["headers"], b"host")
    if host is None and scope.get("server"):
        host = ":".join(str(part) for part in scope["server"] if part is not None).encode()
    return (host or b"").lower()


def _path(scope: Scope) -> str:
    """The whole path: servers differ in whether the part of what is mounted belongs to it."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path if path.startswith(root) else root + path


_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"


def _decoded(path: bytes) -> bytes:
    """The path with escapes only where they matter (RFC 3986 §6.2.2)."""

    def plain(escape: "re.Match[bytes]") -> bytes:
        byte = bytes([int(escape[1], 16)])
        return byte if byte in _UNRESERVED else escape[0].upper()

    return _ESCAPE.sub(plain, path)
