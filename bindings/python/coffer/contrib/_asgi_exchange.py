"""One call of an ASGI application whose answer goes to the client as it comes and, if it may, to
the cache."""

from __future__ import annotations

import asyncio
import collections
from typing import Any, Awaitable, Callable, Deque, Dict, List, NamedTuple, Optional, Set, Tuple

from coffer import _background
from coffer.contrib import _rfc9111
from coffer.contrib._asgi_shelf import Computing, Shelf, Url, selection_of
from coffer.contrib._http_fields import combined, first, names_in
from coffer.contrib._rfc9111 import Asked, Stored, Terms

Scope = Dict[str, Any]
Message = Dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Fields = List[Tuple[bytes, bytes]]

_FAILED = (500, 502, 503, 504)  # RFC 5861 §4


class Settings(NamedTuple):
    """What all exchanges of a middleware have in common."""

    shelf: Shelf
    defaults: _rfc9111.Defaults
    largest: int  # bytes of the largest content that is stored
    keep: float  # seconds for which an answer that is not fresh any more is kept for validation
    cache_status: Optional[str]  # the name in Cache-Status, or None for no such field
    now: Callable[[], float]


class Target(NamedTuple):
    """What an exchange computes, and on which key."""

    url: Url
    names: Tuple[bytes, ...]
    key: bytes
    tags: List[str]
    lease: int  # the right to store it; 0: it is not stored
    old: Optional[Stored]  # the stored answer that is not fresh any more


async def deliver(send: Send, asked: Asked, answer: Stored, settings: Settings, how: str) -> None:
    """Sends a stored answer, or that the client has it already."""
    fields = [pair for pair in answer.fields if pair[0] != b"age"]
    age = int(answer.age(settings.now()))
    fields.append((b"age", b"%d" % age))  # RFC 9111 §5.1
    if settings.cache_status is not None:
        left = int(answer.lifetime) - age
        fields.append(cache_status(settings, f"{how}; ttl={left}"))
    status, body = answer.status, answer.body
    if _rfc9111.not_modified(asked, status, fields):
        status, fields, body = 304, _rfc9111.of_not_modified(fields), b""
    elif body and first(fields, b"content-length") is None:
        fields.append((b"content-length", b"%d" % len(body)))
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": b"" if asked.method == "HEAD" else body})


def cache_status(settings: Settings, how: str) -> Tuple[bytes, bytes]:
    """The line that this cache adds to Cache-Status (RFC 9211)."""
    return b"cache-status", f"{settings.cache_status}; {how}".encode("latin-1")


class Outbox:
    """Messages on their way to a client that may be slow: they are sent one by one while the
    application goes on."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._waiting: "Deque[Message]" = collections.deque()
        self._task: "Optional[asyncio.Task[None]]" = None

    async def put(self, message: Message) -> None:
        """Raises what the sending of an earlier message has raised."""
        if self._task is not None and self._task.done():
            self._task.result()
            self._task = None
        self._waiting.append(message)
        if self._task is None:
            self._task = asyncio.ensure_future(self._run())
        await asyncio.sleep(0)  # an application that never waits sends as it goes, too

    async def _run(self) -> None:
        while self._waiting:
            await self._send(self._waiting.popleft())

    async def drain(self) -> None:
        """Returns when all is sent."""
        if self._task is not None:
            await self._task

    def close(self) -> None:
        """Sends nothing any more."""
        if self._task is not None and not self._task.cancel() and not self._task.cancelled():
            self._task.exception()  # it has been told, or nobody is there to be told


class Exchange:
    """Calls the application once, or twice if it does not confirm the stored answer that it was
    asked about."""

    def __init__(
        self, settings: Settings, asked: Asked, target: Target, send: Send, why: str
    ) -> None:
        self._settings, self._asked, self._target, self._send = settings, asked, target, send
        self._why = why
        self._lease, self._old, self._shelf = target.lease, target.old, settings.shelf
        self._keys: Set[bytes] = set()
        self._chunks: List[bytes] = []
        self._size = 0
        self._outbox = Outbox(send)
        self._react: Callable[[Message], Awaitable[None]] = self._begin
        self._begun = self._answered = self._again = False

    async def run(self, app: Any, scope: Scope, receive: Receive) -> None:
        try:
            with Computing() as self._keys:
                if self._lease:
                    self._keys.add(self._target.key)
                await self._call(app, scope, receive)
                if self._again:
                    self._old, self._again, self._react = None, False, self._begin
                    await self._call(app, scope, receive)
        except Exception as error:
            if self._begun or not self._may_stand_in():
                await self._pass()
                raise
            _background.report(self._target.key, error)
            await self._stand_in("fwd=stale")
        finally:
            self._outbox.close()
            self._shelf.release(self._lease)

    async def _call(self, app: Any, scope: Scope, receive: Receive) -> None:
        self._called_at = self._settings.now()
        if self._lease or self._old is not None:
            fields = _rfc9111.conditional(self._asked.fields, self._old)
            scope = {**scope, "headers": fields}
        await app(scope, receive, self.send)

    async def send(self, message: Message) -> None:
        """What the application sends with."""
        await self._react(message)

    # ---- The start of the answer ----

    async def _begin(self, message: Message) -> None:
        if message["type"] != "http.response.start":
            await self._send(message)  # of an extension, as early hints
            return
        self._begun = True
        self._status, self._fields = message["status"], list(message.get("headers", ()))
        now = self._settings.now()
        self._born = now - _rfc9111.initial_age(self._fields, self._called_at, now)
        if self._status == 304 and self._old is not None:
            self._again = not _rfc9111.confirms(self._old, self._fields)
            self._react = self._skip if self._again else self._validate
            self._begun = False
            return
        if self._status in _FAILED and self._may_stand_in():
            self._react = self._skip
            await self._stand_in(f"fwd=stale; fwd-status={self._status}")
            return
        terms = await self._settle(bool(message.get("trailers")))
        if terms is None:
            self._react = self._forward
        else:
            self._terms = terms
            self._react = self._record
        await self._forward_start(message, terms)

    async def _settle(self, trailers: bool) -> Optional[Terms]:
        """The terms on which the answer will be stored, or None. Whoever waits for nothing is let
        go."""
        if not self._lease or self._shelf.cache._bypassed():
            await self._pass(remember=False)
            return None
        now, defaults = self._settings.now(), self._settings.defaults
        terms = _rfc9111.terms_of(self._asked, self._status, self._fields, now, defaults)
        if terms is None or trailers:
            await self._pass()
            return None
        vary = names_in(combined(self._fields, b"vary")) - set(self._target.names)
        if not terms.serves_others(now - self._born):
            useful = terms.if_error > 0 or _rfc9111.has_validator(self._fields)
            await self._pass(remember=not useful)
            if not useful:
                return None
            if not vary:
                return terms._replace(flags=terms.flags | _rfc9111.BORN_STALE)
            await self._shelf.note(self._target.url, vary, None, self._retention(terms, 0))
            return None  # the key lacks what the answer varies in; the next one's will have it
        return terms if not vary or await self._move(terms, vary) else None

    async def _move(self, terms: Terms, vary: Set[bytes]) -> bool:
        """Goes on with the key that has in it all the fields that the answer varies in (RFC 9111
        §4.1)."""
        target, shelf = self._target, self._shelf
        names = tuple(sorted({*target.names, *vary}))
        if not await shelf.note(target.url, vary, None, self._retention(terms, 0)):
            await self._pass()
            return False
        selection = selection_of(names, self._asked)
        key = target.url.answer(selection, self._asked.method, self._asked.personal)
        lease, _ = await shelf.lead(key, target.tags, wait=False)
        former, self._lease = self._lease, lease
        self._keys.add(key)
        self._target = target._replace(names=names, key=key)
        if not await shelf.moves(former):  # invalidated since the application was called
            shelf.release(lease)
            self._lease = 0
        return self._lease != 0

    async def _forward_start(self, message: Message, terms: Optional[Terms]) -> None:
        fields = list(self._fields)
        if self._settings.cache_status is not None:
            stored = "; stored" if terms is not None else ""
            fields.append(cache_status(self._settings, f"fwd={self._why}{stored}"))
            message = {**message, "headers": fields}
        self._answered = terms is not None and _rfc9111.not_modified(
            self._asked, self._status, self._fields
        )
        if self._answered:
            fields = _rfc9111.of_not_modified(fields)
            await self._send({"type": "http.response.start", "status": 304, "headers": fields})
            await self._send({"type": "http.response.body", "body": b""})
        else:
            await self._send(message)

    # ---- Its content ----

    async def _forward(self, message: Message) -> None:
        if not self._answered:
            await self._outbox.drain()
            await self._send(message)

    async def _skip(self, message: Message) -> None:
        """The client gets another answer than this one."""

    async def _record(self, message: Message) -> None:
        if message["type"] != "http.response.body":  # content that is not seen here
            await self._give_up()
        else:
            chunk = bytes(message.get("body", b""))
            self._chunks.append(chunk)
            self._size += len(chunk)
            if self._size > self._settings.largest:
                await self._give_up()
            elif message.get("more_body", False):
                if not self._answered:  # a slow client does not keep those who wait for the whole
                    await self._outbox.put(message)
                return
            else:
                self._react = self._forward
                await self._store_recorded()
        await self._forward(message)

    async def _give_up(self) -> None:
        self._chunks, self._react = [], self._forward
        await self._pass()

    async def _store_recorded(self) -> None:
        body = b"".join(self._chunks)
        length = first(self._fields, b"content-length")
        if self._asked.method == "GET" and length not in (None, b"%d" % len(body)):
            await self._pass()  # incomplete (RFC 9111 §3.3)
            return
        await self._store(self._status, self._fields, body, self._terms)

    async def _validate(self, message: Message) -> None:
        """A 304: as soon as it is complete, the stored answer is right again (RFC 9111 §4.3.4)."""
        if message.get("more_body", False):
            return
        self._react, old = self._skip, self._old
        assert old is not None
        self._begun = True
        now, defaults = self._settings.now(), self._settings.defaults
        fields = _rfc9111.freshened(old, self._fields)
        terms = _rfc9111.terms_of(self._asked, old.status, fields, now, defaults)
        if terms is None or names_in(combined(fields, b"vary")) - set(self._target.names):
            await self._pass()
            answer = old._replace(fields=tuple(fields))
        else:
            if not terms.serves_others(now - self._born):
                await self._pass(remember=False)
                terms = terms._replace(flags=terms.flags | _rfc9111.BORN_STALE)
            answer = await self._store(old.status, fields, old.body, terms)
        how = "fwd=stale; fwd-status=304" if self._why == "stale" else f"fwd={self._why}"
        await deliver(self._send, self._asked, answer, self._settings, how)

    # ---- The cache ----

    async def _store(self, status: int, fields: Any, body: bytes, terms: Terms) -> Stored:
        now, target = self._settings.now(), self._target
        answer = _rfc9111.stored(status, fields, body, terms, self._born)
        seconds = self._retention(terms, answer.age(now))
        if seconds <= 0:
            await self._pass()
        elif self._lease:
            lease, self._lease = self._lease, 0
            if await self._shelf.keep(lease, answer, seconds):
                await self._shelf.note(target.url, set(), target.key, seconds)
        elif self._target.lease:
            await self._shelf.put(target.key, answer, seconds, target.tags)
            await self._shelf.note(target.url, set(), target.key, seconds)
        return answer

    def _retention(self, terms: Terms, age: float) -> float:
        """For how long an answer is kept: while it may be used, and then for validation."""
        stale = max(terms.while_revalidate, terms.if_error, self._settings.keep)
        return terms.lifetime - age + stale

    async def _pass(self, remember: bool = True) -> None:
        """Nothing will come that others could use."""
        if self._lease:
            lease, self._lease = self._lease, 0
            failed = not self._begun or self._status in _FAILED
            await self._shelf.passes(lease, remember and not (failed and self._old is not None))

    def _may_stand_in(self) -> bool:
        return self._old is not None and _rfc9111.usable_on_error(
            self._asked, self._old, self._settings.now()
        )

    async def _stand_in(self, how: str) -> None:
        """Answers with the stored one, for this client and for those who wait (RFC 5861 §4)."""
        old, now = self._old, self._settings.now()
        assert old is not None
        self._begun = True
        if self._lease:
            lease, self._lease = self._lease, 0
            terms = Terms(*old[4:])
            await self._shelf.keep(lease, old, max(1.0, self._retention(terms, old.age(now))))
        await deliver(self._send, self._asked, old, self._settings, how)
