"""For tests of the ASGI middleware: an application whose answers a test chooses, and its client.

Time stands still until the test moves it. Fields are written as in messages: "Cache-Control:
max-age=5".
"""

import asyncio
from email.utils import formatdate

import coffer
from coffer import Cache
from coffer.contrib.asgi import CachedResponses


def fields_of(lines):
    pairs = (line.split(":", 1) for line in lines)
    return [(name.lower().encode(), value.strip().encode("latin-1")) for name, value in pairs]


async def until(condition):
    for _ in range(5000):
        if condition():
            return
        await asyncio.sleep(0.001)
    raise AssertionError("it did not happen in 5 s")


class Answer:
    def __init__(self, messages):
        start, *rest = messages
        self.status, self.fields = start["status"], start["headers"]
        self.body = b"".join(message.get("body", b"") for message in rest)

    def __getitem__(self, name):
        """The value of a field, of all its lines; None if there is none."""
        values = [value.decode() for field, value in self.fields if field == name.lower().encode()]
        return ", ".join(values) if values else None


class Site:
    """An application that counts its calls and answers each with their number, behind the
    middleware."""

    def __init__(self, *lines, status=200, cache=None, **options):
        self.runtime = coffer.Runtime(clock="manual", housekeeping=0)
        self.cache = Cache(runtime=self.runtime) if cache is None else cache
        self.calls = []
        self.answers(*lines, status=status)
        self.middleware = CachedResponses(self._app, self.cache, **options)

    def answers(self, *lines, status=200, body=None, error=None):
        """What the application answers from now on."""
        self.fields, self.status, self.body, self.error = fields_of(lines), status, body, error

    async def _app(self, scope, receive, send):
        self.calls.append((scope["method"], dict(scope["headers"])))
        if self.error is not None:
            raise self.error
        body = b"%d" % len(self.calls) if self.body is None else self.body
        body = b"" if scope["method"] == "HEAD" or self.status == 304 else body
        await send(
            {"type": "http.response.start", "status": self.status, "headers": list(self.fields)}
        )
        await send({"type": "http.response.body", "body": body})

    def advance(self, seconds):
        self.runtime.advance(seconds)

    def date(self, offset=0):
        """The time of the site as an HTTP-date."""
        return formatdate(self.middleware._settings.now() + offset, usegmt=True)

    def ask(self, *lines, method="GET", path="/", query=b"", **scope):
        """The answer to a request; what goes on in the background has ended when it is there."""
        return asyncio.run(self._ask(lines, method, path, query, scope))

    async def _ask(self, lines, method, path, query, scope):
        answer = await self.aask(*lines, method=method, path=path, query=query, **scope)
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))
        return answer

    async def aask(self, *lines, method="GET", path="/", query=b"", **scope):
        sent = []

        async def send(message):
            sent.append(message)

        async def receive():
            return {"type": "http.request", "body": b"", "more_body": False}

        scope = {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": path,
            "query_string": query,
            "headers": [(b"host", b"test"), *fields_of(lines)],
            **scope,
        }
        await self.middleware(scope, receive, send)
        return Answer(sent)

    def bodies(self, *requests):
        """The content of the answers to requests, each a tuple of fields."""
        return [self.ask(*lines).body.decode() for lines in requests]
