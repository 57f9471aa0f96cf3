"""The middleware of ASGI, alone and in FastAPI."""

import asyncio
import unittest

from coffer import Cache


class Asgi(unittest.TestCase):
    def ask(self, app, path="/", method="GET", headers=()):
        sent = []

        async def send(message):
            sent.append(message)

        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": b"",
            "headers": list(headers),
        }
        asyncio.run(app(scope, None, send))
        return sent[0]["status"], sent[1]["body"]

    def test_responses(self):
        from coffer.contrib.asgi import CachedResponses

        calls, cache = [], Cache()

        async def app(scope, receive, send):
            calls.append(scope["path"])
            extra = [(b"cache-control", b"no-store")] if scope["path"] == "/private" else []
            await send(
                {
                    "type": "http.response.start",
                    "status": 404 if scope["path"] == "/none" else 200,
                    "headers": [(b"content-type", b"text/plain"), *extra],
                }
            )
            await send(
                {"type": "http.response.body", "body": b"%d" % len(calls), "more_body": True}
            )
            await send({"type": "http.response.body", "body": b"!"})

        cached = CachedResponses(app, cache, ttl=60, tags=lambda scope: [scope["path"]])
        self.assertEqual((self.ask(cached), self.ask(cached)), ((200, b"1!"),) * 2)
        self.assertEqual(self.ask(cached, headers=[(b"accept", b"text/html")]), (200, b"2!"))
        self.assertEqual(self.ask(cached, headers=[(b"accept", b"text/html")]), (200, b"2!"))
        cache.namespace("http").invalidate_tag("/")
        self.assertEqual(self.ask(cached), (200, b"3!"))
        for path, how in (
            ("/private", {}),
            ("/none", {}),
            ("/", {"method": "POST"}),
            ("/", {"headers": [(b"cookie", b"a=b")]}),
        ):
            before = len(calls)
            self.ask(cached, path, **how), self.ask(cached, path, **how)
            self.assertEqual(len(calls), before + 2, path)


class Streams(unittest.IsolatedAsyncioTestCase):
    """Answers that are not stored reach their client as they come, and keep no other request waiting."""

    def make(self, headers=(), **options):
        from coffer.contrib.asgi import CachedResponses

        self.open, self.more, self.go = 0, 0, asyncio.Event()

        async def app(scope, receive, send):
            self.open += 1
            await send({"type": "http.response.start", "status": 200, "headers": list(headers)})
            await send({"type": "http.response.body", "body": b"first", "more_body": True})
            for _ in range(self.more):
                await send({"type": "http.response.body", "body": b"more", "more_body": True})
            await self.go.wait()
            if scope["path"] == "/broken":
                raise ZeroDivisionError
            await send({"type": "http.response.body", "body": b"last"})

        return CachedResponses(app, Cache(), ttl=60, **options)

    def ask(self, app, path="/"):
        sent = []

        async def send(message):
            sent.append(message.get("body", message.get("status")))

        scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": []}
        return sent, asyncio.create_task(app(scope, None, send))

    async def until(self, condition):
        for _ in range(3000):
            if condition():
                return
            await asyncio.sleep(0.001)
        self.fail("it did not happen in 3 s")

    async def test_what_is_not_stored(self):
        for how in (
            {"headers": [(b"Content-Type", b"text/event-stream; charset=utf-8")]},
            {"headers": [(b"cache-control", b"no-store")]},
            {"largest": 4},
        ):
            app = self.make(**how)
            asked = [self.ask(app) for _ in range(3)]
            await self.until(lambda: all(sent == [200, b"first"] for sent, _ in asked))
            self.assertEqual(self.open, 3)
            self.go.set()
            await asyncio.gather(*(task for _, task in asked))
            self.assertEqual([sent for sent, _ in asked], [[200, b"first", b"last"]] * 3)

    async def test_what_is_stored_comes_whole(self):
        app = self.make()
        asked = [self.ask(app) for _ in range(3)]
        await self.until(lambda: self.open == 1)
        self.go.set()
        await asyncio.gather(*(task for _, task in asked))
        self.assertEqual([sent for sent, _ in asked], [[200, b"firstlast"]] * 3)
        self.assertEqual(self.open, 1)

    async def test_an_application_that_fails(self):
        for how in ({}, {"largest": 4}):
            app = self.make(**how)
            self.go.set()
            for _ in range(2):
                with self.assertRaises(ZeroDivisionError):
                    await self.ask(app, "/broken")[1]
            self.assertEqual(self.open, 2)

    async def test_a_client_that_leaves(self):
        for more, headers in ((0, ()), (10**6, ()), (10**6, [(b"cache-control", b"private")])):
            app = self.make(headers, largest=4)
            self.more = more
            sent, task = self.ask(app)
            await self.until(lambda: sent[:2] == [200, b"first"])
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            await self.until(lambda: len(asyncio.all_tasks()) == 1)


class FastApi(unittest.IsolatedAsyncioTestCase):
    """The middleware within a real application, asked by a real client."""

    async def test_requests(self):
        import fastapi
        import httpx

        from coffer.contrib.asgi import CachedResponses

        app, cache, calls = fastapi.FastAPI(), Cache(), []
        app.add_middleware(
            CachedResponses, cache=cache, ttl="1m", tags=lambda scope: [scope["path"]]
        )

        @app.get("/items/{number}")
        async def item(number: int, q: str = ""):
            calls.append(number)
            await asyncio.sleep(0.01)
            return {"number": number, "q": q}

        @app.get("/private")
        async def private(response: fastapi.Response):
            calls.append("private")
            response.headers["Cache-Control"] = "private"
            return {}

        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://test"
        ) as client:
            answers = await asyncio.gather(*(client.get("/items/1") for _ in range(5)))
            self.assertEqual([answer.json() for answer in answers], [{"number": 1, "q": ""}] * 5)
            self.assertEqual(calls, [1])
            self.assertEqual((await client.get("/items/1?q=x")).json(), {"number": 1, "q": "x"})
            self.assertEqual(
                (await client.get("/items/1", headers={"Authorization": "Basic eA=="})).status_code,
                200,
            )
            self.assertEqual(calls, [1, 1, 1])
            cache.invalidate_tag("/items/1")
            again = await client.get("/items/1")
            self.assertEqual(
                (again.headers["content-type"], again.headers["content-length"]),
                ("application/json", str(len(again.content))),
            )
            self.assertEqual(len(calls), 4)
            for _ in range(2):
                await client.get("/private")
                self.assertEqual((await client.get("/none")).status_code, 404)
            self.assertEqual(calls[4:], ["private"] * 2)


if __name__ == "__main__":
    unittest.main()
