"""Why the ASGI middleware decides by rules of its own, and not by hishel's state machine
(`IdleClient` and so on).

Each test of Lacking shows a rule that a shared cache in front of an application needs, and that the
machine either does not have or breaks; the middleware's own tests state the same rules. Where both
have a rule they agree, which Agreement checks over thousands of messages.
"""

import itertools
import time
import unittest
import uuid
from email.utils import formatdate

import hishel
from asgi_client import fields_of
from hishel import Headers, Request, Response

from coffer.contrib import _rfc9111

SHARED = hishel.CacheOptions(shared=True)


def request(*lines, method="GET"):
    return Request(method, "http://test/", headers(lines))


def headers(lines):
    grouped = {}
    for name, value in fields_of(lines):
        grouped.setdefault(name.decode(), []).append(value.decode())
    return Headers(grouped)


def response(*lines, status=200, age=0):
    return Response(
        status, headers([f"Date: {formatdate(time.time() - age, usegmt=True)}", *lines])
    )


def entry(asked, answer):
    return hishel.Entry(uuid.uuid4(), asked, answer)


def look(asked, *entries, **options):
    """The machine's decision on a request, given what is stored."""
    return hishel.IdleClient(hishel.CacheOptions(shared=True, **options)).next(asked, list(entries))


class Lacking(unittest.TestCase):
    def assert_from_cache(self, state):
        self.assertIsInstance(state, hishel.FromCache)

    def test_rfc9111_4_1_variants_end_each_other(self):
        fresh = [
            entry(request(f"X: {x}"), response("Cache-Control: max-age=60", "Vary: X"))
            for x in "ab"
        ]
        state = look(request("X: c"), *fresh)
        self.assertIsInstance(state, hishel.NeedRevalidation)
        state = state.next(response("Cache-Control: max-age=60", "Vary: X"))
        self.assertIsInstance(state, hishel.InvalidateEntries)  # a fresh answer to another request
        self.assertIn(state.entry_ids[0], [one.id for one in fresh])

    def test_rfc9111_5_2_1_directives_of_requests(self):
        stored = entry(request(), response("Cache-Control: max-age=60", age=10))
        for directive in ("max-age=5", "min-fresh=55", "no-store"):
            self.assert_from_cache(look(request(f"Cache-Control: {directive}"), stored))
        stale = entry(request(), response("Cache-Control: max-age=60", age=70))
        state = look(request("Cache-Control: max-stale=20"), stale)
        self.assertIsInstance(state, hishel.NeedRevalidation)
        state = look(request("Cache-Control: only-if-cached"))
        self.assertIsInstance(state, hishel.CacheMiss)  # it calls the application

    def test_rfc5861_stale_answers(self):
        value = "max-age=60, stale-while-revalidate=30, stale-if-error=30"
        stale = entry(request(), response(f"Cache-Control: {value}", age=70))
        state = look(request(), stale)
        self.assertIsInstance(state, hishel.NeedRevalidation)
        state = state.next(response("Cache-Control: max-age=5", status=503)).next()
        self.assertIsInstance(state, hishel.StoreAndUse)
        self.assertEqual(state.response.status_code, 503)
        # With allow_stale there is no end to it, whatever the answer says.
        old = entry(request(), response(f"Cache-Control: {value}", age=10**6))
        self.assert_from_cache(look(request(), old, allow_stale=True))
        strict = entry(request(), response("Cache-Control: max-age=60, proxy-revalidate", age=70))
        self.assert_from_cache(look(request(), strict, allow_stale=True))

    def test_rfc9111_4_3_2_preconditions(self):
        stored = entry(request(), response("Cache-Control: max-age=60", 'ETag: "a"'))
        state = look(request('If-None-Match: "a"'), stored)
        self.assertEqual(state.entry.response.status_code, 200)
        # A 304 about what the client has is taken for one about what is stored.
        other = entry(request(), response("Cache-Control: max-age=60", age=70))
        state = look(request('If-None-Match: "mine"'), other)
        state = state.next(response(status=304))
        self.assertIsInstance(state, hishel.NeedToBeUpdated)

    def test_rfc9111_4_2_3_age(self):
        stored = entry(request(), response("Cache-Control: max-age=60", "Age: 100"))
        self.assert_from_cache(look(request(), stored))
        undated = Response(200, Headers({"cache-control": "max-age=60"}))
        self.assert_from_cache(look(request(), entry(request(), undated)))  # for ever

    def test_cookies_and_must_understand(self):
        miss = hishel.CacheMiss(options=SHARED, request=request("Cookie: user=a"))
        state = miss.next(response("Cache-Control: max-age=60", "Set-Cookie: user=a"))
        self.assertIsInstance(state, hishel.StoreAndUse)
        self.assertEqual(state.response.headers["set-cookie"], "user=a")
        state = miss.next(response("Cache-Control: max-age=60, must-understand", status=299))
        self.assertIsInstance(state, hishel.StoreAndUse)

    def test_rfc9110_9_3_2_head_from_get(self):
        stored = entry(request(), response("Cache-Control: max-age=60"))
        self.assertIsInstance(look(request(method="HEAD"), stored), hishel.CacheMiss)

    def test_rfc9111_3_1_fields_of_the_connection(self):
        answer = response("Cache-Control: max-age=60", "Connection: X-B", "X-B: 1")
        state = hishel.CacheMiss(options=SHARED, request=request()).next(answer)
        self.assertIn("x-b", state.response.headers)


VALUES = [
    "", "no-store", "private", "public", "max-age=0", "max-age=60", "s-maxage=60", "s-maxage=0, max-age=60",
    "max-age=60, private", "max-age=60, public", "max-age=60, must-revalidate", "no-cache", "no-cache, max-age=60",
    'max-age="60"', 'private="x-a", max-age=60', 'no-cache="x-a", max-age=60', "MAX-AGE=60", ",max-age=60,",
]  # fmt: skip
OTHERS = [
    (), ("Vary: X",), ('ETag: "a"',), ("Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT",),
    ("Expires: Sun, 06 Nov 1994 08:49:37 GMT",), ("Expires: 0",), ("X-A: 1", "Connection: close"),
]  # fmt: skip
STATUSES = (200, 204, 206, 301, 302, 304, 404, 500, 501)


class Agreement(unittest.TestCase):
    def test_rfc9111_3_storing(self):
        cases = itertools.product(VALUES, OTHERS, STATUSES, ((), ("Authorization: x",)))
        stored = 0
        for value, others, status, credentials in cases:
            answer = response(
                *([f"Cache-Control: {value}"] if value else []), *others, status=status
            )
            state = hishel.CacheMiss(options=SHARED, request=request(*credentials)).next(answer)
            lines = [
                f"{name}: {line}"
                for name in answer.headers
                for line in answer.headers.get_list(name)
            ]
            asked, fields = _rfc9111.Asked("GET", fields_of(credentials)), fields_of(lines)
            terms = _rfc9111.terms_of(asked, status, fields, time.time(), _rfc9111.Defaults())
            case = (value, others, status, credentials)
            if (
                terms is not None
            ):  # whatever is stored here, the machine would store, with the same fields
                stored += 1
                self.assertIsInstance(state, hishel.StoreAndUse, case)
                kept = {name.decode() for name, _ in _rfc9111.kept_fields(fields)}
                self.assertEqual(kept, {name.lower() for name in state.response.headers}, case)
            elif isinstance(
                state, hishel.StoreAndUse
            ):  # and what is not, could never be used again
                probe = entry(request(*credentials), state.response)
                self.assertNotIsInstance(look(request(*credentials), probe), hishel.FromCache, case)
        self.assertGreater(stored, 200)

    def test_rfc9111_4_2_freshness(self):
        for value, others, age in itertools.product(VALUES, OTHERS, (0, 30, 90, 10**6)):
            lines = [f"Cache-Control: {value}"] if value else []
            answer = response(*lines, *others, age=age)
            lines = [
                f"{name}: {line}"
                for name in answer.headers
                for line in answer.headers.get_list(name)
            ]
            asked, fields, now = _rfc9111.Asked("GET", []), fields_of(lines), time.time()
            terms = _rfc9111.terms_of(asked, 200, fields, now, _rfc9111.Defaults())
            if terms is None:
                continue
            born = now - _rfc9111.initial_age(fields, now, now)
            kept = _rfc9111.stored(200, fields, b"", terms, born)
            fresh = _rfc9111.usable(asked, kept, now) == _rfc9111.FRESH
            state = look(request(), entry(request(), answer))
            self.assertEqual(fresh, isinstance(state, hishel.FromCache), (value, others, age))


if __name__ == "__main__":
    unittest.main()
