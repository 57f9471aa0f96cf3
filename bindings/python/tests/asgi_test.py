"""The ASGI middleware as a part of a server: streams, failures, other scopes, and FastAPI around
it."""

import asyncio
import logging
import types
import unittest

from asgi_client import Site, fields_of, until

from coffer import Cache
from coffer.contrib.asgi import CachedResponses
from coffer.errors import UnavailableError

FRESH = "Cache-Control: max-age=60"


def scope_of(path="/", *lines, **scope):
    return {
        "type": "http", "method": "GET", "path": path, "query_string": b"", "headers": fields_of(lines), **scope
    }  # fmt: skip


class Streaming:
    """An application that sends "first", waits until it may go on, and sends the rest; and its
    clients."""

    def __init__(self, *lines, more=0, **options):
        self.cache, self.open, self.fields, self.more = Cache(), 0, fields_of(lines), more
        self.log = []
        self.go = asyncio.Event()
        self.middleware = CachedResponses(self._app, self.cache, **options)

    async def _app(self, scope, receive, send):
        self.open += 1
        await send({"type": "http.response.start", "status": 200, "headers": self.fields})
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        for _ in range(self.more):
            await send({"type": "http.response.body", "body": b"more", "more_body": True})
        await self.go.wait()
        if scope["path"] == "/broken":
            raise ZeroDivisionError("broken")
        await send({"type": "http.response.body", "body": b"last"})
        self.log.append("after the answer")

    def ask(self, *lines, path="/", receive=None):
        """What the client has got, which grows, and the task that serves it."""
        sent = []

        async def send(message):
            sent.append(message.get("body", message.get("status")))
            await asyncio.sleep(0)

        task = self.middleware(scope_of(path, *lines), receive, send)
        return sent, asyncio.create_task(task)


class Streams(unittest.IsolatedAsyncioTestCase):
    async def test_what_is_stored_is_sent_as_it_comes(self):
        site = Streaming(FRESH)
        sent, task = site.ask()
        others = [site.ask() for _ in range(3)]
        await until(lambda: sent == [200, b"first"])
        self.assertEqual([got for got, _ in others], [[]] * 3)
        site.go.set()
        await asyncio.gather(task, *(other for _, other in others))
        self.assertEqual(sent, [200, b"first", b"last"])
        self.assertEqual([got for got, _ in others], [[200, b"firstlast"]] * 3)
        self.assertEqual((site.open, site.log), (1, ["after the answer"]))

    async def test_what_is_not_stored_keeps_nobody_waiting(self):
        for lines, how in (
            (["Content-Type: Text/Event-Stream"], {"ttl": 60}),
            (["Cache-Control: no-store"], {"ttl": 60}),
            (["Vary: *"], {"ttl": 60}),
            (["Set-Cookie: a=b"], {"ttl": 60}),
            (["Cache-Control: max-age=0", 'ETag: "a"'], {}),
            (["Cache-Control: no-cache", 'ETag: "a"'], {}),
            ([FRESH], {"largest": 4}),
        ):
            site = Streaming(*lines, **how)
            for _ in range(2):  # at first, and when it is known
                asked = [site.ask() for _ in range(3)]
                await until(lambda: all(sent == [200, b"first"] for sent, _ in asked))
            site.go.set()
            await until(lambda: site.log == ["after the answer"] * 6)
            self.assertEqual(site.open, 6, lines)

    async def test_trailers_and_extensions(self):
        messages = [
            {"type": "http.response.early_hint", "links": [b"</a>"]},
            {"type": "http.response.start", "status": 200, "headers": fields_of([FRESH]), "trailers": True},
            {"type": "http.response.body", "body": b"x"},
            {"type": "http.response.trailers", "headers": []},
        ]  # fmt: skip
        file = [
            {**messages[1], "trailers": False},
            {"type": "http.response.pathsend", "path": "/x"},
        ]
        for expected in (messages, file):
            sent = []

            async def app(scope, receive, send):
                for message in expected:
                    await send(message)

            async def send(message):
                sent.append(message)

            middleware = CachedResponses(app, Cache())
            for _ in range(2):
                await middleware(scope_of(), None, send)
            self.assertEqual(sent, expected * 2)

    async def test_an_application_that_fails(self):
        for how in ({}, {"largest": 4}):
            site = Streaming(FRESH, **how)
            asked = [site.ask(path="/broken") for _ in range(3)]
            await until(lambda: site.open >= 1)
            site.go.set()
            for _, task in asked:
                with self.assertRaisesRegex(ZeroDivisionError, "broken"):
                    await task
            self.assertEqual(site.open, 3)

    async def test_an_application_that_sends_nothing(self):
        async def app(scope, receive, send):
            pass

        middleware = CachedResponses(app, Cache(), ttl=60)
        for _ in range(2):
            await middleware(scope_of(), None, None)

    async def test_a_client_that_leaves(self):
        site = Streaming(FRESH)
        sent, task = site.ask()
        other_sent, other = site.ask()
        await until(lambda: sent == [200, b"first"])
        task.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await task
        await until(lambda: site.open == 2)  # the next one computes
        site.go.set()
        await other
        self.assertEqual(other_sent, [200, b"first", b"last"])
        site.ask()
        self.assertEqual((site.open, len(asyncio.all_tasks())), (2, 2))

    async def test_a_connection_that_breaks(self):
        site = Streaming(FRESH)
        site.go.set()

        async def send(message):
            if message.get("body") == b"first":
                raise OSError("the client is gone")

        with self.assertRaisesRegex(OSError, "gone"):
            await site.middleware(scope_of(), None, send)
        sent, task = site.ask()
        await task
        self.assertEqual((sent, site.open), ([200, b"firstlast"], 1))  # it was computed to its end
        site = Streaming(FRESH, more=1)
        with self.assertRaisesRegex(OSError, "gone"):
            await site.middleware(scope_of(), None, send)
        site.go.set()
        sent, task = site.ask()
        await task
        self.assertEqual((sent, site.open), ([200, b"first", b"more", b"last"], 2))

    async def test_a_slow_client_delays_nobody(self):
        site, reads = Streaming(FRESH, more=2), asyncio.Event()
        got = []

        async def send(message):
            got.append(message.get("body", message.get("status")))
            if message.get("body"):
                await reads.wait()

        slow = asyncio.create_task(site.middleware(scope_of(), None, send))
        await until(lambda: got == [200, b"first"])
        sent, task = site.ask()
        site.go.set()
        await task
        self.assertEqual((sent, got), ([200, b"firstmoremorelast"], [200, b"first"]))
        self.assertEqual(site.log, [])  # the application has not sent all
        reads.set()
        await slow
        self.assertEqual(got, [200, b"first", b"more", b"more", b"last"])
        self.assertEqual((site.log, site.open), (["after the answer"], 1))

    async def test_an_answer_that_ends_early(self):
        site = Streaming(FRESH)

        async def app(scope, receive, send):
            site.open += 1
            await send({"type": "http.response.start", "status": 200, "headers": site.fields})
            await send({"type": "http.response.body", "body": b"first", "more_body": True})

        site.middleware.app = app
        for _ in range(2):
            await site.ask()[1]
        self.assertEqual(site.open, 2)


class Scopes(unittest.IsolatedAsyncioTestCase):
    async def test_lifespan_and_websocket(self):
        seen = []

        async def app(scope, receive, send):
            seen.append((scope, receive, send))

        for scope in ({"type": "lifespan"}, {"type": "websocket", "path": "/", "headers": []}):
            await CachedResponses(app, Cache())(scope, max, min)
            self.assertIs(seen[-1][0], scope)
            self.assertEqual(seen[-1][1:], (max, min))

    async def test_wrong_options(self):
        for how, says in (
            ({"variants": 0}, "variants is 0"),
            ({"stale": "soon"}, "stale is 'soon'"),
        ):
            with self.assertRaisesRegex(ValueError, says):
                CachedResponses(None, Cache(), **how)


class Failures(unittest.IsolatedAsyncioTestCase):
    async def test_a_store_out_of_reach(self):
        """The application answers as if there were no cache."""
        site = Site(FRESH, cache_status="coffer")
        middleware = site.middleware

        def fail(*args):
            raise UnavailableError("no store")

        async def afail(*args, **kwargs):
            fail()

        store = types.SimpleNamespace(
            _blocking=False, _bypassed=lambda: False, _fetch=fail, aget=afail, aget_many=afail, ainvalidate_tag=afail
        )  # fmt: skip
        middleware.cache = middleware._settings.shelf.cache = store
        logging.disable(logging.CRITICAL)
        self.addCleanup(logging.disable, logging.NOTSET)
        for number in (b"1", b"2"):
            answer = await site.aask()
            self.assertEqual((answer.status, answer.body), (200, number))
        self.assertEqual((await site.aask(method="POST")).status, 200)

    async def test_a_cache_that_is_disabled_meanwhile(self):
        site = Site(FRESH, "Vary: X")
        app = site.middleware.app

        async def disabled(scope, receive, send):
            with site.cache.disabled():
                await app(scope, receive, send)

        site.middleware.app = disabled
        self.assertEqual([(await site.aask()).body for _ in range(2)], [b"1", b"2"])


class FastApi(unittest.IsolatedAsyncioTestCase):
    """The middleware within a real application, asked by a real client."""

    def setUp(self):
        import fastapi
        import httpx

        self.app, self.cache, self.calls = fastapi.FastAPI(), Cache(), []
        self.app.add_middleware(
            CachedResponses, cache=self.cache, ttl="1m", tags=lambda scope: [scope["path"]]
        )
        self.client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app), base_url="http://test"
        )

    async def test_requests(self):
        @self.app.get("/items/{number}")
        async def item(number: int, q: str = ""):
            self.calls.append(number)
            await asyncio.sleep(0.01)
            return {"number": number, "q": q}

        async with self.client as client:
            answers = await asyncio.gather(*(client.get("/items/1") for _ in range(5)))
            self.assertEqual([answer.json() for answer in answers], [{"number": 1, "q": ""}] * 5)
            self.assertEqual(self.calls, [1])
            self.assertEqual((await client.get("/items/1?q=x")).json(), {"number": 1, "q": "x"})
            secret = {"Authorization": "Basic eA=="}
            self.assertEqual((await client.get("/items/1", headers=secret)).status_code, 200)
            self.assertEqual(self.calls, [1, 1, 1])
            self.cache.invalidate_tag("/items/1")
            again = await client.get("/items/1")
            told = (again.headers["content-type"], again.headers["content-length"])
            self.assertEqual(told, ("application/json", str(len(again.content))))
            self.assertEqual(len(self.calls), 4)

    async def test_background_tasks_run_after(self):
        import fastapi

        @self.app.get("/task")
        async def task(tasks: fastapi.BackgroundTasks):
            tasks.add_task(self.calls.append, "background")
            return "answer"

        sent = []

        async def send(message):
            sent.append((message["type"], list(self.calls)))

        async def receive():
            return {"type": "http.request"}

        for _ in range(2):
            await self.app(scope_of("/task"), receive, send)
        self.assertEqual(self.calls, ["background"])
        self.assertEqual(sent[1], ("http.response.body", []))

    async def test_streams_and_files(self):
        from fastapi.responses import FileResponse, StreamingResponse

        async def pieces():
            self.calls.append("stream")
            for piece in (b"a", b"b", b"c"):
                yield piece

        self.app.get("/stream")(lambda: StreamingResponse(pieces()))
        self.app.get("/file")(lambda: FileResponse(__file__))
        async with self.client as client:
            for _ in range(2):
                answer = await client.get("/stream")
                self.assertEqual(answer.content, b"abc")
            self.assertEqual((self.calls, answer.headers["content-length"]), (["stream"], "3"))
            whole = [await client.get("/file") for _ in range(2)]
            self.assertEqual(whole[0].content, whole[1].content)
            self.assertEqual(whole[1].headers["age"], "0")
            known = {"If-None-Match": whole[0].headers["etag"]}
            self.assertEqual((await client.get("/file", headers=known)).status_code, 304)

    async def test_cors(self):
        """Its middleware names Origin in Vary only if the request has that field."""
        import fastapi
        import httpx
        from fastapi.middleware.cors import CORSMiddleware

        app = fastapi.FastAPI()
        app.add_middleware(CORSMiddleware, allow_origins=["http://a", "http://b"])
        app.add_middleware(CachedResponses, cache=self.cache, ttl=60)
        app.get("/x")(lambda: self.calls.append("x"))
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            for _ in range(2):
                for fields in ({}, {"Origin": "http://a"}, {"Origin": "http://b"}):
                    answer = await client.get("/x", headers=fields)
                    told = answer.headers.get("access-control-allow-origin")
                    self.assertEqual(told, fields.get("Origin"))
        self.assertEqual(len(self.calls), 3)

    async def test_errors(self):
        async with self.client as client:

            @self.app.get("/error")
            async def error():
                raise ZeroDivisionError("by the application")

            with self.assertRaisesRegex(ZeroDivisionError, "by the application"):
                await client.get("/error")
            self.assertEqual((await client.get("/none")).status_code, 404)


if __name__ == "__main__":
    unittest.main()
