"""coffer.contrib.hishel: the storages themselves, and clients of HTTPX and Requests over them."""

import asyncio
import http.server
import os
import subprocess
import sys
import threading
import unittest

from hishel import Headers, Request, Response

import coffer
from coffer import Cache
from coffer.contrib.hishel import AsyncCofferStorage, CofferStorage
from coffer.errors import UnavailableError


class Steps:
    """The operations of a storage, for both kinds: what is awaited, is awaited here."""

    def __init__(self, storage, run=lambda value: value):
        self.storage, self._run = storage, run

    def begin(self, key="key", body=(b"a", b"b"), method="GET", request=(), response=(), **limits):
        stream = iter(body) if isinstance(self.storage, CofferStorage) else self._stream(body)
        request = Request(method, "http://test/", Headers(dict(request)))
        response = Response(200, Headers(dict(response)), stream)
        return self._run(self.storage.create_entry(request, response, key, **limits))

    def put(self, *args, **kwargs):
        entry = self.begin(*args, **kwargs)
        self.body(entry)
        return entry

    @staticmethod
    async def _stream(body):
        for piece in body:
            yield piece

    def body(self, entry):
        return (
            self._run(self._read(entry))
            if hasattr(entry.response.stream, "__anext__")
            else b"".join(entry.response.stream)
        )

    async def _read(self, entry):
        return b"".join([piece async for piece in entry.response.stream])

    def find(self, key="key"):
        return self._run(self.storage.get_entries(key))

    def bodies(self, key="key"):
        return [self.body(entry) for entry in self.find(key)]

    def update(self, entry, **headers):
        self._run(self.storage.update_headers(entry.id, Headers(headers)))

    def remove(self, entry):
        self._run(self.storage.remove_entry(entry.id))


class Storages(unittest.TestCase):
    def steps(self, **options):
        """Both storages, over stores of live objects and of bytes, on a clock that stands still."""
        loop = asyncio.new_event_loop()
        self.addCleanup(loop.close)
        for serializer in (None, "msgpack"):
            self.runtime = coffer.Runtime(clock="manual", housekeeping=0)
            self.cache = Cache(runtime=self.runtime, serializer=serializer)
            yield Steps(CofferStorage(self.cache, **options))
            yield Steps(
                AsyncCofferStorage(self.cache.namespace("a"), **options), loop.run_until_complete
            )

    def test_an_entry_appears_when_it_is_read(self):
        for steps in self.steps():
            entry = steps.begin(request={"X": "1"}, response={"Y": ["1", "2"]})
            self.assertEqual(steps.find(), [])
            self.assertEqual(steps.body(entry), b"ab")
            (found,) = steps.find()
            self.assertEqual((found.id, steps.body(found)), (entry.id, b"ab"))
            self.assertEqual((found.request.method, found.request.url), ("GET", "http://test/"))
            self.assertEqual(found.request.headers["x"], "1")
            self.assertEqual(found.response.headers.get_list("y"), ["1", "2"])
            self.assertEqual(steps.find("other"), [])

    def test_streams_that_are_not_read_whole(self):
        for steps in self.steps():
            del steps.begin().response
            self.assertEqual(steps.find(), [])
            if isinstance(steps.storage, CofferStorage):
                stream = steps.begin().response.stream
                next(stream)
                stream.close()
                self.assertEqual(steps.find(), [])

    def test_max_stream_size(self):
        for steps in self.steps(max_stream_size=1):
            self.assertEqual(steps.body(steps.begin()), b"ab")
            self.assertEqual(steps.find(), [])
            self.assertEqual(steps.body(steps.begin(body=[b"a", b""])), b"a")
            self.assertEqual(steps.bodies(), [b"a"])

    def test_ttl(self):
        for options, limits, life in (
            ({"default_ttl": 10}, {}, 10),
            ({"default_ttl": 10}, {"ttl": 20}, 20),
        ):
            for steps in self.steps(**options):
                steps.put(**limits)
                self.runtime.advance(life - 1)
                self.assertEqual(len(steps.find()), 1)
                self.runtime.advance(2)
                self.assertEqual(steps.find(), [])

    def test_tti(self):
        for steps in self.steps(default_tti=10):
            steps.put(ttl=25)
            for seconds in (9, 9):
                self.runtime.advance(seconds)
                self.assertEqual(len(steps.find()), 1)
            self.runtime.advance(8)
            self.assertEqual(steps.find(), [])  # its ttl
            steps.put()
            self.runtime.advance(11)
            self.assertEqual(steps.find(), [])  # its tti

    def test_update_headers(self):
        for steps in self.steps(default_ttl=10):
            entry = steps.put(response={"a": "1", "b": "1"})
            steps.update(entry, a="2")
            (found,) = steps.find()
            self.assertEqual(dict(found.response.headers), {"a": "2"})
            self.assertEqual(steps.body(found), b"ab")
            found.response.headers["a"] = "3"  # what a reader does to its own does not count
            self.assertEqual(steps.find()[0].response.headers["a"], "2")
            self.runtime.advance(11)
            steps.update(entry, a="4")
            self.assertEqual(steps.find(), [])

    def test_remove_entry(self):
        for steps in self.steps():
            entry = steps.put()
            steps.remove(entry), steps.remove(entry)
            self.assertEqual(steps.find(), [])
            entry = steps.begin()
            steps.remove(entry)  # while it is written
            self.assertEqual((steps.body(entry), steps.find()), (b"ab", []))

    def test_variants(self):
        for steps in self.steps(variants=3):
            vary = {"Vary": "X, Y"}
            for number in (1, 2, 1):
                steps.put(body=[b"%d" % number], request={"X": str(number)}, response=vary)
            self.assertEqual(steps.bodies(), [b"2", b"1"])  # one replaced another
            steps.put(body=[b""], method="HEAD", request={"X": "1"}, response=vary)
            self.assertEqual(len(steps.find()), 3)
            for number in range(10):
                steps.put(body=[b"%d" % number], request={"X": str(number)}, response=vary)
            self.assertEqual(steps.bodies(), [b"7", b"8", b"9"])
            self.assertEqual(len(list(steps.storage._answers.cache.keys())), 7)

    def test_tags(self):
        for steps in self.steps(tags=lambda request: [request.url]):
            steps.put()
            self.assertEqual(len(steps.find()), 1)
            steps.storage._answers.cache.invalidate_tag("http://test/")
            self.assertEqual(steps.find(), [])

    def test_a_store_that_fails(self):
        class Broken:
            def __getattr__(self, name):
                def fail(*args, **kwargs):
                    raise UnavailableError("no store")

                return fail

        for steps in self.steps():
            entry = steps.put()
            answers = steps.storage._answers
            answers.cache, blocking = Broken(), answers.cache._blocking
            answers.cache._blocking = blocking
            self.assertEqual(steps.body(steps.begin()), b"ab")
            self.assertEqual(steps.find(), [])
            steps.update(entry, a="1"), steps.remove(entry)

    def test_wrong_options(self):
        with self.assertRaisesRegex(ValueError, "variants is 0"):
            CofferStorage(Cache(), variants=0)


class Absent(unittest.TestCase):
    def test_hishel_is_not_installed(self):
        program = "import sys; sys.modules['hishel'] = None; import coffer.contrib.asgi, coffer.contrib.hishel"
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(map(os.path.abspath, sys.path))},
            cwd=os.path.dirname(os.path.abspath(__file__)),
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertRegex(
            done.stderr, r"ImportError: .* needs hishel 2, .*`pip install coffer\[http\]`"
        )


class Handler(http.server.BaseHTTPRequestHandler):
    calls = []

    def do_GET(self):
        self.calls.append(self.path)
        body = b"%d" % len(self.calls)
        self.send_response(304 if "If-None-Match" in self.headers else 200)
        self.send_header("Cache-Control", "max-age=0" if "stale" in self.path else "max-age=60")
        self.send_header("ETag", '"a"')
        if "If-None-Match" in self.headers:
            body = b""
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Clients(unittest.TestCase):
    def setUp(self):
        Handler.calls = []
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def check(self, get):
        self.assertEqual([get("/"), get("/")], [b"1", b"1"])
        self.assertEqual([get("/stale"), get("/stale")], [b"2", b"2"])  # confirmed by a 304
        self.assertEqual(Handler.calls, ["/", "/stale", "/stale"])

    def test_httpx(self):
        import httpx
        from hishel.httpx import CacheTransport

        transport = CacheTransport(
            httpx.HTTPTransport(verify=False), CofferStorage(Cache()), rfc=True
        )
        with httpx.Client(transport=transport) as client:
            self.check(lambda path: client.get(self.url + path).content)

    def test_httpx_async(self):
        import httpx
        from hishel.httpx import AsyncCacheTransport

        cache = Cache()

        async def get(path):
            transport = AsyncCacheTransport(
                httpx.AsyncHTTPTransport(verify=False), AsyncCofferStorage(cache), rfc=True
            )
            async with httpx.AsyncClient(transport=transport) as client:
                return (await client.get(self.url + path)).content

        self.check(lambda path: asyncio.run(get(path)))

    def test_requests(self):
        import requests
        from hishel.requests import CacheAdapter

        with requests.Session() as session:
            session.mount("http://", CacheAdapter(storage=CofferStorage(Cache()), rfc=True))
            self.check(lambda path: session.get(self.url + path).content)


if __name__ == "__main__":
    unittest.main()
