"""Storages for hishel, whose HTTP clients (HTTPX, Requests) then keep their answers in a coffer
Cache.

    from hishel.httpx import CacheClient
    client = CacheClient(storage=CofferStorage(cache), rfc=True)

An answer is three entries in the namespace "hishel": the index of its key ("i"), which lists
answers, its head ("h"), the request and the fields of the answer, and its content ("b"). The head
goes when the answer was not read for `tti`, the content `ttl` after it was stored; an answer is
there as long as both are. So the store may evict any of them at any time.
"""

from __future__ import annotations

import uuid
from typing import (
    Any,
    AsyncIterator,
    Callable,
    Dict,
    Iterable,
    Iterator,
    List,
    NamedTuple,
    Optional,
    Tuple,
)

from coffer._load_async import in_thread
from coffer._sentinel import FOREVER, KEEP
from coffer.errors import ArgumentError, CacheError

try:
    from hishel import AsyncBaseStorage, BaseStorage, Entry, Headers, Request, Response
except ImportError as error:
    raise ImportError(
        "coffer.contrib.hishel needs hishel 2, which needs Python 3.10 or later; install it with "
        "`pip install coffer[http]`"
    ) from error

Tags = Optional[Callable[[Request], Iterable[str]]]

_UNFINISHED = "1h"  # for how long the content of an answer may come
_ATTEMPTS = 16  # to write an index that others write, too


class _Limits(NamedTuple):
    ttl: Optional[float]
    tti: Optional[float]


class CofferStorage(BaseStorage):
    """A storage for hishel's synchronous clients.

    cache            a coffer.Cache
    default_ttl      seconds after which an answer goes; None: the cache's own ttl
    default_tti      seconds after which an answer goes that is not read; None: it does not
    max_stream_size  bytes of the largest content that is stored; None: any
    tags             a function of hishel's request that gives tags: `cache.invalidate_tag` ends the
                     answers
    variants         how many answers are stored under one key, in different representations
    """

    def __init__(
        self,
        cache: Any,
        *,
        default_ttl: Optional[float] = None,
        default_tti: Optional[float] = None,
        max_stream_size: Optional[int] = 10 * 2**20,
        tags: Tags = None,
        variants: int = 64,
    ) -> None:
        super().__init__(
            default_ttl=default_ttl, default_tti=default_tti, max_stream_size=max_stream_size
        )
        self._answers = _Answers(cache, tags, variants)

    def create_entry(
        self,
        request: Request,
        response: Response,
        key: str,
        *,
        ttl: Optional[float] = None,
        tti: Optional[float] = None,
    ) -> Entry:
        limits = self._given(ttl, tti)
        entry = Entry(uuid.uuid4(), request, response)
        self._answers.begin(entry, key)
        stream: Any = response.stream if response.stream is not None else iter(())
        entry.response = Response(
            response.status_code, response.headers, self._saving(stream, entry, key, limits)
        )
        return entry

    def _given(self, ttl: Optional[float], tti: Optional[float]) -> _Limits:
        return _Limits(
            self.default_ttl if ttl is None else ttl, self.default_tti if tti is None else tti
        )

    def _saving(
        self, stream: Iterator[bytes], entry: Entry, key: str, limits: _Limits
    ) -> Iterator[bytes]:
        content = _Content(self.max_stream_size)
        for chunk in stream:
            content.add(chunk)
            yield chunk
        if content.whole is not None:
            self._answers.finish(entry, key, content.whole, limits)

    def get_entries(self, key: str) -> List[Entry]:
        found = self._answers.find(key)
        return [_entry(id_, head, iter([body])) for id_, head, body in found]

    def update_headers(self, id: uuid.UUID, headers: Headers) -> None:
        self._answers.update(id, headers)

    def remove_entry(self, id: uuid.UUID) -> None:
        self._answers.remove(id)


class AsyncCofferStorage(AsyncBaseStorage):
    """The same for hishel's asynchronous clients; the options are those of CofferStorage."""

    def __init__(
        self,
        cache: Any,
        *,
        default_ttl: Optional[float] = None,
        default_tti: Optional[float] = None,
        max_stream_size: Optional[int] = 10 * 2**20,
        tags: Tags = None,
        variants: int = 64,
    ) -> None:
        super().__init__(
            default_ttl=default_ttl, default_tti=default_tti, max_stream_size=max_stream_size
        )
        self._answers = _Answers(cache, tags, variants)

    async def _run(self, call: Callable[..., Any], *args: Any) -> Any:
        return await in_thread(self._answers.cache, call, *args)

    async def create_entry(
        self,
        request: Request,
        response: Response,
        key: str,
        *,
        ttl: Optional[float] = None,
        tti: Optional[float] = None,
    ) -> Entry:
        limits = _Limits(
            self.default_ttl if ttl is None else ttl, self.default_tti if tti is None else tti
        )
        entry = Entry(uuid.uuid4(), request, response)
        await self._run(self._answers.begin, entry, key)
        stream: Any = response.stream if response.stream is not None else _pieces(b"")
        entry.response = Response(
            response.status_code, response.headers, self._saving(stream, entry, key, limits)
        )
        return entry

    async def _saving(
        self, stream: AsyncIterator[bytes], entry: Entry, key: str, limits: _Limits
    ) -> AsyncIterator[bytes]:
        content = _Content(self.max_stream_size)
        async for chunk in stream:
            content.add(chunk)
            yield chunk
        if content.whole is not None:
            await self._run(self._answers.finish, entry, key, content.whole, limits)

    async def get_entries(self, key: str) -> List[Entry]:
        found = await self._run(self._answers.find, key)
        return [_entry(id_, head, _pieces(body)) for id_, head, body in found]

    async def update_headers(self, id: uuid.UUID, headers: Headers) -> None:
        await self._run(self._answers.update, id, headers)

    async def remove_entry(self, id: uuid.UUID) -> None:
        await self._run(self._answers.remove, id)


async def _pieces(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


class _Content:
    """Content that is collected up to a limit."""

    def __init__(self, largest: Optional[int]) -> None:
        self._largest, self._size = largest, 0
        self._chunks: Optional[List[bytes]] = []

    def add(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._largest is not None and self._size > self._largest:
            self._chunks = None
        elif self._chunks is not None:
            self._chunks.append(chunk)

    @property
    def whole(self) -> Optional[bytes]:
        return None if self._chunks is None else b"".join(self._chunks)


Head = Dict[str, Any]
Found = Tuple[uuid.UUID, Head, bytes]


class _Answers:
    """The entries in the cache. A failure of the store is as if nothing were stored; nobody is told
    of it."""

    def __init__(self, cache: Any, tags: Tags, variants: int) -> None:
        if variants < 1:
            raise ArgumentError(f"variants is {variants!r}; it must be at least 1")
        # Answers have bytes, which not every serializer can hold.
        self.cache = cache.namespace("hishel", **({} if cache._live else {"serializer": "msgpack"}))
        self._tags, self._variants = tags, variants

    def begin(self, entry: Entry, key: str) -> None:
        """Stores the head alone, which nobody finds, but which `remove` removes."""
        head = {
            "key": key,
            "method": entry.request.method,
            "url": entry.request.url,
            "request": _plain(entry.request.headers),
            "status": entry.response.status_code,
            "response": _plain(entry.response.headers),
            "tti": None,
        }
        try:
            self.cache.set(_head_key(entry.id), head, _UNFINISHED)
        except CacheError:
            pass

    def finish(self, entry: Entry, key: str, body: bytes, limits: _Limits) -> None:
        """Makes the answer one that `find` finds, unless it was removed meanwhile."""
        head_key, body_key = _head_key(entry.id), _body_key(entry.id)
        try:
            found = self.cache.get_versioned(head_key)
            if found is None:
                return
            head, version = {**found[0], "tti": limits.tti}, found[1]
            tags = () if self._tags is None else self._tags(entry.request)
            self.cache.set(body_key, body, limits.ttl, tags=tags)
            life = limits.ttl if limits.tti is None else limits.tti
            if self.cache.compare_and_set(head_key, head, version, life):
                self._list(key, entry.id.hex, head, limits.ttl)
            else:  # removed, or changed by an update, which nobody does to what nobody finds
                self.cache.delete_many([head_key, body_key])
        except CacheError:
            pass

    def find(self, key: str) -> List[Found]:
        try:
            found = self._read(self.cache.get(_index_key(key)) or ())
            for id_, head, _ in found:
                if head["tti"] is not None:
                    self.cache.touch(_head_key(id_), head["tti"])
        except CacheError:
            return []
        return found

    def _read(self, ids: Iterable[str]) -> List[Found]:
        answers = [uuid.UUID(hex=id_) for id_ in ids]
        heads = self.cache.get_many([_head_key(id_) for id_ in answers])
        bodies = self.cache.get_many([_body_key(id_) for id_ in answers])
        return [
            (id_, heads[_head_key(id_)], bodies[_body_key(id_)])
            for id_ in answers
            if _head_key(id_) in heads and _body_key(id_) in bodies
        ]

    def update(self, id_: uuid.UUID, headers: Headers) -> None:
        key = _head_key(id_)
        try:
            while (found := self.cache.get_versioned(key)) is not None:
                head = {**found[0], "response": _plain(headers)}
                if self.cache.compare_and_set(key, head, found[1], KEEP):
                    return
        except CacheError:
            pass

    def remove(self, id_: uuid.UUID) -> None:
        try:
            self.cache.delete_many([_head_key(id_), _body_key(id_)])
        except CacheError:
            pass

    def _list(self, key: str, id_: str, head: Head, ttl: Any) -> None:
        """Puts an answer into the index of its key, and takes out what is gone and what it
        replaces."""
        index_key = _index_key(key)
        for _ in range(_ATTEMPTS):
            found = self.cache.get_versioned(index_key)
            listed = self._read([] if found is None else found[0])
            kept = [old.hex for old, other, _ in listed if not _replaces(head, other)]
            kept = kept[-(self._variants - 1) :] if self._variants > 1 else []
            ids = [*kept, id_]
            if found is None:
                done = self.cache.add(index_key, ids, ttl)
            else:  # it lasts as long as any of those it lists
                left = self.cache.ttl(index_key)
                if left is FOREVER or (ttl is not None and left is not None):
                    ttl = FOREVER if left is FOREVER else max(left, ttl)
                done = self.cache.compare_and_set(index_key, ids, found[1], ttl)
            if done:
                for old, _, _ in listed:
                    if old.hex not in ids:
                        self.remove(old)
                return


def _replaces(head: Head, other: Head) -> bool:
    """Whether both are answers to the same request, as far as the answer varies with it (RFC 9111
    §4.1)."""
    if (head["method"], head["url"]) != (other["method"], other["url"]):
        return False
    names = ",".join(head["response"].get("vary", ())).lower().split(",")
    return all(
        head["request"].get(name) == other["request"].get(name)
        for name in (name.strip() for name in names)
    )


def _entry(id_: uuid.UUID, head: Head, stream: Any) -> Entry:
    request = Request(head["method"], head["url"], Headers(head["request"]))
    return Entry(id_, request, Response(head["status"], Headers(head["response"]), stream))


def _plain(headers: Headers) -> Dict[str, List[str]]:
    return {name.lower(): list(headers.get_list(name) or ()) for name in headers}


def _index_key(key: str) -> str:
    return "i " + key


def _head_key(id_: uuid.UUID) -> str:
    return "h " + id_.hex


def _body_key(id_: uuid.UUID) -> str:
    return "b " + id_.hex
