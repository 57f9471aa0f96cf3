"""Where the ASGI middleware keeps answers in a cache, and who computes the missing ones.

Two kinds of entries:

    URL record   "= <url> <digest>": which request fields the answers of the URL vary in
                 (RFC 9111 §4.1), and the keys of its variants, whose number is bounded
    answer       "<method> <url> <digest>": a Stored as a tuple, or a mark that says not to wait;
                 the digest is that of the URL and of the fields it varies in

The right to compute an answer is a lease on its key. The lease holds the stamps of the answer's
tags from before the application was called, so what was computed from data that has changed
meanwhile is not stored. Every answer has a tag of its URL, too: an unsafe request ends the variants
that are stored and those that are being computed (§4.4).
"""

from __future__ import annotations

import contextvars
import hashlib
from typing import Any, Iterable, List, NamedTuple, Optional, Sequence, Set, Tuple

from coffer import _load, _load_async
from coffer._durations import Duration, to_ns
from coffer._rows import to_dependencies
from coffer._sentinel import MISS
from coffer.contrib._http_fields import normalized
from coffer.contrib._rfc9111 import Asked, Stored
from coffer.errors import CacheError

PASS = "pass"
"""In the place of an answer: ask the application at once, without waiting for others
(hit-for-miss)."""

_SPEC = _load.spec_of(None, {"early": 0})
_EXPIRED = -2
_MOST_FIELDS = 16  # that a URL may vary in
_ATTEMPTS = 16  # to write a record that others write, too

# The keys that the requests around the one at hand compute: an application that asks itself does
# not wait for itself.
_computing: "contextvars.ContextVar[Tuple[Set[bytes], ...]]" = contextvars.ContextVar(
    "coffer_asgi_computing", default=()
)


class Url(NamedTuple):
    """What a request is about."""

    text: bytes
    digest: bytes

    @classmethod
    def of(cls, text: bytes) -> "Url":
        return cls(text, hashlib.blake2b(text, digest_size=16).digest())

    @property
    def record(self) -> bytes:
        return b"= %s %s" % (self.text[:200], self.digest.hex().encode())

    @property
    def tag(self) -> str:
        """One of 65,536, so that requests for more and more URLs do not make more and more tags."""
        return "coffer-asgi:" + self.digest[:2].hex()

    def answer(self, selection: bytes, method: str, personal: bool) -> bytes:
        """The key of an answer: to the method, in a representation, for requests with or without
        credentials."""
        lane = b"personal" if personal else b"anyone"
        digest = hashlib.blake2b(self.digest + lane + selection, digest_size=16).hexdigest()
        return b"%s %s %s" % (method.encode(), self.text[:200], digest.encode())


def selection_of(names: Iterable[bytes], asked: Asked) -> bytes:
    """The fields of a request that select the representation, for a key."""
    values = ((name, normalized(asked.lines.get(name))) for name in names)
    return b"".join(
        b"\n" + (name if value is None else name + b":" + value) for name, value in values
    )


class Shelf:
    """The entries of one middleware."""

    def __init__(
        self, cache: Any, vary: Iterable[bytes], variants: int, pass_for: Duration
    ) -> None:
        # Answers are bytes, which not every serializer can hold.
        self.cache = cache.namespace("http", **({} if cache._live else {"serializer": "msgpack"}))
        self.variants = variants
        self._vary = tuple(sorted({name.lower() for name in vary}))
        self._pass_ns = to_ns(pass_for, "pass_for")

    async def names(self, url: Url) -> Tuple[bytes, ...]:
        """The request fields that answers of the URL vary in."""
        try:
            record = await self.cache.aget(url.record)
        except CacheError:  # a store out of reach has nothing
            record = None
        return self._vary if record is None else tuple(sorted({*self._vary, *record[0]}))

    async def find(self, keys: Sequence[bytes]) -> List[Any]:
        """For each key a Stored, PASS or None."""
        try:
            found = await self.cache.aget_many(keys)
        except CacheError:
            found = {}
        return [read(found.get(key)) for key in keys]

    async def lead(
        self, key: bytes, tags: Iterable[str], wait: bool
    ) -> Tuple[int, Optional[Stored]]:
        """The right to compute the answer, as a lease; or 0 and the answer of the one who computed
        it meanwhile; or 0 and None: it will not be stored, or `wait` is false and somebody else
        computes it."""
        wait = wait and not any(key in keys for keys in _computing.get())
        try:
            state, lease, value = await _load_async.leasing(
                self.cache, self.cache._fetch, key, _SPEC.anew_only, to_dependencies(tags, ()), None
            )
            if state == _load.WAIT and wait:
                answer = await _load_async.wait(self.cache, lease)
                state, lease, value = answer or (_load.NONE, 0, MISS)
        except CacheError:  # out of reach, or requests that wait for each other in a circle
            return 0, None
        if lease and state != _load.WAIT:
            return lease, None
        self.release(lease)
        left = read(value) if state == _load.HIT and value is not MISS else None
        return 0, left if isinstance(left, Stored) else None

    async def keep(self, lease: int, answer: Stored, seconds: float) -> bool:
        """Stores the answer and gives it to those who wait. False if it has been invalidated
        meanwhile."""
        return await self._commit(lease, tuple(answer), to_ns(seconds, "ttl"))

    async def put(self, key: bytes, answer: Stored, seconds: float, tags: List[str]) -> None:
        """Stores an answer without a lease."""
        try:
            await self.cache.aset(key, tuple(answer), seconds, tags=tags)
        except CacheError:
            pass  # the client has its answer; the store does without it

    async def passes(self, lease: int, remember: bool) -> None:
        """Lets all who wait go at once and, with `remember`, for a while those who come."""
        await self._commit(lease, PASS, self._pass_ns if remember else _EXPIRED)

    async def moves(self, lease: int) -> bool:
        """Lets those who wait look again. False if the answer has been invalidated meanwhile."""
        return await self._commit(lease, PASS, _EXPIRED)

    async def _commit(self, lease: int, value: Any, ttl: int) -> bool:
        try:
            stored = await _load_async.in_thread(
                self.cache, self.cache._lease_commit, lease, value, ttl, _SPEC.grace, None
            )
        except CacheError:  # out of reach, or too large for the store
            if isinstance(value, str):
                self.release(lease)
            else:
                await self._commit(lease, PASS, self._pass_ns)
            return False
        return bool(stored)

    def release(self, lease: int) -> None:
        if lease:
            self.cache._lease_release(lease)

    async def note(self, url: Url, names: Set[bytes], key: Optional[bytes], ttl: float) -> bool:
        """Writes into the URL's record what its answers vary in, and the key of one. False if that
        is too much, or if it cannot be written."""
        try:
            return await self._note(url, names, key, ttl)
        except CacheError:
            return False

    async def _note(self, url: Url, names: Set[bytes], key: Optional[bytes], ttl: float) -> bool:
        for _ in range(_ATTEMPTS):
            found = await self.cache.aget_versioned(url.record)
            (known, keys), version = ((), ()) if found is None else found[0], found and found[1]
            new_names = tuple(sorted({*known, *names}))
            new_keys = tuple(keys) if key is None or key in keys else (*keys, key)
            if len(new_names) > _MOST_FIELDS:
                return False
            if found is not None and (new_names, new_keys) == (tuple(known), tuple(keys)):
                await self.cache.atouch(url.record, ttl)
                return True
            record = (new_names, new_keys[-self.variants :])
            if found is None:
                done = await self.cache.aadd(url.record, record, ttl)
            else:
                done = await self.cache.acompare_and_set(url.record, record, version, ttl)
            if done:
                await self.cache.adelete_many(new_keys[: -self.variants])
                return True
        return False


def read(value: Any) -> Any:
    """An entry as it is used: a Stored, a mark or None."""
    return value if value is None or isinstance(value, str) else Stored(*value)


class Computing:
    """`with Computing() as keys:` lets requests within this one know the keys that are computed
    here."""

    def __enter__(self) -> Set[bytes]:
        keys: Set[bytes] = set()
        self._token = _computing.set((*_computing.get(), keys))
        return keys

    def __exit__(self, *exception: object) -> None:
        _computing.reset(self._token)
