"""The middleware of ASGI, alone and in FastAPI."""

import asyncio
import unittest

from coffer import Cache


class Asgi(unittest.TestCase):
    def ask(self, app, path="/", method="GET", headers=()):
        sent = []

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": list(headers)}
        asyncio.run(app(scope, None, send))
        return sent[0]["status"], sent[1]["body"]

    def test_responses(self):
        from coffer.contrib.asgi import CachedResponses

        calls, cache = [], Cache()

        async def app(scope, receive, send):
            calls.append(scope["path"])
            extra = [(b"cache-control", b"no-store")] if scope["path"] == "/private" else []
            await send({"type": "http.response.start", "status": 404 if scope["path"] == "/none" else 200,
                        "headers": [(b"content-type", b"text/plain"), *extra]})
            await send({"type": "http.response.body", "body": b"%d" % len(calls), "more_body": True})
            await send({"type": "http.response.body", "body": b"!"})

        cached = CachedResponses(app, cache, ttl=60, tags=lambda scope: [scope["path"]])
        self.assertEqual((self.ask(cached), self.ask(cached)), ((200, b"1!"),) * 2)
        self.assertEqual(self.ask(cached, headers=[(b"accept", b"text/html")]), (200, b"2!"))
        self.assertEqual(self.ask(cached, headers=[(b"accept", b"text/html")]), (200, b"2!"))
        cache.namespace("http").invalidate_tag("/")
        self.assertEqual(self.ask(cached), (200, b"3!"))
        for path, how in (("/private", {}), ("/none", {}), ("/", {"method": "POST"}),
                          ("/", {"headers": [(b"cookie", b"a=b")]})):
            before = len(calls)
            self.ask(cached, path, **how), self.ask(cached, path, **how)
            self.assertEqual(len(calls), before + 2, path)


class FastApi(unittest.IsolatedAsyncioTestCase):
    """The middleware within a real application, asked by a real client."""

    async def test_requests(self):
        import fastapi
        import httpx

        from coffer.contrib.asgi import CachedResponses

        app, cache, calls = fastapi.FastAPI(), Cache(), []
        app.add_middleware(CachedResponses, cache=cache, ttl="1m", tags=lambda scope: [scope["path"]])

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

        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://test") as client:
            answers = await asyncio.gather(*(client.get("/items/1") for _ in range(5)))
            self.assertEqual([answer.json() for answer in answers], [{"number": 1, "q": ""}] * 5)
            self.assertEqual(calls, [1])
            self.assertEqual((await client.get("/items/1?q=x")).json(), {"number": 1, "q": "x"})
            self.assertEqual((await client.get("/items/1", headers={"Authorization": "Basic eA=="})).status_code, 200)
            self.assertEqual(calls, [1, 1, 1])
            cache.invalidate_tag("/items/1")
            again = await client.get("/items/1")
            self.assertEqual((again.headers["content-type"], again.headers["content-length"]),
                             ("application/json", str(len(again.content))))
            self.assertEqual(len(calls), 4)
            for _ in range(2):
                await client.get("/private")
                self.assertEqual((await client.get("/none")).status_code, 404)
            self.assertEqual(calls[4:], ["private"] * 2)


if __name__ == "__main__":
    unittest.main()
